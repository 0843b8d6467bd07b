"""The Search page's stage: the digit's code, bit by bit, and its nearest among 60,000 training digits.

The browser searches by itself, also while a hand draws (stage.js). Python says what it shows at first, and serves the
pictures of the hits.
"""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore.data import load_digits
from aecore.engine import Engine
from aecore.retrieval import base
from aecore.retrieval.base import LENGTHS, NETWORK, Base, Hits
from aecore.retrieval.bits import pack
from pages.search.state import state
from ui import url
from ui.component import component
from ui.input.digit import PAD, Chosen
from ui.live import networks
from ui.output.picture import pixels
from ui.server import files

K = 12  # hits
WIDEST = 20  # bits, of the ball
FIRST_RADIUS = 4
LENGTH, RADIUS, FLIPS = "search_bits", "search_radius", "search_flips"  # in the URL
FIRST = 32

_STAGE = component("pages/search/stage/stage")


@dataclass(frozen=True)
class Settings:
    """What the visitor's hand sets. length: bits of the code; radius: of the ball, in bits; flips: places of bits that
    are turned over, in order."""

    length: int = FIRST
    radius: int = FIRST_RADIUS
    flips: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lookup:
    """A digit looked up.

    x: (1, 1, 28, 28); a: (64,), what the network says of each bit; code: uint8 (8,), flips included; hits: the nearest;
    counts: digits at each distance (length + 1); classes: of each of ten classes at each distance (length + 1, 10).
    """

    x: Tensor
    settings: Settings
    a: Tensor
    code: np.ndarray
    hits: Hits
    counts: np.ndarray
    classes: np.ndarray

    def ball(self, radius: int) -> np.ndarray:
        """Digits of each class in the ball of this radius, (10,)."""
        return self.classes[: radius + 1].sum(0)


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the stage shows them."""
    if url.read(LENGTH, RADIUS, FLIPS):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    length, radius, flips = url.get(LENGTH, RADIUS, FLIPS)
    numbers = [_number(text) for text in (flips or "").split("-")] if flips else []
    return checked(_number(length), _number(radius), numbers)


def checked(length: object, radius: object, flips: object) -> Settings:
    """Settings from whoever says them: the default for each that makes no sense."""
    length = length if type(length) is int and length in LENGTHS else FIRST
    radius = radius if type(radius) is int and 0 <= radius <= min(WIDEST, length) else min(FIRST_RADIUS, length)
    places = [place for place in flips if type(place) is int and 0 <= place < length] if isinstance(flips, list) else []
    return Settings(length, radius, tuple(sorted(set(places))))


def put(settings: Settings) -> None:
    """Keep settings, and show them in the URL."""
    flips = "-".join(map(str, settings.flips))
    url.put({LENGTH: str(settings.length), RADIUS: str(settings.radius), FLIPS: flips or None})


def set_by_page(settings: Settings) -> None:
    """Set the stage, in a callback."""
    put(settings)
    state().fresh += 1


def look_up(engine: Engine, index: Base, x: Tensor, settings: Settings) -> Lookup:
    """Look a digit up. Raises: CheckpointError."""
    with torch.inference_mode():
        a = engine.model(NETWORK).features(x.to(engine.device)).cpu()[0]  # (64,)
    bits = a > 0
    for place in settings.flips:
        bits[place] = ~bits[place]
    code = pack(bits[None])[0]
    distance = index.distances(code, settings.length)
    hits = base.look_up(index, code, settings.length, K)
    both = np.bincount(10 * distance.astype(int) + index.y, minlength=10 * (settings.length + 1))
    classes = both.reshape(settings.length + 1, 10)
    return Lookup(x, settings, a, code, hits, classes.sum(1), classes)


def signs(lookup: Lookup) -> Tensor:
    """The code as the decoder takes it: -1 and 1, 0 for bits beyond its length; (1, 64)."""
    bits = torch.from_numpy(np.unpackbits(lookup.code).astype(np.float32)) * 2 - 1
    bits[lookup.settings.length :] = 0
    return bits[None]


def show(engine: Engine, lookup: Lookup, digit: Chosen, answers: str, on_settings: Callable[[], None]) -> None:
    """The code, the hits and the ball.

    Args: answers: the address that has the pictures of hits; on_settings: called once the hand has set something.
    """
    key = "search_stage_view"

    def set_by_hand() -> None:
        said = st.session_state[key].get("settings")
        if isinstance(said, dict):
            put(checked(said.get("length"), said.get("radius"), said.get("flips")))
            on_settings()

    hits, live = lookup.hits, networks.runnable([NETWORK])
    data = {
        "x": pixels(lookup.x),
        "a": [round(float(value), 3) for value in lookup.a],
        "recon": pixels(engine.decode(NETWORK, signs(lookup))),
        "hits": vars(hits) | {
            "pictures": picture_bytes(hits.places), "counts": lookup.counts.tolist(),
            "classes": lookup.classes.flatten().tolist(),
        },
        "length": lookup.settings.length,
        "radius": lookup.settings.radius,
        "flips": list(lookup.settings.flips),
        "lengths": list(LENGTHS),
        "widest": WIDEST,
        "k": K,
        "fresh": state().fresh,
        "network": networks.reference(NETWORK)["sha256"] if live else "",
        "index": _address(),
        "pad": PAD if digit.seq is not None else "",
        "seq": digit.seq or 0,
        "answers": answers,
    }  # fmt: skip
    _STAGE(key=key, data=data, height="content", on_settings_change=set_by_hand)


def answer(question: object) -> dict:
    """Pictures of training digits, for the browser.

    Args:   question: their places, at most K.
    Raises: ValueError: it is something else.
    """
    if not isinstance(question, list) or not 0 < len(question) <= K:
        raise ValueError("no such digits")
    if not all(type(place) is int and 0 <= place < len(training_digits()) for place in question):
        raise ValueError("no such digit")
    return {"pictures": picture_bytes(question)}


def picture_bytes(places: list[int]) -> str:
    """Training digits as one byte a pixel, in base64."""
    return pixels(training_digits()[places].float() / 255)


@functools.cache
def training_digits() -> Tensor:
    """All 60,000, uint8 (N, 1, 28, 28): 47 MB."""
    return load_digits("train")[0]


def _address() -> dict[str, str]:
    """Where the browser gets the codes."""
    sha256 = _sha256(base.path().stat().st_mtime_ns)
    return {"sha256": sha256, "address": files.address(files.CODES, sha256)}


@functools.lru_cache(maxsize=1)
def _sha256(changed: int) -> str:
    return hashlib.sha256(base.path().read_bytes()).hexdigest()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 4 else None
