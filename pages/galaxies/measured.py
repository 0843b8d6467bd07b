"""The Galaxies page's evidence: errors, a memoriser, turns, odd frames, classes; sentences from the numbers alone."""

from math import hypot, log10
from statistics import mean

import streamlit as st

from aecore.data.galaxies import CLASSES, TITLES
from aecore.engine import Engine
from aecore.galaxies import table
from aecore.galaxies.table import BLACK, MEAN, PCA, PCA_TURNED, SMALL, STILL, WIDE, Curve, Measured
from aecore.signals.table import of_seeds
from pages.galaxies.story import errors
from ui import messages
from ui.output import tables
from ui.output.charts import chart, show_chart
from ui.theme import kind_color, neutral

WAYS = {
    SMALL: "Small VAE, galaxies turned",
    PCA_TURNED: "PCA, 50 axes, galaxies turned",
    PCA: "PCA, 50 axes",
    STILL: "Small VAE, not turned",
    WIDE: "The review's wide VAE",
    MEAN: "The mean galaxy",
    BLACK: "A black picture",
}
LEVEL = 0.03  # of an error: a smaller difference is none
OVERFIT = 1.5  # times the training error: from there on a network is said to overfit


def show(engine: Engine, measured: Measured) -> None:
    """The table, the memoriser's curve, the classifier."""
    st.header("Fewer weights, better galaxies", anchor=False)
    messages.stale(measured.stale(engine), table.AGAIN)
    st.markdown(memoriser(measured))
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="galaxies_table"):
        st.markdown(rows(measured))
        st.caption(
            "Squared error a pixel and colour, × 10⁻⁴, lower is better; ± is the 95% interval over three seeds. "
            "*KL*: what a code says beyond the prior. *In use*: numbers of the code with a KL above 0.1 nats. "
            f"Trained on {'a GPU' if measured.device == 'cuda' else 'a CPU'}."
        )
    with right:
        show_chart(curves(measured), "galaxies_curves", memoriser(measured))
    st.markdown(classes(measured))


def memoriser(measured: Measured) -> str:
    """Whether the wide network overfits, and what turning is worth."""
    wide, small, still = (measured.rows[way] for way in (WIDE, SMALL, STILL))
    times = wide.mse[0] / wide.train[0]
    text = (
        f"The review's network has {wide.parameters / 1e6:.0f} million weights for 752 pictures. Its error on unseen "
        f"galaxies is {errors(wide.mse[0])}, {times:.1f} times its error on those it learnt"
    )
    text += ": **it overfits**. " if times > OVERFIT else ". "
    own = small.mse[0] / small.train[0]
    text += (
        f"The small one, {wide.parameters / small.parameters:.0f} times smaller, sees each galaxy turned and mirrored "
        f"at random, since a galaxy has no up: {errors(small.mse[0])}, {own:.2f} times its training error. "
    )
    if still.mse[0] > small.mse[0] * (1 + LEVEL):
        text += f"Without the turns the same network ends at {errors(still.mse[0])}"
        behind = still.mse[0] > measured.rows[PCA].mse[0]
        return text + (", behind PCA: the turns make the difference." if behind else ".")
    return text + f"The turns do **not** help it: without them {errors(still.mse[0])}."


def rows(measured: Measured) -> str:
    """Ways as a table, the best first."""
    lines = []
    for way in sorted(WAYS, key=lambda way: measured.rows[way].mse[0]):
        row = measured.rows[way]
        cells = [
            f"**{WAYS[way]}**" if way == SMALL else WAYS[way],
            several(row.mse),
            several(row.train),
            f"{row.kl[0]:.0f}" if row.kl else "",
            str(row.active[0]) if row.active else "",
            f"{row.parameters:,}",
        ]
        lines.append(cells)
    return tables.markdown(("", "Unseen", "Learnt", "KL, nats", "In use", "Numbers learnt"), lines)


def several(values: list[float]) -> str:
    """Errors of a few seeds, with the interval of their mean; of two, from which none can be had, both."""
    if len(values) < 3:
        return ", ".join(f"{1e4 * value:.1f}" for value in values)
    return f"{1e4 * mean(values):.1f} ± {1e4 * of_seeds(values):.1f}"


def curves(measured: Measured):
    """Training and test error over epochs, of the wide network and of the small one."""
    figure = chart(
        330,
        "Error while they learn, × 10⁻⁴",
        showlegend=False,
        margin={"l": 40, "r": 118, "t": 30, "b": 44},
        xaxis={"type": "log", "title": {"text": "epochs"}, "tickvals": [1, 10, 100, 1000]},
        # in decades: the start is of no interest
        yaxis={"type": "log", "tickvals": [5, 10, 20, 50], "range": [0.65, 1.8]},
    )
    muted = neutral()[1]
    parts = ((WIDE, measured.review.curve, muted, "wide"), (SMALL, measured.curve, kind_color("vae"), "small"))
    for _, curve, color, name in parts:
        for values, dash, what in ((curve.test, "solid", "unseen"), (curve.train, "dot", "learnt")):
            figure.add_scatter(
                x=curve.epochs, y=[1e4 * value for value in values], mode="lines", name=f"{name}, {what}",
                line={"color": color, "width": 2, "dash": dash}, hovertemplate="%{y:.1f}",
            )  # fmt: skip
    for (_, curve, color, name), what in zip(parts, ("unseen", "both"), strict=True):
        figure.add_annotation(**_label(curve, curve.test, f"{name}, {what}", color))
    below = {"xanchor": "right", "xshift": -2, "yshift": -9}  # beside its end stands the small one's
    figure.add_annotation(**_label(measured.review.curve, measured.review.curve.train, "wide, learnt", muted) | below)
    return figure


def _label(curve: Curve, values: list[float], text: str, color: str) -> dict:
    return {
        "x": log10(curve.epochs[-1]), "y": log10(1e4 * values[-1]), "text": text, "showarrow": False, "xanchor": "left",
        "xshift": 6, "font": {"color": color, "size": 13},
    }  # fmt: skip


def classes(measured: Measured) -> str:
    """How well classes are told, from pictures, from what is redrawn and from codes; and along walks."""
    kinds = measured.kinds
    worst = min(range(4), key=lambda row: kinds.confusion[row][row] / max(1, sum(kinds.confusion[row])))
    taken = max((place for place in range(4) if place != worst), key=lambda place: kinds.confusion[worst][place])
    wrong = kinds.confusion[worst][taken]
    names = [TITLES[name] for name in CLASSES]
    right = f"{mean(kinds.accuracy):.0f}"
    if len(kinds.accuracy) > 2:
        right += f" ± {of_seeds(kinds.accuracy):.0f}"
    return (
        f"**The class along the way** is a small classifier's word. It gets {right}% of 188 unseen "
        f"galaxies right, {kinds.redrawn:.0f}% once they are redrawn from 50 numbers; a linear one gets "
        f"{kinds.code[0]:.0f}% from the numbers alone; always saying “elliptical”, 32%. It takes {wrong} of "
        f"{sum(kinds.confusion[worst])} {names[worst]}s for {names[taken]}s. Halfway between two of one class, "
        f"it still sees that class in {kinds.kept['code']:.0f}% of walks by code, {kinds.kept['fade']:.0f}% of "
        f"cross-fades; between two classes, it sees a third in {kinds.third['code']:.0f}% by "
        f"code, {kinds.third['fade']:.0f}% of cross-fades."
    )


def turning(measured: Measured) -> str:
    """Up to where the straight line between codes is a turn."""
    spans = {int(span): one for span, one in measured.turns.items()}
    good = [span for span, one in spans.items() if one.code[0] < one.fade[0]]
    known = {span: one for span, one in spans.items() if one.code[0] < 2 * one.known[0]}
    text = "**A turn is a curve in the code, and a straight line cuts the corner.** "
    if known:
        widest = max(known)
        text += (
            f"Up to {widest}° from end to end its error stays below twice the one that the network makes redrawing "
            f"the truth itself. "
        )
    most = max(spans)
    one = spans[most]
    text += f"At {most}° its error is {errors(one.code[0])}; not turning at all has {errors(one.still[0])}. "
    if len(good) == len(spans):
        text += "On average it is nearer to the truth than the cross-fade at every span"
        close = [
            f"{span}°" for span, one in spans.items() if one.fade[0] - one.code[0] < hypot(one.code[1], one.fade[1])
        ]
        text += f", but within the error bars at {', '.join(close)}." if close else "."
    elif good:
        which = ", ".join(f"{span}°" for span in good)
        text += f"It is nearer to the truth than the cross-fade at {which}, and nowhere else."
    else:
        text += "The cross-fade is nearer to the truth at every span."
    return text


def oddest(measured: Measured) -> str:
    """What each score finds."""
    error, line, median = (measured.odd[key] for key in ("error", "line", "median"))
    text = (
        "**The error finds what fifty numbers cannot hold**: bright neighbours, mergers, ragged arms. "
        "Nineteen frames have a column of the camera missing, a thin dark line (marked by eye, all 940 looked through; "
        "we found no satellite trail). "
    )
    text += f"The network's error {'hardly sees' if error < 70 else 'sees'} them ({error:.0f}% AUROC); "
    text += f"the strongest dark line in that error has {line:.0f}%. "
    if median > line - 1:
        text += f"No network is needed: the same line in what a median filter removes has {median:.0f}%."
    else:
        text += f"The same line in what a median filter removes has {median:.0f}%: the network helps."
    return text
