"""The Vector field page's controls: what to train on, how, and what stands behind "More settings"."""

import streamlit as st

from aecore.data.plane import CURVES
from aecore.field import KINDS, FieldRecipe
from pages.vector_field.board import LINE, OWN, SHAPE
from ui.glossary import explain
from ui.input.choice import choice

SHAPES = {name: name.capitalize() for name in CURVES} | {OWN: "Your own", LINE: "On a line"}
WIDTHS = (4, 8, 16, 32, 64, 128)
RATES = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)
DEFAULT = FieldRecipe()


def show() -> tuple[FieldRecipe, str]:
    """The row above the board: the recipe, and what is trained on."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shape = st.selectbox("Data", list(SHAPES), format_func=SHAPES.get, key=SHAPE, bind="query-params", width=150)
        kind = choice(
            "Training", KINDS, format_func=str.capitalize, default=DEFAULT.kind, key="field_kind",
            help=explain("field training"),
        )  # fmt: skip
        sigma = st.slider(
            "Noise σ", 0.02, 0.5, DEFAULT.sigma, 0.01, key="field_sigma", bind="query-params", width=190,
            disabled=kind == "plain", help=explain("field noise"),
        )  # fmt: skip
        with st.popover("More settings", icon=":material/tune:"):
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
    return FieldRecipe(kind, sigma, lr, (width, width), DEFAULT.batch, seed), shape
