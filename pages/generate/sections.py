"""What more there is to do on the Generate page: one section at a time."""

import streamlit as st

from aecore.engine import Engine
from pages.generate import export, grid, measured, prior, prompt, transfer
from pages.generate.writer import Writing
from ui.input.choice import choice

SECTIONS = {
    "Class against style": grid.grid,
    "Your handwriting": transfer.show,
    "Ask in words": lambda engine, now: prompt.show(engine),
    "Why a prior": lambda engine, now: prior.show(engine, now.seed),
    "Temperature": measured.show,
    "Take samples home": export.show,
}
CHOSEN = "generate_section"


def show(engine: Engine, now: Writing) -> None:
    """The choice, and the section that is chosen."""
    st.header("More with style alone", anchor=False)
    # no st.tabs: they would make all six at every run
    name = choice(
        "More with style alone", list(SECTIONS), default=next(iter(SECTIONS)), key=CHOSEN, label_visibility="collapsed"
    )
    SECTIONS[name](engine, now)
