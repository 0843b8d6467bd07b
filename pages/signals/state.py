"""What the session keeps of the Signals page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from aecore.signals.files import File
    from aecore.signals.heard import Heard

STAGE, STORY, LESSON, MEASURED, FILTERS, EQUATIONS = (
    f"signals_{part}" for part in ("stage", "story", "lesson", "measured", "filters", "equations")
)


@dataclass
class State:
    """heard: what Python hears of the trace on the stage, handed to what is below; file: a visitor's, on the stage
    instead; fresh: grows when Python, not the visitor's hand, sets the stage."""

    heard: Heard | None = None
    file: File | None = None
    fresh: int = 0


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_signals", State())
