"""Try next: the chips at a page's end, which set its controls to something worth seeing, and the page's sources."""

from collections.abc import Callable, Iterable

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
