"""What the session keeps of the Inpaint page beside its widgets and its link, and the parts of it that run alone."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st
from torch import Tensor

from aecore.restore.compare import Comparison

if TYPE_CHECKING:
    from pages.inpaint.search import Asked
STAGE, SEARCH, MEASURED = "inpaint_stage", "inpaint_search", "inpaint_measured"


@dataclass
class Mask:
    """What the mask pad keeps beside the link. seq: of its last message; moving: what will stand in the URL once the
    hand rests, empty when it does; shown: the mask of the last run, (1, 1, 28, 28)."""

    seq: int = 0
    moving: dict[str, str] = field(default_factory=dict)
    shown: Tensor | None = None


@dataclass
class State:
    """comparison: the last one, handed from the stage to what is below; asked: what is to be searched; mask: the
    pad's."""

    comparison: Comparison | None = None
    asked: "Asked | None" = None
    mask: Mask = field(default_factory=Mask)


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_inpaint", State())
