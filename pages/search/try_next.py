"""The Search page's bets, and its sources."""

from functools import partial

from aecore.errors import AecoreError
from aecore.intervals import interval
from aecore.retrieval import table
from aecore.retrieval.table import HASHING, PIXELS
from pages.search import stage
from pages.search.stage import Lookup, Settings
from pages.search.state import state
from pages.search.story import counted, majority
from ui.teach import bets
from ui.teach.bets import Answer, Bet

FLIPS = tuple(range(8))  # of the bits that a bet turns over
RADIUS = 3
SAME = 1.0  # percentage points; a smaller difference is none
CROWD = (10, 1000)  # digits in the ball, between the answers

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (retrieval and semantic hashing); "
    "[Salakhutdinov & Hinton 2009](https://doi.org/10.1016/j.ijar.2008.11.006) (semantic hashing: bits by noise); "
    "[Gong & Lazebnik 2011](https://doi.org/10.1109/CVPR.2011.5995432) (ITQ); "
    "[Charikar 2002](https://doi.org/10.1145/509907.509965) (random planes); "
    "[Rippel et al. 2014](https://arxiv.org/abs/1402.0915) (codes that can be cut short)."
)


def flipped(lookup: Lookup | None) -> Answer | None:
    """How many hits of eight flips are still of the class that most hits of the digit's own code are of."""
    if lookup is None or lookup.settings.flips != FLIPS:
        return None
    from aecore.retrieval import base
    from ui import serving

    plain = stage.look_up(serving.engine(), base.load(), lookup.x, Settings(lookup.settings.length))
    most, before = majority(plain)
    after = lookup.hits.y.count(most)
    sentence = f"{before} of {stage.K} were {most}s before the flips, {after} after them."
    return Answer(0 if after == before else 1 if after >= stage.K / 2 else 2, sentence)


def crowd(lookup: Lookup | None) -> Answer | None:
    """How many digits lie near a code of 64 bits."""
    if lookup is None or lookup.settings.length != 64:
        return None
    inside = int(lookup.ball(RADIUS).sum())
    option = sum(inside >= limit for limit in CROWD)
    return Answer(option, f"{counted(inside, 'digit')} of 60,000 lie within {RADIUS} of the 64 bits.")


def beside_pixels(lookup: Lookup | None) -> Answer | None:
    """Who has more hits of the right class among ten: 64 bits or pixels."""
    try:
        rows = table.load().rows
    except AecoreError:
        return None
    bits, pixels = (interval(rows[key].precision)[0] for key in (table.key(HASHING, 64), PIXELS))
    option = 2 if abs(bits - pixels) < SAME else int(pixels > bits)
    return Answer(option, f"Of ten hits {bits:.1f}% are of the right class by 64 bits, {pixels:.1f}% by pixels.")


BETS = (
    Bet(
        f"{len(FLIPS)} of your digit's 32 bits flip. How many of its hits stay right?",
        ("As many as before", "At least half", "Fewer"),
        partial(stage.set_by_page, Settings(32, stage.FIRST_RADIUS, FLIPS)),
        lambda results: flipped(results.shown),
        "search_stage_view",
    ),
    Bet(
        f"How many of 60,000 digits differ from yours in at most {RADIUS} of 64 bits?",
        ("Fewer than 10", "10 to 999", "1,000 or more"),
        partial(stage.set_by_page, Settings(64, RADIUS)),
        lambda results: crowd(results.shown),
        "search_stage_view",
    ),
    Bet(
        "Who finds more digits of the right class among ten hits?",
        ("64 bits", "784 pixels", "Both the same"),
        partial(stage.set_by_page, Settings(64)),
        lambda results: beside_pixels(results.shown),
        "search_table",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("search", BETS, state, SOURCES)
