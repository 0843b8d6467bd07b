"""What was measured of marking faults on textures: sentences from the numbers, and a table."""

from statistics import mean

import streamlit as st

from aecore.anomaly.texture import DISTANCE, ERROR, KINDS, SCORES, STAIN, TOP
from aecore.anomaly.texture_table import AGAIN, NETWORK, PCA, Measured
from aecore.engine import Engine
from ui import messages
from ui.glossary import explain
from ui.output import tables

WAYS = {
    (NETWORK, ERROR): "Network: error",
    (NETWORK, DISTANCE): "Network: distance of the code",
    (PCA, ERROR): "PCA: error",
    (PCA, DISTANCE): "PCA: distance of the code",
}
GUESSING = 50.0  # percent
FEW = 5.0  # points of AUROC: fewer are little


def show(engine: Engine, table: Measured) -> None:
    """Sentences, then the table."""
    messages.stale(table.stale(engine), AGAIN)
    st.markdown(" ".join(part for part in (blind(table), hardest(table), against_pca(table)) if part))
    with st.container(key="anomalies_textures_table"):
        st.markdown(rows(table))
    faults = len(next(iter(table.rows.values()))[NETWORK][ERROR].areas)
    st.caption(
        f"{explain('AUROC')} Here over pixels, mean of {faults} faults on a part that nothing learnt from; ± is the "
        "95% interval over these faults, not over other walls. *Outlined*: how much of a fault is among the oddest "
        f"{100 * TOP:.0f}% of its picture. **Bold**: the score chosen on a third part. PCA has as many numbers as the "
        "network, 16 for 16 × 16 pixels. Pictures: scikit-image (CC0)."
    )


def blind(table: Measured) -> str:
    """Where the error calls stains normal, and whether the distance sees them."""
    parts = []
    for name, ways in table.rows.items():
        error, distance = (ways[NETWORK][score].of_kind(STAIN) for score in (ERROR, DISTANCE))
        if error[0] + error[1] < GUESSING < distance[0] - distance[1]:
            parts.append(
                f"**On {name} the error takes stains for the most normal places** ({scored(*error)}, worse than "
                f"guessing): a smooth stain is easier to redraw than {name}. By the distance of their code "
                f"they stand out ({scored(*distance)})."
            )
    return " ".join(parts)


def hardest(table: Measured) -> str:
    """Where least of a fault is outlined."""
    shares = {name: mean(ways[NETWORK][table.chosen(name)].top) for name, ways in table.rows.items()}
    worst, best = min(shares, key=shares.get), max(shares, key=shares.get)
    return (
        f"{worst.capitalize()} is the hardest: {shares[worst]:.0f}% of a fault is outlined there, on {best} "
        f"{shares[best]:.0f}%."
    )


def against_pca(table: Measured) -> str:
    """Whether a network is worth it, texture by texture, on the same faults."""
    leads = {name: table.lead(name) for name in table.rows}
    better = [name for name, (middle, half) in leads.items() if middle > half]
    worse = [name for name, (middle, half) in leads.items() if middle < -half]
    level = [name for name in leads if name not in better + worse]
    parts = [(better, "ahead on"), (worse, "behind on"), (level, "level on")]
    said = ", ".join(f"{words} {_and(names)}" for names, words in parts if names)
    few = "a little " if better and max(leads[name][0] for name in better) < FEW else ""
    numbers = ", ".join(f"{name} {middle:+.1f} ± {half:.1f}" for name, (middle, half) in leads.items())
    return f"Against PCA of the same patches the network is {few}{said} (points of AUROC, same faults: {numbers})."


def rows(table: Measured) -> str:
    """Textures and ways, scratches and stains apart."""
    areas = (f"AUROC, {'scratches' if kind == 'scratch' else 'stains'}" for kind in KINDS)
    lines = []
    for name, ways in table.rows.items():
        for way, scores in ways.items():
            for score in SCORES:
                row, chosen = scores[score], score == table.chosen(name, way)
                cells = [scored(*row.of_kind(kind)) for kind in KINDS] + [f"{mean(row.top):.0f}%"]
                title = f"**{WAYS[way, score]}**" if chosen else WAYS[way, score]
                first = name.capitalize() if (way, score) == (NETWORK, ERROR) else ""
                lines.append((first, title, *cells))
    return tables.markdown(("", "", *areas, "outlined"), lines, words=2)


def scored(middle: float, half: float) -> str:
    """As "94.2 ± 0.3%"."""
    return f"{middle:.1f} ± {half:.1f}%"


def _and(names: list[str]) -> str:
    return " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
