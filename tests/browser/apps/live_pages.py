"""Two pages that want the same networks, for the test of their delivery."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui.live.networks import deliver

NAMES = ["ae-linear-32", "vae-nyu"]


def first():
    deliver(NAMES)


def second():
    st.button("Run again")
    deliver(NAMES)


pages = [st.Page(first), st.Page(second)]
current = st.navigation(pages, position="hidden")
for page in pages:
    st.page_link(page)
current.run()
