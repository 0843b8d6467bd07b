"""Try next: the chips at a page's end, which set its controls to something worth seeing, and the page's sources."""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st


def show(page: str, chips: Iterable[tuple[str, str, tuple]], on_click: Callable[..., None], sources: str) -> None:
    """Chips in a row, and one line of sources.

    Args: page: their keys are PAGE_try_NAME; chips: (name, question, arguments of `on_click`) each;
          on_click: sets the controls; sources: Markdown.
    """
    st.subheader("Try next", anchor=False)
    with st.container(horizontal=True):
        for name, question, args in chips:
            st.button(question, on_click=on_click, args=args, key=f"{page}_try_{name}")
    st.caption(sources)


def set_controls(settings: Mapping[str, object]) -> None:
    """Set widgets by their keys, in a callback; those that are not on the page yet, too."""
    for key, value in settings.items():
        if key not in st.session_state and isinstance(value, int | float):
            st.query_params[key] = str(value)  # a widget that is not on the page yet does not write its own URL
        st.session_state[key] = value


def lead(page: str, place: str = "stage") -> None:
    """A chip of a page leads to one of its places: it scrolls into view."""
    st.session_state[_counts(page)] = st.session_state.get(_counts(page), {}) | {place: followed(page, place) + 1}


def followed(page: str, place: str = "stage") -> int:
    """How often a chip has led to a place of a page: what stands there scrolls into view whenever this grows."""
    return st.session_state.get(_counts(page), {}).get(place, 0)


def _counts(page: str) -> str:
    return f"_{page}_followed"
