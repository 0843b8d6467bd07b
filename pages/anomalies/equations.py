"""Anomalies under the hood: the equations with this digit's numbers, the source that ran, the card."""

import streamlit as st

from aecore.anomaly import plane, roc, scores, texture
from aecore.anomaly.normal import BOTH, DIGITS, ELBO, INK, NEAREST, PCA, Normal
from aecore.engine import Engine
from aecore.models.one_class import OneClass
from pages.anomalies.stage import Marked
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, marked: Marked) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    chosen = Normal(marked.settings.normal)
    card = engine.card(chosen.networks[chosen.first])
    with left:
        _errors(marked, chosen)
        _code(marked)
        _likelihood(marked)
        _others(marked)
        st.markdown("**5. How good is a score?** " + explain("AUROC"))
        st.latex(
            r"\mathrm{AUROC} = P\bigl(s(\text{odd}) > s(\text{normal})\bigr) + "
            r"\tfrac12 P\bigl(s(\text{odd}) = s(\text{normal})\bigr)"
        )
        show_source(roc.auroc)
        st.markdown("**6. A texture** is scored patch by patch; a pixel $p$ has the mean of the patches $x_i$ over it:")
        st.latex(r"h(p) = \operatorname{mean}_{i \ni p}\, s(x_i)")
        show_source(texture.mark)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))


def _errors(marked: Marked, chosen: Normal) -> None:
    st.markdown("**1. Error.** What the network cannot redraw, summed over pixels; and the VAE's, by the ink:")
    st.latex(
        rf"s = \lVert x - g(f(x)) \rVert^2 = {marked.marks[chosen.first]:.1f}, \qquad "
        rf"\frac{{\lVert x - g(f(x)) \rVert^2}}{{\max(1, \sum_i x_i)}} = {marked.marks[INK]:.3f}"
    )
    show_source(scores.error, scores.error_per_ink)


def _code(marked: Marked) -> None:
    if marked.settings.normal == DIGITS:
        return
    st.markdown(
        "**2. Error and code.** A code far from those of its class is odd, too. Both are counted in standard "
        "deviations over digits of the class that training has not used:"
    )
    st.latex(
        r"s = \frac{e - \bar e}{\sigma_e} + \frac{m - \bar m}{\sigma_m} "
        rf"= {marked.marks[BOTH]:.2f}, \qquad m = (z - \mu)^\top \Sigma^{{-1}} (z - \mu)"
    )
    show_source(OneClass.oddness, OneClass.calibrate)


def _likelihood(marked: Marked) -> None:
    st.markdown("**3. Likelihood.** " + explain("negative ELBO") + " It is lowest for what is simple, not for digits:")
    st.latex(
        r"-\mathrm{ELBO} = \mathrm{KL}\bigl(q(z \mid x) \,\Vert\, N(0, I)\bigr) - "
        rf"\mathbb{{E}}_{{q}}[\log p(x \mid z)] = {marked.marks[ELBO]:.1f} \text{{ nats}}"
    )
    show_source(scores.negative_elbo)


def _others(marked: Marked) -> None:
    st.markdown("**4. Without a network.** The distance to PCA's plane, squared, and to the fifth nearest digit:")
    st.latex(
        rf"\lVert x - \bar x - V V^\top (x - \bar x) \rVert^2 = {marked.marks[PCA]:.1f}, \qquad "
        rf"\lVert x - x_{{(5)}} \rVert = {marked.marks[NEAREST]:.2f}"
    )
    show_source(plane.fit, scores.nearest)
