"""The Denoise page's controls: what happens to the digit, and who may restore it. All of it lives in the URL."""

import streamlit as st

from aecore.checkpoints import Card
from aecore.corruptions import CORRUPTIONS
from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from aecore.restore import baselines
from aecore.restore.compare import Damage
from ui.glossary import explain
from ui.input.seed import seed_input
from ui.input.slider import described_slider

FIRST_MODELS = ("dae", "ae-conv", "dae-tanh-500")
STRENGTH = "denoise_strength"
SEED = "denoise_seed"
_DRAWS_NOTHING = ("blur", "patch", "low_resolution")  # corruptions in which no chance is involved


def damage() -> Damage:
    """Type, strength, and seed or position, in one row."""

    def reset_strength() -> None:
        st.session_state[STRENGTH] = default_strength(st.session_state["denoise_corruption"])

    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Damage",
            list(CORRUPTIONS),
            format_func=lambda key: CORRUPTIONS[key].label,
            key="denoise_corruption",
            bind="query-params",
            on_change=reset_strength,
            width=165,
        )
        corruption = CORRUPTIONS[name]
        strength = described_slider(
            "Strength", corruption.describe, 1.0, default_strength(name), 0.01, STRENGTH, explain("strength")
        )
        seed, center = 0, (0.5, 0.5)
        if corruption.movable:
            left = st.slider("Left to right", 0.0, 1.0, 0.5, 0.05, key="denoise_x", bind="query-params", width=120)
            top = st.slider("Top to bottom", 0.0, 1.0, 0.5, 0.05, key="denoise_y", bind="query-params", width=120)
            center = (left, top)
        elif name not in _DRAWS_NOTHING:
            seed = seed_input("Noise", SEED)
    return Damage(name, strength, seed, center)


def methods(cards: dict[str, Card], corruption: str) -> tuple[list[str], list[str]]:
    """Which models and which classical methods to compare: two lists of names."""
    with st.popover("Methods", icon=":material/tune:"):
        models = st.pills(
            "Autoencoders",
            list(cards),
            selection_mode="multi",
            default=[name for name in FIRST_MODELS if name in cards] or list(cards)[:3],
            format_func=lambda name: cards[name].title,
            key="denoise_models",
            bind="query-params",
        )
        filters = baselines.applicable(corruption)
        classical = st.pills(
            "Classical methods, best first for this damage, each tuned for its strength",
            filters,
            selection_mode="multi",
            default=filters[:2],
            format_func=lambda name: baselines.BASELINES[name].label,
            key=f"denoise_filters_{corruption}",
            bind="query-params",
        )
        absent = [
            recipe.title
            for name, recipe in RECIPES.items()
            if "denoise" in FAMILIES[recipe.family].restores and name not in cards
        ]
        if absent:
            st.caption(f"Not trained yet: {', '.join(absent)}.")
    return list(models), list(classical)


def default_strength(corruption: str) -> float:
    """A corruption's own default, on the slider's grid."""
    return round(CORRUPTIONS[corruption].default, 2)
