"""The floor: what Streamlit costs without any work of ours. One fragment, one slider, one text."""

import gc

import streamlit as st


@st.cache_resource
def freeze() -> None:
    """Tame the collector once a process, as the lab does: the floor is a fast one."""
    gc.collect()
    gc.freeze()


@st.fragment
def stage() -> None:
    """The slider under the clock, and the text that follows it."""
    value = st.slider("Value", 0, 100, 50)
    st.text(f"value={value}")


freeze()
stage()
