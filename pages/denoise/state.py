"""What the session keeps of the Denoise page beside its widgets, and the parts of it that run alone."""

from dataclasses import dataclass

import streamlit as st

from aecore.restore.compare import Comparison

STAGE, TILES, MEASURED = "denoise_stage", "denoise_tiles", "denoise_measured"


@dataclass
class State:
    """comparison: the last one, handed from the stage to what is below; models, classical: the methods in it; paste:
    whether known pixels were pasted back; latest: what was compared last, by a run or by address, and what came out;
    shown: version of what the strip shows."""

    comparison: Comparison | None = None
    models: tuple[str, ...] = ()
    classical: tuple[str, ...] = ()
    paste: bool = False
    latest: tuple[tuple | None, Comparison | None] = (None, None)
    shown: str = ""


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_denoise", State())
