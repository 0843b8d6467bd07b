"""The Upsampling page's decoders: a digit through four of them, with random weights and trained, in the browser.

Python computes what the prose and the bets need: the trained ones, once the pen is up.
"""

from dataclasses import dataclass

import streamlit as st
import torch
from torch import Tensor

from aecore import metrics, referee
from aecore.engine import Engine
from aecore.errors import CheckpointError
from aecore.recipes import UPSAMPLED
from aecore.upsampling.checkerboard import period_two
from pages.upsampling.state import state
from ui import serving, url
from ui.component import component
from ui.input.digit import PAD, Chosen, all_test_digits
from ui.live import networks
from ui.output.picture import pixels
from ui.output.verdict import a_digit

KEY = "upsampling_decoders_view"
SEED, PLACES = "up_seed", "up_places"  # in the URL
OWN, CORNERS, OTHER = WHOSE = ("own", "corners", "other")
SEEDS = range(10_000)
NAMES = tuple(UPSAMPLED)
UNPOOLING, INSIDE = "up-unpooling", "up-transposed-3"
_DECODERS = component("pages/upsampling/decoders/decoders")


@dataclass(frozen=True)
class Enlarged:
    """What trained decoders make of a digit.

    x, other: (1, 1, 28, 28), the digit and the one whose places unpooling may get; reads, other_reads: their classes,
    None for what is no digit; places: one of WHOSE; shares: energy at period 2 of each one's output before clipping,
    by name, in [0, 1]; errors: squared error a pixel; own: the digit's own share; redrawn: what the judge reads in
    unpooling's picture.
    """

    x: Tensor
    other: Tensor
    reads: int | None
    other_reads: int
    places: str
    shares: dict[str, float]
    errors: dict[str, float]
    own: float
    redrawn: int | None


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it."""
    if url.read(SEED, PLACES):
        state().fresh += 1


def settings_now() -> tuple[int, str]:
    """Seed of the random weights, and whose places unpooling gets; the default for what makes no sense."""
    seed, places = url.get(SEED, PLACES)
    return checked({"seed": int(seed) if _is_number(seed) else 0, "places": places})


def checked(said: object) -> tuple[int, str]:
    """Settings from whoever says them: the default for each that makes no sense."""
    said = said if isinstance(said, dict) else {}
    seed, places = said.get("seed"), said.get("places")
    return seed if type(seed) is int and seed in SEEDS else 0, places if places in WHOSE else OWN


def set_places(places: str) -> None:
    """Whose places unpooling gets, in a callback."""
    seed, _ = settings_now()
    _put(seed, places)
    state().fresh += 1


def enlarged(engine: Engine, digit: Chosen) -> Enlarged:
    """A digit through the trained decoders at hand."""
    x = digit.x
    (reads,) = referee.read(engine, x)
    images, y = all_test_digits()
    other_reads = ((reads if reads is not None else 0) + 5) % 10
    other = images[int((y == other_reads).nonzero()[0, 0])][None].float() / 255
    _, places = settings_now()
    shares, errors, redrawn = {}, {}, None
    with torch.inference_mode():
        for name in serving.available(engine, *UPSAMPLED):
            model = engine.model(name)
            raw = through(model, x.to(engine.device), other.to(engine.device), places).cpu()
            shares[name] = float(period_two(raw))
            errors[name] = float(metrics.mse(x, raw.clamp(0, 1)))
            if name == UNPOOLING and reads is not None and "judge" in engine.names():
                redrawn = int(engine.classify(raw.clamp(0, 1)).argmax(1))
    return Enlarged(x, other, reads, other_reads, places, shares, errors, float(period_two(x)), redrawn)


def problems(engine: Engine) -> dict[str, str]:
    """Decoders that are not at hand, each with the reason."""
    reasons = {}
    for name in NAMES:
        try:
            engine.card(name)
        except CheckpointError as error:
            reasons[name] = str(error)
    return reasons


def through(model: torch.nn.Module, x: Tensor, other: Tensor, places: str) -> Tensor:
    """A picture before it is clipped; of a decoder that is told places, with those of x, of `other`, or the corners."""
    if not model.takes_places or places == OWN:
        return model.through(x)
    if places == CORNERS:
        return model.raw(model.encode(x))
    return model.raw(model.encode(x), model.remember(other)[1])


def show(engine: Engine, now: Enlarged, digit: Chosen) -> None:
    """Mount them."""

    def set_by_hand() -> None:
        _put(*checked(st.session_state[KEY].get("settings")))

    seed, places = settings_now()
    live = networks.runnable(UPSAMPLED)
    data = {
        "x": pixels(now.x),
        "other": pixels(now.other),
        "otherName": a_digit(now.other_reads),
        "networks": [{"name": name, "title": UPSAMPLED[name][1], "sha256": engine.card(name).sha256} for name in live],
        "inside": INSIDE,
        "seed": seed,
        "places": places,
        "pad": PAD if digit.seq is not None else "",
        "seq": digit.seq or 0,
        "fresh": state().fresh,
    }
    _DECODERS(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


def _put(seed: int, places: str) -> None:
    url.put({SEED: str(seed) if seed else None, PLACES: places if places != OWN else None})


def _is_number(text: str | None) -> bool:
    return bool(text) and text.isdecimal() and text.isascii() and len(text) < 6
