"""Regularise under the hood: the penalties with this digit's numbers, the source that ran, the chosen card."""

import streamlit as st
import torch
from torch import Tensor

from aecore import losses, sparse
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.features import measures
from aecore.models import FAMILIES
from ui.output.equations import card_text, show_source


def show(engine: Engine, x: Tensor, chosen: dict) -> None:
    """Fill the expander; chosen: as stage.chosen() has it."""
    left, right = st.columns([2, 1], gap="medium")
    name = chosen["network"]
    try:
        model, card = engine.model(name), engine.card(name)
    except AecoreError as error:
        st.caption(f":material/info: {error}")
        return
    with left:
        st.markdown("**1. A code as wide as one likes**, decoded by the same weights:")
        st.latex(r"h = s(W x + b), \qquad \hat x = g(W^\top h + c), \qquad W \in \mathbb R^{500 \times 784}")
        st.markdown("**2. One constraint each**, weighed against the error:")
        st.latex(
            r"\begin{aligned} \text{noise:}\quad & L(g(h(\tilde x)), x) & \text{few units:}\quad & L + \lambda "
            r"\textstyle\sum_j |h_j| \\ \text{rate:}\quad & L + \beta \textstyle\sum_j \mathrm{KL}(\rho \,\|\, "
            r"\bar h_j) & \text{small derivative:}\quad & L + \lambda \lVert \partial h / \partial x \rVert_F^2 "
            r"\end{aligned}"
        )
        st.markdown(
            "The price on $|h|$ is a prior in disguise: $-\\log p(h)$ of Laplace's $p(h) = \\frac{\\lambda}{2} "
            "e^{-\\lambda |h|}$. For one sigmoid layer the derivative's norm is exact:"
        )
        h = engine.encode(name, x)
        weight = measures.kernels_of(model).cpu()
        with torch.no_grad():
            slope = (h * (1 - h)) if card.config["code"] == "sigmoid" else (h > 0).float()
            norm = float((slope.square() @ weight.square().sum(1)).mean())
            terms = model.loss(x.to(engine.device), torch.Generator().manual_seed(0))
        st.latex(
            r"\lVert \partial h / \partial x \rVert_F^2 = \sum_j s'(a_j)^2 \lVert W_j \rVert^2 = "
            rf"{norm:.1f}, \qquad \sum_j |h_j| = {float(losses.absolute(h)):.1f}"
        )
        parts = [rf"\underbrace{{{float(value):.2f}}}_{{\text{{{term}}}}}" for term, value in terms.items()
                 if term != "loss"]  # fmt: skip
        st.latex(rf"\text{{loss of this digit}} = {' + '.join(parts)} = {float(terms['loss']):.2f}")
        st.markdown("**The source**, as it ran:")
        kind = FAMILIES[card.family].model
        show_source(kind.loss, losses.absolute, losses.rate_divergence, losses.contraction)
        st.markdown("Deeper encoders have no closed form; this estimate has the same mean:")
        show_source(losses.contraction_estimate)
        st.markdown("**3. The exact sparse code**, which PSD's encoder predicts:")
        show_source(sparse.fista)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))
        try:
            st.markdown(f"**{engine.card('psd').title}**")
            st.markdown(card_text(engine.card("psd")))
        except AecoreError as error:
            st.caption(f":material/info: {error}")
