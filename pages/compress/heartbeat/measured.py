"""The evidence for heartbeats: bytes a minute against error, eight people, both ways with the same entropy coder."""

from statistics import mean

import numpy as np
import streamlit as st

from aecore.compression.heartbeat_table import LEARNT, WAVELET, Curve, Measured
from aecore.data.heartbeats import MINUTE, NATIVE_BITS
from aecore.intervals import interval
from pages.compress.heartbeat import TITLES
from ui import theme
from ui.glossary import explain
from ui.output.charts import chart, show_chart

ERRORS = (5, 6, 8, 10, 12, 15, 20)  # percent PRD at which both are compared, where everybody's strips reach it
PUBLISHED = (
    "Yildirim et al. (2018) report 32 × at a PRD of 2.7%, but count the code's numbers, not their bits, which is why "
    "their figure cannot be compared with these."
)


def show(measured: Measured) -> None:
    """A sentence, the chart, and what was published."""
    st.markdown(takeaway(measured))
    show_chart(figure(measured), "compress_ecg_chart", takeaway(measured))
    st.caption(
        f"{explain('PRD')} Bytes of a minute, really written and read again; mean of {len(measured.records)} people, "
        f"none of whom the network or the tables have seen; ± is the 95% interval over people. {PUBLISHED}"
    )


def takeaway(measured: Measured) -> str:
    """Who needs fewer bytes at the same error, and where that turns."""
    gaps = {error: gap(measured, error) for error in ERRORS if reached(measured, error)}
    wins = [error for error, (middle, half) in gaps.items() if middle + half < 0]
    loses = [error for error, (middle, half) in gaps.items() if middle - half > 0]
    said = "; ".join(f"{error}%: {_signed(middle)} ± {half:.1f}%" for error, (middle, half) in gaps.items())
    if wins and not loses:
        head = f"**From a PRD of {min(wins)}% on the learnt code needs fewer bytes than the wavelet**"
    elif loses and not wins:
        head = "**The wavelet wins, without any training**"
    elif wins and loses:
        head = f"**From a PRD of {min(wins)}% on the learnt code wins, below {max(loses)}% the wavelet**"
    else:
        head = "**Neither is sure to need fewer bytes**"
    finest = {name: mean(curve.points[0].prd) for name, curve in measured.curves.items()}
    better, worse = sorted(finest, key=finest.get)
    return (
        f"{head}. The learnt code's bytes against the wavelet's, at the same PRD: {said}. With the finest step here "
        f"the {TITLES[better].lower()} comes down to {finest[better]:.1f}%, the {TITLES[worse].lower()} only to "
        f"{finest[worse]:.1f}%." + (" What the network cannot draw, no number of bits buys." if worse == LEARNT else "")
    )


def reached(measured: Measured, error: float) -> bool:
    """Whether every strip of both ways has steps on both sides of an error."""
    return all(
        curve.points[0].prd[person] <= error <= curve.points[-1].prd[person]
        for curve in measured.curves.values()
        for person in range(len(measured.records))
    )


def gap(measured: Measured, error: float) -> tuple[float, float]:
    """How many percent more bytes the learnt code needs at an error, mean over people, and half its 95 % interval."""
    ratios = []
    for person in range(len(measured.records)):
        learnt, wavelet = (at_error(measured.curves[name], person, error) for name in (LEARNT, WAVELET))
        ratios.append(100 * (learnt / wavelet - 1))
    return interval(ratios)


def at_error(curve: Curve, person: int, error: float) -> float:
    """Bytes that a person's strip takes at an error: between two steps on a line through the logarithms."""
    prd = [point.prd[person] for point in curve.points]
    size = [point.size[person] for point in curve.points]
    return float(np.exp(np.interp(np.log(error), np.log(prd), np.log(size))))


def figure(measured: Measured):
    """Error against bytes a minute."""
    _, muted, _, _ = theme.neutral()
    result = chart(
        320, "PRD in percent, lower is better", margin={"l": 44, "r": 16, "t": 30, "b": 74}, hovermode="closest",
        xaxis={"type": "log", "title": {"text": "bytes a minute (logarithmic)"}, "tickvals": [500, 1000, 2000, 4000]},
        legend={"y": -0.35},
    )  # fmt: skip
    for name, tone, dash in ((LEARNT, theme.kind_color("ae"), "solid"), (WAVELET, muted, "dash")):
        sizes = [mean(point.size) for point in measured.curves[name].points]
        errors = [mean(point.prd) for point in measured.curves[name].points]
        text = [
            f"{size:,.0f} bytes, {MINUTE * NATIVE_BITS / 8 / size:.0f} × smaller, PRD {prd:.1f}%"
            for size, prd in zip(sizes, errors, strict=True)
        ]
        result.add_scatter(
            x=sizes, y=errors, mode="lines+markers", name=TITLES[name],
            line={"color": tone, "dash": dash, "width": 2.4},
            text=text, hovertemplate="%{text}<extra>" + TITLES[name] + "</extra>",
        )  # fmt: skip
    return result


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{abs(value):.0f}"
