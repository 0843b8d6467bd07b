"""The Super-resolution page's stage: a digit, its few coarse pixels, and what each method makes of them."""

from collections.abc import Callable

import streamlit as st
import torch

from aecore import corruptions
from aecore.engine import Engine
from aecore.restore import compare, upscaling
from aecore.restore.compare import Damage, Entry, a_digit
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, LEFT_OUT, SIDE, Answer, Comparison
from ui.glossary import explain
from ui.input import digit as inputs
from ui.input.digit import Chosen
from ui.live import networks as live
from ui.output import downloads
from ui.output.strip import Group, Live, Tile, message, strip
from ui.theme import kind_color

FAMILY = "upscaler"
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
    found: Comparison,
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
        networks = {name: (live.reference(name)["sha256"], "corrupted") for name in live.available(NETWORKS)}
        draw = _draw(found)
        follow = Live(inputs.PAD, digit.seq, inputs.DRAWING, draw, "corrupted", networks, answers=answers)
    strip(shown(found, digit, errors), "super_strip", roomy=True, reveal=reveal, live=follow, on_settled=on_settled)


def shown(found: Comparison, digit: Chosen, errors: bool = False) -> dict:
    """The strip's message: the digit, its coarse pixels and what each method makes of them, with all numbers."""
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
    return message(groups, verdict(found), errors)


def dot(name: str) -> str:
    """The mark of a method: a full dot, or a ring for the network whose training has a hole."""
    if name in CLASSICAL:
        return kind_color("classical")
    color = kind_color(FAMILY)
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
    gap, gain, pixels = full.psnr - biased.psnr, full.psnr - classical.psnr, f"{found.side**2} pixels"
    truth, kept = found.truth.reads, biased.reads == found.truth.reads
    if truth == LEFT_OUT and full.reads == truth and not kept:
        return (
            f"Without 7s in training, this 7 becomes {a_digit(biased.reads)}.",
            f"Same {pixels}, same network: trained on all digits, it draws a 7, {_apart(gap)}. "
            "What a training set lacks is drawn as something else.",
        )
    if truth == LEFT_OUT and kept:
        return (
            f"Still a 7 without 7s in training, {_apart(-gap)}.",
            "Here the strokes of other digits are enough to draw it. Below: how often they are not, and for which 7s.",
        )
    if truth is not None and full.reads != truth:
        return (
            f"Too little is left: {full.label} is read as {a_digit(full.reads)}, too.",
            f"The judge reads {a_digit(truth)} in the truth. Between these {pixels} both networks can only guess.",
        )
    control = f"{biased.label} comes within {abs(gap):.1f} dB"
    if truth is not None:
        control += f": this is {a_digit(truth)}, and both were trained on those. Try a 7"
    if gain <= 0:
        return f"{best.label} wins with {best.psnr:.1f} dB.", f"The networks lose here. {control}."
    return (
        f"{full.label} beats {classical.label} by {gain:.1f} dB.",
        f"Interpolation only draws smooth curves between {pixels}; a network knows how strokes go on. {control}.",
    )


def download(found: Comparison) -> None:
    """The stage's pictures and numbers, to take home."""
    shown = as_damage(found)
    st.download_button(
        "Pictures", lambda: downloads.png(shown), f"super-resolution-{found.side}.png", "image/png",
        on_click="ignore", icon=":material/download:", key="super_png", help="One PNG with every tile and its numbers",
    )  # fmt: skip
    st.download_button(
        "Numbers", lambda: downloads.numbers_csv(shown), f"super-resolution-{found.side}.csv", "text/csv",
        on_click="ignore", icon=":material/download:", key="super_csv", help="One CSV row a method",
    )  # fmt: skip


def as_damage(found: Comparison) -> compare.Comparison:
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
    return compare.Comparison(damage, clean, low, entries, None, _draw(found), found.problems)


def _first_side(engine: Engine) -> int:
    sides = upscaling.sides(engine)
    return FIRST_SIDE if FIRST_SIDE in sides else sides[0]


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


def _apart(gap: float) -> str:
    """ "2.1 dB nearer to the truth", or how far behind."""
    if abs(gap) < 0.05:
        return "and no nearer to the truth"
    return f"{abs(gap):.1f} dB {'nearer to' if gap > 0 else 'farther from'} the truth"
