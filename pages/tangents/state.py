"""What the session keeps of the Tangents page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.tangents.stage import Around

STAGE, SHIFT, PATCHES, SLOTS, MEASURED, EQUATIONS = (
    f"tangents_{part}" for part in ("stage", "shift", "patches", "slots", "measured", "equations")
)


@dataclass
class State:
    """around: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets
    direction and distance."""

    around: Around | None = None
    fresh: int = 0


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_tangents", State())
