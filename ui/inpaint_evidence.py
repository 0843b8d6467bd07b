"""Below the stages of Inpaint: every method over 1,000 test digits and each kind of mask, and what ran under the hood."""

import streamlit as st

from aecore.engine import Engine
from ui import inpaint_hood
from ui.inpaint_comparison import Comparison
from ui.inpaint_search import Search


def show(engine: Engine, found: Comparison, search: Search | None) -> None:
    """Draw what need not follow the hand."""
    # Filled only while it is open: whatever is on the page is drawn again by the browser with every stroke.
    opened = st.expander("Under the hood", icon=":material/functions:", on_change="rerun", key="inpaint_hood")
    if opened.open:
        with opened:
            inpaint_hood.show(engine, found, search)
