"""The Generate page's parts: its controls, the grid of class against style, style transfer, captions, the prior."""

import secrets

import streamlit as st

from aecore.engine import Engine
from ui import writing
from ui.access import available
from ui.glossary import explain

SEED, TEMPERATURE = "generate_seed", "generate_temperature"


def controls(engine: Engine) -> tuple[str, float, int]:
    """Model, temperature and seed, in one row."""
    models = available(engine, *writing.MODELS) or list(writing.MODELS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.segmented_control(
            "Style by", models, format_func=writing.MODELS.get, default=models[0], required=True,
            key="generate_model", bind="query-params", on_change=writing.forget_style,
        )  # fmt: skip
        temperature = st.slider(
            "Temperature", 0.0, 2.0, 1.0, 0.05, key=TEMPERATURE, bind="query-params",
            on_change=writing.forget_style, help=explain("temperature"), width=260,
        )  # fmt: skip
        seed = st.number_input(
            "Seed", 0, 9999, 7, key=SEED, bind="query-params", on_change=writing.forget_style,
            help="The same number gives the same random style to everybody who opens this link.", width=125,
        )  # fmt: skip
        st.button("New style", icon=":material/casino:", on_click=_new_style, key="generate_new_style")
    return model, temperature, seed


def _new_style() -> None:
    st.session_state[SEED] = secrets.randbelow(10_000)
    writing.forget_style()
