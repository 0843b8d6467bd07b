"""The Anomalies page's bets, and its sources."""

from functools import partial

from aecore.anomaly import table
from aecore.anomaly.normal import DIGITS, ELBO, INK, NEAREST
from aecore.anomaly.table import BOTH
from aecore.errors import AecoreError
from pages.anomalies import stage
from pages.anomalies.stage import Marked, Settings
from pages.anomalies.state import state
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SOURCES = (
    "Sources: “Revisiting Autoencoders” (anomaly detection); “Autoencoders (AEs)”, lecture slides; "
    "[Ruff et al. 2018](https://proceedings.mlr.press/v80/ruff18a.html) (one class of MNIST); "
    "[Nalisnick et al. 2019](https://arxiv.org/abs/1810.09136) (likelihood fails); "
    "[Denouden et al. 2018](https://arxiv.org/abs/1812.02765) (error and code together); "
    "[Fashion-MNIST](https://arxiv.org/abs/1708.07747) (MIT licence, © 2017 Zalando SE)."
)


def empty(marked: Marked | None) -> Answer | None:
    """Whether -ELBO finds the empty page."""
    if marked is None or (marked.settings.thing, marked.settings.normal) != ("empty", DIGITS):
        return None
    below, repaired = marked.below(ELBO), marked.below(INK)
    text = f"By −ELBO {below:.0f}% of digits are more normal than it; by error / ink {repaired:.0f}%."
    return Answer(0 if below > 90 else 1 if below > 10 else 2, text)


def upside_down(marked: Marked | None) -> Answer | None:
    """Whether the network of 4s lets a 4 on its head pass."""
    if marked is None or (marked.settings.thing, marked.settings.normal) != ("four", "4"):
        return None
    odd = marked.mark > marked.threshold
    return Answer(0 if odd else 1, f"It scores above {marked.below(marked.settings.score):.0f}% of normal 4s.")


def networks_or_neighbours(marked: Marked | None) -> Answer | None:
    """Who wins over the ten classes."""
    try:
        measured = table.load()
    except AecoreError:
        return None
    network, neighbours = (measured.mean(way)[0] for way in (BOTH, table.NEAREST))
    option = 2 if abs(network - neighbours) < 0.2 else int(neighbours > network)
    return Answer(option, f"Mean AUROC of ten classes: network {network:.1f}%, neighbours {neighbours:.1f}%.")


BETS = (
    Bet(
        "All digits are normal. How odd does the VAE's likelihood find an empty page?",
        ("Very odd", "Somewhat", "Not at all"),
        partial(stage.set_by_page, Settings(DIGITS, ELBO, thing="empty")),
        lambda results: empty(results.shown),
        stage.KEY,
    ),
    Bet(
        "A network has seen upright 4s alone. Does a 4 on its head pass?",
        ("No", "Yes"),
        partial(stage.set_by_page, Settings("4", thing="four")),
        lambda results: upside_down(results.shown),
        stage.KEY,
    ),
    Bet(
        "Which finds strangers better: a small network, or distance to the nearest training digits?",
        ("The network", "The neighbours", "Both the same"),
        partial(stage.set_by_page, Settings("8", NEAREST)),
        lambda results: networks_or_neighbours(results.shown),
        "anomalies_table",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("anomalies", BETS, state, SOURCES)
