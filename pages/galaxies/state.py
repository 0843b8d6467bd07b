"""What the session keeps of the Galaxies page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.galaxies.own import OwnPicture
    from pages.galaxies.stage import Walk

PARTS = ("stage", "story", "eight", "pull", "turn", "map", "odd", "own", "measured", "equations")
STAGE, STORY, EIGHT, PULL, TURN, MAP, ODD, OWN, MEASURED, EQUATIONS = (f"galaxies_{part}" for part in PARTS)


@dataclass
class State:
    """walk: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets it;
    own: the visitor's own picture, None without; uses_own: whether the walk begins at it."""

    walk: Walk | None = None
    fresh: int = 0
    own: OwnPicture | None = None
    uses_own: bool = False


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_galaxies", State())
