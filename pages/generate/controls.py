"""The Generate page's controls: which model writes, at which temperature and seed. All of it lives in the URL."""

import streamlit as st

from aecore.engine import Engine
from pages.generate import writer
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.seed import seed_input
from ui.serving import available

SEED, TEMPERATURE, MODEL = "generate_seed", "generate_temperature", "generate_model"


def show(engine: Engine) -> tuple[str, float, int]:
    """Model, temperature and seed, in one row."""
    models = available(engine, *writer.MODELS) or list(writer.MODELS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = choice(
            "Style by", models, format_func=writer.MODELS.get, default=models[0],
            key=MODEL, on_change=writer.forget_style,
        )  # fmt: skip
        temperature = st.slider(
            "Temperature", 0.0, 2.0, 1.0, 0.05, key=TEMPERATURE, bind="query-params",
            on_change=writer.forget_style, help=explain("temperature"), width=260,
        )  # fmt: skip
        about = "The same number gives the same random style to everybody who opens this link."
        seed = seed_input("Seed", SEED, writer.SEED, "New style", about, on_change=writer.forget_style)
    return model, temperature, seed
