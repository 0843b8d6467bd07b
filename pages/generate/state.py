"""What the session keeps of the Generate page beside its widgets and its link, and the parts of it that run alone."""

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from ui.server.jobs import Job

STAGE, SECTION, EQUATIONS = "generate_stage", "generate_section_part", "generate_equations_part"


@dataclass
class State:
    """fresh: grows when Python, not the visitor's hand, sets what is written; posterior: the digit's name, class and
    model -> mu and logvar, for the equations; batch: what samples were asked for, and their job."""

    fresh: int = 0
    posterior: tuple[str, int, dict[str, tuple[Tensor, Tensor]]] = ("", 0, {})
    batch: tuple[tuple | None, Job | None] = (None, None)


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_generate", State())
