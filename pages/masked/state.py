"""What the session keeps of the Masked page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.masked.board import Shown

PARTS = ("stage", "story", "photos", "measured", "equations")
STAGE, STORY, PHOTOS, MEASURED, EQUATIONS = (f"masked_{part}" for part in PARTS)


@dataclass
class State:
    """shown: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets what
    is hidden; photo: of the photographs, as shown and fresh."""

    shown: Shown | None = None
    fresh: int = 0
    photo: Shown | None = None


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_masked", State())
