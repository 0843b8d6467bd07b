"""Under the hood of the GANs: the four games, the code that plays them, and how samples are judged."""

from pathlib import Path

import streamlit as st

from aecore.gans import games, measures
from aecore.gans.plane import PlaneRecipe
from aecore.models.gan import Critic, Generator
from aecore.training.duel import Duel
from pages.gans.controls import NAMES
from ui.glossary import explain
from ui.output.equations import show_script, show_source

_TRAINER = Path(__file__).parent / "trainer"
_SCORES = {
    "minimax": (
        r"\min_s\ -\mathbb{E} \log \sigma(s(x)) - \mathbb{E} \log \bigl(1 - \sigma(s(G(z)))\bigr)",
        r"\min_G\ \mathbb{E} \log \bigl(1 - \sigma(s(G(z)))\bigr)",
    ),
    "non-saturating": (
        r"\min_s\ -\mathbb{E} \log \sigma(s(x)) - \mathbb{E} \log \bigl(1 - \sigma(s(G(z)))\bigr)",
        r"\min_G\ -\mathbb{E} \log \sigma(s(G(z)))",
    ),
    "wgan-gp": (
        r"\min_s\ \mathbb{E}\, s(G(z)) - \mathbb{E}\, s(x) + \lambda\, \mathbb{E} "
        r"\bigl(\lVert \nabla s(\hat x) \rVert - 1\bigr)^2",
        r"\min_G\ -\mathbb{E}\, s(G(z))",
    ),
    "wgan-div": (
        r"\min_s\ \mathbb{E}\, s(G(z)) - \mathbb{E}\, s(x) + k\, \mathbb{E} \lVert \nabla s(\hat x) \rVert^p",
        r"\min_G\ -\mathbb{E}\, s(G(z))",
    ),
}


def show(recipe: PlaneRecipe) -> None:
    """Fill the expander for the game on the board."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**{NAMES[recipe.game]}.** What the critic s and the generator G want, in turn:")
        for equation in _SCORES[recipe.game]:
            st.latex(equation)
        if recipe.game in ("wgan-gp", "wgan-div"):
            name = r"\lambda" if recipe.game == "wgan-gp" else "k"
            power = rf",\quad p = {recipe.power:g}" if recipe.game == "wgan-div" else ""
            st.latex(rf"\hat x = x + u\,(G(z) - x),\quad u \sim U(0, 1),\quad {name} = {recipe.strength:g}{power}")
        show_source(games.critic_loss, games.generator_loss, games.penalty)
        st.markdown("**What samples are worth.** " + explain("Fréchet distance"))
        st.latex(r"\lVert \mu_1 - \mu_2 \rVert^2 + \operatorname{tr}\bigl(C_1 + C_2 - 2\,(C_1 C_2)^{1/2}\bigr)")
        show_source(measures.frechet_distance)
    with right:
        st.markdown("**The steps that run in your browser**:")
        show_script(_TRAINER / "duel.js", "criticise", "penalise", "generate")
        st.markdown("**The digits' networks and their loop**, in torch:")
        show_source(Generator, Critic, Duel._criticise, Duel._generate)
