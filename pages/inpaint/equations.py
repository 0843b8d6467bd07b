"""Under the hood of inpainting: the energy with this search's live numbers, its very source, and the models' cards."""

import math

import streamlit as st

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import energy
from aecore.restore.compare import Comparison, Entry
from aecore.restore.inpainting import METHODS, SEARCH_MODEL
from pages.inpaint.search import Search
from ui.glossary import explain
from ui.output.equations import card_text, show_source


def show(engine: Engine, comparison: Comparison, search: Search | None) -> None:
    """Fill the expander: how answers are scored, the energy and its descent, the networks."""
    best = comparison.best
    if best is not None and math.isfinite(best.missing):
        st.markdown("**1. Score only what was missing.** " + explain("PSNR missing"))
        st.latex(_score(comparison, best))
    st.markdown("**2. Descend on the manifold.** " + explain("energy"))
    st.latex(
        r"E(z) = \underbrace{-\sum_{i\,\in\,\text{known}} \log p(x_i \mid z)}_{\text{known pixels}}"
        r"\;\underbrace{-\,\log \mathcal N(z;\, 0, I)}_{\text{prior}}, \qquad z \leftarrow z - \eta\,\nabla_z E(z)"
    )
    if search is not None and search.frames:
        st.latex(_energy_now(search))
    st.caption(
        "Each pixel is a coin that the decoder weighs, so its term is a cross-entropy. Missing pixels have no term: "
        "the minimum fills them with whatever the manifold holds there. η follows Adam."
    )
    show_source(energy.energy)
    st.markdown("**3. The networks**")
    names = dict.fromkeys(method.model for method in METHODS.values() if method.model)
    cards = {}
    for name in names:
        try:
            cards[name] = engine.card(name)
        except AecoreError:
            continue  # the stage has said so
    if not cards:
        return
    for tab, (name, card) in zip(st.tabs([card.title for card in cards.values()]), cards.items(), strict=True):
        with tab:
            left, right = st.columns([2, 1])
            with left:
                role = "searched" if name == SEARCH_MODEL else "run once"
                st.markdown(f"**What ran** (this network is {role})")
                part = "decode_logits" if name == SEARCH_MODEL else "forward"
                show_source(getattr(type(engine.model(name)), part))
                st.markdown("**The loss that trained it**")
                show_source(type(engine.model(name)).loss)
            with right:
                st.markdown("**Its card**")
                st.markdown(card_text(card))


def _score(comparison: Comparison, best: Entry) -> str:
    mask = comparison.mask
    count, total = int(mask.sum()), float(((comparison.clean.x - best.x).square() * mask).sum())
    return (
        rf"\text{{{best.label}:}}\quad \mathrm{{MSE}}_{{\text{{missing}}}} = \frac{{1}}{{{count}}}"
        rf"\sum_{{i\,\in\,\text{{missing}}}} (x_i - \hat x_i)^2 = \frac{{{total:.2f}}}{{{count}}}"
        rf" = {total / count:.4f}, \qquad 10 \log_{{10}} \frac{{1}}{{{total / count:.4f}}}"
        rf" = {best.missing:.1f}\ \mathrm{{dB}}"
    )


def _energy_now(search: Search) -> str:
    """The lowest energy so far, term by term."""
    last = search.frames[-1]
    row = int(last.energy.argmin())
    known, prior, z = float(last.known[row]), float(last.prior[row]), last.z[row]
    length, constant = float(z.square().sum()), 0.5 * len(z) * math.log(2 * math.pi)
    return (
        rf"E(z_{{{row + 1}}}) = \underbrace{{{known:.1f}}}_{{\text{{known}}}} + \underbrace{{{prior:.1f}}}"
        rf"_{{\frac12 \lVert z \rVert^2 + \frac{{{len(z)}}}{{2}} \log 2\pi \;=\; {length / 2:.1f} + {constant:.1f}}}"
        rf" = {known + prior:.1f}\ \text{{nats at step {last.step}}}"
    )
