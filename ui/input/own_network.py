"""A visitor's own network, trained on the Training page or brought as a file: this session has it, and no other.

Pages that run it offer it among the lab's own, under `network().name`; the engine and the browser know it by that name.
"""

import weakref

import streamlit as st

from aecore.checkpoints import Card
from aecore.engine import get_engine
from aecore.errors import AecoreError
from aecore.guests import MOST_BYTES, Guest, read
from ui.server import jobs

MOST = 64  # of all visitors together, of 8 MB each at most: the file and the numbers
TRAINED, BROUGHT = "Yours (Training)", "Yours (file)"
_GUEST, _PROBLEM = "_own_network", "_own_network_problem"
YOURS = "yours"  # what it is called among the choices of a page, whatever it is now


def network() -> Guest | None:
    """This visitor's, if they have one."""
    guest = st.session_state.get(_GUEST)
    if guest is not None:
        get_engine().welcome(guest)  # an engine that has begun anew would not know it
    return guest


def cards() -> dict[str, Card]:
    """Its name -> card, beside those of the lab; empty where there is none."""
    guest = network()
    return {} if guest is None else {guest.name: guest.card}


def accept(data: bytes, title: str) -> None:
    """Let this visitor's network be the one in a file's bytes, in the place of the one before.

    Raises: CheckpointError: what `aecore.guests.read` refuses; AecoreError: too many visitors have one.
    """
    if st.session_state.get(_GUEST) is None and get_engine().guests() >= MOST:
        raise AecoreError("Many visitors have brought networks just now. Try again in a minute.")
    guest = read(data, title)
    weakref.finalize(guest, jobs.forget, guest.name).atexit = False  # its map goes with it
    st.session_state[_GUEST] = guest
    network()


def drop() -> None:
    """Forget it."""
    st.session_state.pop(_GUEST, None)


def entry(page: str, choices: str) -> None:
    """Where a visitor brings a file, on a page that runs such networks.

    Args: page: its widgets' keys begin with this; choices: key of the choice among networks, which the file joins.
    """
    key = f"{page}_network"

    def brought() -> None:
        st.session_state.pop(_PROBLEM, None)
        file = st.session_state.get(key)
        if file is None:  # the file's name was clicked away; what came of it stays
            return
        try:
            accept(file.getvalue(), BROUGHT)
            st.session_state[choices] = [*dict.fromkeys([*(st.session_state.get(choices) or []), YOURS])]
        except AecoreError as error:
            st.session_state[_PROBLEM] = str(error)

    st.file_uploader(
        "Your own network", key=key, on_change=brought, max_upload_size=MOST_BYTES // 2**20,
        help=f"A .safetensors file that you downloaded on the Training page, {MOST_BYTES // 2**20} MB at most. "
        "It stays in memory while you are here; nothing is stored.",
    )  # fmt: skip
    if problem := st.session_state.get(_PROBLEM):
        st.warning(problem, icon=":material/info:")
    guest = network()
    if guest is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"**{guest.card.title}**: {guest.card.summary}")
            st.button("Remove", icon=":material/close:", key=f"{key}_remove", on_click=drop)
