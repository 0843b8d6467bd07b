"""Serves live_pages.py with the routes that it needs."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui.server import files

app = st.App("live_pages.py", routes=files.ROUTES)
