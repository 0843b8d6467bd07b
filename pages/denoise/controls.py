"""The Denoise page's controls: what happens to the digit, and who may restore it. All of it lives in the URL."""

from dataclasses import dataclass

import streamlit as st

from aecore.checkpoints import Card
from aecore.corruptions import CORRUPTIONS
from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from aecore.restore import baselines
from aecore.restore.compare import Damage
from ui.glossary import explain
from ui.input import own_network
from ui.input.more import more
from ui.input.seed import seed_input

FIRST_MODELS = ("dae", "ae-conv")  # the one was trained to repair, the other only to copy
STRENGTH = "denoise_strength"
SEED, FIRST_SEED = "denoise_seed", 7
_DRAWS_NOTHING = ("blur", "patch", "low_resolution")  # corruptions in which no chance is involved


@dataclass(frozen=True)
class Settings:
    """What to compare, and how it is shown: models, classical: names of methods; paste: known pixels are put back;
    errors: error maps instead of pictures; all_numbers: not PSNR and the judge's digit alone."""

    damage: Damage
    models: list[str]
    classical: list[str]
    paste: bool
    errors: bool
    all_numbers: bool


def settings(cards: dict[str, Card]) -> Settings:
    """Type and strength, and all else behind More settings; the page puts them in a row."""

    def reset_strength() -> None:
        st.session_state[STRENGTH] = default_strength(st.session_state["denoise_corruption"])

    name = st.selectbox(
        "Damage",
        list(CORRUPTIONS),
        format_func=lambda key: CORRUPTIONS[key].label,
        key="denoise_corruption",
        bind="query-params",
        on_change=reset_strength,
        width=165,
    )
    strength = st.slider(
        "Strength", 0.0, 1.0, default_strength(name), 0.01, key=STRENGTH, bind="query-params", format="percent",
        width=175,
    )  # fmt: skip
    with more("denoise") as says:
        seed, center = _draw(name, says)
        models, classical = _methods(cards, name, says)
        own_network.entry("denoise", "denoise_models")
        paste = st.toggle(
            "Paste known pixels back", key="denoise_paste", bind="query-params", help=explain("paste"),
            disabled=not CORRUPTIONS[name].mask_known,
        )  # fmt: skip
        errors = st.toggle("Error maps", key="denoise_errors", bind="query-params", help=explain("error map"))
        numbers = st.toggle("All numbers", key="denoise_numbers", bind="query-params", help=explain("SSIM"))
        for words, is_set in (("known pixels pasted", paste), ("error maps", errors)):
            if is_set:
                says(words)
    return Settings(Damage(name, strength, seed, center), models, classical, paste, errors, numbers)


def _draw(corruption: str, says) -> tuple[int, tuple[float, float]]:
    """The seed of the noise, or the patch's place."""
    if CORRUPTIONS[corruption].movable:
        left = st.slider("Left to right", 0.0, 1.0, 0.5, 0.05, key="denoise_x", bind="query-params", format="percent")
        top = st.slider("Top to bottom", 0.0, 1.0, 0.5, 0.05, key="denoise_y", bind="query-params", format="percent")
        return 0, (left, top)
    if corruption in _DRAWS_NOTHING:
        return 0, (0.5, 0.5)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = seed_input("Noise", SEED, FIRST_SEED)
    if seed != FIRST_SEED:
        says(f"noise {seed}")
    return seed, (0.5, 0.5)


def _methods(cards: dict[str, Card], corruption: str, says) -> tuple[list[str], list[str]]:
    """Which models and which classical methods to compare: two lists of names."""
    own = own_network.network()
    at_hand = {own_network.YOURS if own and name == own.name else name: card for name, card in cards.items()}
    first = [name for name in (*FIRST_MODELS, own_network.YOURS) if name in at_hand] or list(at_hand)[:2]
    models = st.pills(
        "Autoencoders",
        list(at_hand),
        selection_mode="multi",
        default=first,
        format_func=lambda name: at_hand[name].title,
        key="denoise_models",
        bind="query-params",
    )
    filters = baselines.applicable(corruption)
    classical = st.pills(
        "Filters, best first for this damage, each tuned for its strength",
        filters,
        selection_mode="multi",
        default=filters[:1],
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
    if set(models) != set(first) or set(classical) != set(filters[:1]):
        says(f"{len(models) + len(classical)} methods chosen")
    return [at_hand[name].name for name in models], list(classical)


def default_strength(corruption: str) -> float:
    """A corruption's own default, on the slider's grid."""
    return round(CORRUPTIONS[corruption].default, 2)
