"""The board: the network that trains in the visitor's browser, and what Python keeps of it for the link.

Only what the visitor draws and drops comes back, as text (board/link.js packs it): data of their own, and the points
that they have dropped. In a test without a browser, set
`at.session_state[KEY] = {"made": {"seq": 1, "dim": 2, "drawn": "AAA", "walk": None}}` after one run.
"""

import re
from dataclasses import asdict, dataclass
from math import isfinite

import streamlit as st

from aecore.field import FieldRecipe
from ui import url
from ui.component import component, nothing

KEY = "field_board"
OWN, LINE = "own", "line"  # what is no curve: points that the visitor draws, and points on a line
SHAPE = "field_shape"  # the widget that chooses one
DRAWN, ON_LINE, WALK = "field_drawn", "field_line", "field_walk"  # in the URL
_ASKED = "_field_asked"  # how often a bet has asked the board what it finds
_LAST = "_field_message"  # the last one from the board that was taken
_DRAWN = re.compile(r"[A-Za-z0-9_-]{0,1200}\.?")
_WALK = re.compile(r"(settle|wander)(\.[A-Za-z0-9_-]{3}){0,8}")

_BOARD = component("pages/vector_field/board/board")


@dataclass(frozen=True)
class FieldNumbers:
    """What the browser has measured of its network, as `aecore.field.FieldNumbers` has it."""

    on_data: float
    data_best: float
    before: float
    after: float
    cosine: float


def show(recipe: FieldRecipe, shape: str) -> None:
    """Mount it. shape: of aecore.data.plane.CURVES, or OWN, or LINE."""
    dim = 1 if shape == LINE else 2
    drawn, walk = _sound(_DRAWN, *url.get(ON_LINE if dim == 1 else DRAWN)), _sound(_WALK, *url.get(WALK))
    data = {"recipe": asdict(recipe), "shape": shape, "dim": dim, "drawn": drawn, "walk": walk}
    data["asked"] = st.session_state.get(_ASKED, 0)
    _BOARD(key=KEY, data=data, height="content", on_made_change=nothing, on_found_change=nothing)


def ask() -> None:
    """Let the board say, once it has trained for a while, what it finds."""
    st.session_state[_ASKED] = st.session_state.get(_ASKED, 0) + 1


def numbers() -> FieldNumbers | None:
    """What the board says to the last question; None until it does, or if it makes no sense."""
    said = st.session_state.get(KEY, {}).get("found")
    if not isinstance(said, dict) or said.get("asked") != st.session_state.get(_ASKED):  # comes from the browser
        return None
    values = [said.get(name) for name in FieldNumbers.__dataclass_fields__]
    sound = all(type(value) in (int, float) and isfinite(value) for value in values)
    return FieldNumbers(*values) if sound else None


def receive() -> None:
    """Keep what has been drawn or dropped since; call it before the controls: who draws over a curve has drawn data."""
    message = st.session_state.get(KEY, {}).get("made")
    if not isinstance(message, dict) or message == st.session_state.get(_LAST):  # comes from the browser
        return
    st.session_state[_LAST] = message
    drawn, walk = _sound(_DRAWN, message.get("drawn")), _sound(_WALK, message.get("walk"))
    if walk is not None:
        url.put({WALK: walk})
    if drawn is None:
        return
    if message.get("dim") == 1:
        url.put({ON_LINE: drawn})
    elif message.get("dim") == 2:
        url.put({DRAWN: drawn})
        st.session_state[SHAPE] = OWN


def _sound(pattern: re.Pattern, text: object) -> str | None:
    """The text, if it is one that the board could have sent."""
    return text if isinstance(text, str) and pattern.fullmatch(text) else None
