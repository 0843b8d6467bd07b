"""What the session keeps of the Interpolate page beside its widgets, and the parts of it that run alone."""

from dataclasses import dataclass

import streamlit as st

from pages.interpolate.walk import Walk

STAGE, WALK, MEASURED = "interpolate_stage", "interpolate_walk", "interpolate_measured"


@dataclass
class State:
    """whole: the whole page runs, so that a chip's settings would race with a second rerun; walk: the last one, handed
    from the stage to the evidence; measured: a Walk, and what it measures."""

    whole: bool = False
    walk: Walk | None = None
    measured: tuple[Walk, list] | None = None


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_interpolate", State())
