"""The Masked page's bets, and its sources."""

from functools import partial
from statistics import fmean

from aecore.masking.table import FRESH, MASKED, UNET
from pages.masked import board
from pages.masked.measured import LEVEL_DB, LEVEL_ERROR, at_hand
from pages.masked.state import State, state
from ui.teach import bets
from ui.teach.bets import Answer, Bet

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (masked autoencoders); "
    "[He et al. 2021](https://arxiv.org/abs/2111.06377) (masked autoencoders); "
    "[Dosovitskiy et al. 2020](https://arxiv.org/abs/2010.11929) (patches as tokens); "
    "[Vaswani et al. 2017](https://arxiv.org/abs/1706.03762) (attention); "
    "[Ronneberger et al. 2015](https://arxiv.org/abs/1505.04597) (the U-Net beside it)."
)


def in_a_block(shown: State) -> Answer | None:
    """How many digits are read from a quarter of their patches, when the others are one block."""
    measured = at_hand()
    if measured is None:
        return None
    read, scattered = (fmean(measured.fill[MASKED][way]["75"].read) for way in ("block", "random"))
    option = 0 if read < 50 else 1 if read < 80 else 2
    return Answer(option, f"{read:.0f}% of {measured.digits:,}; {scattered:.0f}% if the hidden patches are scattered.")


def rival(shown: State) -> Answer | None:
    """Who guesses better, a transformer or a U-Net."""
    measured = at_hand()
    if measured is None:
        return None
    own, unet = (fmean(measured.fill[name]["random"]["75"].psnr) for name in (MASKED, UNET))
    option = 2 if abs(own - unet) <= LEVEL_DB else int(unet > own)
    return Answer(option, f"{own:.1f} dB by the transformer, {unet:.1f} dB by the U-Net.")


def worth(shown: State) -> Answer | None:
    """What 100 labels gain by pretraining."""
    measured = at_hand()
    if measured is None:
        return None
    errors = {name: fmean(rows["100"]) for name, rows in measured.tuned.items()}
    best = min(error for name, error in errors.items() if name != FRESH)
    gain = errors[FRESH] - best
    option = 0 if gain > errors[FRESH] / 2 else 1 if gain > LEVEL_ERROR else 2
    return Answer(option, f"{best:.1f}% errors after pretraining, {errors[FRESH]:.1f}% from scratch.")


BETS = (
    Bet(
        "Three quarters of the patches are hidden, in one block. How many of 1,000 digits can the judge still read?",
        ("Fewer than half", "50 to 79%", "80% or more"),
        partial(board.set_by_page, board.drawn("block", 0.75)),
        in_a_block,
        "masked_digit_view",
    ),
    Bet(
        "Who guesses hidden patches better, trained on the same kind of masks?",
        ("The transformer", "A U-Net", "Both the same"),
        partial(board.set_by_page, board.drawn("random", 0.5)),
        rival,
        "masked_table",
    ),
    Bet(
        "A classifier has 100 labels. What is it worth to start from a masked autoencoder's encoder?",
        ("Less than half the errors", "Fewer errors, but over half", "Nothing"),
        partial(board.set_by_page, board.drawn("block", 0.5)),
        worth,
        "masked_classifiers",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("masked", BETS, state, SOURCES)
