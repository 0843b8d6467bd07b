"""What becomes of a trained network: this visitor's own, which Denoise and the Latent map offer from then on."""

import streamlit as st

from aecore.errors import AecoreError
from pages import PAGES
from ui.input import own_network

KEY = "training_take"  # of the container whose uploader the board fills; the browser finds it by that name
TAKERS = ("denoise", "latent_map")  # pages that offer it
_PROBLEM = "_training_yours"
HIDDEN = f"<style>.st-key-{KEY} {{display: none}}</style>"


def use(data: bytes, title: str) -> None:
    """A callback: let it be the visitor's own; what is wrong with it is said in the next run."""
    st.session_state.pop(_PROBLEM, None)
    try:
        own_network.accept(data, title)
    except AecoreError as error:
        st.session_state[_PROBLEM] = str(error)


def taker() -> None:
    """The uploader that the board hands a network to: so it is counted among the session's uploads, as any file is."""

    def brought() -> None:
        file = st.session_state.get(f"{KEY}_file")
        if file is not None:
            use(file.getvalue(), own_network.TRAINED)

    st.html(HIDDEN)
    with st.container(key=KEY):
        st.file_uploader("The network on the board", key=f"{KEY}_file", on_change=brought)


def links(title: str) -> None:
    """Where the visitor's network is now, if it is the one of that title."""
    if problem := st.session_state.get(_PROBLEM):
        st.warning(problem, icon=":material/info:")
        return
    own = own_network.network()
    if own is None or own.card.title != title:
        return
    for page in PAGES:
        if page.folder in TAKERS:
            st.page_link(page.script, label=f"Try it in {page.title}", icon=page.icon)
