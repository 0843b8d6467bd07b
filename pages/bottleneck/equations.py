"""Bottleneck under the hood: the equations with this digit's numbers, the source that ran, the cards."""

import streamlit as st

from aecore import losses
from aecore.engine import Engine
from aecore.latent import linear
from aecore.latent.capacity import LINEAR, MEMORISER, NETWORK, PCA, name_of
from aecore.latent.linear import Axes
from pages.bottleneck.stage import Column
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, column: Column, size: int) -> None:
    """Fill the expander. Args: column: the visitor's digit and what came back; size: of the code that is set."""
    left, right = st.columns([2, 1], gap="medium")
    name = name_of(size)
    model = engine.model(name)
    with left:
        _through(model, column, size)
        _linear()
        st.markdown("**4. Learn by heart.** One number, and a second term that keeps the codes apart:")
        st.latex(
            r"\min\ \tfrac1n \sum_i \lVert x_i - g(f(x_i)) \rVert^2 + \lambda\, \tfrac1n \sum_i (z_{(i)} - p_i)^2, "
            r"\qquad p_i \text{ even places on } [-1, 1]"
        )
        show_source(type(engine.model(MEMORISER)).loss)
    with right:
        for one in (name, LINEAR, MEMORISER):
            card = engine.card(one)
            st.markdown(f"**{card.title}**")
            st.markdown(card_text(card))


def _through(model, column: Column, size: int) -> None:
    st.markdown(
        f"**1. Through {size:,} number{'s' * (size > 1)}.** One matrix $W$ there and back, and 32 nonlinear units:"
    )
    st.latex(
        rf"z = W x + b + B_1(x) \in \mathbb R^{{{size}}}, \qquad \hat x = W^\top z + c + B_2(z), \qquad "
        rf"W \in \mathbb R^{{{size} \times 784}}"
    )
    show_source(type(model).encode, type(model).decode, type(model)._decode_raw)
    st.markdown("**2. Compare.** " + explain("PSNR"))
    for way, label in ((NETWORK, r"\hat x"), (PCA, r"\hat x_{\text{PCA}}")):
        recon = column.recon[way].get(size)
        if recon is None:
            continue
        total, count = float((column.x - recon).square().sum()), recon.numel()
        st.latex(
            rf"{label}:\quad \mathrm{{MSE}} = \frac{{{_number(total)}}}{{{count}}} = {_number(total / count)}, \qquad "
            rf"\mathrm{{PSNR}} = {column.psnr(way, size):.1f}\ \mathrm{{dB}}"
        )
    show_source(Axes.reconstruct, type(model).loss, losses.squared_error)


def _linear() -> None:
    st.markdown(
        "**3. Linear layers only.** With $B_1 = B_2 = 0$ the error over all digits depends on their covariance $C$ "
        "alone, so its exact gradient is at hand:"
    )
    st.latex(
        r"\mathbb E\,\lVert t - W^\top W t \rVert^2 = \operatorname{tr} C - 2 \operatorname{tr} W C W^\top + "
        r"\operatorname{tr} W W^\top\, W C W^\top, \qquad \cos\theta_i = \sigma_i(Q_a^\top Q_b)"
    )
    show_source(linear.tied_error, linear.angles)


def _number(value: float) -> str:
    """Three digits that mean something, as LaTeX."""
    if value >= 0.001 or value == 0:
        return f"{value:.3g}"
    digits, power = f"{value:.1e}".split("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}"
