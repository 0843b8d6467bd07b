"""Under the hood: the equations with this picture's live numbers, the source that ran, the model's card."""

import inspect

import streamlit as st
import torch
from torch import Tensor

from aecore import losses
from aecore.checkpoints import Card
from aecore.engine import Engine
from aecore.restore.compare import Comparison, Entry
from ui.glossary import explain
from ui.output.equations import card_text, show_source

_CORRUPTION = {
    "gaussian": r"\tilde x = \mathrm{clip}(x + {s}\,\varepsilon), \quad \varepsilon \sim \mathcal N(0, 1)",
    "salt_pepper": r"\tilde x_i = 0 \text{ or } 1 \text{ with probability } {s}, \text{ else } x_i",
    "dropout": r"\tilde x_i = 0 \text{ with probability } {s}, \text{ else } x_i",
    "speckle": r"\tilde x = \mathrm{clip}(x\,(1 + {s}\,\varepsilon)), \quad \varepsilon \sim \mathcal N(0, 1)",
    "blur": r"\tilde x = x * \mathcal N(0, \sigma^2), \quad \sigma = {sigma}\ \mathrm{px}",
    "patch": r"\tilde x_i = 0.5 \text{ inside a square of side } {side}\ \mathrm{px}, \text{ else } x_i",
    "stripes": r"\tilde x_i = 0.5 \text{ in } {percent}\,\% \text{ of the rows, else } x_i",
    "low_resolution": r"\tilde x_i = \text{mean of } x \text{ over its cell, } {cells} \times {cells} \text{ cells}",
}


def show(engine: Engine, comparison: Comparison, cards: dict[str, Card]) -> None:
    """Fill the expander: what was done to the digit, how each model answered, how the answer is judged."""
    st.markdown("**1. Damage.** Draw $\\tilde x$ from $C(\\tilde x \\mid x)$:")
    st.latex(_damage(comparison))
    learned = [entry for entry in comparison.methods if entry.id in cards]
    if not learned:
        st.caption("Choose a model under Methods to see its equation and its source.")
        return
    tabs = st.tabs([entry.label for entry in learned])
    for tab, entry in zip(tabs, learned, strict=True):
        with tab:
            _model(engine, comparison, entry, cards[entry.id])


def _damage(comparison: Comparison) -> str:
    s = comparison.damage.strength
    fills = {
        "{s}": f"{s:.2f}", "{sigma}": f"{4 * s:.1f}", "{side}": str(int(28 * s + 0.5)), "{percent}": f"{100 * s:.0f}",
        "{cells}": str(max(1, int(28 * (1 - s) + 0.5))),
    }  # fmt: skip
    text = _CORRUPTION[comparison.damage.corruption]
    for name, value in fills.items():
        text = text.replace(name, value)
    return text


def _model(engine: Engine, comparison: Comparison, entry: Entry, card: Card) -> None:
    model = engine.model(entry.id)
    error = (comparison.clean.x - entry.x).square()
    size = error.numel()
    st.markdown("**2. Restore.** The code $z$ is all that the decoder gets to see:")
    st.latex(rf"z = f(\tilde x) \in \mathbb R^{{{_latent(model):,}}}, \qquad \hat x = g(z)".replace(",}", r"{,}}"))
    st.markdown("**3. Compare with the clean digit.** " + explain("PSNR"))
    total, mse = float(error.sum()), float(error.mean())
    st.latex(
        rf"\mathrm{{MSE}} = \tfrac{{1}}{{{size}}} \sum_i (x_i - \hat x_i)^2 = \frac{{{total:.2f}}}{{{size}}}"
        rf" = {mse:.4f}, \qquad \mathrm{{PSNR}} = 10 \log_{{10}} \frac{{1}}{{{mse:.4f}}}"
        rf" = {entry.psnr:.1f}\ \mathrm{{dB}}"
    )
    left, right = st.columns([2, 1])
    with left:
        st.markdown("**The loss that trained it**, as it ran:")
        source = inspect.getsource(type(model).loss)
        show_source(type(model).loss)
        st.latex(_loss_now(engine, entry.id, comparison.clean.x))
        st.caption(
            "It starts from the clean digit, as in training, where a denoiser damages it anew; so it is not the error "
            "above, which starts from the damaged digit on the stage."
        )
        for name, term in inspect.getmembers(losses, inspect.isfunction):
            if f"losses.{name}(" in source:
                show_source(term)
    with right:
        st.markdown("**Its card**")
        st.markdown(card_text(card))


def _loss_now(engine: Engine, name: str, x: Tensor) -> str:
    """The loss of this very digit and its terms, as an equation with numbers."""
    with torch.inference_mode():
        terms = engine.model(name).loss(x.to(engine.device), torch.Generator().manual_seed(0))
    parts = [
        rf"\underbrace{{{float(value):.2f}}}_{{\text{{{term}}}}}" for term, value in terms.items() if term != "loss"
    ]
    return rf"\text{{loss of this digit}} = {' + '.join(parts)} = {float(terms['loss']):.2f}"


def _latent(model) -> int:
    return getattr(model, "latent_dim", None) or model.config.latent_dim
