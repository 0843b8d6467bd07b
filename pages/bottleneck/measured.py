"""The Bottleneck page's evidence: all test pictures at the size that is set, and what of the textbook does not hold."""

import streamlit as st

from aecore.engine import Engine
from aecore.latent import capacity
from aecore.latent.capacity import DIGITS, NETWORK, PCA, STRANGERS, Measured
from ui import messages
from ui.glossary import explain
from ui.output import tables

FLAT = 10.8  # dB, a flat grey page for static
KINDS = {DIGITS: "Digits", "letters": "Letters", "photos": "Pieces of photos", "static": "Static"}
COUNTS = {DIGITS: "10,000 test digits", "letters": "26 letters", "photos": "300 pieces", "static": "300 pictures"}


def show(engine: Engine, table: Measured, size: int) -> None:
    """A headline, the evidence behind it, and the numbers to take home."""
    messages.stale(table.stale(engine), capacity.AGAIN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header(headline(table, size), help=explain("PSNR"), anchor=False)
        st.space("stretch")
        st.download_button(
            "Numbers", lambda: table_csv(table), "bottleneck.csv", "text/csv", on_click="ignore",
            icon=":material/download:", key="bottleneck_csv", help="Every size and kind of picture, as CSV",
        )  # fmt: skip
    with st.expander("What the textbook gets right, and every size as a table", icon=":material/table:"):
        st.markdown(copying(table))
        _table(table)


def headline(table: Measured, size: int) -> str:
    """What all test pictures say at one size."""
    place = table.sizes.index(size) if size in table.sizes else 0
    digits, strangers = table.curves[NETWORK][DIGITS].mean[place], table.strangers(NETWORK)[place]
    pca = table.curves[PCA][DIGITS].mean[place]
    numbers = f"{size:,} number{'s' * (size > 1)}"
    return f"{numbers}: digits {decibel(digits)} dB, strangers {decibel(strangers)}. PCA's digits: {decibel(pca)}."


def copying(table: Measured) -> str:
    """What holds of "narrow draws digits, wide copies", and what does not, each with its control."""
    network, pca = table.curves[NETWORK], table.curves[PCA]
    static, usual = network["static"].mean, table.usual
    first = next((size for size, psnr in zip(table.sizes, static, strict=True) if psnr > FLAT), None)
    small = table.sizes.index(8) if 8 in table.sizes else 0
    kinds = ", ".join(f"{KINDS[kind].lower()} {decibel(network[kind].mean[small])} dB" for kind in STRANGERS)
    mean = {kind: sum(values) / len(values) for kind, values in usual.items()}
    spread = max(usual["static"]) - min(usual["static"])
    passes = f"passes it at {first:,} numbers, and" if first else "never passes it: it"
    lines = [
        f"- **Narrow draws digits.** Through {table.sizes[small]:,}, {kinds} "
        f"(a flat grey page scores {FLAT} dB on static).",
        f"- **Wide copies.** Static {passes} comes back at {decibel(static[-1])} dB from {table.sizes[-1]:,}.",
        f"- **Width alone does not copy.** Our nets begin as copiers (their matrix is orthogonal), and "
        f"digits give them no reason to stop. Begun as torch begins its layers, the same net of {table.sizes[-1]:,} "
        f"brings digits back at {decibel(mean[DIGITS])} dB and static at {mean['static']:.1f} "
        f"({_seeds(len(usual['static']), spread)}).",
    ]
    pairs = zip(table.sizes, network[DIGITS].mean, pca[DIGITS].mean, strict=True)
    ahead = [size for size, ours, theirs in pairs if ours < theirs]
    if ahead:
        place = table.sizes.index(ahead[0])
        lines.append(
            f"- **Nonlinear is not always better.** From {ahead[0]:,} numbers on PCA keeps digits better "
            f"({decibel(pca[DIGITS].mean[place])} against {decibel(network[DIGITS].mean[place])} dB)."
        )
    return "\n".join(lines)


def _seeds(count: int, spread: float) -> str:
    return "one seed" if count == 1 else f"{count} seeds, {spread:.1f} dB apart"


def decibel(psnr: float) -> str:
    """One decimal; beyond 60 nobody sees a difference."""
    return f"{psnr:.1f}" if psnr <= 60 else "over 60"


def table_csv(table: Measured) -> str:
    """One row a way, kind of picture and size: mean PSNR, 10th and 90th percentile."""
    rows = (
        (way, kind, size, *(f"{number:.3f}" for number in numbers))
        for way, kinds in table.curves.items()
        for kind, curve in kinds.items()
        for size, *numbers in zip(table.sizes, curve.mean, curve.low, curve.high, strict=True)
    )
    return tables.comma_separated(("way", "pictures", "code_size", "psnr_db", "psnr_p10", "psnr_p90"), rows)


def _table(table: Measured) -> None:
    rows = [
        {"Numbers": size}
        | {
            f"{KINDS[kind]}, {'network' if way == NETWORK else 'PCA'}": min(table.curves[way][kind].mean[place], 60)
            for kind in (DIGITS, *STRANGERS)
            for way in (NETWORK, PCA)
        }
        for place, size in enumerate(table.sizes)
    ]
    form = st.column_config.NumberColumn
    columns = {name: form(format="%.1f") for name in rows[0] if name != "Numbers"}
    st.dataframe(rows, column_config=columns, hide_index=True)
    st.caption(f"Mean PSNR in dB, 60 at most. {'; '.join(COUNTS.values())}. One training a size.")
