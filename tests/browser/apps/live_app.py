"""A pad, its live reconstruction and a second page, for the live networks' tests."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui import live
from ui.pad import pad

NAMES = ["ae-linear-32", "vae-nyu"]


@st.fragment
def stage():
    drawing = pad("digit")
    st.text(f"seq={drawing.seq};")


def first():
    stage()
    live.live_reconstruction(NAMES, pad="digit", key="live")
    live.deliver(NAMES)


def second():
    st.button("Run again")
    live.live_reconstruction(NAMES, pad="none", key="other")
    live.deliver(NAMES)


pages = [st.Page(first), st.Page(second)]
current = st.navigation(pages, position="hidden")
for page in pages:
    st.page_link(page)
current.run()
