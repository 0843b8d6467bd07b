"""What the review's networks learnt from clipped traces, beside who merely counts stuck samples."""

from statistics import mean

import streamlit as st

from aecore.data import signals
from aecore.engine import Engine
from aecore.signals import table
from aecore.signals.draws import Settings as Trace
from aecore.signals.table import MATCHED, PUBLISHED, RAIL, RAW, REVIEW, UNET, Measured, interval
from pages.signals import stage
from ui.teach.story import show as tell

ROWS = {
    REVIEW: "Review's network",
    RAIL: "Counting stuck samples",
    RAW: "Largest sample",
    MATCHED: "Matched filter",
    UNET: "Pulse U-Net, trained unclipped",
}


def show(engine: Engine, measured: Measured) -> None:
    """The claim from the numbers, a trace to look at, the table."""
    say_if_stale(engine, measured)
    tell(takeaway(measured))
    if st.button("Show me a clipped trace", icon=":material/content_cut:", key="signals_show_clipped"):
        stage.set_by_page(stage.Settings(Trace("uniform", 2.3, clipped=True, seed=4), RAIL))
        st.rerun()
    with st.container(key="signals_lesson_table"):
        st.markdown(markdown(measured))
    review = measured.review["background"][REVIEW]
    st.caption(
        f"Share of {measured.traces:,} pulses found within 10 samples, all of {signals.PEAK} mV and one shape, as the "
        f"review has them; ± is the 95% interval, {len(review.found)} trained networks each. By its own score, which "
        f"counts as many traces without a pulse, it has {scores(measured)} (published: "
        f"{', '.join(f'{share}' for share in PUBLISHED.values())}%). Its code has 16 × 31 = 496 numbers for 500 "
        "samples, and two skips lead around it: hardly a bottleneck."
    )


def say_if_stale(engine: Engine, measured: Measured) -> None:
    """That some networks are others than those that were measured."""
    if stale := measured.stale(engine):
        st.caption(
            f":material/info: Measured on another {' and another '.join(stale)} than the one here. Measure again with: "
            f"`{table.AGAIN}`."
        )


def takeaway(measured: Measured) -> str:
    """What the clipping is worth to the review's network, from the numbers alone."""
    rows = measured.review["uniform"]
    review, rail, raw = (mean(rows[way].found) for way in (REVIEW, RAIL, RAW))
    whole, loudest = mean(rows[REVIEW].whole), mean(rows[RAW].whole)
    text = (
        f"The review adds uniform noise and clips at ±{signals.BOUND} mV. Its network then finds **{review:.0f}%** of "
        f"the pulses, where the largest sample has {raw:.0f}%. But noise alone never sticks at the rail; pulses push "
        f"it there. Counting stuck samples, with no training, finds **{rail:.0f}%**. "
    )
    lost = review - whole
    if lost > 5:
        return text + (
            f"Take the clipping away and the same network finds {whole:.0f}%, while the largest sample now has "
            f"{loudest:.0f}%: it had learnt the flaw of its data."
        )
    return text + (
        f"Take the clipping away and the same network finds {whole:.0f}%, so it does not live on the flaw alone; but "
        f"then the largest sample has {loudest:.0f}%, and no network is needed."
    )


def scores(measured: Measured) -> str:
    """The review's own score of its networks here, as "69 / 95 / 98%"."""
    return " / ".join(f"{mean(measured.review[noise][REVIEW].score):.0f}" for noise in signals.NOISES) + "%"


def markdown(measured: Measured) -> str:
    """Found on the review's traces, and in the same noise unclipped."""
    heads = ["Background", "Uniform, clipped", "not clipped", "Cosine, clipped", "not clipped"]
    lines = [f"| | {' | '.join(f':small[{head}]' for head in heads)} |", "|---|" + "--:|" * len(heads)]
    for way, name in ROWS.items():
        cells = []
        for noise in signals.NOISES:
            row = measured.review[noise].get(way)
            cells.append(cell(row.found, measured.traces) if row else "–")
            if noise in signals.RAILS:
                cells.append(cell(row.whole, measured.traces) if row and way != RAIL else "–")
        lines.append(f"| :small[{name}] | {' | '.join(f':small[{text}]' for text in cells)} |")
    return "\n".join(lines)


def cell(found: list[float], traces: int) -> str:
    """As "91 ± 1%"."""
    middle, half = interval(found, traces)
    return f"{middle:.0f} ± {max(half, 0.5):.0f}%"
