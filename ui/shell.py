"""The frame around every page: the navigation, how wide a page grows, and what a process imports for its first one."""

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Protocol

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: each visitor's script has its own thread

import streamlit as st

from ui import head, imports, menu
from ui.server import caps
from ui.server.front import visitor as browser
from ui.teach import story, tour

imports.keep_pages_apart()

LAB = "Autoencoder Lab"
HEAD_START = 0.4  # s
MAX_WIDTH = 1600  # px; wider screens get margins, not longer lines

_heavy = ["torch"]  # modules
_heavy_imports = threading.Lock()
_imported = threading.Event()

_PAGE, _CAME = "_page", "_came"
leaving: list[Callable[[], object]] = []  # called when a visitor goes to another page,
arriving: list[Callable[[], object]] = []  # and then, before the new page runs


class Page(Protocol):
    """What the frame wants to know of a page: see `pages.Page`."""

    folder: str
    title: str
    icon: str
    section: str
    help: str
    script: str
    tour: Sequence[tour.Step]


def run(pages: Sequence[Page]) -> None:
    """Show the page asked for, of those that there are, the first of them by default; pages/lab.py ends here."""
    st.logo("ui/icon.png", size="large")
    sections: dict[str, list] = {}
    for page in pages:
        address = {"default": True} if page is pages[0] else {"url_path": page.folder}
        item = st.Page(page.script, title=page.title, icon=page.icon, help=page.help, **address)
        sections.setdefault(page.section, []).append(item)
    chosen = st.navigation(sections, position="top")
    st.set_page_config(page_title=LAB if chosen.title == pages[0].title else f"{chosen.title} - {LAB}")
    st.session_state[_CAME] = chosen.title != st.session_state.get(_PAGE)
    st.session_state[_PAGE] = chosen.title
    if caps.too_large(browser([(name.lower().encode(), said.encode()) for name, said in st.context.headers.items()])):
        st.toast("What your browser sent was too large for one message, so it was left out. Try something smaller.")
    if came():
        for do in (*leaving, *arriving):
            do()
    with st.container(horizontal_alignment="center"), st.container(width=MAX_WIDTH):
        told = _device_note()
        (page,) = (page for page in pages if page.title == chosen.title)
        for show in (menu.mount, story.mount, partial(_tour, page), chosen.run):
            try:
                show()
            except Exception as error:  # not Streamlit's own stop and rerun
                from ui import messages  # late: it brings torch

                messages.instead(error)
        if not told:
            _device_note()


def _tour(page: Page) -> None:
    tour.mount(page.tour)


def _device_note() -> bool:
    """Say what is wrong with the device or the machines that compute; nothing while torch is not there yet."""
    engines = sys.modules.get("aecore.engine")
    if engines is None or not _imported.is_set():
        return False
    problems = engines.get_engine().problems()
    told = [problems[what] for what in ("device", "cluster") if what in problems]
    for problem in told:
        st.warning(problem, icon=":material/memory:")
    return bool(told)


def failed(error: Exception) -> bool:
    """As `ui.messages.before_the_script`; a run can fail before anything has brought torch."""
    from ui import messages

    return messages.before_the_script(error)


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
    head.show(name, notice)


def first_screen(controls_above: bool = False):
    """A container for what the first minute needs: what follows it begins below a desk's first screen.

    Args: controls_above: a row of controls stands between it and the page's head.
    """
    return st.container(key="first_screen_rest" if controls_above else "first_screen")


def begin(first_page: str) -> None:
    """Let the process import what pages need while its server starts and the first browser loads the front end.

    Args: first_page: a module that brings what the first page imports for two seconds.
    """
    _heavy.append(first_page)
    threading.Thread(target=import_torch, name="imports", daemon=False).start()


def import_torch() -> None:
    """Import what is heavy, unless it is there; whoever needs it meanwhile waits for the one who began."""
    with _heavy_imports:  # one thread at a time: imports in two could meet half-made modules
        if not _imported.is_set():
            for name in _heavy:
                importlib.import_module(name)
            _imported.set()


def imported() -> bool:
    """Whether what `import_torch` imports is whole."""
    return _imported.is_set()


@contextmanager
def loading(height: int) -> Iterator[None]:
    """Hold a page's place, `height` px, while its imports bring torch: a second or two, once a process."""
    slot = st.empty()  # always there, so that the widgets after it keep their place in the page
    if not _imported.is_set():
        slot.skeleton(height=height)
        import_torch()
    yield
    slot.empty()
