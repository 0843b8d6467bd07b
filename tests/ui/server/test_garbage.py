"""Garbage goes every few seconds while something happens, not after every run; the theme is read once."""

import gc
import threading
import weakref

from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

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
