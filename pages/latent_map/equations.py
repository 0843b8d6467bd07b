"""Under the hood of the latent map: the digit's way to its place with live numbers, the source that ran, the cards."""

import streamlit as st
import torch
from torch import Tensor

from aecore import losses
from aecore.engine import Engine
from aecore.maps.shipped import MapCard
from pages.latent_map.board import LABELS, measured, rounded, sound
from ui.input.digit import Chosen
from ui.output.equations import card_text, show_source
from ui.serving import available

_SEED = 0  # of the epsilon in the equation; the map's own button draws others


def show(engine: Engine, digit: Chosen) -> None:
    """Fill the expander for a digit: the VAE, the autoencoder, and how the other maps were made."""
    models = available(engine, "vae-2", "ae-2-bce", "ae-2")
    tabs = iter(st.tabs([*(engine.card(name).title for name in models), "The other maps"]))
    for name in models:
        with next(tabs):
            left, right = st.columns([2, 1], gap="medium")
            with left:
                (_vae if name == "vae-2" else _autoencoder)(engine, name, digit)
            with right:
                st.markdown("**Its card**")
                st.markdown(card_text(engine.card(name)))
    with next(tabs):
        _others()


def _vae(engine: Engine, name: str, digit: Chosen) -> None:
    mu, logvar = (part[0] for part in engine.posterior(name, digit.x))
    sigma = (logvar / 2).exp()
    epsilon = torch.randn(2, generator=torch.Generator().manual_seed(_SEED))
    kl = losses.kl_standard_normal(mu[None], logvar[None])
    model = type(engine.model(name))
    st.markdown(
        f"**1. Encode.** {digit.name} becomes a distribution, not a point: the ellipse on the map is one and two "
        "standard deviations wide."
    )
    st.latex(
        rf"q(z \mid x) = \mathcal N(\mu, \sigma^2), \qquad \mu = {_pair(mu)}, \quad \sigma = {_pair(sigma, digits=3)}"
    )
    st.markdown("**2. Sample.** Chance enters from outside, so gradients pass through $\\mu$ and $\\sigma$:")
    st.latex(
        rf"z = \mu + \sigma \odot \varepsilon = {_pair(mu)} + {_pair(sigma, digits=3)} \odot {_pair(epsilon)}"
        rf" = {_pair(mu + sigma * epsilon)}"
    )
    show_source(model.reparameterize)
    st.markdown("**3. Pay for being far from the prior.** This keeps the codes together, where one samples:")
    st.latex(
        r"\mathrm{KL} = \tfrac12 \sum_d \left(\mu_d^2 + \sigma_d^2 - 1 - \ln \sigma_d^2\right) = "
        + " + ".join(_kl_term(m, s) for m, s in zip(mu.tolist(), sigma.tolist(), strict=True))
        + rf" = {float(kl):.2f}\ \mathrm{{nats}}"
    )
    show_source(losses.kl_standard_normal)
    st.markdown("**4. Decode.** The only thing the decoder sees is $z$; the same function answers the pointer.")
    show_source(model.decode)


def _autoencoder(engine: Engine, name: str, digit: Chosen) -> None:
    z = engine.encode(name, digit.x)[0]
    model = type(engine.model(name))
    st.markdown(f"**Encode and decode.** {digit.name} becomes one point, and nothing says where points should lie:")
    st.latex(rf"z = f(x) = {_pair(z)}, \qquad \hat x = g(z)")
    show_source(model.encode)
    show_source(model.decode)
    st.markdown("**The loss** asks for a good copy and for nothing else, so the codes spread as far as they like:")
    show_source(model.loss)


def _others() -> None:
    """PCA's equation, and parameters, seed and numbers of every map that no model of two numbers made."""
    st.markdown("**PCA** is linear, two weighted sums of the pixels; a linear autoencoder finds the same plane:")
    st.latex(r"z = W (x - \bar x), \qquad W: \text{ the covariance's two eigenvectors of largest eigenvalue}")
    st.markdown(
        "**UMAP** and **t-SNE** make a graph of neighbours among the pixels and look for a map with the same "
        "neighbours; **MDS** looks for one with the same distances. They place given digits: none of them decodes."
    )
    for shipped_map in sound():
        if not shipped_map.decodable:
            st.markdown(f"**{shipped_map.title}.** {shipped_map.summary} {_made(shipped_map.card)}")


def _made(card: MapCard) -> str:
    settings = [f"{key} = {value}" for key, value in card.parameters.items()] + [f"seed = {card.seed}"]
    numbers = ", ".join(f"{LABELS[name]} {rounded(metric)}" for name, metric in measured(card.metrics).items())
    return f"`{', '.join(settings)}`; {card.data}; {numbers}."


def _kl_term(mu: float, sigma: float) -> str:
    term = 0.5 * (mu**2 + sigma**2 - 1 - 2 * torch.tensor(sigma).log().item())
    return rf"\underbrace{{{term:.2f}}}_{{\mu = {mu:.2f},\ \sigma = {sigma:.3f}}}"


def _pair(values: Tensor, digits: int = 2) -> str:
    return "(" + r",\ ".join(f"{value:.{digits}f}" for value in values.tolist()) + ")"
