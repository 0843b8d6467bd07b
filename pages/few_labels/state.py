"""What the session keeps of the Few labels page beside its widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from torch import Tensor


@dataclass
class State:
    """This page's.

    fresh: grows when Python, not the visitor's hand, sets the slider; x: the digit on the pad, (1, 1, 28, 28); seq: of
    the pad's drawing that it comes from.
    """

    fresh: int = 0
    x: Tensor | None = None
    seq: int = 0


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_few_labels", State())
