"""Few labels under the hood: the equations, the source that ran, the stack's card."""

import streamlit as st

from aecore.engine import Engine
from aecore.features import probe
from aecore.models.stacked import Stacked
from aecore.pretraining import classifier, labels
from aecore.pretraining.table import STACK
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    card = engine.card(STACK)
    with left:
        st.markdown("**1. Layer by layer, without labels.** " + explain("greedy"))
        noise = card.config["noise"]
        st.latex(
            r"h_k = s(W_k \tilde h_{k-1} + b_k), \qquad \hat h_{k-1} = W_k^\top h_k + c_k, \qquad h_0 = x, \qquad "
            rf"\tilde h: {100 * noise:.0f}\,\% \text{{ of }} h \text{{ set to }} 0"
        )
        show_source(Stacked.loss)
        st.markdown("**2. Then with labels.** " + explain("fine-tuning"))
        st.latex(r"p(y \mid x) = \operatorname{softmax}(V h_3 + d)_y, \qquad \min_{W, b, V, d}\ -\log p(y \mid x)")
        show_source(classifier.train)
        st.markdown("**3. Or frozen.** " + explain("frozen"))
        st.latex(
            r"\min_{V, d}\ \frac1n \sum_i -\log \operatorname{softmax}(V z_i + d)_{y_i} + \lambda \lVert V \rVert^2"
        )
        show_source(probe.accuracy)
        st.markdown("**4. Which digits have labels:** as many of every class, and more labels contain the fewer.")
        show_source(labels.subset)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))
