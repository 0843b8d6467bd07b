"""What the review's networks learnt from clipped traces, beside who merely counts stuck samples."""

from statistics import mean

import streamlit as st

from aecore.data import signals
from aecore.engine import Engine
from aecore.signals import table
from aecore.signals.draws import Settings as Trace
from aecore.signals.table import MATCHED, PUBLISHED, RAIL, RAW, REVIEW, UNET, Measured, interval
from pages.signals import stage
from ui import messages
from ui.output import tables
from ui.teach.story import show as tell

ROWS = {
    RAIL: "Counting stuck samples",
    REVIEW: "Review's network",
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
    st.caption(
        f"Share of {measured.traces:,} pulses found within 10 samples, all of {signals.PEAK} mV and one shape, as the "
        "review has them; “stuck, no pulse”: how often four samples at the rail fool it; ± is the 95% "
        "interval over traces and, of networks, two or three trainings. By the review's own score, which adds as many "
        f"traces without a pulse, its networks reach {scores(measured)} (published: "
        f"{', '.join(f'{share}' for share in PUBLISHED.values())}%). Their code has 16 × 31 = 496 numbers for 500 "
        "samples, and two skips lead around it: hardly a bottleneck."
    )


def say_if_stale(engine: Engine, measured: Measured) -> None:
    """That some networks are others than those that were measured."""
    messages.stale(measured.stale(engine), table.AGAIN)


def takeaway(measured: Measured) -> str:
    """What the clipping is worth to the review's network, from the numbers alone."""
    rows = measured.review["uniform"]
    review, rail, raw = (mean(rows[way].found) for way in (REVIEW, RAIL, RAW))
    heard, control = (mean(rows[way].planted) for way in (REVIEW, MATCHED))
    text = (
        f"The review clips its uniform noise at ±{signals.BOUND} mV, pulses and all. Noise alone never sticks at this "
        f"rail; pulses push it there. So merely **counting stuck samples**, with no training, finds **{rail:.0f}%** of "
        f"the pulses; the largest sample finds {raw:.0f}%, the review's network {review:.0f}%. Is that what it learnt? "
        f"We stick four samples to the rail where no pulse is: it hears one there in **{heard:.0f}%** of the traces, "
        f"the [[matched filter]] in {control:.0f}%. {verdict(heard, control)} "
    )
    loudest, whole = mean(rows[RAW].whole), mean(rows[REVIEW].whole)
    return text + (
        f"Without the clipping no network is needed: the largest sample then finds {loudest:.0f}%, the network "
        f"{whole:.0f}%."
    )


def verdict(heard: float, control: float) -> str:
    """Whether the network has learnt the flaw: in percent, traces in which planted samples fool it and the control."""
    if heard > 75:
        return "It has **learnt the flaw of its data**."
    if heard > 2 * control and heard > control + 10:
        return "It has **partly learnt the flaw of its data**."
    return "It has **not learnt the flaw**: it is fooled no more than a filter that was never trained."


def scores(measured: Measured) -> str:
    """The review's own score of its networks here, as "69 / 95 / 98%"."""
    return " / ".join(f"{mean(measured.review[noise][REVIEW].score):.0f}" for noise in signals.NOISES) + "%"


def markdown(measured: Measured) -> str:
    """Found on the review's traces, and in the same noise unclipped."""
    head = ("", "Background", "Uniform, clipped", "not clipped", "stuck, no pulse", "Cosine, clipped", "not clipped")
    rows = []
    for way, name in ROWS.items():
        cells = [name]
        for noise in signals.NOISES:
            row = measured.review[noise].get(way)
            cells.append(cell(row.found, measured.traces) if row else "–")
            if noise in signals.RAILS:
                cells.append(cell(row.whole, measured.traces) if row and way != RAIL else "–")
            if noise == "uniform":
                cells.append(cell(row.planted, measured.traces))
        rows.append(cells)
    return tables.markdown(head, rows)


def cell(found: list[float], traces: int) -> str:
    """As "91 ± 1%"; of two networks that differ, from which no interval can be had, their range."""
    if len(found) == 2 and max(found) - min(found) >= 1:
        return f"{min(found):.0f}–{max(found):.0f}%"
    middle, half = interval(found, traces)
    return f"{middle:.0f} ± {max(half, 1):.0f}%"
