"""The Super-resolution page's stage: a digit, its few coarse pixels, and what each method makes of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import streamlit as st

from aecore.engine import Engine, get_engine
from aecore.restore import upscaling
from aecore.restore.compare import Comparison, Entry
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, SIDE
from ui.glossary import explain
from ui.input.digit import Chosen
from ui.input.more import more
from ui.output import compared, downloads, verdict
from ui.theme import kind_color

NETWORKS = (FULL, BIASED)
SIDE_KEY = "super_side"
FIRST_SIDE = 4
FIRST_EXAMPLE = 223  # a plain 7 of the test digits, which goes the way of most: to a 9


@dataclass(frozen=True)
class Look:
    """What the stage shows. errors: error maps instead of pictures; every: all ways to interpolate, not the best alone;
    all_numbers: not PSNR and the judge's digit alone."""

    errors: bool = False
    every: bool = False
    all_numbers: bool = False


def look() -> Look:
    """What the visitor wants to see, behind More settings."""
    with more("super") as says:
        chosen = {
            name: st.toggle(label, key=f"super_{name}", bind="query-params", help=help_text)
            for name, label, help_text in (
                ("errors", "Error maps", explain("error map")),
                ("every", "Every interpolation", "If it is off, only the best of them is shown."),
                ("all_numbers", "All numbers", explain("SSIM")),
            )
        }
        if chosen["errors"]:
            says("error maps")
    return Look(**chosen)


def side(engine: Engine, on_change: Callable[[], None]) -> int:
    """Let the visitor choose how many pixels a side are left."""
    sides = upscaling.sides(engine)
    return st.selectbox(
        "Pixels left", sides, format_func=lambda side: f"{side} × {side}", index=sides.index(_first_side(engine)),
        key=SIDE_KEY, bind="query-params", on_change=on_change, width=165,
    )  # fmt: skip


def chosen_side(engine: Engine) -> int:
    """What `side` was last set to."""
    return st.session_state.get(SIDE_KEY) or _first_side(engine)


def shown(comparison: Comparison, digit: Chosen, look: Look) -> dict:
    """The strip's message, see `ui.output.compared`."""
    side = comparison.given.shape[-1]

    def about(entry: Entry) -> str:
        if entry is comparison.corrupted:
            return (
                f"Each pixel is the mean of {(SIDE // side) ** 2} of the digit's. This is all that the methods get; "
                "drawn as squares, it is also the nearest-neighbour enlargement."
            )
        method = CLASSICAL.get(entry.id)
        return f"{method.about} ({method.source})" if method else ""

    words, low = verdict.upscaling(comparison), f"Only {side} × {side} pixels"
    comparison = _without_nearest(comparison, look.every)
    return compared.tiles(
        comparison, digit, words, about, low, _sort, lambda entry: dot(entry.id), look.errors, echo=NETWORKS
    )


def _sort(entry: Entry) -> str:
    return "Interpolation" if entry.kind == "classical" else "Networks"


def dot(name: str) -> str:
    """The mark of a method: a full dot, or a ring for the network whose training has a hole."""
    color = kind_color("classical" if name in CLASSICAL else get_engine().card(name).kind)
    return f"radial-gradient(circle, transparent 45%, {color} 55%)" if name == BIASED else color


def download(comparison: Comparison) -> None:
    """The stage's pictures and numbers, to take home."""
    downloads.buttons(
        _without_nearest(comparison, every=True), f"super-resolution-{comparison.given.shape[-1]}", "super"
    )


def _without_nearest(comparison: Comparison, every: bool) -> Comparison:
    """The same without the method that shows the coarse pixels as they are: they stand there as what was given; and
    unless `every` interpolation is wanted, with the best of them alone."""
    rest = [entry for entry in comparison.methods if entry.id != "nearest"]
    best = max((entry for entry in rest if entry.kind == "classical"), key=comparison.number, default=None)
    return replace(comparison, methods=[entry for entry in rest if every or entry.kind != "classical" or entry is best])


def _first_side(engine: Engine) -> int:
    sides = upscaling.sides(engine)
    return FIRST_SIDE if FIRST_SIDE in sides else sides[0]
