"""Generate under the hood: the equations with this picture's numbers, the source that ran, the card."""

import functools

import streamlit as st
import torch
from torch import Tensor

from aecore import losses
from aecore.engine import Engine
from aecore.latent import styles
from aecore.latent.styles import STYLES, directions
from pages.generate.state import state
from pages.generate.writer import Writing
from ui.glossary import explain
from ui.output.equations import card_text, show_source
from ui.output.verdict import a_digit


def show(engine: Engine, now: Writing) -> None:
    """The equations with this picture's numbers, the source that ran, the card."""
    model, card = type(engine.model(now.model)), engine.card(now.model)
    dim = card.config["latent_dim"]
    digit = now.number[:1] or "2"
    sample, decode, encode, loss, style, about = st.tabs(
        ["1. Sample", "2. Decode", "3. Encode", "4. Loss", "5. Styles", "Its card"]
    )
    z = now.z(engine)
    with sample:
        st.markdown("**Sample a style.** The prior is all that is needed; no picture goes in:")
        if now.base is not None and len(now.base) == dim:  # a link may carry another model's code
            st.latex(rf"z = {_vector(z)} \quad \text{{chosen by you, from }} \mathbb R^{{{dim}}}")
        else:
            epsilon = now.start(dim) / now.temperature if now.temperature else torch.zeros(dim)
            st.latex(
                rf"z = T \varepsilon = {now.temperature:.2f} \cdot {_vector(epsilon)} = {_vector(now.start(dim))},"
                r"\qquad \varepsilon \sim \mathcal N(0, I)"
            )
        amounts = {name: amount for name, amount in now.amounts.items() if amount}
        if amounts:
            steps = " ".join(rf"{amount:+.2f}\, d_{{\text{{{name}}}}}" for name, amount in amounts.items())
            st.latex(rf"z \leftarrow z {steps} = {_vector(z)}")
    with decode:
        st.markdown("**Decode it with a class.** Each pixel is black or white with its own probability:")
        x = engine.decode(now.model, z[None], torch.tensor([int(digit)]))
        ink = float(x.sum())
        st.latex(
            rf"p_\theta(x \mid z, y{{=}}{digit}) = \prod_{{i=1}}^{{{x.numel()}}} "
            r"\hat x_i^{x_i} (1 - \hat x_i)^{1 - x_i}, \qquad \hat x = g_\theta(z, y), \qquad "
            rf"\textstyle\sum_i \hat x_i = {ink:.1f}"
        )
        st.caption("Shown is the mean, x̂, not a draw of single pixels. The source that ran:")
        show_source(model.decode_logits, model.decode)
    with encode:
        st.markdown(
            "**Where codes come from.** In training, and where another class is written in your style, a digit "
            "gives a distribution:"
        )
        _posterior(now)
        show_source(model.posterior, model.reparameterize)
    with loss:
        st.markdown("**The loss that trained it**: reconstruction plus the pull to the prior.")
        st.latex(
            r"-\log p(x \mid y) \le \mathbb E_{q(z \mid x, y)}[-\log p_\theta(x \mid z, y)] + "
            r"\mathrm{KL}(q(z \mid x, y) \,\|\, \mathcal N(0, I))"
        )
        beta = card.config.get("beta", 1.0)
        if beta != 1:
            st.caption(
                f"This model weighs the KL by {beta:g}: its codes fill the prior more evenly, so that samples hold, at "
                "the price of blunter strokes."
            )
        show_source(model.loss, losses.kl_standard_normal)
    with style:
        st.markdown("**Slant, width and thickness**: codes regressed on what real digits measure.")
        axes = directions(engine, now.model)
        reply = _obeyed(engine, now.model, card.sha256)
        st.markdown(
            "\n".join(
                f"- {style.label}: R² {float(axes.r2[i]):.2f}; one step asks for "
                f"{float(axes.sd[i]):.2g}{'' if style.unit == '°' else ' '}{style.unit} and draws "
                f"{100 * reply[i]:.0f}% of it"
                for i, style in enumerate(STYLES.values())
            ),
            help=explain("style directions"),
        )
        show_source(styles.fit, styles.calibrate, styles.measure)
    with about:
        st.markdown(card_text(card))


@functools.lru_cache(maxsize=8)
def _obeyed(engine: Engine, name: str, sha256: str) -> list[float]:
    """What each step draws of what it asks for, on other random styles than those that calibrated it."""
    return styles.response(engine, name, directions(engine, name), seed=1).diagonal().tolist()


def _posterior(now: Writing) -> None:
    name, y, posteriors = state().posterior
    if now.model not in posteriors:
        return
    mu, logvar = (part[0] for part in posteriors[now.model])
    sigma = (0.5 * logvar).exp()
    epsilon = torch.randn(mu.shape, generator=torch.Generator().manual_seed(now.seed))
    st.latex(
        rf"\begin{{aligned}} z &= \mu + \sigma \odot \varepsilon = {_vector(mu, 2)} + {_vector(sigma, 2)} \odot"
        rf" {_vector(epsilon, 2)} \\ &= {_vector(mu + sigma * epsilon, 2)} \end{{aligned}}"
    )
    kl = float(losses.kl_standard_normal(mu[None], logvar[None]))
    st.caption(f"{name}, taken as {a_digit(y)}: {kl:.1f} nats of style (KL from the prior).")


def _vector(values: Tensor, most: int = 3) -> str:
    """A vector as LaTeX, its first numbers."""
    shown = [f"{value:.2f}" for value in values[:most].tolist()]
    if len(values) > most:
        shown.append(r"\ldots")
    return f"({', '.join(shown)})"
