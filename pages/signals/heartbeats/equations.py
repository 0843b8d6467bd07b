"""Heartbeats under the hood: what is learnt and measured, the source that ran, the cards."""

from pathlib import Path

import streamlit as st

from aecore.data import quiet_strips
from aecore.engine import Engine
from aecore.heartbeats import filters, scores, table
from aecore.models.heartbeat_denoiser import HeartbeatDenoiser
from ui import serving
from ui.output.equations import card_text, show_script, show_source

_NUMBERS = Path(__file__).parent / "strip" / "numbers.js"


def show(engine: Engine) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown("**1. Noise**: slow waves, and noise above 20 Hz.")
        st.latex(
            r"\tilde x = x + a \sum_i c_i \cos(2 \pi f_i t + \varphi_i) + m\, \varepsilon_{> 20\,\mathrm{Hz}}, "
            r"\qquad f_i \in [0.05, 0.5]\ \mathrm{Hz}"
        )
        show_source(quiet_strips.wander, quiet_strips.muscle)
        st.markdown("**2. The network** sees new noise at every step; its gain is measured as the filters' is:")
        st.latex(
            r"\min \frac{\lVert f(\tilde x) - x \rVert^2}{\lVert \tilde x - x \rVert^2}, \qquad "
            r"G = 20 \log_{10} \frac{\lVert \tilde x - x \rVert}{\lVert f(\tilde x) - x \rVert}\ \mathrm{dB}"
        )
        show_source(HeartbeatDenoiser.raw, HeartbeatDenoiser.loss, filters.band_pass, filters.wavelet)
        st.markdown("**3. Odd beats**: mean squared error, by the network and by PCA, as it ran in your browser:")
        show_script(_NUMBERS, "squaredError", "byPrincipal")
        show_source(scores.principal)
    with right:
        for name in serving.available(engine, table.NETWORK, table.BEATS):
            st.markdown(f"**{engine.card(name).title}**")
            st.markdown(card_text(engine.card(name)))
        st.caption(
            "[Moody & Mark 2001](https://doi.org/10.1109/51.932724) (recordings); "
            "[de Chazal et al. 2004](https://doi.org/10.1109/TBME.2004.827359) (people trained on and tested); "
            "[Donoho & Johnstone 1994](https://doi.org/10.1093/biomet/81.3.425) (wavelet shrinkage)."
        )
