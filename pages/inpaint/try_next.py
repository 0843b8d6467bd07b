"""The Inpaint page's bets, and its sources."""

from functools import partial

from aecore.restore.compare import Comparison, on_tile
from pages.inpaint import mask_pad
from pages.inpaint.state import state
from ui.output.try_next import set_controls
from ui.output.verdict import a_digit, filler
from ui.teach import bets
from ui.teach.bets import Answer, Bet

NETWORK = "inpainter"
FOUR, SEVEN, EIGHT = 6, 0, 110  # test digits

SOURCES = (
    "Sources: NYU Deep Learning, week 7 (a grey patch leaves the manifold, the answer is its closest point, found by "
    "minimising an energy); [Kingma & Welling 2014](https://arxiv.org/abs/1312.6114) (VAE); "
    "[Yeh et al. 2017](https://arxiv.org/abs/1607.07539) (search in a latent space); "
    "[Telea 2004](https://doi.org/10.1080/10867651.2004.10487596); "
    "[Bertalmio et al. 2001](https://doi.org/10.1109/CVPR.2001.990497) (Navier-Stokes); "
    "[Damelin & Hoang 2018](https://doi.org/10.1155/2018/3950312) (biharmonic); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST)."
)


def _set(digit: int, kind: str, **settings: object) -> None:
    mask_pad.set_center((0.5, 0.5))
    settings = {"source": "example", "digit": digit, "kind": kind} | settings
    set_controls({f"inpaint_{name}": value for name, value in settings.items()})


def covered(comparison: Comparison) -> Answer | None:
    """What the judge reads in the filled 4."""
    entry = comparison.method(NETWORK)
    if entry is None or comparison.damage.kind != "half":
        return None
    if entry.reads is None:
        return Answer(2, f"The judge sees no digit in it, and is {100 * entry.sure:.0f}% sure of its best guess.")
    option = {4: 0, 9: 1}.get(entry.reads, 2)
    return Answer(option, f"The judge reads {a_digit(entry.reads)}, {100 * entry.sure:.0f}% sure.")


def scattered(comparison: Comparison) -> Answer | None:
    """Who is nearest on the missing pixels: the best network, or the best smooth fill."""
    network, smooth = comparison.best_of(False), comparison.best_of(True)
    if network is None or smooth is None or comparison.damage.kind != "dropout":
        return None
    ours, theirs = on_tile(network.missing), on_tile(smooth.missing)
    sentence = f"On the missing pixels {filler(network)} reaches {ours:.1f} dB, {filler(smooth)} {theirs:.1f} dB."
    return Answer(int(theirs > ours), sentence)


def closed(comparison: Comparison) -> Answer | None:
    """Whether the judge still reads the digit after the best smooth fill."""
    smooth = comparison.best_of(True)
    if smooth is None or comparison.damage.kind != "patch":
        return None
    right = smooth.reads is not None and not comparison.misread(smooth)
    read = "no digit" if smooth.reads is None else a_digit(smooth.reads)
    return Answer(
        int(not right), f"In the answer of {filler(smooth)} the judge reads {read}, {100 * smooth.sure:.0f}% sure."
    )


BETS = (
    Bet(
        "The top of a 4 is covered. What does the network draw there?",
        ("A 4", "A 9", "Something else"),
        partial(_set, FOUR, "half", half=0.6, side="top"),
        lambda results: covered(results.comparison),
        "inpaint_board",
    ),
    Bet(
        "Half of all pixels are missing, scattered. Who fills them better?",
        ("A network", "A smooth fill"),
        partial(_set, SEVEN, "dropout", dropout=0.5),
        lambda results: scattered(results.comparison),
        "inpaint_board",
    ),
    Bet(
        "A patch over the middle of an 8, closed by a smooth fill. Is it still read as an 8?",
        ("Yes", "No"),
        partial(_set, EIGHT, "patch", patch=0.43),
        lambda results: closed(results.comparison),
        "inpaint_board",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("inpaint", BETS, state, SOURCES)
