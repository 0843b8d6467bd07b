"""The Training page's bets, and its sources."""

from functools import partial

from aecore.learning import table
from aecore.learning.objectives import LOSSES
from aecore.learning.table import Measured
from pages.training import board, controls
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet, by_table

SMALL, LARGE = 2, 16  # numbers in the code of the measured networks
SAME = 2.0  # percentage points; a smaller difference is none
SOURCES = (
    "Sources: NYU Deep Learning, weeks 7 and 8 (losses, the five lines of a training); slides “Autoencoders (AEs)” "
    "(recirculation, stochastic decoders); [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (the VAE, "
    "Bernoulli and Gaussian pixels, L samples); [Rybkin et al. 2021](https://arxiv.org/abs/2006.13202) (a learned σ); "
    "[Higgins et al. 2017](https://openreview.net/forum?id=Sy2fzU9gl) (β); "
    "[Kingma & Ba 2015](https://arxiv.org/abs/1412.6980) (Adam); [Hinton & McClelland 1988](https://papers.nips.cc/paper/"
    "1987/hash/35f4a8d465e6e1edc05f3d8ab658c551-Abstract.html) (recirculation)."
)


def own_measure(measured: Measured) -> Answer:
    """Who has the smaller squared error: a network trained on it, or on cross-entropy."""
    squared, nats = (measured.mean(f"{loss}/{LARGE}", "squared") for loss in ("squared", "cross-entropy"))
    sentence = (
        f"Half the squared error: {squared:.2f} after training on it, {nats:.2f} after training on cross-entropy."
    )
    return Answer(int(nats < squared), sentence)


def worth(measured: Measured) -> Answer:
    """Whose code says more: sigma 1's, or a learned sigma's."""
    one, learned = (measured.mean(f"{loss}/{LARGE}", "kl") for loss in ("sigma-1", "sigma-learned"))
    sentence = f"With {LARGE} numbers the code holds {one:.1f} nats at σ = 1, {learned:.1f} where σ is learned."
    return Answer(int(learned > one), sentence)


def plane(measured: Measured) -> Answer:
    """Whose plane keeps the classes apart better."""
    squared, nats = (100 * measured.mean(f"{loss}/{SMALL}", "knn") for loss in ("squared", "cross-entropy"))
    sentence = (
        f"Of test digits, their 15 nearest neighbours name {squared:.0f}% right after squared error, {nats:.0f}% after "
        "cross-entropy."
    )
    return Answer(2 if abs(nats - squared) < SAME else int(nats > squared), sentence)


def begin(loss: str, beside: str, latent: int) -> None:
    """Two runs with these losses, all else as the page opens."""
    plain = {f"training_{name}": getattr(controls.DEFAULT, name) for name in ("lr", "batch", "beta", "noise", "copies")}
    plain |= {"training_activation": controls.DEFAULT.activation, "training_latent": latent}
    set_controls(plain | {controls.LOSS: loss, controls.BESIDE: beside})


def name_of(row: str) -> str:
    """Of a row of the measured table, "LOSS/d"."""
    return LOSSES[row.split("/")[0]].title


BETS = (
    Bet(
        "Which ends with the smaller squared error on new digits: a network trained on it, or on cross-entropy?",
        ("Trained on squared error", "Trained on cross-entropy"),
        partial(begin, "squared", "cross-entropy", LARGE),
        by_table(table, own_measure),
        board.KEY,
    ),
    Bet(
        "Two VAEs with Gaussian pixels: one has σ = 1, one learns its σ. Whose code says more about the digit?",
        ("σ = 1", "Learned σ"),
        partial(begin, "sigma-1", "sigma-learned", LARGE),
        by_table(table, worth),
        board.KEY,
    ),
    Bet(
        "Whose plane of codes keeps the ten classes apart better?",
        ("Trained on squared error", "Trained on cross-entropy", "Both the same"),
        partial(begin, "squared", "cross-entropy", SMALL),
        by_table(table, plane),
        board.KEY,
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("training", BETS, lambda: None, SOURCES)
