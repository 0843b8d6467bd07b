"""Under the hood of the vector field: the losses in numbers, the source that runs in the browser, its twin in torch."""

from pathlib import Path

import streamlit as st

from aecore import field
from aecore.field import FieldRecipe
from pages.vector_field import numbers
from ui import live
from ui.output.equations import show_script, show_source

_TRAINER = Path(__file__).parent / "trainer"
_SHARED = Path(live.__file__).parent / "train"
_LOSSES = {
    "plain": r"L &= \mathbb{E}\,\lVert r(x) - x \rVert^2",
    "denoising": r"L &= \mathbb{E}\,\lVert r(x + \sigma\varepsilon) - x \rVert^2, \qquad "
    r"\varepsilon \sim \mathcal{N}(0, I)",
    "contractive": r"L &= \mathbb{E}\,\lVert r(x) - x \rVert^2 + \sigma^2 \left\lVert "
    r"\frac{\partial r}{\partial x} \right\rVert_F^2",
}


def show(recipe: FieldRecipe) -> None:
    """Fill the expander for the network on the board."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**The loss of {recipe.kind} training**, in this network's own numbers:")
        st.latex(r"\begin{aligned} " + _LOSSES[recipe.kind] + r" \end{aligned}")
        numbers.show()
        st.markdown("**What the best possible denoiser answers**, and why its arrow is the score:")
        st.latex(
            r"\begin{aligned} r^*(\tilde x) &= \mathbb{E}[x \mid \tilde x] = \frac{\sum_i x_i\, "
            r"e^{-\lVert \tilde x - x_i \rVert^2 / 2\sigma^2}}{\sum_i e^{-\lVert \tilde x - x_i \rVert^2 / 2\sigma^2}}"
            r"\\ r^*(\tilde x) - \tilde x &= \sigma^2\, \nabla_{\tilde x} \log p_\sigma(\tilde x) \end{aligned}"
        )
        st.caption(
            "A mean of points on a bend lies inside the bend: so the best denoiser moves points that are on the curve. "
            "The contractive penalty is on the whole reconstruction, not on the code as in Rifai et al. 2011; its "
            "weight σ² makes it the denoiser's loss for small σ (Alain & Bengio 2014)."
        )
        st.markdown("**The best possible denoiser, as it ran in your browser**:")
        show_script(_TRAINER / "truth.js", "bestDenoiser")
    with right:
        st.markdown("**The step that trains in your browser**:")
        show_script(_TRAINER / "training.js", "step", "loss", "descend")
        show_script(_SHARED / "adam.js", "step")
        st.markdown("**Its twin for notebooks**; a test holds the weights of both together:")
        show_source(field.field_loss, field.train_field)
