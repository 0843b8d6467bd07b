"""The Galaxies page's bets, and its sources."""

import torch

from aecore.data.galaxies import TITLES
from aecore.errors import AecoreError
from aecore.galaxies import table
from aecore.galaxies.table import SMALL, SORTER, WIDE
from pages.galaxies import stage
from pages.galaxies.stage import FIRST, numbers
from pages.galaxies.state import State, state
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SOURCES = (
    "Sources: “Revisiting Autoencoders” (the wide VAE and its walk); "
    "[Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE); "
    "[Sloan Digital Sky Survey](https://www.sdss.org) (pictures, CC BY); "
    "[Lintott et al. 2011](https://doi.org/10.1111/j.1365-2966.2010.17432.x) and "
    "[Willett et al. 2013](https://doi.org/10.1093/mnras/stt1458) (Galaxy Zoo's classes); "
    "[Dieleman et al. 2015](https://doi.org/10.1093/mnras/stv632) (turned galaxies as training data); "
    "[Nir et al. 2018](https://arxiv.org/abs/1806.04204) (lines in telescope pictures)."
)


def halfway(results: State) -> Answer | None:
    """What the classifier sees halfway along the walk by code."""
    walk = results.walk
    if walk is None or walk.settings.t != 0.5 or walk.settings.way != "code":
        return None
    from ui import serving

    engine = serving.engine()
    codes = table.load_sky()["codes"]
    z = (codes[walk.settings.a] + codes[walk.settings.b])[None] / 2
    with torch.inference_mode():
        p = engine.model(SORTER).classify(engine.decode(table.NETWORK, z).to(engine.device)).cpu()[0]
    kind = int(p.argmax())
    option = 0 if kind == walk.a["kind"] else 1 if kind == walk.b["kind"] else 2
    title = list(TITLES.values())[kind]
    return Answer(option, f"It says “{title}”, {100 * float(p[kind]):.0f}% sure.")


def half_turn(results: State) -> Answer | None:
    """Who is nearer to a galaxy turned by 90 degrees, between 0 and 180."""
    try:
        one = table.load().turns["180"]
    except AecoreError:
        return None
    code, fade, still = one.code[0], one.fade[0], one.still[0]
    option = 0 if code < fade else 1
    sentence = f"Errors × 10⁻⁴: code {1e4 * code:.1f}, cross-fade {1e4 * fade:.1f}, not turned {1e4 * still:.1f}."
    return Answer(option, sentence)


def by_weights(results: State) -> Answer | None:
    """Whether more weights redraw unseen galaxies better."""
    try:
        rows = table.load().rows
    except AecoreError:
        return None
    wide, small = rows[WIDE].mse[0], rows[SMALL].mse[0]
    return Answer(
        int(small < wide), f"Errors × 10⁻⁴ on unseen galaxies: wide {1e4 * wide:.1f}, small {1e4 * small:.1f}."
    )


def first_walk() -> None:
    """The stage as a newcomer sees it, halfway."""
    a, b = (numbers()[name] for name in FIRST)
    stage.set_by_page(stage.Settings(a, b))


def as_it_is() -> None:
    """What answers stands on the page already."""


BETS = (
    Bet(
        "Halfway between two galaxies by code: what does the classifier see?",
        ("A's class", "B's class", "A third class"),
        first_walk,
        halfway,
        "galaxies_stage_view",
    ),
    Bet(
        "Halfway through a half turn: which is nearer, on average, to the truly turned galaxy?",
        ("The middle of the codes", "The middle of the pixels"),
        as_it_is,
        half_turn,
        "galaxies_turn_view",
    ),
    Bet(
        "Which network redraws unseen galaxies better?",
        ("The one with 49 million weights", "The one with 0.4 million"),
        as_it_is,
        by_weights,
        "galaxies_table",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("galaxies", BETS, state, SOURCES)
