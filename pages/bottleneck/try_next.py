"""The Bottleneck page's bets, and its sources."""

from functools import partial

from aecore import metrics
from aecore.data import strangers
from aecore.engine import Engine
from aecore.latent.capacity import NETWORK, PCA
from pages.bottleneck import line, stage
from pages.bottleneck.stage import Column
from pages.bottleneck.state import state
from ui import serving
from ui.input.digit import all_test_digits
from ui.output.verdict import a_digit
from ui.teach import bets
from ui.teach.bets import Answer, Bet

FACE, KEEP = 2, 500  # numbers in the code
SAME = 1.0  # dB; a smaller difference is none

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (under- and over-complete codes, tied weights and PCA, overfitting through one "
    "number); “Autoencoders (AEs)”, lecture slides (PCA, linear decoders); Baldi & Hornik 1989 (linear "
    "autoencoders); [Plaut 2018](https://arxiv.org/abs/1804.10253) (their units are no components); "
    "[Saxe et al. 2014](https://arxiv.org/abs/1312.6120) (orthogonal start); Björck & Golub 1973 (principal angles); "
    "[Kolouri et al. 2018](https://arxiv.org/abs/1804.01947) (codes kept apart). The letters are set in Aileron (CC0, "
    "with Pillow); the face is E. Collins, by NASA (public domain), and the photographs come with scikit-image."
)


def face(columns: list[Column]) -> Answer | None:
    """Whether the face that comes back is nearer to itself or to a test digit."""
    recon = next(column.recon[NETWORK].get(FACE) for column in columns if column.id == "face")
    if recon is None:
        return None
    images, y = all_test_digits()
    near = metrics.psnr(images.float() / 255, recon.expand(len(images), -1, -1, -1))
    itself, digit = float(metrics.psnr(strangers.face(), recon)), float(near.max())
    nearest = a_digit(int(y[near.argmax()]))
    sentence = f"It matches the most similar test digit, {nearest}, at {digit:.1f} dB, and the face at {itself:.1f} dB."
    return Answer(int(digit > itself), sentence)


def keep(columns: list[Column]) -> Answer | None:
    """Who brings the visitor's digit back better through many numbers."""
    network, pca = (columns[0].psnr(way, KEEP) for way in (NETWORK, PCA))
    if network is None or pca is None:
        return None
    option = 2 if abs(network - pca) < SAME else int(pca > network)
    return Answer(option, f"PCA brings it back at {pca:.1f} dB, the network at {network:.1f}.")


def line_holds(engine: Engine) -> Answer:
    """How many of the digits learnt by heart come back from their one number nearest to themselves."""
    x, _, _, recon = line.by_heart(engine)
    nearest = (recon.flatten(1)[:, None] - x.flatten(1)).square().sum(2).argmin(1)  # (N,)
    own = sum(place == index for place, index in enumerate(nearest.tolist()))
    option = 0 if own < len(x) / 4 else 1 if own < 0.8 * len(x) else 2
    return Answer(option, f"{own} of the {len(x)} come back more like themselves than like any other.")


BETS = (
    Bet(
        f"A face goes through {FACE} numbers. What comes back?",
        ("A blurred face", "A digit"),
        partial(stage.set_size, FACE),
        lambda results: face(results.columns),
        "bottleneck_stage_view",
    ),
    Bet(
        f"Your digit goes through {KEEP} numbers. Who keeps it better?",
        ("The network", "PCA", "Both the same"),
        partial(stage.set_size, KEEP),
        lambda results: keep(results.columns),
        "bottleneck_stage_view",
    ),
    Bet(
        "How many of 100 digits can a single number hold?",
        ("A few", "About half", "Nearly all"),
        partial(stage.set_size, 1),
        lambda results: line_holds(serving.engine()),
        "bottleneck_line_view",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("bottleneck", BETS, state, SOURCES)
