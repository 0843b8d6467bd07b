"""The Signals page's bets, and its sources."""

from functools import partial
from statistics import mean

from aecore.signals import table
from aecore.signals.draws import Settings as Trace
from aecore.signals.table import MATCHED, RAIL, REVIEW, UNET, Measured
from pages.signals import stage
from pages.signals.stage import Settings
from pages.signals.state import State, state
from ui.teach import bets
from ui.teach.bets import Answer, Bet, by_table

SAME = 1.0  # percentage points; a smaller difference is none
FOOLED = (20.0, 60.0)  # % of traces, between the answers
CLIPPED = Settings(Trace("uniform", 2.3, clipped=True, seed=4), RAIL)

SOURCES = (
    "Sources: the review “Revisiting Autoencoders” and its notebook "
    "([SciEngCloud/autoencoder_demos](https://github.com/SciEngCloud/autoencoder_demos)); "
    "[Erdmann, Schlüter & Šmída 2019](https://arxiv.org/abs/1901.04079) (pulses, noise and networks for them); "
    "Erdmann, Glombitza, Kasieczka & Klemradt, *Deep Learning for Physics Research*, 2021 (the traces that ours stand "
    "for); [slopes of the spectrum](https://arxiv.org/abs/2407.18662); "
    "[Ronneberger et al. 2015](https://arxiv.org/abs/1505.04597) (U-Net); "
    "[Turin 1960](https://doi.org/10.1109/TIT.1960.1057571) (matched filter); "
    "[Donoho & Johnstone 1994](https://doi.org/10.1093/biomet/81.3.425) (wavelet shrinkage). "
    "All traces are simulated."
)


def white(measured: Measured) -> Answer:
    """Who finds more pulses in white noise."""
    rows = measured.open["white"]
    network, filtered = (mean(rows[way].found) for way in (UNET, MATCHED))
    option = 2 if abs(network - filtered) < SAME else int(filtered > network)
    return Answer(option, f"The network finds {network:.1f}% of the pulses, the matched filter {filtered:.1f}%.")


def fooled(measured: Measured) -> Answer:
    """How often samples that stick without a pulse fool the review's network."""
    heard, control = (mean(measured.review["uniform"][way].planted) for way in (REVIEW, MATCHED))
    option = sum(heard >= limit for limit in FOOLED)
    return Answer(option, f"It hears one in {heard:.0f}% of the traces, the matched filter in {control:.0f}%.")


def stuck(results: State) -> Answer | None:
    """Whether counting stuck samples finds the pulse on the stage."""
    if results.heard is None or RAIL not in results.heard.answers:
        return None
    off = results.heard.off(RAIL)
    return Answer(int(not results.heard.found(RAIL)), f"Counting stuck samples points {off} samples off the pulse.")


BETS = (
    Bet(
        "In white noise, who finds more pulses?",
        ("The network, from examples", "The matched filter, told noise and shape", "Both the same"),
        partial(stage.set_by_page, Settings(Trace(snr=2.0, seed=7))),
        by_table(table, white),
        "signals_table",
    ),
    Bet(
        "The receiver clips at ±0.15 mV. Is merely counting the samples stuck there enough to find this pulse?",
        ("Yes", "No"),
        partial(stage.set_by_page, CLIPPED),
        stuck,
        "signals_stage_view",
    ),
    Bet(
        "Four samples stick to the rail where there is no pulse. How often does the review's network hear one there?",
        ("Hardly ever", "Now and then", "Mostly"),
        partial(stage.set_by_page, Settings(Trace("uniform", 2.3, clipped=True, seed=4), REVIEW)),
        by_table(table, fooled),
        "signals_lesson_table",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("signals", BETS, state, SOURCES)
