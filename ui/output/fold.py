"""What lies under the hood of a page: closed at first, and filled only while it is open.

Whatever is on a page is drawn again by the browser with every stroke of a pen.
"""

from collections.abc import Callable

import streamlit as st

from ui import messages
from ui.output import below


def under_the_hood(page: str, fill: Callable[[], None], shown: str = "") -> None:
    """The part with the equations, the source that ran and the cards.

    Args: page: how its keys begin; shown: in a fragment of its own, what it follows, see `ui.output.below`.
    """
    part = st.expander("Under the hood", icon=":material/functions:", on_change="rerun", key=f"{page}_equations_open")
    if part.open:
        with part, messages.shown():
            fill()
        if shown:
            below.follow(f"{page}_hood", shown)
