"""What the session keeps of the Photos page beside its widgets and its link, and the parts of it that run alone."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from pages.photos.controls import Subject

STAGE, DETAIL, TAKEN, PIXEL = "photos_stage", "photos_detail", "photos_taken", "photos_pixel"


@dataclass
class State:
    """stopped: the question whose answer the visitor did not want to wait for; shown: whether a slider has stood on the
    page since the visitor came; subject, names: what is restored, and by which methods, for the bets."""

    stopped: tuple | None = None
    shown: bool = False
    subject: "Subject | None" = None
    names: list[str] = field(default_factory=list)


def state() -> State:
    """This visitor's."""
    return st.session_state.setdefault("_photos", State())
