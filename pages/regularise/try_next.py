"""The Regularise page's bets, and its sources."""

from functools import partial

from aecore.features import probe, table
from aecore.features.table import Measured
from pages.regularise import measured, stage
from ui.output.try_next import set_controls
from ui.teach import bets
from ui.teach.bets import Answer, Bet

CALM = {"wide-noise": "noise", "wide-contractive": "contractive", "wide-sparse": "few units"}
SHAKEN = "small"  # of aecore.features.table.NOISES
CODES = ("Noise", "k units", "Contractive")  # of measured.GROUPS, as the page names them
LEARNED = "wide-sparse"
FEW = "1000"  # labels
SOURCES = (
    "Sources: NYU Deep Learning, week 7 (over-complete codes, the contractive penalty, kernels of the two notebooks); "
    "OpenGenus, “Autoencoder” (sparse, contractive); slides “Autoencoders (AEs)” (sparse codes and the Laplace prior, "
    "DAE against CAE, OpenDeep's denoiser, predictive sparse decomposition); "
    "[Vincent et al. 2010](https://jmlr.org/papers/v11/vincent10a.html) (noise); "
    "[Rifai et al. 2011](https://icml.cc/2011/papers/455_icmlpaper.pdf) (contraction); "
    "[Makhzani & Frey 2014](https://arxiv.org/abs/1312.5663) (k units); Ng 2011, CS294A notes (rate); "
    "[Kavukcuoglu et al. 2008](https://arxiv.org/abs/1010.3467) (predictive sparse decomposition); "
    "[Beck & Teboulle 2009](https://doi.org/10.1137/080716542) (FISTA)."
)


def calmest(now: Measured) -> Answer | None:
    """Whose code a little noise moves least, over the test digits."""
    if not CALM.keys() <= now.rows.keys():
        return None
    shares = [now.rows[name].moves[SHAKEN][0] for name in CALM]
    said = ", ".join(f"{label} {100 * share:.1f}%" for label, share in zip(CALM.values(), shares, strict=True))
    return Answer(shares.index(min(shares)), f"Of the way to another digit, their codes move: {said}.")


def unlearned(now: Measured) -> Answer | None:
    """How many of the sparse network's units still look as they did before training."""
    if LEARNED not in now.rows:
        return None
    row = now.rows[LEARNED]
    share = row.unlearned / row.units
    option = 0 if share < 0.1 else 1 if share < 0.35 else 2
    return Answer(option, f"{row.unlearned} of {row.units} look as they did before training.")


def best_code(now: Measured) -> Answer | None:
    """Whose code a linear classifier reads best from few labels, at each constraint's best strength."""
    best = []
    for group in CODES:
        rows = [row for row in now.rows.values() if row.constraint in measured.GROUPS[group]]
        best.append(max((probe.interval(row.probe[FEW], now.tested)[0] for row in rows), default=0.0))
    if not all(best):
        return None
    said = ", ".join(f"{group.lower()} {value:.1f}%" for group, value in zip(CODES, best, strict=True))
    return Answer(best.index(max(best)), f"At their best strengths: {said}.")


def _choose(network: str, everything: bool) -> None:
    stage.set_chosen(network, None, everything)
    stage.refresh()


BETS = (
    Bet(
        "Add a little noise to the digit. Which code moves least?",
        ("The noise-trained one", "The contractive one", "The one of few units"),
        partial(_choose, LEARNED, False),
        calmest,
        "regularise_shake_view",
    ),
    Bet(
        "Each active unit costs. How many of 500 units never learn anything?",
        ("Hardly any", "About a quarter", "Nearly half"),
        partial(_choose, LEARNED, True),
        unlearned,
        "regularise_wall",
    ),
    Bet(
        "A linear classifier gets 1,000 labels. Whose code serves it best?",
        ("Noise", "The k strongest units", "Contractive"),
        partial(set_controls, {"regularise_group": "k units", "regularise_what": "Classifier"}),
        best_code,
        "regularise_table",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("regularise", BETS, table.load, SOURCES)
