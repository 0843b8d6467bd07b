"""The Signals page's evidence: who finds pulses, and who draws them, by SNR over many traces."""

from itertools import pairwise
from statistics import mean

import streamlit as st

from aecore.engine import Engine
from aecore.signals.table import (
    BAND,
    MATCHED,
    METHODS,
    OPEN,
    RAW,
    SNRS,
    UNET,
    WAVELET,
    WIENER,
    Measured,
    Score,
    edges,
    interval,
    of_seeds,
)  # fmt: skip
from pages.signals.lesson import say_if_stale
from ui import theme
from ui.glossary import explain
from ui.input.choice import choice
from ui.output import tables
from ui.output.charts import chart, show_chart
from ui.teach.story import show as tell

NAMES = {
    UNET: "Pulse U-Net",
    MATCHED: "Matched filter",
    WIENER: "Wiener filter",
    BAND: "Band-pass",
    WAVELET: "Wavelets",
    RAW: "Raw maximum",
}
TITLES = {"white": "White", "galactic": "Galactic", "uniform": "Uniform", "cosine": "Cosine"}
FOUND, SHAPE = "Place", "Shape"
DASHES = {MATCHED: "solid", WIENER: "dash", BAND: "dashdot", WAVELET: "longdash", RAW: "dot"}
BARS = {"white": 5.0, "uniform": 8.0, "cosine": 8.0}  # dB of output SNR that were asked for
FOUND_BAR = 73.0  # % in white noise
BESIDE = 2.0  # points that the network may find fewer than the matched filter there
MOST = 24.0  # dB on the chart


def show(engine: Engine, measured: Measured) -> None:
    """Sentences from the numbers, curves by SNR, the table."""
    say_if_stale(engine, measured)
    tell(takeaway(measured))
    with st.container(horizontal=True, gap="medium"):
        name = choice("Noise", list(OPEN), default="white", format_func=TITLES.get, key="signals_set")
        what = choice("Measured", [FOUND, SHAPE], default=FOUND, key="signals_what")
    with st.container(key="signals_curves"):
        show_chart(
            figure(measured.open[name], what),
            "signals_chart",
            f"{'Share found' if what == FOUND else 'Output SNR'} by SNR in {TITLES[name].lower()} noise, "
            f"{len(NAMES)} ways to hear.",
        )
    with st.container(key="signals_table"):
        st.markdown(markdown(measured.open[name], measured.traces))
    seeds = len(measured.open[name][UNET].found)
    st.caption(
        f"{explain('output SNR')} {measured.traces:,} simulated traces of SNR {SNRS[0]:.0f} to {SNRS[1]:.0f}, and as "
        f"many without a pulse. “Told apart”: louder than 99% of traces without a pulse. ± is the 95% interval over "
        + "traces"
        + (f" and {seeds} trained networks." if seeds > 1 else "; one trained network.")
        + " Wiener and matched filter are told the noise's spectrum and the pulse's; the network has only learnt from "
        "examples."
    )


def takeaway(measured: Measured) -> str:
    """Who leads, and which marks were met, from the numbers alone."""
    white = measured.open["white"]
    found = {way: mean(score.found) for way, score in white.items()}
    gain = {name: mean(ways[UNET].gain) for name, ways in measured.open.items()}
    fitted = mean(white[MATCHED].gain)
    text = (
        f"In white noise the network finds **{found[UNET]:.0f}%**, the [[matched filter]], which is told noise and "
        f"shape, {found[MATCHED]:.0f}%, the largest sample {found[RAW]:.0f}%. For the waveform the network reaches "
        f"**{gain['white']:.1f} dB** [[output SNR]], the [[Wiener filter]] {mean(white[WIENER].gain):.1f}, and the "
        f"matched filter, its template drawn where it is loudest, {fitted:.1f}. {bounded(measured)}"
    )
    band = mean(measured.open["cosine"][BAND].found)
    text += (
        f"The review's cosine lies at 9 MHz, outside every pulse's band: a plain [[band-pass]] removes it "
        f"{'wholly' if band > 99 else 'largely'}, and no network is needed. "
    )
    return text + marks(found, gain)


def bounded(measured: Measured) -> str:
    """Whether the largest sample, with no training, beats the network in uniform noise."""
    raw, network = (mean(measured.open["uniform"][way].found) for way in (RAW, UNET))
    if raw <= network:
        return ""
    return f"In uniform noise the largest sample finds more than the network: {raw:.0f}% to {network:.0f}%. "


def marks(found: dict[str, float], gain: dict[str, float]) -> str:
    """Which of the marks that we had set are missed."""
    missed = [f"{bar:.0f} dB in {name} noise ({gain[name]:.1f})" for name, bar in BARS.items() if gain[name] < bar]
    if found[UNET] < FOUND_BAR:
        missed.append(f"{FOUND_BAR:.0f}% found in white noise ({found[UNET]:.0f})")
    if found[UNET] < found[MATCHED] - BESIDE:
        missed.append(f"within {BESIDE:.0f} points of the matched filter ({found[MATCHED] - found[UNET]:.1f} behind)")
    if missed:
        return f"Not reached: {'; '.join(missed)}."
    return (
        "All the marks we had set are met: 5, 8 and 8 dB in white, uniform and cosine noise, 73% found in white noise, "
        "and at most 2 points behind the matched filter there."
    )


def figure(ways: dict[str, Score], what: str):
    """One line a way by SNR, labelled at its right end."""
    _, muted, _, _ = theme.neutral()
    bounds = edges()
    middles = [(low + high) / 2 for low, high in pairwise(bounds)]
    drawn = chart(
        360,
        "Found at the right place, %" if what == FOUND else "Output SNR in dB; 0 is silence",
        margin={"l": 44, "r": 118, "t": 30, "b": 44},
        showlegend=False,
        xaxis={"range": [SNRS[0], SNRS[1]], "title": {"text": "SNR", "standoff": 4}},
        yaxis={"range": [0, 102] if what == FOUND else [-16, MOST]},
    )
    for way, name in NAMES.items():
        score = ways[way]
        y = score.found_by if what == FOUND else [min(gain, MOST) for gain in score.gain_by]
        color = theme.kind_color("dae") if way == UNET else muted
        drawn.add_scatter(
            x=middles, y=y, mode="lines", name=name, hovertemplate="%{y:.1f}<extra>" + name + "</extra>",
            line={"color": color, "width": 3 if way == UNET else 1.8, "dash": DASHES.get(way, "solid")},
        )  # fmt: skip
    for at, name, color in spread(ways, what, muted):
        drawn.add_annotation(
            x=middles[-1], y=at, text=name, showarrow=False, xanchor="left", xshift=8, font={"color": color, "size": 13}
        )
    return drawn


def spread(ways: dict[str, Score], what: str, muted: str) -> list[tuple[float, str, str]]:
    """Places of the labels at the lines' right ends, pushed apart."""
    gap = 6.5 if what == FOUND else 2.4
    ends = []
    for way, name in NAMES.items():
        end = (ways[way].found_by if what == FOUND else ways[way].gain_by)[-1]
        ends.append((min(end, 100 if what == FOUND else MOST), name, theme.kind_color("dae") if way == UNET else muted))
    placed, before = [], float("inf")
    for end, name, color in sorted(ends, reverse=True):
        before = min(end, before - gap)
        placed.append((before, name, color))
    return placed


def markdown(ways: dict[str, Score], traces: int) -> str:
    """One row a way."""
    rows = []
    for way in sorted(METHODS, key=lambda way: -mean(ways[way].found)):
        score = ways[way]
        found, half = interval(score.found, traces)
        told, about = interval(score.told, traces)
        gain = f"{min(mean(score.gain), 99):.1f}" + (f" ± {of_seeds(score.gain):.1f}" if len(score.gain) > 1 else "")
        cells = (f"{found:.1f} ± {half:.1f}%", f"{gain} dB".replace("-", "−"), f"{told:.1f} ± {about:.1f}%")
        rows.append((f"**{NAMES[way]}**" if way == UNET else NAMES[way], *cells))
    return tables.markdown(("", "Found", "Output SNR", "Told apart"), rows)
