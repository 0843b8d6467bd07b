"""What was measured of heartbeats: noise taken off, and odd beats told from normal ones."""

import streamlit as st

from aecore.engine import Engine
from aecore.heartbeats import table
from aecore.heartbeats.scores import NOISES, ODD
from aecore.heartbeats.table import BEATS, NETWORK, PCA, Measured
from aecore.intervals import interval
from ui import messages
from ui.glossary import explain
from ui.output import tables

NAMES = {"high-pass": "High-pass", "band-pass": "Band-pass", "wavelet": "Wavelet shrinkage", NETWORK: "Network"}
HEADS = {"wander": "Wander, 0.5 mV", "muscle": "Muscle noise, 0.1 mV", "both": "Both"}
KINDS = {"V": "Premature ventricular (V)", "F": "Fusion (F)", "S": "Supraventricular (S)"}
ROWS = {BEATS: "Network, 16 numbers", PCA: "PCA, 16 numbers"}
CLEAR = 5.0  # points of AUROC beside guessing


def story(measured: Measured) -> str:
    """Who takes how much noise away, from the numbers alone."""
    means = {name: {noise: interval(gains[noise])[0] for noise in NOISES} for name, gains in measured.gains.items()}
    rival = max((name for name in means if name != NETWORK), key=lambda name: means[name]["both"])
    ahead = means[NETWORK]["both"] - means[rival]["both"]
    text = (
        f"Over {len(measured.gains[NETWORK]['both'])} people it never saw, the network takes "
        f"{means[NETWORK]['both']:.1f} dB off both noises together, the best filter ({NAMES[rival].lower()}) "
        f"{means[rival]['both']:.1f} dB. "
    )
    if ahead < 0:
        return text + "It is no better than the filter: six minutes of six people are little to learn from."
    return text + (
        "A filter knows only frequencies, and a beat's sharp peak shares them with muscle noise; the network knows "
        "what beats look like."
    )


def gains(engine: Engine, measured: Measured) -> None:
    """Methods by noise."""
    messages.stale(measured.stale(engine), table.AGAIN)
    rows = []
    for name, label in NAMES.items():
        scores = (interval(measured.gains[name][noise]) for noise in NOISES)
        rows.append((label, *(f"{middle:+.1f} ± {half:.1f} dB".replace("-", "−") for middle, half in scores)))
    st.markdown(tables.markdown(("", *(HEADS[noise] for noise in NOISES)), rows))
    st.caption(
        "How much smaller the error is, over one minute from each of eight people; ± is the 95% interval over people. "
        "Noise is simulated; the recording itself, less its slow wander, stands for the truth, with a little noise of "
        "its own. Filters see the whole minute, and were chosen on the training people. "
        f"Network: mean of {measured.seeds} seeds."
    )


def aurocs(measured: Measured) -> None:
    """What the error tells of odd beats, and what it does not."""
    st.markdown(takeaway(measured))
    rows = []
    for name, label in ROWS.items():
        shares = (measured.auroc[name][kind] for kind in ODD)
        rows.append((label, *(f"{one.value:.0f}% ({one.low:.0f} to {one.high:.0f})" for one in shares)))
    st.markdown(tables.markdown(("", *(KINDS[kind] for kind in ODD)), rows))
    counts = ", ".join(f"{count:,} {kind}" for kind, count in measured.counts.items())
    st.caption(
        f"{explain('AUROC')} Test beats: {counts}, from people not trained on (de Chazal's split). 95% "
        f"intervals resample people. Network: mean of {measured.seeds} seeds."
    )


def takeaway(measured: Measured) -> str:
    """Which beats stand out, by the network and by PCA."""
    own, pca = measured.auroc[BEATS], measured.auroc[PCA]
    text = f"**Ventricular beats look wrong** (AUROC {own['V'].value:.0f}%, PCA {pca['V'].value:.0f}%). "
    if own["S"].value < 50 + CLEAR:
        text += (
            f"**Supraventricular ones, premature atrial beats and the like, look normal** "
            f"({own['S'].value:.0f}%, PCA {pca['S'].value:.0f}%): they mostly "
            "differ by coming early, which a single beat cannot show; the time since the beat before would."
        )
    return text
