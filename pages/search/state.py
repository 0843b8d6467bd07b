"""What the session keeps of the Search page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.search.stage import Lookup

STAGE, STORY, MEASURED, EQUATIONS = (f"search_{part}" for part in ("stage", "story", "measured", "equations"))


@dataclass
class State:
    """shown: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets the
    code's settings; digit: bytes of the last one."""

    shown: Lookup | None = None
    fresh: int = 0
    digit: bytes = b""


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_search", State())
