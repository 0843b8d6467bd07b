"""Galaxies under the hood: the equations with this walk's numbers, the source that ran, the cards."""

import base64

import numpy as np
import streamlit as st
import torch

from aecore import losses
from aecore.data.galaxies import CREDIT
from aecore.engine import Engine
from aecore.galaxies import directions, flaws, own, turning
from aecore.galaxies.table import NETWORK, REVIEW, SORTER, Measured
from aecore.jitter import turn, turned
from aecore.models.gaussian_vae import GaussianVAE
from aecore.models.sorter import Sorter, blur
from pages.galaxies.stage import Walk
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, walk: Walk, measured: Measured) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    with left:
        _loss(engine, measured)
        _walk(walk)
        _turns()
        _others()
    with right:
        for name in (NETWORK, SORTER):
            card = engine.card(name)
            st.markdown(f"**{card.title}**")
            st.markdown(card_text(card))
        review = measured.review.card
        numbers = {key: metric["value"] for key, metric in review["metrics"].items()}
        st.markdown(f"**{review['title']}**")
        st.markdown(
            f"{review['summary']}\n\n{review['parameters']:,} parameters: too many for the repository. "
            f"`python -m aecore train {REVIEW}` makes it.\n"
            f"- **{1e4 * numbers['mse']:.1f} × 10⁻⁴** squared error, unseen galaxies\n- **{numbers['kl']:.0f} nats** KL"
        )
        st.caption(f"Pictures: {CREDIT}. Classes: Galaxy Zoo; the bars were marked by eye, by one person.")


def _loss(engine: Engine, measured: Measured) -> None:
    variance = engine.card(NETWORK).config["variance"]
    st.markdown("**1. The loss.** Gaussian pixels make the squared error a likelihood. " + explain("VAE"))
    st.latex(
        r"\min\ \frac{1}{2\sigma^2} \lVert x - \hat x \rVert^2 + \mathrm{KL}\bigl(q(z \mid x) \,\Vert\, N(0, I)\bigr), "
        rf"\qquad \sigma^2 = \tfrac12 \text{{ in the review}},\quad {variance:g} \text{{ in the small one}}"
    )
    st.markdown(
        "With σ² = ½ the two terms weigh alike, and the KL switches most numbers of the code off: "
        f"{measured.rows['wide'].active[0]} of 50 are in use. The small network, with {variance:g}, "
        f"uses {measured.rows['small'].active[0]}."
    )
    show_source(GaussianVAE.loss, losses.kl_standard_normal)


def _walk(walk: Walk) -> None:
    z_a, z_b = (
        torch.from_numpy(np.frombuffer(base64.b64decode(end["code"]), "<f4").copy()) for end in (walk.a, walk.b)
    )
    t = walk.settings.t
    z = z_a + t * (z_b - z_a)
    st.markdown("**2. The walk.** A straight line from code to code:")
    first = ", ".join(f"{float(value):.2f}" for value in z[:3])
    st.latex(
        rf"z(t) = (1 - t)\, z_A + t\, z_B, \qquad \lVert z_A \rVert = {float(z_a.norm()):.2f},\ "
        rf"\lVert z_B \rVert = {float(z_b.norm()):.2f}, \qquad z({t:.2f}) = ({first}, \ldots)"
    )
    show_source(GaussianVAE.decode)
    st.markdown("The directions to pull at are the principal axes of the training galaxies' codes:")
    show_source(directions.directions)


def _floats(text: str) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(text), "<f4").copy())


def _turns() -> None:
    st.markdown("**3. Turns.** In training each galaxy comes at a random angle, half of them mirrored:")
    show_source(turn, turned)
    st.markdown("Halfway along a turn the truth is known; four ways are compared with it:")
    show_source(turning.halfway)


def _others() -> None:
    st.markdown(
        "**4. The class** comes from a classifier trained on blurred galaxies, too, since decoded ones are blurred:"
    )
    show_source(Sorter.loss, blur)
    st.markdown("**5. A dark line** in what a picture lacks, along all directions:")
    st.latex(
        r"s = \max_{\theta,\, r} \frac{1}{\sqrt{n_{\theta r}}} \sum_{p \in \ell(\theta, r)} "
        r"\operatorname{clip}\frac{\hat x_p - x_p}{\text{noise}}"
    )
    show_source(flaws.dark_line)
    st.markdown("**6. Your picture** is cropped as the data were, by where its light is:")
    show_source(own.light_radius)
