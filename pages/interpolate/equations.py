"""Under the hood of a walk: the two paths with this walk's live numbers, the source that ran, the models' cards."""

import math

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.latent import paths
from pages.interpolate.walk import Walk
from ui.output.equations import card_text, show_source

_FORMULAS = {
    "linear": r"z_t = (1 - t)\,z_A + t\,z_B",
    "spherical": r"z_t = \frac{\sin((1-t)\,\omega)}{\sin\omega}\,z_A + \frac{\sin(t\,\omega)}{\sin\omega}\,z_B, "
    r"\qquad \cos\omega = \frac{z_A \cdot z_B}{\lVert z_A\rVert\,\lVert z_B\rVert}",
}


def show(engine: Engine, current: Walk) -> None:
    """Fill the expander: one tab a model."""
    st.markdown("**1. Fade the pixels.** Both pictures shine through:")
    st.latex(r"x_t = (1 - t)\,x_A + t\,x_B, \qquad x_{0.5} = 0.5\,x_A + 0.5\,x_B")
    models = [row for row in current.rows if row.z is not None]
    if not models:
        st.caption("Choose a model under Rows to see its path.")
        return
    for tab, row in zip(st.tabs([row.label for row in models]), models, strict=True):
        with tab:
            _model(engine, current, row)


def _model(engine: Engine, current: Walk, row) -> None:
    a, b = row.z[0], row.z[-1]
    middle = {name: path.points(a, b, torch.tensor([0.5]))[0] for name, path in paths.PATHS.items()}
    st.markdown(f"**2. Walk from code to code**, the {paths.PATHS[current.path].label.lower()} path:")
    st.latex(_FORMULAS[current.path])
    lengths = {"z_A": a, "z_B": b}
    parts = [rf"\lVert {name}\rVert = {float(z.norm()):.2f}" for name, z in lengths.items()]
    omega = math.degrees(float(paths.angle(a, b)))
    parts += [rf"z_A \cdot z_B = {float(a @ b):.2f}", rf"\omega = {omega:.0f}^\circ"]
    st.latex(r", \qquad ".join(parts))
    lerp_, slerp_ = float(middle["linear"].norm()), float(middle["spherical"].norm())
    st.latex(
        rf"\lVert z_{{0.5}} \rVert = \underbrace{{{lerp_:.2f}}}_{{\text{{linear}}}} \text{{ or }}"
        rf" \underbrace{{{slerp_:.2f}}}_{{\text{{spherical}}}}, \qquad"
        rf" \sqrt{{d}} = \sqrt{{{len(a)}}} = {math.sqrt(len(a)):.2f}"
    )
    st.caption(
        f"In {len(a)} dimensions samples of N(0, I) lie near length √{len(a)} = {math.sqrt(len(a)):.1f}. Means of "
        "posteriors are shorter, since each keeps room for its own spread; the straight path cuts inside even them."
        if row.kind == "vae"
        else "An AE promises nothing about the lengths of its codes: here neither path is right by design."
    )
    st.markdown("**3. Decode every step:** " + r"$\hat x_t = g(z_t)$.")
    left, right = st.columns([2, 1])
    with left:
        st.markdown("**What ran**")
        show_source(paths.PATHS[current.path].points)
        show_source(type(engine.model(row.id)).decode)
    with right:
        st.markdown("**Its card**")
        st.markdown(card_text(engine.card(row.id)))
