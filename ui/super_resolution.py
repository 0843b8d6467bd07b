"""The Super-resolution page's stage: a digit, its few coarse pixels, and what each method makes of them."""

from collections.abc import Callable

import streamlit as st
import torch

from aecore import corruptions, upscaling
from aecore.engine import Engine
from aecore.upscaling import BIASED, CLASSICAL, FULL, LEFT_OUT, SIDE, SIDES, Answer, Comparison
from ui import comparison, inputs
from ui.comparison import Damage, Entry, a_digit
from ui.glossary import explain
from ui.inputs import Chosen
from ui.strip import Group, Live, Tile, strip
from ui.theme import family_color

FAMILY = "upscaler"
SIDE_KEY = "super_side"
FIRST_EXAMPLE = 0  # a plain 7 of the test digits


def side(on_change: Callable[[], None]) -> int:
    """Let the visitor choose how many pixels are left: 7 or 14 a side."""
    return st.segmented_control(
        "Pixels left",
        list(SIDES),
        format_func=lambda side: f"{side} × {side}",
        default=SIDES[0],
        required=True,
        key=SIDE_KEY,
        bind="query-params",
        on_change=on_change,
        help=explain("pixels left"),
    )


def chosen_side() -> int:
    """What `side` was last set to."""
    return st.session_state.get(SIDE_KEY) or SIDES[0]


def show(
    found: Comparison, digit: Chosen, errors: bool, reveal: int, on_settled: Callable[[], None] = lambda: None
) -> None:
    """Draw the strip; errors: error maps instead of pictures; reveal: scroll into view whenever it grows."""
    nearest = found.answer("nearest")  # the coarse picture itself, its pixels drawn as squares
    low = Tile(
        "corrupted",
        f"{found.side} × {found.side}, nearest",
        nearest.x,
        psnr=nearest.psnr,
        ssim=nearest.ssim,
        help=f"Each pixel is the mean of {(SIDE // found.side) ** 2} of the digit's. This is all that the methods get; "
        "drawn as squares, it is also the nearest-neighbour enlargement.",
        **_read(nearest, found),
    )
    truth = Tile("clean", digit.name, found.truth.x, **_read(found.truth, found))
    groups = [Group("", [truth, low])]
    others = [each for each in found.answers if each is not nearest]
    for title, learned in (("Networks", True), ("Classical methods", False)):
        tiles = [_method(each, found) for each in others if (each.name not in CLASSICAL) == learned]
        groups += [Group(title, tiles)] if tiles else []
    follow = None
    if digit.seq is not None:
        follow = Live(inputs.PAD, digit.seq, inputs.DRAWING, _draw(found), "corrupted", {})
    strip(groups, "super_strip", verdict(found), errors, roomy=True, reveal=reveal, live=follow, on_settled=on_settled)


def dot(name: str) -> str:
    """The mark of a method: a full dot, or a ring for the network whose training has a hole."""
    if name in CLASSICAL:
        return family_color("classical")
    color = family_color(FAMILY)
    return f"radial-gradient(circle, transparent 45%, {color} 55%)" if name == BIASED else color


def verdict(found: Comparison) -> tuple[str, str]:
    """What the comparison shows, a headline and a sentence, both made from the numbers."""
    full, biased, best = found.answer(FULL), found.answer(BIASED), found.best
    classical = max((each for each in found.answers if each.name in CLASSICAL), key=lambda each: each.psnr)
    if full is None or biased is None:
        return (
            f"{best.label} leads with {best.psnr:.1f} dB.",
            "The networks that should stand beside the classical methods are not all here.",
        )
    gap, gain = full.psnr - biased.psnr, full.psnr - classical.psnr
    truth = found.truth.reads
    pixels = f"{found.side**2} pixels"
    if truth == LEFT_OUT and biased.reads not in (None, LEFT_OUT):
        kept = "sees the 7" if full.reads == LEFT_OUT else f"makes {a_digit(full.reads)} of it as well"
        return (
            f"Without 7s in training, your 7 becomes {a_digit(biased.reads)}.",
            f"Same network, same {pixels}: the one trained on all digits {kept}, {_ahead(gap)}. "
            "What a training set lacks, its network will not draw.",
        )
    if truth == LEFT_OUT:
        return (
            f"Still read as a 7, {_ahead(gap, 'the network with 7s')}.",
            f"These {pixels} leave the network without 7s little choice here. Below: how often it gets a 7 wrong.",
        )
    if truth is not None and biased.reads != truth:
        return (
            f"Without 7s in training, this is read as {a_digit(biased.reads)}.",
            f"It is {a_digit(truth)} to the judge, and the network that knows all digits is {_ahead(gap)}.",
        )
    lead = f"The upscaler beats {classical.label} by {gain:.1f} dB." if gain > 0 else f"{best.label} wins."
    no_seven = "" if truth is None else f" This is {a_digit(truth)}: try a 7."
    return (
        lead,
        f"It knows how digits go on between {pixels}. The network that never saw a 7 comes within "
        f"{abs(gap):.1f} dB, since both were trained on this class.{no_seven}",
    )


def as_damage(found: Comparison) -> comparison.Comparison:
    """The same comparison as the Denoise page has it, for the downloads."""
    damage = Damage("low_resolution", 1 - found.side / SIDE, 0)
    near = found.answer("nearest")
    low = Entry("corrupted", "Nearest", "", near.x, near.psnr, near.ssim, near.reads, near.sure)
    entries = [
        Entry(e.name, e.label, "classical" if e.name in CLASSICAL else FAMILY, e.x, e.psnr, e.ssim, e.reads, e.sure)
        for e in found.answers
        if e is not near
    ]
    truth = found.truth
    clean = Entry("clean", "The truth", "", truth.x, truth.psnr, truth.ssim, truth.reads, truth.sure)
    return comparison.Comparison(damage, clean, low, entries, None, _draw(found), found.problems)


def compare(engine: Engine, digit: Chosen, side: int) -> Comparison:
    """Every method on one digit."""
    return upscaling.compare(engine, digit.x, side)


def _draw(found: Comparison) -> corruptions.Draw:
    """The averaging as numbers, which the browser does by itself while a hand draws."""
    rng = torch.Generator()  # draws nothing here
    return corruptions.draw("low_resolution", found.truth.x, 1 - found.side / SIDE, rng)


def _method(answer: Answer, found: Comparison) -> Tile:
    classical = CLASSICAL.get(answer.name)
    return Tile(
        answer.name,
        answer.label,
        answer.x,
        color=dot(answer.name),
        psnr=answer.psnr,
        ssim=answer.ssim,
        best=answer is found.best,
        help=f"{classical.about} ({classical.source})" if classical else "",
        **_read(answer, found),
    )


def _read(answer: Answer, found: Comparison) -> dict:
    return {"reads": answer.reads, "sure": answer.sure, "wrong": answer.reads != found.truth.reads}


def _ahead(gap: float, of: str = "") -> str:
    """ "2.1 dB nearer to the truth", or how far behind."""
    who = f"{of} " if of else ""
    if abs(gap) < 0.1:
        return f"{who}no nearer to the truth"
    return f"{who}{abs(gap):.1f} dB {'nearer to' if gap > 0 else 'farther from'} the truth"
