"""A before/after slider: two pictures of one size on top of each other, and a line to drag between them.

before_after(Side("Noisy", noisy, "20.2 dB"), Side("Network", recon, "31.0 dB"), key="photos_slider")

Nothing is sent while the line moves. What the browser gets are files that we make from pixels, never uploaded bytes.
"""

import hashlib
import io
import json
import struct
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from ui.component import component

LOSSLESS_PIXELS = 640_000  # a larger picture goes as WebP that the eye cannot tell: noise does not compress

_KEPT_BYTES = 48 * 2**20  # of picture files, for all visitors together
_SLIDER = component("pages/photos/before_after/before_after")
_HINT = "Drag the line, or use the arrow keys. Double-click or space: before, after."


@dataclass(frozen=True)
class Side:
    """One of the two pictures. name: stands over it; pixels: uint8 (H, W) or (H, W, 3); note: beside the name."""

    name: str
    pixels: np.ndarray
    note: str = ""
    alt: str = ""


@dataclass(frozen=True)
class Mark:
    """A box on the pictures.

    box: left, top, right, bottom in pixels; reads: a short text on the side before and on the side after;
    wrong: whether each of the two is; title: shown on hovering.
    """

    box: tuple[int, int, int, int]
    reads: tuple[str, str]
    wrong: tuple[bool, bool] = (False, False)
    title: str = ""


def before_after(
    before: Side,
    after: Side,
    key: str,
    height: int = 560,
    spot: tuple[int, int] | None = None,
    side: int = 64,
    marks: Sequence[Mark] = (),
    on_spot: Callable[[int, int], None] | None = None,
    hint: str = _HINT,
) -> None:
    """Show two pictures, the first left of a line, the second right of it.

    Args:   height: px that it takes at most; spot: the middle (x, y) of a window of `side` pixels that a click or the
            arrow keys move, or None for no such window; on_spot: called with its new middle, in the picture's pixels;
            marks: boxes over the pictures; hint: below.
    Raises: ValueError: the two pictures differ in size.
    """
    high, wide = before.pixels.shape[:2]
    if after.pixels.shape[:2] != (high, wide):
        raise ValueError(f"two pictures of one size are wanted, not {before.pixels.shape} and {after.pixels.shape}")

    def moved() -> None:
        place = st.session_state[key].get("spot")  # comes from the browser
        if on_spot is not None and isinstance(place, list) and len(place) == 2:
            x, y = place
            if isinstance(x, int) and isinstance(y, int) and 0 <= x <= wide and 0 <= y <= high:
                on_spot(x, y)

    files = [encoded(one.pixels) for one in (before, after)]
    header = {
        "files": [{"type": kind, "bytes": len(data)} for kind, data in files],
        "version": _digest(*(data for _, data in files)),
        "picture": f"{key} {wide} {high}",
        "width": wide,
        "height": high,
        "sides": [{"name": one.name, "note": one.note, "alt": one.alt or one.name} for one in (before, after)],
        "most": height,
        "spot": spot,
        "side": side,
        "marks": [vars(mark) for mark in marks],
        "hint": hint,
    }
    text = json.dumps(header).encode()
    data = b"".join([struct.pack("<I", len(text)), text, *(data for _, data in files)])
    _SLIDER(key=key, data=data, height="content", on_spot_change=moved)


# ---- pixels to files


_files: OrderedDict[str, tuple[str, bytes]] = OrderedDict()  # digest of pixels -> MIME type, file
_lock = threading.Lock()


def encoded(pixels: np.ndarray) -> tuple[str, bytes]:
    """A picture file of pixels, (MIME type, bytes): without loss as PNG, a large picture as WebP of high quality."""
    name = _digest(np.ascontiguousarray(pixels), str(pixels.shape).encode())
    with _lock:
        if name in _files:
            _files.move_to_end(name)
            return _files[name]
    buffer = io.BytesIO()
    if pixels.shape[0] * pixels.shape[1] <= LOSSLESS_PIXELS:
        kind = "image/png"
        Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    else:
        kind = "image/webp"
        Image.fromarray(pixels).convert("RGB").save(buffer, "WEBP", quality=92, method=0)
    with _lock:
        _files[name] = kind, buffer.getvalue()
        while len(_files) > 2 and sum(len(data) for _, data in _files.values()) > _KEPT_BYTES:
            _files.popitem(last=False)
        return kind, buffer.getvalue()


def _digest(*parts) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
