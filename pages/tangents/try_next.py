"""The Tangents page's bets, and its sources."""

from functools import partial

import torch

from aecore.latent import shifts, tangents
from pages.tangents import shifted, slots, stage
from pages.tangents.stage import Around
from pages.tangents.state import State, state
from ui import url
from ui.output.try_next import set_controls
from ui.output.verdict import a_digit
from ui.teach import bets
from ui.teach.bets import Answer, Bet

ALIKE = 0.15  # of a reach; a smaller difference is none
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (manifolds); “Autoencoders (AEs)”, lecture slides (manifold hypothesis, "
    "tangent planes, patches); Rifai et al. 2011, “The manifold tangent classifier” (tangents of a contractive "
    "autoencoder); [Facco et al. 2017](https://doi.org/10.1038/s41598-017-11873-y) (TwoNN); Levina & "
    "Bickel 2004 (maximum likelihood); Lee, Pedersen & Mumford 2003 and Carlsson et al. 2008 (3 x 3 patches and the "
    "Klein bottle). The photographs come with scikit-image."
)


def carries(now: Around) -> Answer | None:
    """How far the first direction carries the digit, beside random ones."""
    if not now.reach:
        return None
    first = sum(now.reach[0]) / 2
    random = sum(map(sum, now.reach_random)) / (2 * len(now.reach_random))
    option = 1 if abs(first - random) < ALIKE * random else 0 if first > random else 2
    sentence = (
        f"The judge reads {a_digit(now.reads)} for {first:.1f} steps along it, and for {random:.1f} along a random one."
    )
    return Answer(option, sentence)


def turns(now: Around) -> Answer:
    """How far one pixel of shift turns the digit's tangent, here."""
    points = shifts.curve(now.x, shifted.REACH, shifted.PLACES)
    lines = shifts.tangents(points, shifted.SPACING)
    middle, pixel = shifted.PLACES // 2, round(1 / shifted.SPACING)
    angle = float(torch.cosine_similarity(lines[middle], lines[middle + pixel], dim=0).clamp(-1, 1).acos().rad2deg())
    option = 0 if angle < 20 else 1 if angle < 65 else 2
    return Answer(option, f"It turns by {angle:.0f}°; at 90° nothing of the old direction is left.")


def fooled() -> Answer:
    """How often the judge is sure that shuffled pixels are a digit."""
    share = tangents.load().sure["shuffled"].value  # per cent
    sentence = f"In {share:.0f} of 100 it is at least 90% sure: it has only ever seen digits, and must name one."
    return Answer(0 if share < 5 else 1 if share < 35 else 2, sentence)


def _of_the_stage(by):
    return lambda results: by(results.around) if results.around else None


def _shuffle(results: State) -> Answer:
    return fooled()


def _contractive() -> None:
    set_controls({stage.MODEL: "wide-contractive"})
    stage.set_place(0, 3.0)


BETS = (
    Bet(
        "A contractive encoder feels one direction most. How far does it carry your digit?",
        ("Further than a random one", "About as far", "Less far"),
        _contractive,
        _of_the_stage(carries),
        "tangents_stage_view",
    ),
    Bet(
        "Shift your digit down by one pixel. How far does its tangent turn?",
        ("A few degrees", "About 45°", "Nearly 90°"),
        partial(set_controls, {shifted.SHIFT: 1.0}),
        _of_the_stage(turns),
        "tangents_shift_chart",
    ),
    Bet(
        "Shuffle a digit's pixels. How often is the judge sure that it still sees a digit?",
        ("Almost never", "1 time in 10", "More than half of the time"),
        partial(url.put, {slots.KIND: "ink"}),
        _shuffle,
        "tangents_slots_view",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("tangents", BETS, state, SOURCES)
