"""What the session keeps of the Super-resolution page beside its widgets, and the parts of it that run alone."""

from dataclasses import dataclass

import streamlit as st

from aecore.restore.compare import Comparison

STAGE, TILES, DOWNLOAD, BOARD = "super_stage", "super_tiles", "super_download", "super_board"
STORY = "super_story"
ALL, PAINT, EQUATIONS = "super_all", "super_paint", "super_equations"


@dataclass
class State:
    """comparison: the last one, handed from the stage to what is below; shown: version of what the stage shows."""

    comparison: Comparison | None = None
    shown: str = ""


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_super", State())
