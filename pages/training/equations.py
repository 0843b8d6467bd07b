"""Under the hood of the training: the chosen loss, the step that runs in the browser, and its twin in torch."""

from pathlib import Path

import streamlit as st

from aecore.learning import objectives, recirculation
from aecore.learning.objectives import LOSSES, LossRecipe
from ui.output.equations import show_script, show_source

_TRAINER = Path(__file__).parent / "trainer"
_ERRORS = {
    "squared": r"\tfrac12 \lVert x - p \rVert^2",
    "bernoulli": r"-\sum_i x_i \log p_i + (1 - x_i) \log (1 - p_i)",
    "sigma-1": r"\tfrac12 \lVert x - p \rVert^2 + 392 \log 2\pi",
    "sigma-learned": r"\frac{\lVert x - p \rVert^2}{2\sigma^2} + 784 \log \sigma + 392 \log 2\pi",
}
_PIXELS = {
    "grey": "The pixels are grey: the sum is a cross-entropy, not the likelihood of any density.",
    "threshold": "Pixels above 0.5 are ink, all others are not: a true likelihood, of such pictures.",
    "drawn": "Each pixel is drawn anew at every step: ink, with its grey value as probability. On average that asks "
    "for the same p as grey pixels do.",
}


def show(recipe: LossRecipe) -> None:
    """Fill the expander for the first network on the board."""
    left, right = st.columns(2, gap="medium")
    if recipe.loss in recirculation.ROUNDS:
        return _rounds(left, right)
    loss = LOSSES[recipe.loss]
    with left:
        st.markdown(f"**{loss.title}**, for a digit x and the picture p = sigmoid(decoder(z)):")
        error = _ERRORS["bernoulli" if loss.likelihood == "bernoulli" else recipe.loss]
        if loss.variational:
            st.latex(
                r"\begin{aligned} L &= " + error + rf" + \beta\, \mathrm{{KL}}, \qquad \beta = {recipe.beta:g} \\"
                r" \mathrm{KL} &= \tfrac12 \sum_j \mu_j^2 + \sigma_j^2 - 1 - \log \sigma_j^2, \qquad "
                r"z = \mu + \sigma \varepsilon, \quad \varepsilon \sim \mathcal N(0, I) \end{aligned}"
            )
        else:
            st.latex("L = " + error + r", \qquad z = \mathrm{encoder}(x)")
        if loss.likelihood == "bernoulli":
            st.caption(_PIXELS[loss.pixels])
        elif loss.learned:
            st.caption("The best σ is the root mean square of the errors: the smaller they are, the more each costs.")
        elif loss.variational:
            st.caption(
                "With σ = 1 a wrong pixel costs half a nat at most, so few details are worth their KL divergence."
            )
        st.markdown("**The five lines of a step, and what they call, as they run in your browser**:")
        show_script(_TRAINER / "learner.js", "step", "nextBatch", "forward", "lossOf", "backward", "descend")
        show_script(_TRAINER / "losses.js", "reconstruction")
    with right:
        st.markdown("**The same for notebooks**; a test checks that both reach the same weights:")
        show_source(objectives.reconstruction, objectives.terms, objectives.train_digits)


def _rounds(left, right) -> None:
    """Recirculation beside back-propagation."""
    with left:
        st.markdown(
            "**Recirculation**: the hidden units h see the digit x, then what came of it, x′; so do the pixels:"
        )
        st.latex(
            r"\begin{aligned} h &= \sigma(W x), \qquad x' = \tfrac34 x + \tfrac14 \sigma(V h), \qquad "
            r"h' = \tfrac34 h + \tfrac14 \sigma(W x') \\ \Delta V &\propto (x - x')\, h^\top, \qquad "
            r"\Delta W \propto (h - h')\, x'^\top \end{aligned}"
        )
        st.caption("No error is sent back through the weights: each learns from what its own two ends say.")
        show_script(_TRAINER / "rounds.js", "backward", "recirculate", "descend")
    with right:
        st.markdown("**The same for notebooks**; a test checks that both reach the same weights:")
        show_source(recirculation.recirculation, recirculation.back_propagation)
