"""More settings: what a page's first minute does not need, behind one button that says what is set there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def more(page: str, label: str = "More settings") -> Iterator[Callable[[str], None]]:
    """A button that opens over the page; widgets written inside keep their keys and their place in the address.

    Beside the closed button stands what differs from the page's defaults, so that nothing acts unseen:

        with more("denoise") as says:
            seed = seed_input("Noise", SEED)
            if seed != FIRST:
                says(f"noise {seed}")

    Args:   page: which page's, or part of a page's, settings; label: what the button says.
    Yields: says(words): a few words about a setting that is not its default.
    """
    words: list[str] = []
    with st.container(horizontal=True, vertical_alignment="center", width="content", key=f"{page}_more"):
        inside = st.popover(label, icon=":material/tune:")
        line = st.empty()
    with inside:
        yield words.append
    if words:
        line.caption(" · ".join(words))
