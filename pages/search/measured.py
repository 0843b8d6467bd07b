"""The Search page's evidence: how well and how cheaply each way finds digits, with intervals over seeds."""

import streamlit as st

from aecore.engine import Engine
from aecore.intervals import interval
from aecore.retrieval import table
from aecore.retrieval.base import LENGTHS
from aecore.retrieval.table import CONTROL, HASHING, ITQ, PIXELS, PLANES, VAE, Measured, Row, key
from ui import messages
from ui.glossary import explain
from ui.input.choice import choice
from ui.output import tables

NAMES = {
    PIXELS: "Pixels",
    VAE: "VAE's 32 numbers",
    PLANES: "Random planes",
    ITQ: "PCA + ITQ",
    CONTROL: "Network without noise, cut at the median",
    HASHING: "Semantic hashing",
}
BARS = {64: (93.0, 80.0), 32: (90.0, None)}  # percent: precision and average precision that were asked for


def show(engine: Engine, measured: Measured) -> None:
    """A sentence, the table, and what the numbers were asked to be."""
    messages.stale(measured.stale(engine), table.AGAIN)
    st.markdown(takeaway(measured))
    length = choice("Bits", list(LENGTHS), default=32, format_func=lambda bits: f"{bits} bits", key="search_table_bits")
    with st.container(key="search_table"):
        st.markdown(markdown(measured, length))
    st.caption(
        f"{explain('precision at 10')} {explain('average precision')} {measured.queries:,} test digits among 60,000; "
        f"± is the 95% interval over {len(measured.rows[key(HASHING, 64)].precision)} seeds. {speed(measured)}"
    )


def takeaway(measured: Measured) -> str:
    """Whether bits find as well as pixels, what the noise is worth, what does not hold: from the numbers alone."""
    precision = {name: interval(row.precision)[0] for name, row in measured.rows.items()}
    average = {name: interval(row.average)[0] for name, row in measured.rows.items()}
    best, control = key(HASHING, 64), key(CONTROL, 64)
    shorter = measured.rows[PIXELS].size // measured.rows[best].size
    gap = average[best] - average[PIXELS]
    text = (
        f"**64 bits, {measured.rows[best].size} bytes, rank digits {_than(gap)} 784 pixels do** (average precision "
        f"{average[best]:.1f} against {average[PIXELS]:.1f}%), in a {_ordinal(shorter)} of the space. Among the first "
        f"ten they are {_beside(precision[best] - precision[PIXELS])} ({precision[best]:.1f} against "
        f"{precision[PIXELS]:.1f}%). "
    )
    lost = average[best] - average[control]
    if lost > 0:
        text += (
            f"Without the noise the same network, cut at its medians, loses {lost:.1f} points of average precision. "
        )
    else:
        text += f"The noise does **not** help: without it average precision is {-lost:.1f} points higher. "
    missed = [
        f"{what} at {length} bits is {value:.1f}%, not {bar:.0f}"
        for length, bars in BARS.items()
        for what, bar, value in zip(
            ("precision", "average precision"),
            bars,
            (precision[key(HASHING, length)], average[key(HASHING, length)]),
            strict=True,
        )
        if bar is not None and value < bar
    ]
    return text + (f"Not reached: {'; '.join(missed)}." if missed else "")


def _than(gap: float) -> str:
    return "better than" if gap > 0.5 else "worse than" if gap < -0.5 else "as well as"


def _beside(gap: float) -> str:
    return "ahead" if gap > 0.5 else "behind" if gap < -0.5 else "level"


def _ordinal(number: int) -> str:
    return f"{number}{'th' if number % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def speed(measured: Measured) -> str:
    """What the libraries for this take."""
    own = measured.libraries.get("NumPy")
    others = {name: ms for name, ms in measured.libraries.items() if not name.startswith("NumPy")}
    if own is None or not others:
        return ""
    compared = ", ".join(f"{name} {ms:.2f}" for name, ms in others.items())
    return f"Search by 64 bits: NumPy's popcount {own:.2f} ms, {compared}; your browser needs no library."


def markdown(measured: Measured, length: int) -> str:
    """The rows at one length as a table; pixels and the VAE stand beside every length."""
    rows = []
    for way, name in NAMES.items():
        row = measured.rows[way] if way in (PIXELS, VAE) else measured.rows[key(way, length)]
        rows.append((f"**{name}**" if way == HASHING else name, *cells(row)))
    return tables.markdown(("", "Precision at 10", "Average precision", "Bytes", "ms a query"), rows)


def cells(row: Row) -> list[str]:
    """A row's numbers, with as many digits as mean something."""
    return [*map(scored, (row.precision, row.average)), f"{row.size:,}", f"{row.ms:.2g}"]


def scored(scores: list[float]) -> str:
    """As "94.2 ± 0.3%"."""
    middle, half = interval(scores)
    return f"{middle:.1f}%" if half is None else f"{middle:.1f} ± {half:.1f}%"
