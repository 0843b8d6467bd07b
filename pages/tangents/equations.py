"""Tangents under the hood: the derivative with this digit's numbers, the source that ran, the card."""

import streamlit as st

from aecore.engine import Engine
from aecore.latent import tangents
from pages.tangents.stage import Around
from ui.output.equations import card_text, show_source


def show(engine: Engine, now: Around) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    model, card = engine.model(now.model), engine.card(now.model)
    decodes = tangents.decodes(model)
    with left:
        st.markdown(
            "**1. Differentiate.** "
            + ("How the picture changes with the code:" if decodes else "How the code changes with the picture:")
        )
        st.latex(
            r"J = \frac{\partial\, \mathrm{decode}}{\partial z}(z), \quad z = \mathrm{encode}(x)"
            if decodes
            else r"J = \frac{\partial\, \mathrm{encode}}{\partial x}(x)"
        )
        st.markdown("**2. Decompose.** The directions are " + (r"the columns of $U$:" if decodes else "those of $V$:"))
        st.latex(
            r"J = U S V^\top, \qquad S = \operatorname{diag}("
            + ", ".join(f"{float(value):.2f}" for value in now.along.values)
            + r", \dots)"
        )
        st.markdown("**3. Slide.** A direction has length 1; what leaves black and white is cut off:")
        st.latex(r"x(t) = \min(\max(x + t\, u_k,\ 0),\ 1)")
        steps = tangents.decoder_directions if decodes else tangents.encoder_directions
        show_source(steps, tangents.slide, tangents.reaches)
        st.markdown("**4. Count.** Effective directions, the participation ratio:")
        st.latex(r"\frac{(\sum_k s_k^2)^2}{\sum_k s_k^4}")
        show_source(tangents.effective_directions)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))
