"""The Vector field page's controls: what to train on, and how."""

import streamlit as st

from aecore.data.plane import CURVES
from aecore.field import KINDS, FieldRecipe
from pages.vector_field.board import LINE, OWN, SHAPE
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more

SHAPES = {name: name.capitalize() for name in CURVES} | {OWN: "Your own", LINE: "On a line"}
WIDTHS = (4, 8, 16, 32, 64, 128)
RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)
DEFAULT = FieldRecipe()


def show() -> tuple[FieldRecipe, str]:
    """What is set behind "More settings": the recipe, and what is trained on."""
    with more("field") as says:
        shape = st.selectbox("Data", list(SHAPES), format_func=SHAPES.get, key=SHAPE, bind="query-params")
        kind = choice(
            "Training", KINDS, format_func=str.capitalize, default=DEFAULT.kind, key="field_kind",
            help=explain("field training"),
        )  # fmt: skip
        sigma = st.slider(
            "Noise σ", 0.02, 0.5, DEFAULT.sigma, 0.01, key="field_sigma", bind="query-params",
            disabled=kind == "plain", help=explain("field noise"),
        )  # fmt: skip
        lr = st.select_slider("Learning rate", RATES, DEFAULT.lr, key="field_lr", bind="query-params")
        width = st.select_slider(
            "Units a layer", WIDTHS, DEFAULT.widths[0], key="field_width", bind="query-params",
            help="Two hidden layers of so many tanh units. Another width begins a new network.",
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 9999, DEFAULT.seed, key="field_seed", bind="query-params",
            help="Of the first weights, the batches and the noise: the same number, the same training.",
        )  # fmt: skip
        st.caption(
            "On the board, arrow keys move, Enter drops or draws a point, space plays and pauses, Escape clears. "
            "Noise and rate change the running training; all else begins a new one."
        )
        if shape != next(iter(SHAPES)):
            says(SHAPES[shape].lower())
        if kind != DEFAULT.kind:
            says(kind)
        if sigma != DEFAULT.sigma and kind != "plain":
            says(f"σ = {sigma:.2f}")
    return FieldRecipe(kind, sigma, lr, (width, width), DEFAULT.batch, seed), shape
