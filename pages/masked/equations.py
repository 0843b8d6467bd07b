"""Masked under the hood: the equations with this digit's numbers, the source that ran, the card."""

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.masking import patches
from aecore.masking.guess import DIGITS, fill
from aecore.models import tokens
from aecore.models.masked import Masked
from pages.masked.board import Shown
from ui.output.equations import card_text, show_source


def show(engine: Engine, shown: Shown) -> None:
    """Fill the expander."""
    left, right = st.columns([2, 1], gap="medium")
    card = engine.card(DIGITS)
    with left:
        _tokens(card.config, shown)
        _attention(engine, shown)
        _loss(shown)
        st.markdown("**4. Hiding.** At random, or in one piece:")
        show_source(patches.scattered, patches.block, fill)
    with right:
        st.markdown(f"**{card.title}**")
        st.markdown(card_text(card))


def _tokens(config: dict, shown: Shown) -> None:
    seen = 49 - len(shown.settings.hidden)
    st.markdown(
        "**1. Tokens.** Each patch becomes a list of numbers, and a learned position, at first waves, is added:"
    )
    st.latex(
        rf"t_i = W p_i + b + s_i, \qquad p_i \in \mathbb{{R}}^{{{config['patch'] ** 2}}},\ "
        rf"t_i \in \mathbb{{R}}^{{{config['width']}}}, \qquad i = 1, \ldots, 49; \quad {seen} \text{{ of them go on}}"
    )
    show_source(Masked._tokens, tokens.sine_positions)


def _attention(engine: Engine, shown: Shown) -> None:
    st.markdown("**2. Attention.** Each token averages all tokens' values, by how well its query fits their keys:")
    weights = first_weights(engine, shown)
    number = "" if weights is None else rf", \qquad \max_j a_{{1j}} = {float(weights.max()):.2f} \text{{ here}}"
    st.latex(r"a_{ij} = \operatorname{softmax}_j \frac{q_i^\top k_j}{\sqrt d}, \qquad o_i = \sum_j a_{ij} v_j" + number)
    show_source(tokens.attend, tokens.mix, tokens.Block.forward)


@torch.inference_mode()
def first_weights(engine: Engine, shown: Shown) -> torch.Tensor | None:
    """What the first visible patch looks at in the encoder's first block: (heads, 49); None if none is visible."""
    model = engine.model(DIGITS)
    hidden = torch.zeros(1, 49)
    hidden[0, list(shown.settings.hidden)] = 1
    seen = (hidden[0] == 0).nonzero()[:, 0]
    if not len(seen):
        return None
    block = model.encoder[0]
    x = (shown.x * (1 - shown.guess.mask)).to(engine.device)
    qkv = block.qkv(block.norm1(model._tokens(x)))
    return tokens.attend(qkv, block.heads, hidden.to(engine.device))[0, :, seen[0]].cpu()


def _loss(shown: Shown) -> None:
    st.markdown("**3. The loss.** Squared error over the hidden pixels only:")
    mask = shown.guess.mask
    text = r"L = \frac{1}{|M|} \sum_{i \in M} (x_i - \hat x_i)^2"
    if float(mask.sum()):
        error = float(patches.errors(shown.guess.recon, shown.x, mask).sum() / mask.sum())
        text += rf" = {error:.4f} \text{{ here}}"
    st.latex(text)
    st.markdown("In training, the batch's share of hidden patches is drawn from 10 to 95%.")
    show_source(Masked.loss, Masked.draw, Masked.forward)
