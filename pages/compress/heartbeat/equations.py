"""Heartbeats under the hood: what the network is trained for, how numbers become bytes, how the error is counted."""

import streamlit as st

from aecore.compression import heartbeat
from aecore.compression.heartbeat_net import HeartbeatNet
from ui.glossary import explain
from ui.output.equations import show_source

SOURCES = (
    "Sources: “Autoencoders (AEs)”, lecture slides (ECG compression); "
    "[Yildirim et al. 2018](https://doi.org/10.1016/j.cogsys.2018.07.004) (the convolutional code); "
    "[Ballé et al. 2017](https://arxiv.org/abs/1611.01704) (noise for rounding, bits in the loss); "
    "[Lee et al. 2019](https://doi.org/10.21105/joss.01237) (PyWavelets); "
    "[Moody & Mark 2001](https://doi.org/10.1109/51.932724), "
    "[de Chazal et al. 2004](https://doi.org/10.1109/TBME.2004.827359) (the recordings, and who is tested)."
)


def show() -> None:
    """Fill the expander."""
    st.markdown(
        "**1. Trained for bits.** Rounding to steps of Δ has no slope, so noise of that width stands for it in "
        "training; bits are counted by a logistic density $F$ of each channel:"
    )
    st.latex(
        r"\min\ \lVert x - g(z + \Delta u) \rVert^2 + \frac{2 \ln 2}{12}\, \Delta^2 \sum_j "
        r"-\log_2 \Bigl[ F\bigl(z_j + \tfrac\Delta2\bigr) - F\bigl(z_j - \tfrac\Delta2\bigr) \Bigr], \qquad "
        r"u \sim U\bigl(-\tfrac12, \tfrac12\bigr)"
    )
    show_source(HeartbeatNet.loss)
    st.markdown("**2. To bytes.** Both codes are rounded alike and written by the same range coder:")
    show_source(heartbeat.rounded, heartbeat.encode, heartbeat.decode)
    st.markdown("**3. The error.** " + explain("PRD"))
    st.latex(r"\mathrm{PRD} = 100\, \frac{\lVert x - \hat x \rVert}{\lVert x - \bar x \rVert}")
    show_source(heartbeat.prd)
    st.caption(SOURCES)
