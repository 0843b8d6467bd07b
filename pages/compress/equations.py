"""Compress under the hood: the equations with this picture's numbers, the source that ran, the card."""

import streamlit as st

from aecore.compression import coder, codes
from aecore.compression.codes import STEPS
from aecore.engine import Engine
from aecore.models.compressor import Compressor
from pages.compress.rate import Result
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, result: Result) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    card = engine.card(result.settings.network)
    code = codes.load(engine, result.settings.network)
    step = STEPS[result.settings.level]
    with left:
        st.markdown("**1. Round.** Each number, in steps that move the picture alike:")
        first = ", ".join(f"{float(value):.2f}" for value in result.z[:3])
        steps = ", ".join(f"{float(value) * step:.2f}" for value in code.scale[:3])
        symbols = ", ".join(map(str, result.symbols[:3]))
        st.latex(rf"z = f(x) = ({first}, \ldots), \qquad s = ({steps}, \ldots)")
        st.latex(rf"k_j = \operatorname{{round}}(z_j / s_j) = ({symbols}, \ldots)")
        st.latex(
            rf"s_j = \frac{{{step:.2f}}}{{\sqrt{{\mathbb{{E}}\,\lVert \partial g / \partial z_j \rVert^2}}}}, \quad "
            rf"\hat x = g(s_1 k_1, \ldots), \quad \text{{PSNR}} = {result.psnr:.2f}\ \text{{dB}}"
        )
        show_source(codes.rounded, codes.sensitivity)
        st.markdown("**2. Code.** " + explain("entropy coding"))
        st.latex(
            rf"-\sum_j \log_2 p_j(k_j) = {result.ideal:.1f}\ \text{{bits}} \le {8 * len(result.data)} = "
            rf"8 \cdot {len(result.data)}"
        )
        show_source(coder.encode, coder._Encoder.narrow, coder._Encoder.finish, coder.from_counts)
        st.markdown("**3. Train for it.** The 128 numbers were trained to be rounded, noise standing for the rounding:")
        st.latex(
            r"\min\ \frac{\lambda}{s^2} \lVert x - g(z + s u) \rVert^2 - \sum_j \ln p_j(z_j + s u_j), \quad "
            r"u_j \sim U(-\tfrac12, \tfrac12)"
        )
        st.latex(
            r"p_j(z) = \sigma\Bigl(\tfrac{z + s/2 - m_j}{b_j}\Bigr) - \sigma\Bigl(\tfrac{z - s/2 - m_j}{b_j}\Bigr)"
        )
        show_source(Compressor.loss, Compressor._nats)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))
