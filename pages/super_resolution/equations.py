"""Super-resolution under the hood: the equations with this digit's numbers, the source that ran, both cards."""

import streamlit as st

from aecore import losses
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import upscaling
from aecore.restore.compare import Comparison
from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT, SIDE
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, comparison: Comparison) -> None:
    """Fill the expander: what was averaged away, what a network answers and why, how the answer is judged."""
    side = comparison.given.shape[-1]
    factor = SIDE // side
    left, right = st.columns([2, 1], gap="medium")
    with left:
        st.markdown("**1. Average.** Each coarse pixel is the mean of a cell; what varies inside the cell is gone:")
        ink, coarse = float(comparison.clean.x.sum()), float(comparison.given.sum())
        st.latex(
            rf"\tilde x_c = \tfrac{{1}}{{{factor**2}}} \sum_{{i \in c}} x_i, \qquad {SIDE**2} \to {side**2} "
            rf"\text{{ numbers}}, \qquad \textstyle\sum_i x_i = {ink:.1f} = {factor**2} \cdot {coarse:.2f}"
        )
        show_source(upscaling.lower)
        st.markdown(
            f"**2. Enlarge.** {SIDE**2 - side**2} of {SIDE**2} dimensions are free: countless pictures average to "
            "these pixels. Squared error makes a network answer with the mean of the *training* digits that do:"
        )
        st.latex(
            r"\hat x(\tilde x) = \mathbb E_{\text{train}}[\,x \mid \tilde x\,] = \sum_{k=0}^{9} "
            r"p_{\text{train}}(k \mid \tilde x)\; \mathbb E_{\text{train}}[\,x \mid \tilde x, k\,]"
        )
        st.markdown(
            f"Without {LEFT_OUT}s in training, $p_{{\\text{{train}}}}({LEFT_OUT} \\mid \\tilde x) = 0$, whatever is "
            "seen: the other classes must explain these pixels among themselves."
        )
        _answers(comparison)
        st.markdown("**3. Compare with the truth.** " + explain("PSNR"))
        _psnr(comparison)
        st.markdown("**The network and the loss that trained it**, as they ran:")
        try:
            model = type(engine.model(FULL))
            show_source(model.forward, model._enlarge, model.loss, losses.squared_error)
        except AecoreError as error:
            st.caption(f":material/info: {error}")
    with right:
        for name in (FULL, BIASED):
            try:
                card = engine.card(name)
            except AecoreError as error:
                st.caption(f":material/info: {error}")
                continue
            st.markdown(f"**{card.title}**")
            st.markdown(card_text(card))


def _answers(comparison: Comparison) -> None:
    """What both networks added to the coarse pixels, and whether their answers fit what was seen."""
    cells = upscaling.nearest(comparison.given)
    rows = []
    for name, symbol in ((FULL, r"\hat x"), (BIASED, rf"\hat x_{{\text{{no }}{LEFT_OUT}}}")):
        if (entry := comparison.method(name)) is not None:
            added = float((entry.x - cells).square().sum())
            rows.append(
                rf"\lVert {symbol} - \text{{cells}} \rVert^2 &= {added:.1f}, & "
                rf"\mathrm{{PSNR}}(\text{{{name}, averaged again}}, \tilde x) &= {entry.fits:.1f}\ \mathrm{{dB}}"
            )
    if rows:
        st.latex(r"\begin{aligned} " + r" \\ ".join(rows) + r" \end{aligned}")
        agree = all(entry.fits > 30 for entry in comparison.methods if entry.id in (FULL, BIASED))
        st.caption(
            "The first number is what a network added to the big pixels; the second says how well its answer agrees "
            "with what it was shown."
            + (" Both agree with the evidence; they differ in what they believe about digits." if agree else "")
        )


def _psnr(comparison: Comparison) -> None:
    size = comparison.clean.x.numel()
    for name in (FULL, BIASED):
        if (entry := comparison.method(name)) is not None:
            total = float((entry.x - comparison.clean.x).square().sum())
            st.latex(
                rf"\text{{{name}:}}\quad \mathrm{{MSE}} = \frac{{{total:.2f}}}{{{size}}} = {total / size:.4f}, \qquad "
                rf"\mathrm{{PSNR}} = 10 \log_{{10}} \frac{{1}}{{{total / size:.4f}}} = {entry.psnr:.1f}\ \mathrm{{dB}}"
            )


# ---- try next
