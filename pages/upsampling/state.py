"""What the session keeps of the Upsampling page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.upsampling.decoders import Enlarged
    from pages.upsampling.grid import Settings

GRID, DECODERS, MEASURED, EQUATIONS = (f"upsampling_{part}" for part in ("grid", "decoders", "measured", "equations"))


@dataclass
class State:
    """grid: what the grid is set to; digit: what four decoders made of the digit; fresh: grows when Python, not the
    visitor's hand, sets the grid or the decoders."""

    grid: Settings | None = None
    digit: Enlarged | None = None
    fresh: int = 0


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_upsampling", State())
