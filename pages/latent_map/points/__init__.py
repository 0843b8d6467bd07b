"""What the latent map's browser side needs in bulk: each map's points, and once a browser the 10,000 test digits.

Points go as one binary message a map, 60 kB (format: `readPoints` of points.js). Streamlit sends a message that
has not changed as a reference, so a rerun costs nothing. The digits go as the data set's own gzipped file, 1.6 MB, in
the same way as the networks (ui/server/files.py).
"""

import json
import struct
from collections.abc import Sequence

import numpy as np
from cachetools import LRUCache
from torch import Tensor

from aecore.maps import shipped
from aecore.maps.shipped import Map
from ui.component import component
from ui.input.digit import all_test_digits
from ui.live.networks import reference, runnable
from ui.server import files

_MAP = component("pages/latent_map/points/receive_map", html="<i></i>")
_DIGITS = component("pages/latent_map/points/receive_digits", html="<i></i>")


def identity(shown: Map) -> str:
    """What the browser calls a map: another training gives another identity."""
    return f"{shown.name} {shown.card.sha256[:16]}"


def send_map(shown: Map, key: str) -> None:
    """Send a map's points to the page."""
    _MAP(key=key, data=of_map(shown), height="content")


def send_own_map(identity: str, coordinates: np.ndarray, digits: np.ndarray, key: str) -> None:
    """Send the points of a map that the visitor makes: coordinates (n, 2) of the test digits with indices (n,).

    Sent again, they move the points of the panel that shows them.
    """
    _MAP(key=key, data=message(identity, coordinates, digits), height="content")


def send_digits(after: Sequence[str]) -> None:
    """Send the pixels of all test digits, unless the browser has them; call it once a page, at its end.

    Args: after: networks of the page's `deliver` that are to come first.
    """
    sha256 = files.digits_sha256()
    networks = [reference(name)["sha256"] for name in runnable(after)]
    data = {"sha256": sha256, "address": files.address(files.DIGITS, sha256), "after": networks}
    _DIGITS(key="test_digits", data=data, height="content")


_messages: LRUCache[str, bytes] = LRUCache(32)  # identity -> its message


def of_map(shown: Map) -> bytes:
    """A map as bytes, see `message`; those that ship are made once a process."""
    name = identity(shown)
    if name in _messages:
        return _messages[name]
    linear = (shown.tensors["mean"], shown.tensors["components"]) if shown.card.method == "pca" else None
    made = message(name, shown.coordinates.numpy(), np.arange(len(shown.coordinates)), linear)
    if shown.name in shipped.RECIPES:
        _messages[name] = made
    return made


def message(
    identity: str, coordinates: np.ndarray, digits: np.ndarray, linear: tuple[Tensor, Tensor] | None = None
) -> bytes:
    """One map as bytes.

    Args: identity: its name in the browser; coordinates: (n, 2); digits: (n,) indices of test digits;
          linear: mean (D,) and components (2, D) of a map that places new digits linearly.
    """
    labels = all_test_digits()[1].numpy()[digits].astype(np.uint8)
    low, high = coordinates.min(0), coordinates.max(0)
    span = np.where(high > low, high - low, 1)
    steps = np.round((coordinates - low) / span * 65535).astype("<u2")  # 1/65535 of the map's width: below any pixel
    header = {"id": identity, "n": len(digits), "low": low.tolist(), "high": (low + span).tolist(), "features": 0}
    parts = [steps.tobytes(), digits.astype("<u2").tobytes()]
    if linear is not None:
        header["features"] = len(linear[0])
        parts += [part.numpy().astype("<f4").tobytes() for part in linear]
    text = json.dumps(header).encode()
    return b"".join([struct.pack("<I", len(text)), text, *parts, labels.tobytes()])
