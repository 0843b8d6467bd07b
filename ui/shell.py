"""The frame around every page: which pages there are, how wide they grow, and a cold server's first visitor."""

import importlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: each visitor's script has its own thread

import streamlit as st

HEAD_START = 0.4  # s
MAX_WIDTH = 1600  # px; wider screens get margins, not longer lines

HEAVY = ("torch", "ui.front")  # what the first page imports for two seconds

_heavy_imports = threading.Lock()
_imported = threading.Event()

_ENTERED = "_entered_through_app"
_PAGE, _CAME = "_page", "_came"


def navigation() -> st.Page:
    """Register the lab's pages and return the one that the visitor asked for."""
    return st.navigation(
        [
            st.Page(
                "pages/home.py",
                title="Home",
                icon=":material/home:",
                default=True,
                help="What this is, a first digit to draw, and the models with their measured cards.",
            ),
            st.Page(
                "pages/denoise.py",
                title="Denoise",
                icon=":material/auto_fix_high:",
                help="Damage a digit and watch autoencoders and classical filters restore it.",
            ),
            st.Page(
                "pages/latent_map.py",
                title="Latent map",
                icon=":material/scatter_plot:",
                help="The same digits on several maps; move over one and see what every place decodes to.",
            ),
            st.Page(
                "pages/interpolate.py",
                title="Interpolate",
                icon=":material/linear_scale:",
                help="Walk from one digit to another, through pixels and through latent spaces.",
            ),
            st.Page(
                "pages/generate.py",
                title="Generate",
                icon=":material/draw:",
                help="Numbers in a handwriting that you choose, written by models that are told the class.",
            ),
            st.Page(
                "pages/inpaint.py",
                title="Inpaint",
                icon=":material/healing:",
                help="Paint a hole into a digit; networks, a search on the manifold and classical methods fill it.",
            ),
            st.Page(
                "pages/super_resolution.py",
                title="Super-resolution",
                icon=":material/hd:",
                help="A digit from 49 pixels, and what a network makes of a 7 that has never seen one.",
            ),
            st.Page(
                "pages/photos.py",
                title="Photos",
                icon=":material/photo_library:",
                help="Any picture, and pages of digits, restored whole: a network beside strong classical filters.",
            ),
        ],
        position="top",
    )


def run() -> None:
    """Show the page asked for; lab.py ends here."""
    st.session_state[_ENTERED] = True
    st.logo("ui/icon.png", size="large")
    page = navigation()
    st.session_state[_CAME] = page.title != st.session_state.get(_PAGE)
    st.session_state[_PAGE] = page.title
    with st.container(horizontal_alignment="center"), st.container(width=MAX_WIDTH):
        page.run()


def enter() -> None:
    """First statement of every page: send the first visitor of a cold server through lab.py.

    A folder named pages/ makes a fresh Streamlit server serve pages/denoise.py for /denoise directly, until
    st.navigation has run once; that visitor would see a page without its frame. Registering the pages here
    and running again gives the same page inside lab.py.
    """
    if _ENTERED not in st.session_state:
        navigation()
        st.rerun()


def came() -> bool:
    """Whether the visitor has just come to this page: by a link, or from another page of the lab."""
    return st.session_state.get(_CAME, True)


def head_start() -> None:
    """Wait a moment, on a visitor's first run of a page: the browser draws the stage before it fetches megabytes of
    code for what is below."""
    seen = f"{_PAGE}:{st.session_state.get(_PAGE)}"
    if seen not in st.session_state:
        time.sleep(HEAD_START)
        st.session_state[seen] = True


def title(name: str, notice: str) -> None:
    """A page's head: its name, and the one sentence that says what to notice."""
    with st.container(gap="xxsmall"):
        st.title(name, anchor=False)
        st.markdown(notice)


def begin() -> None:
    """Let the process import what pages need while its server starts and the first browser loads the front end."""
    threading.Thread(target=bring_torch, name="imports", daemon=False).start()


def bring_torch() -> None:
    """Import what is heavy, unless it is there; whoever needs it meanwhile waits for the one who began."""
    with _heavy_imports:  # one thread at a time: imports in two could meet half-made modules
        if not _imported.is_set():
            for name in HEAVY:
                importlib.import_module(name)
            _imported.set()


@contextmanager
def loading(height: int) -> Iterator[None]:
    """Hold a page's place, `height` px, while its imports bring torch: a second or two, once a process."""
    slot = st.empty()  # always there, so that the widgets after it keep their place in the page
    if not _imported.is_set():
        slot.skeleton(height=height)
        bring_torch()
    yield
    slot.empty()
