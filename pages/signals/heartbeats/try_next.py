"""The heartbeats' bets, decided by what was measured, and their sources."""

from functools import partial
from math import hypot

from aecore.heartbeats import table
from aecore.heartbeats.table import BEATS, NETWORK, PCA, Measured
from aecore.intervals import interval
from pages.signals.heartbeats import odd, strip
from pages.signals.heartbeats.measured import CLEAR, NAMES
from ui.teach import bets
from ui.teach.bets import Answer, Bet, by_table

PAGE = "heartbeats"
SOURCES = (
    "Sources: [Moody & Mark 2001](https://doi.org/10.1109/51.932724) (recordings); "
    "[de Chazal et al. 2004](https://doi.org/10.1109/TBME.2004.827359) (people trained on and tested); "
    "[Donoho & Johnstone 1994](https://doi.org/10.1093/biomet/81.3.425) (wavelet shrinkage)."
)


def muscle(measured: Measured) -> Answer:
    """Who takes more muscle noise off."""
    means = {name: interval(gains["muscle"])[0] for name, gains in measured.gains.items()}
    rival = max((name for name in means if name != NETWORK), key=means.get)
    option = int(means[rival] >= means[NETWORK])
    return Answer(
        option,
        f"The network takes {means[NETWORK]:.1f} dB off, {NAMES[rival].lower()}, the best filter, {means[rival]:.1f}.",
    )


def early(measured: Measured) -> Answer:
    """Whether a beat that comes early, but looks normal, is found by its error."""
    share = measured.auroc[BEATS]["S"]
    return Answer(
        int(share.value < 50 + CLEAR),
        f"AUROC {share.value:.0f}% ({share.low:.0f} to {share.high:.0f}); guessing has 50%. One beat alone cannot show "
        "that it came early.",
    )


def ventricular(measured: Measured) -> Answer:
    """Who tells ventricular beats better, the network or PCA."""
    own, pca = (measured.auroc[name]["V"] for name in (BEATS, PCA))
    same = abs(own.value - pca.value) < hypot(own.high - own.low, pca.high - pca.low) / 2
    option = 2 if same else int(pca.value > own.value)
    return Answer(
        option,
        f"AUROC {own.value:.0f}% ({own.low:.0f} to {own.high:.0f}) by the network, {pca.value:.0f}% ({pca.low:.0f} to "
        f"{pca.high:.0f}) by PCA.",
    )


BETS = (
    Bet(
        "Muscle noise shares its frequencies with a beat's sharp peaks. Who takes more of it off?",
        ("The network, from examples", "The best filter"),
        partial(strip.set_by_page, 0.0, 0.1),
        by_table(table, muscle),
        "signals_heart_gains",
    ),
    Bet(
        "A premature atrial beat comes early but looks normal. Does the reconstruction error find it?",
        ("Yes", "No better than guessing"),
        partial(odd.set_by_page, "S"),
        by_table(table, early),
        odd.KEY,
    ),
    Bet(
        "Sixteen numbers a beat, by a network or by PCA: which error tells ventricular beats better?",
        ("The network's", "PCA's", "Seeds and people cannot tell them apart"),
        partial(odd.set_by_page, "V"),
        by_table(table, ventricular),
        odd.KEY,
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show(PAGE, BETS, lambda: None, SOURCES)
