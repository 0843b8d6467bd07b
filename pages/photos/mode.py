"""Which half of the Photos page is shown: any picture, or a page of digits."""

import streamlit as st

MODE = "photos_mode"
MODES = ("Any picture", "A page of digits")


def mode() -> str:
    """One of MODES, from the URL."""
    return st.segmented_control(
        "What to restore", MODES, default=MODES[0], required=True, key=MODE, bind="query-params",
        label_visibility="collapsed", width="stretch",
    )  # fmt: skip
