"""The Few labels page's bets, and its sources."""

from functools import partial

from aecore.pretraining import table
from aecore.pretraining.table import PIXELS, SCRATCH, TUNED, Measured
from pages.few_labels import curves
from pages.few_labels.curves import best_encoder, middle
from pages.few_labels.state import state
from ui.teach import bets
from ui.teach.bets import Answer, Bet, by_table

SAME = 0.3  # percentage points; a smaller difference is none
WORTH = (2.0, 5.0)  # points, between the answers

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (greedy pretraining, stacked autoencoders); "
    "[Hinton & Salakhutdinov 2006](https://doi.org/10.1126/science.1127647) (deep autoencoders, 784-1000-500-250-30); "
    "[Vincent et al. 2010](https://www.jmlr.org/papers/v11/vincent10a.html) (stacked denoising autoencoders); "
    "[Glorot & Bengio 2010](https://proceedings.mlr.press/v9/glorot10a.html), "
    "[He et al. 2015](https://arxiv.org/abs/1502.01852) (first weights); "
    "[Erhan et al. 2010](https://www.jmlr.org/papers/v11/erhan10a.html) (why pretraining helps)."
)


def few(measured: Measured) -> Answer:
    """What the best frozen code saves with 100 labels."""
    best = best_encoder(measured)
    saved = middle(measured, SCRATCH, 100) - middle(measured, best, 100)
    option = sum(saved >= limit for limit in WORTH)
    return Answer(option, f"With 100 labels the best frozen code saves {saved:.1f} errors in 100 digits.")


def many(measured: Measured) -> Answer:
    """Who errs less with all labels: the best frozen code of few, or the network from scratch."""
    best, scratch = (middle(measured, method, 60_000) for method in (best_encoder(measured), SCRATCH))
    option = 2 if abs(best - scratch) < SAME else int(scratch < best)
    return Answer(
        option, f"With 60,000 labels the frozen code errs {best:.1f}%, the network from scratch {scratch:.1f}%."
    )


def ten(measured: Measured) -> Answer:
    """Whether fine-tuning the stack beats pixels by a linear classifier with ten labels."""
    tuned, pixels = (middle(measured, method, 10) for method in (TUNED, PIXELS))
    option = 2 if abs(tuned - pixels) < SAME else int(pixels < tuned)
    return Answer(option, f"With 10 labels the fine-tuned stack errs {tuned:.1f}%, pixels {pixels:.1f}%.")


BETS = (
    Bet(
        "100 labels: how many errors in 100 digits does the best pretrained code save?",
        ("Fewer than 2", "2 to 5", "5 or more"),
        partial(curves.set_by_page, 100),
        by_table(table, few),
        "few_curves_view",
    ),
    Bet(
        "All 60,000 labels: which makes fewer errors, that frozen code or a network from scratch?",
        ("The frozen code", "The network from scratch", "Both the same"),
        partial(curves.set_by_page, 60_000),
        by_table(table, many),
        "few_curves_view",
    ),
    Bet(
        "One label a class: which makes fewer errors?",
        ("The pretrained stack, fine-tuned", "A linear classifier on pixels", "Both the same"),
        partial(curves.set_by_page, 10),
        by_table(table, ten),
        "few_curves_view",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("few_labels", BETS, state, SOURCES)
