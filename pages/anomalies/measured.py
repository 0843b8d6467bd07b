"""The Anomalies page's evidence: ten classes one by one, real strangers, and a likelihood that prefers them."""

import streamlit as st

from aecore.anomaly import normal as known
from aecore.anomaly import table
from aecore.anomaly.normal import DOUBT, ELBO, INK, NAMES, NEAREST, PCA, VAE
from aecore.anomaly.table import BOTH, Measured, Reversal
from aecore.engine import Engine
from aecore.intervals import interval
from ui import messages
from ui.glossary import explain
from ui.output import tables

WAYS = {  # of the table of ten classes, the mark to beat first
    table.NEAREST: "Nearest neighbours in pixels",
    BOTH: "Denoiser: error and code",
    table.DAE: "Denoiser: error",
    table.AE: "Autoencoder: error",
    table.VAE: "VAE: error",
    table.ELBO: "VAE: −ELBO",
    table.PCA_32: "PCA, 32 axes: error",
    table.PCA_16: "PCA, 16 axes: error",
    table.MEAN: "Distance to the mean digit",
}
THINGS = {
    "empty": "An empty page",
    "dot": "A dot",
    "half ink": "Digits at half ink",
    "upside down": "Digits upside down",
    "two at once": "Two digits at once",
    "letters": "Capital letters",
    "clothes": "Clothes (Fashion-MNIST)",
    "notMNIST": "Letters from fonts (notMNIST)",
    "USPS": "Other handwriting (USPS)",
    "photographs": "Pieces of photographs",
    "static": "Static",
}
NETWORKS = (BOTH, table.DAE, table.AE, table.VAE, table.ELBO)
LEVEL = 0.2  # percentage points; a smaller difference is none


def show(engine: Engine, measured: Measured) -> None:
    """Three tables, each with its sentence."""
    messages.stale(measured.stale(engine), table.AGAIN)
    st.header("One class against the other nine", anchor=False)
    st.markdown(one_class(measured))
    with st.container(key="anomalies_table"):
        st.markdown(classes_table(measured))
    seeds = len(measured.one_class[BOTH][0])
    spread = f"; ± is the 95% interval over {seeds} seeds" if seeds > 1 else ""
    st.caption(
        f"{explain('AUROC')} Trained on one class's training digits, tested on all 10,000{spread}. "
        "The denoiser's size and blanking were chosen with an eye on test digits of four classes, so its lead is a "
        "little flattered. Published, with other networks: Deep SVDD 94.8% (Ruff et al. 2018)."
    )
    with st.expander("Class by class", icon=":material/table_rows:", key="anomalies_classes"):
        st.markdown(class_by_class(measured))
    st.header("Digits against strangers", anchor=False)
    st.markdown(likelihood(measured))
    st.markdown(strangers_table(measured))
    st.caption(
        f"AUROC in percent, below 50 the wrong way round; **bold** where a score is fooled. nats: mean {NAMES[ELBO]}, "
        "how surprising the VAE finds a picture. The judge, a classifier of digits, has seen labels, the others none. "
        "notMNIST's letters fill the frame: an easy test."
    )
    st.header("A model that finds strangers more likely than its own", anchor=False)
    st.markdown(reversal(measured))
    st.markdown(reversals_table(measured))


def one_class(measured: Measured) -> str:
    """Whether anything beats nearest neighbours, from the numbers alone."""
    mark, _ = measured.mean(table.NEAREST)
    best = max(NETWORKS, key=lambda way: lower_end(measured, way))  # by what is sure, not by the luck of a seed
    value, half = measured.mean(best)
    digit, worst = measured.worst(best)
    error, pca = (measured.mean(way)[0] for way in (table.AE, table.PCA_32))
    said = f"best of the networks is “{WAYS[best]}”, AUROC {scored(value, half)}; nearest neighbours have {mark:.1f}%"
    if lower_end(measured, best) > mark:
        text = f"**B{said[1:]}.** "
    else:
        text = f"**No network here surely beats nearest neighbours: {said}.** "
    text += f"The plain autoencoder's error, the textbook's way, {'does not' if error < mark - LEVEL else 'does'} "
    text += f"reach them ({error:.1f}%); PCA has {pca:.1f}%. "
    return text + f"The hardest class is {digit} ({worst:.1f}%)."


def lower_end(measured: Measured, way: str) -> float:
    """Of the 95 % interval of a way's mean AUROC."""
    middle, half = measured.mean(way)
    return middle - (half or 0.0)


def classes_table(measured: Measured) -> str:
    """Ways by mean and worst class."""
    rows = []
    for way in sorted(WAYS, key=lambda way: -measured.mean(way)[0]):
        digit, worst = measured.worst(way)
        name = f"**{WAYS[way]}**" if way == table.NEAREST else WAYS[way]
        rows.append((name, scored(*measured.mean(way)), f"{digit}: {worst:.1f}%"))
    return tables.markdown(("", "AUROC, mean of ten", "worst class"), rows)


def class_by_class(measured: Measured) -> str:
    """AUROC of every way for every class, with the interval over seeds where there is one; the best of a row bold."""
    ways = sorted(WAYS, key=lambda way: -measured.mean(way)[0])
    rows = []
    for digit in range(10):
        areas = [interval(measured.one_class[way][digit]) for way in ways]
        best = max(middle for middle, _ in areas)
        texts = [(scored(*area).removesuffix("%"), area[0] == best) for area in areas]
        rows.append((f"{digit}s", *(f"**{text}**" if is_best else text for text, is_best in texts)))
    return tables.markdown(("AUROC, %", *(WAYS[way] for way in ways)), rows)


def scored(middle: float, half: float | None) -> str:
    """As "94.2 ± 0.3%"."""
    return f"{middle:.1f}%" if half is None else f"{middle:.1f} ± {half:.1f}%"


def likelihood(measured: Measured) -> str:
    """What -ELBO makes of an empty page."""
    empty, digits = measured.nats["empty"], measured.nats["digits"]
    marks = measured.strangers["empty"]
    return (
        f"**An empty page costs the VAE {empty:.0f} nats, a digit {digits:.0f}**: to the VAE the page is "
        f"e{_raised(digits - empty)} times as likely, so by −ELBO it is odder than a digit in {marks[ELBO]:.0f}% of "
        f"pairs. By the same network's error divided by the ink it is in {marks[INK]:.0f}%."
    )


def _raised(number: float) -> str:
    return f"{number:.0f}".translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def strangers_table(measured: Measured) -> str:
    """Sets of strangers by score."""
    chosen = (known.AE, known.DAE, VAE, INK, ELBO, PCA, NEAREST, DOUBT)
    rows = []
    for name, text in THINGS.items():
        if name in measured.strangers:
            cells = (_area(measured.strangers[name][key]) for key in chosen)
            rows.append((text, *cells, f"{measured.nats[name]:.0f}"))
    return tables.markdown(("", *(NAMES[key] for key in chosen), "nats"), rows)


def _area(value: float) -> str:
    return f"**{value:.0f}**" if value < 50 else f"{value:.0f}"


def reversal(measured: Measured) -> str:
    """Whether digits are likelier than clothes to a model of clothes."""
    there, back = measured.reversals["fashion"], measured.reversals["digits"]
    (own, _), (other, _), (area, _) = (interval(values) for values in (there.own, there.other, there.auroc))
    (area_back, _) = interval(back.auroc)
    if area < 50:
        text = (
            f"**Trained on clothes alone, a VAE finds digits likelier than clothes**: {other:.0f} nats against "
            f"{own:.0f}, AUROC {area:.1f}%. "
        )
    else:
        text = f"Trained on clothes alone, a VAE does not prefer digits here: AUROC {area:.1f}%. "
    return text + (
        f"Trained on digits, it tells clothes apart (AUROC {area_back:.1f}%). Simple pictures look likely to either. "
        "[Nalisnick et al. 2019](https://arxiv.org/abs/1810.09136) found it in larger models; for a PixelCNN++ "
        "[Ren et al. 2019](https://arxiv.org/abs/1906.02845) give 8.9%."
    )


def reversals_table(measured: Measured) -> str:
    """Both directions."""
    rows = ((text, *_cells(measured.reversals[name])) for name, text in (("fashion", "clothes"), ("digits", "digits")))
    return tables.markdown(("trained on", "its own", "the others", "AUROC"), rows)


def _cells(row: Reversal) -> tuple[str, ...]:
    def number(values: list[float], unit: str) -> str:
        middle, half = interval(values)
        return f"{middle:.1f}{'' if half is None else f' ± {half:.1f}'}{unit}"

    return number(row.own, " nats"), number(row.other, " nats"), number(row.auroc, "%")
