"""Garbage goes every few seconds while something happens, not after every run; the theme is read once."""

import asyncio
import gc
import inspect
import subprocess
import sys
import threading
import weakref
from types import SimpleNamespace

import pytest
from streamlit import config, runtime
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from tests.requested import run_alone
from ui.server import garbage, theme_once


class Ring:
    """What only the collector frees."""

    def __init__(self):
        self.me = self


def test_a_ring_goes_while_the_collector_by_itself_is_off(monkeypatch):
    monkeypatch.setattr(garbage, "EVERY", 0.01)
    assert not config.get_option("runner.postScriptGC")
    gone = threading.Event()
    ring = Ring()
    weakref.finalize(ring, gone.set)
    threshold = gc.get_threshold()
    gc.set_threshold(threshold[0], 10**6, 10**6)  # of itself it looks at the youngest alone
    try:
        gc.collect()  # the ring grows old
        del ring
        garbage.begin()
        while not gone.wait(0.01):
            [[] for _ in range(2000)]  # something happens
    finally:
        gc.set_threshold(*threshold)
        monkeypatch.undo()


def test_an_old_ring_goes_once_it_has_become_quiet(monkeypatch):
    monkeypatch.setattr(garbage, "EVERY", 0.01)
    monkeypatch.setattr(garbage, "_ALL", 10**6)  # never while something happens
    monkeypatch.setattr(garbage, "_young", lambda: 1)  # something has happened, and then nothing more
    gone = threading.Event()
    ring = Ring()
    weakref.finalize(ring, gone.set)
    gc.collect()
    del ring
    garbage.begin()
    assert gone.wait(60)
    monkeypatch.undo()


LARGE_ARRAYS = """
import os
import numpy as np
from ui.server import garbage

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20

garbage.begin()
np.ones(24 * 2**20, np.uint8)  # from now on the allocator would take so much for little
before, arrays, pins = resident(), [], []
for _ in range(100):
    arrays.append(np.ones(2 * 2**20, np.uint8))
    pins.append(np.ones(100_000, np.uint8))
arrays.clear()
print(resident() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's")
def test_what_is_large_leaves_no_holes_in_the_servers_memory():
    process = subprocess.run([sys.executable, "-c", LARGE_ARRAYS], capture_output=True, text=True, check=True)
    assert int(process.stdout) < 60


def test_a_session_whose_visitor_stays_away_ends_though_nobody_else_comes_or_goes(monkeypatch):
    class Session:
        id = "gone"

    storage, gone = MemorySessionStorage(ttl_seconds=0), threading.Event()
    manager = WebsocketSessionManager(storage, None, None, None)
    assert "self._session_mgr = " in inspect.getsource(runtime.Runtime.__init__)
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: SimpleNamespace(_session_mgr=manager))
    monkeypatch.setattr(garbage, "EVERY", 0.001)
    session = Session()
    weakref.finalize(session, gone.set)
    storage.save(SessionInfo(client=None, session=session))
    del session

    async def until_it_has_gone() -> None:
        forgetting = asyncio.create_task(garbage.forget_who_left())
        while not gone.is_set():
            assert not forgetting.done(), forgetting.exception()
            await asyncio.sleep(0.001)
        forgetting.cancel()

    run_alone(until_it_has_gone())


def test_the_theme_of_a_message_is_as_streamlit_says_it():
    plain = app_session._populate_theme_msg
    once = theme_once.once(plain)

    def theme(populate) -> CustomThemeConfig:
        message = CustomThemeConfig()
        populate(message)
        for section in ("light", "dark", "sidebar"):
            populate(getattr(message, section), f"theme.{section}")
        return message

    assert theme(plain).primary_color == ""  # the lab sets one for each of both, light and dark
    assert theme(plain).light.primary_color
    assert theme(once) == theme(plain) == theme(once)
    assert not theme(once).HasField("sidebar")
