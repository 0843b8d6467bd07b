"""The Inpaint page with a latent search that takes minutes, so that a test can be sure to find it running."""

from pathlib import Path

import streamlit as st

from pages.inpaint import search

search.STEPS = 50_000
st.set_page_config(layout="wide")
ROOT = Path(__file__).resolve().parents[3]
st.navigation([st.Page(ROOT / "pages/inpaint/page.py", default=True)], position="hidden").run()
