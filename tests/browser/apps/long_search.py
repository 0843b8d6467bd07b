"""The Inpaint page with a latent search that takes minutes, so that a test can be sure to find it running."""

from pathlib import Path

import streamlit as st

from ui import inpaint_search, shell

inpaint_search.STEPS = 50_000
st.set_page_config(layout="wide")
st.session_state[shell._ENTERED] = True  # this script is the frame
ROOT = Path(__file__).resolve().parents[3]
st.navigation([st.Page(ROOT / "pages/inpaint.py", default=True)], position="hidden").run()
