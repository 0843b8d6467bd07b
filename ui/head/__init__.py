"""A page's head: its name and the one sentence on the left, a quiet toolbar on the right.

A tool is a button of toolbar.html and what toolbar.js does at its click; for one whose work is done elsewhere the
toolbar tells the page: a click on `data-tool="tour"` sends the document a "head:tour" event.
"""

import streamlit as st

from ui.component import component

_TOOLBAR = component("ui/head/toolbar", isolated=False)


def show(name: str, notice: str) -> None:
    """Draw it; notice: Markdown."""
    from ui.head import share  # late: it needs the frame, which needs this
    from ui.server import ask

    with st.container(gap=None, key="head"):
        st.title(name, anchor=False)
        st.markdown(notice)
        _TOOLBAR(key="toolbar", width="content", data={"answers": ask.offer("share", share.answer)})
