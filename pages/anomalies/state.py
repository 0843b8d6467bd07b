"""What the session keeps of the Anomalies page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.anomalies.stage import Marked

PARTS = ("stage", "story", "measured", "textures_part", "equations")
STAGE, STORY, MEASURED, TEXTURES, EQUATIONS = (f"anomalies_{part}" for part in PARTS)


@dataclass
class State:
    """shown: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets the
    stage; digit: bytes of the last one."""

    shown: Marked | None = None
    fresh: int = 0
    digit: bytes = b""


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_anomalies", State())
