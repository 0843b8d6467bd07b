"""Set a page's controls from elsewhere on it, as a bet does, and lead the visitor to where that is seen."""

from collections.abc import Mapping

import streamlit as st


def set_controls(settings: Mapping[str, object]) -> None:
    """Set widgets by their keys, in a callback; those that are not on the page yet, too."""
    for key, value in settings.items():
        if key not in st.session_state and isinstance(value, int | float):
            st.query_params[key] = str(value)  # a widget that is not on the page yet does not write its own URL
        st.session_state[key] = value


def lead(page: str, place: str = "stage") -> None:
    """A control of a page leads to one of its places: it scrolls into view."""
    st.session_state[_counts(page)] = st.session_state.get(_counts(page), {}) | {place: followed(page, place) + 1}


def followed(page: str, place: str = "stage") -> int:
    """How often a control has led to a place of a page: what stands there scrolls into view whenever this grows."""
    return st.session_state.get(_counts(page), {}).get(place, 0)


def _counts(page: str) -> str:
    return f"_{page}_followed"
