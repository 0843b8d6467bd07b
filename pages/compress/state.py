"""What the session keeps of the Compress page beside its widgets, and the parts of it that run alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.compress.files import Held
    from pages.compress.rate import Result
    from ui.input.digit import Chosen

PARTS = ("stage", "measured", "strangers", "beyond", "equations")
STAGE, MEASURED, STRANGERS, BEYOND, EQUATIONS = (f"compress_{part}" for part in PARTS)


@dataclass
class State:
    """shown: what the stage shows, handed to what is below; fresh: grows when Python, not the visitor's hand, sets the
    stage; digit: bytes of the last one; input: the visitor's digit, for the parts below; held: what the file that they
    brought holds."""

    shown: Result | None = None
    fresh: int = 0
    digit: bytes = b""
    input: Chosen | None = None
    held: Held | None = None


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_compress", State())
