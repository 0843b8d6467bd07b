"""Digits of all four generators beside two VAEs', from the same noise number."""

import streamlit as st
import torch

from aecore.engine import Engine
from aecore.gans.recipes import GANS
from aecore.gans.table import OTHERS
from ui import serving
from ui.input.seed import seed_input
from ui.output.gallery import Row, gallery
from ui.theme import kind_color

MODELS = (*GANS, *OTHERS)
SHOWN = 10  # digits a model
FIRST = 3


def show(engine: Engine) -> None:
    """A row a model, read by the judge; those that are told the class draw 0 to 9."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_input("Noise", "gans_noise_number", FIRST, another="New noise")
    gallery([_row(engine, name, seed) for name in serving.available(engine, *MODELS)], key="gans_digits", tile=56)


def _row(engine: Engine, name: str, seed: int) -> Row:
    card = engine.card(name)
    x, y = drawn(engine, name, SHOWN, seed)
    note = "told the class" if y is not None else ""
    return Row(card.title, x, engine.classify(x), None if y is None else y.tolist(), note, color=kind_color(card.kind))


def drawn(engine: Engine, name: str, count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Samples (count, 1, 28, 28) of a model, and the classes that it was told in turn, if it is told any."""
    y = torch.arange(count) % 10 if engine.takes_label(name) else None
    return engine.sample(name, count, torch.Generator().manual_seed(seed), y), y
