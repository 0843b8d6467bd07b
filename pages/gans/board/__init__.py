"""The board: two players that learn in the visitor's browser, and what Python hears of it: the answer to a bet.

In a test without a browser, set `at.session_state[KEY] = {"found": {"asked": 1, "all": 8, "modes": [8] * 20}}` after
one run.
"""

from dataclasses import asdict, dataclass

import streamlit as st

from aecore.gans.plane import PlaneRecipe
from aecore.gans.ring import SEEDS, Seeds
from ui.component import component, nothing

KEY = "gans_board"
_ASKED = "_gans_asked"  # how often a bet has asked the board what it finds
_CAMEL = {"critic_lr": "criticLr", "critic_steps": "criticSteps"}

_BOARD = component("pages/gans/board/board")


@dataclass(frozen=True)
class TwentySeeds(Seeds):
    """What twenty seeds found. all: centres; modes: found by each seed."""

    all: int
    modes: tuple[int, ...]


def show(recipe: PlaneRecipe, label: str) -> None:
    """Mount it. label: the settings, in a few words, for what twenty seeds find."""
    data = {"recipe": {_CAMEL.get(name, name): value for name, value in asdict(recipe).items()}, "label": label}
    data["asked"] = st.session_state.get(_ASKED, 0)
    _BOARD(key=KEY, data=data, height="content", on_found_change=nothing)


def ask() -> None:
    """Let the board run twenty seeds, and say what they find."""
    st.session_state[_ASKED] = st.session_state.get(_ASKED, 0) + 1


def seeds() -> TwentySeeds | None:
    """What the board says to the last question; None until it does, or if it makes no sense."""
    said = st.session_state.get(KEY, {}).get("found")
    if not isinstance(said, dict) or said.get("asked") != st.session_state.get(_ASKED):  # comes from the browser
        return None
    everything, modes = said.get("all"), said.get("modes")
    if everything not in (8, 25) or not isinstance(modes, list) or len(modes) != SEEDS:
        return None
    sound = all(type(count) is int and 0 <= count <= everything for count in modes)
    return TwentySeeds(everything, tuple(modes)) if sound else None
