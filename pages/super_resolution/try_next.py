"""The Super-resolution page's bets, and its sources."""

from functools import partial

from aecore.restore.compare import Comparison, on_tile
from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT
from pages.super_resolution.state import state
from ui.output.try_next import set_controls
from ui.output.verdict import a_digit
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SEVEN, NINE = 17, 7  # test digits
MUCH = 1.0  # dB

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (the super-resolution figure, and its warning that biased training data gives "
    "biased reconstructions); [Dong et al. 2014](https://arxiv.org/abs/1501.00092) (super-resolution by a network); "
    "[Menon et al. 2020](https://arxiv.org/abs/2003.03808) (many pictures average to one); "
    "[Keys 1981](https://doi.org/10.1109/TASSP.1981.1163711) (bicubic); "
    "[Duchon 1979](https://doi.org/10.1175/1520-0450(1979)018%3C1016:LFIOAT%3E2.0.CO;2) (Lanczos); "
    "[Irani & Peleg 1991](https://doi.org/10.1016/1049-9652(91)90045-L) (back-projection)."
)


def _set(side: int, digit: int, y: int) -> None:
    set_controls({"super_side": side, "super_source": "example", "super_digit": digit, "super_class": y})


def drawn(comparison: Comparison) -> Answer | None:
    """What the judge reads in the answer of the network that never saw a 7."""
    entry = comparison.method(BIASED)
    if entry is None:
        return None
    read = "no digit" if entry.reads is None else a_digit(entry.reads)
    option = {LEFT_OUT: 0, 9: 1}.get(entry.reads, 2)
    return Answer(option, f"The judge reads {read} in it, {100 * entry.sure:.0f}% sure.")


def cost(comparison: Comparison) -> Answer | None:
    """Whether a digit that both have seen suffers from what one has not."""
    full, biased = comparison.method(FULL), comparison.method(BIASED)
    if full is None or biased is None:
        return None
    full, biased = on_tile(full.psnr), on_tile(biased.psnr)
    return Answer(
        int(full - biased <= MUCH), f"It comes back at {full:.1f} dB with 7s in training, {biased:.1f} without."
    )


BETS = (
    Bet(
        f"16 pixels of a {LEFT_OUT}. What does the network draw that never saw one?",
        (f"A {LEFT_OUT}", "A 9", "Something else"),
        partial(_set, 4, SEVEN, LEFT_OUT),
        lambda results: drawn(results.comparison),
        "super_strip",
    ),
    Bet(
        f"The same {LEFT_OUT}, but 49 pixels of it. What does that network draw now?",
        (f"A {LEFT_OUT}", "A 9", "Something else"),
        partial(_set, 7, SEVEN, LEFT_OUT),
        lambda results: drawn(results.comparison),
        "super_strip",
    ),
    Bet(
        "Now a 9, which both networks have seen. Does the one without 7s draw it worse?",
        ("Yes, by more than 1 dB", "No"),
        partial(_set, 4, NINE, 9),
        lambda results: cost(results.comparison),
        "super_strip",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("super_resolution", BETS, state, SOURCES)
