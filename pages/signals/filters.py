"""Do the first layer's convolutions act as frequency filters? Their responses, and what was measured of them."""

from statistics import mean, stdev

import streamlit as st

from aecore.data import signals
from aecore.engine import Engine
from aecore.signals import responses
from aecore.signals.table import NETWORK, REVIEWS, Filters, Measured, of_seeds
from ui import theme
from ui.input.choice import choice
from ui.output.charts import chart, show_chart
from ui.teach.story import show as tell

FLAT = 100 * (signals.BAND[1] - signals.BAND[0]) / (signals.RATE / 2)  # % of the power of a filter that does nothing
TITLES = {NETWORK: "Pulse U-Net", REVIEWS["background"]: "Review's network"}


def show(engine: Engine, measured: Measured) -> None:
    """The measured answer, and the responses of one network's first layer."""
    tell(takeaway(measured))
    name = choice("First layer of", list(TITLES), default=NETWORK, format_func=TITLES.get, key="signals_filters_of")
    taps = responses.first_filters(engine.model(name))
    show_chart(
        figure(responses.response(taps)),
        key="signals_filters_chart",
        alt=f"Frequency responses of the {len(taps)} filters of {taps.shape[1]} taps in the first layer.",
    )
    st.caption(
        f"{len(taps)} filters of {taps.shape[1]} taps; each line is one, its largest response 1. Pulses lie in the "
        f"shaded band, {signals.BAND[0]} to {signals.BAND[1]} MHz. A filter that lets everything "
        f"through has {FLAT:.0f}% of its power there."
    )


def takeaway(measured: Measured) -> str:
    """Trained against untrained, from the numbers alone."""
    review, unet = measured.filters[REVIEWS["background"]], measured.filters[NETWORK]
    return (
        f"The review says so. In its first layer, {_change(review)}; three taps at {signals.RATE:.0f} MHz cannot cut "
        f"out a band: its filters pass {mean(review.wide):.0f}% of all frequencies. "
        f"In the U-Net's, of nine taps, {_change(unet)}; they pass {mean(unet.wide):.0f}%. {_verdict(review, unet)}"
    )


def _change(filters: Filters) -> str:
    inside, fresh = mean(filters.inside), mean(filters.fresh_inside)
    return f"{inside:.0f}% of the power lies inside the pulses' band, {fresh:.0f}% before training"


def learnt(filters: Filters) -> float:
    """Points by which training has moved the power into the band; 0 if untrained layers differ as much by chance."""
    gap = mean(filters.inside) - mean(filters.fresh_inside)
    chance = 2 * stdev(filters.fresh_inside) / len(filters.inside) ** 0.5
    return gap if abs(gap) > max(chance, of_seeds(filters.inside)) else 0.0


def _verdict(review: Filters, unet: Filters) -> str:
    moved = [name for name, filters in (("the review's", review), ("the U-Net's", unet)) if learnt(filters) > 5]
    if len(moved) == 2:
        return "So **yes, but broad ones**: both learn to prefer the band, and the rest is left to later layers."
    if moved:
        return f"So **half true**: {moved[0]} layer learns to prefer the band, the other does not."
    return (
        "So **hardly**: trained first layers differ from untrained ones no more than untrained ones do from each other."
    )


def figure(response):
    """All responses over MHz."""
    color = theme.kind_color("dae")
    drawn = chart(
        280,
        "Response, 1 at its largest",
        showlegend=False,
        hovermode=False,
        margin={"l": 40, "r": 12, "t": 30, "b": 44},
        xaxis={"range": [0, signals.RATE / 2], "title": {"text": "MHz", "standoff": 4}},
        yaxis={"range": [0, 1.03]},
    )
    f = responses.frequencies()[::8].tolist()
    for line in response[:, ::8].tolist():
        drawn.add_scatter(
            x=f, y=[round(value, 3) for value in line], mode="lines", opacity=0.5, line={"color": color, "width": 1.2}
        )
    drawn.add_vrect(
        x0=signals.BAND[0], x1=signals.BAND[1], opacity=0.1, line={"width": 0}, fillcolor=theme.neutral()[0]
    )
    return drawn
