"""What the session keeps of the Interpolate page beside its widgets, and the parts of it that run alone."""

from dataclasses import dataclass

import streamlit as st

from pages.interpolate.walk import Walk

STAGE, WALK, MEASURED = "interpolate_stage", "interpolate_walk", "interpolate_measured"
MORE, HOOD = "interpolate_walks", "interpolate_hood"


@dataclass
class State:
    """walk: the last one, handed from the stage to the evidence; measured: a Walk, and what it measures; shown: version
    of what the stage shows; latest: what was asked for last, and its Walk."""

    walk: Walk | None = None
    measured: tuple[Walk, list] | None = None
    shown: str = ""
    latest: tuple[tuple | None, Walk | None] = (None, None)


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_interpolate", State())
