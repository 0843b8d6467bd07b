"""The Super-resolution page's stage: a digit, its few coarse pixels, and what each method makes of them."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from aecore.engine import Engine, get_engine
from aecore.restore import upscaling
from aecore.restore.compare import Comparison, Entry
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, SIDE
from ui.glossary import explain
from ui.input import digit as inputs
from ui.input.digit import Chosen
from ui.live import networks as live
from ui.output import downloads, verdict
from ui.output.strip import Group, Live, Tile, message, strip
from ui.theme import kind_color

NETWORKS = (FULL, BIASED)
SIDE_KEY = "super_side"
FIRST_SIDE = 4
FIRST_EXAMPLE = 223  # a plain 7 of the test digits, which goes the way of most: to a 9


def side(engine: Engine, on_change: Callable[[], None]) -> int:
    """Let the visitor choose how many pixels a side are left."""
    return st.segmented_control(
        "Pixels left",
        upscaling.sides(engine),
        format_func=lambda side: f"{side} × {side}",
        default=_first_side(engine),
        required=True,
        key=SIDE_KEY,
        bind="query-params",
        on_change=on_change,
        help=explain("pixels left"),
    )


def chosen_side(engine: Engine) -> int:
    """What `side` was last set to."""
    return st.session_state.get(SIDE_KEY) or _first_side(engine)


def set_controls(settings: dict) -> None:
    """Set widgets of this page by their keys, in a callback."""
    for key, value in settings.items():
        if key not in st.session_state and isinstance(value, int):
            st.query_params[key] = str(value)  # a widget that is not on the page yet does not write its own URL
        st.session_state[key] = value


def show(
    comparison: Comparison,
    digit: Chosen,
    errors: bool,
    reveal: int,
    answers: str = "",
    on_settled: Callable[[], None] = lambda: None,
) -> None:
    """Draw the strip.

    Args: errors: error maps instead of pictures; reveal: scroll into view whenever it grows;
          answers: the address that has the `shown` of another drawing.
    """
    follow = None
    if digit.seq is not None:
        models = [entry.id for entry in comparison.methods if entry.kind != "classical"]
        networks = {name: (live.reference(name)["sha256"], "corrupted") for name in live.available(models)}
        draw = comparison.damage.draw(digit.x)  # the averaging as numbers, which the browser does by itself
        follow = Live(inputs.PAD, digit.seq, inputs.DRAWING, draw, "corrupted", networks, answers=answers)
    tiles = shown(comparison, digit, errors)
    strip(tiles, "super_strip", roomy=True, reveal=reveal, live=follow, on_settled=on_settled)


def shown(comparison: Comparison, digit: Chosen, errors: bool = False) -> dict:
    """The strip's message: the digit, its coarse pixels and what each method makes of them, with all numbers."""
    side, low = comparison.given.shape[-1], comparison.corrupted
    lead = [
        Tile("clean", digit.name, comparison.clean.x, **_read(comparison.clean, comparison)),
        Tile(
            "corrupted",
            f"{side} × {side}, nearest",
            low.x,
            psnr=low.psnr,
            ssim=low.ssim,
            help=f"Each pixel is the mean of {(SIDE // side) ** 2} of the digit's. This is all that the methods get; "
            "drawn as squares, it is also the nearest-neighbour enlargement.",
            **_read(low, comparison),
        ),
    ]
    methods = _without_nearest(comparison).methods
    learned = [_method(entry, comparison) for entry in methods if entry.kind != "classical"]
    classical = [_method(entry, comparison) for entry in methods if entry.kind == "classical"]
    titled = (("", lead), ("Networks", learned), ("Classical methods", classical))
    groups = [Group(title, tiles) for title, tiles in titled if tiles]
    return message(groups, verdict.upscaling(comparison), errors)


def dot(name: str) -> str:
    """The mark of a method: a full dot, or a ring for the network whose training has a hole."""
    color = kind_color("classical" if name in CLASSICAL else get_engine().card(name).kind)
    return f"radial-gradient(circle, transparent 45%, {color} 55%)" if name == BIASED else color


def download(comparison: Comparison) -> None:
    """The stage's pictures and numbers, to take home."""
    shown, side = _without_nearest(comparison), comparison.given.shape[-1]
    st.download_button(
        "Pictures", lambda: downloads.png(shown), f"super-resolution-{side}.png", "image/png",
        on_click="ignore", icon=":material/download:", key="super_png", help="One PNG with every tile and its numbers",
    )  # fmt: skip
    st.download_button(
        "Numbers", lambda: downloads.numbers_csv(shown), f"super-resolution-{side}.csv", "text/csv",
        on_click="ignore", icon=":material/download:", key="super_csv", help="One CSV row a method",
    )  # fmt: skip


def _without_nearest(comparison: Comparison) -> Comparison:
    """The same without the method that shows the coarse pixels as they are: they stand there as what was given."""
    return replace(comparison, methods=[entry for entry in comparison.methods if entry.id != "nearest"])


def _first_side(engine: Engine) -> int:
    sides = upscaling.sides(engine)
    return FIRST_SIDE if FIRST_SIDE in sides else sides[0]


def _method(entry: Entry, comparison: Comparison) -> Tile:
    classical = CLASSICAL.get(entry.id)
    return Tile(
        entry.id,
        entry.label,
        entry.x,
        color=dot(entry.id),
        psnr=entry.psnr,
        ssim=entry.ssim,
        best=entry is comparison.best,
        help=f"{classical.about} ({classical.source})" if classical else "",
        **_read(entry, comparison),
    )


def _read(entry: Entry, comparison: Comparison) -> dict:
    return {"reads": entry.reads, "sure": entry.sure, "wrong": comparison.misread(entry)}
