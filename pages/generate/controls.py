"""The Generate page's controls: which model writes, at which temperature and seed. All of it lives in the URL."""

import streamlit as st

from aecore.engine import Engine
from pages.generate import writer
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more
from ui.input.seed import new_seed, seed_number
from ui.serving import available

SEED, TEMPERATURE, MODEL = "generate_seed", "generate_temperature", "generate_model"


def show(engine: Engine) -> tuple[str, float, int]:
    """Model, temperature and seed; the numbers wait behind More settings."""
    models = available(engine, *writer.MODELS) or list(writer.MODELS)
    with st.container(horizontal=True, vertical_alignment="center"):
        model = choice(
            "Style by", models, format_func=writer.MODELS.get, default=models[0], label_visibility="collapsed",
            key=MODEL, on_change=writer.forget_style,
        )  # fmt: skip
        new_seed("New style", SEED, writer.forget_style)
        with more("generate") as says:
            temperature = st.slider(
                "Temperature", 0.0, 2.0, 1.0, 0.05, key=TEMPERATURE, bind="query-params",
                on_change=writer.forget_style, help=explain("temperature"), width=260,
            )  # fmt: skip
            about = "The same number gives the same random style to everybody who opens this link."
            seed = seed_number("Seed", SEED, writer.SEED, about, writer.forget_style)
            if temperature != 1:
                says(f"temperature {temperature:.2f}")
    return model, temperature, seed
