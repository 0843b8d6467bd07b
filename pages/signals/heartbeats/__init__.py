"""The Signals page's heartbeats: noise on a strip, odd beats, and what was measured. Not for diagnosis."""

import streamlit as st

from aecore.data.heartbeats import CREDIT
from aecore.engine import Engine
from aecore.heartbeats import table
from pages.signals.heartbeats import equations, measured, odd, strip, try_next
from ui import messages, shell
from ui.live.networks import deliver
from ui.output.fold import under_the_hood
from ui.teach.story import show as tell

STAGE, ODD, EQUATIONS = "signals_strip", "signals_odd", "signals_heart_equations"


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it."""
    strip.recall()
    odd.recall()


def show(engine: Engine) -> None:
    """All of it."""
    _show_strip(engine)
    shell.head_start()
    _show_odd(engine)
    _show_equations(engine)
    try_next.show()
    st.caption(f"Not for diagnosis: real heartbeats, simulated noise. {CREDIT}")
    deliver([table.NETWORK, table.BEATS])


@messages.fragment(key=STAGE)
def _show_strip(engine: Engine) -> None:
    with messages.shown():
        strip.show(engine)
        measured_now = table.load()
        tell(measured.story(measured_now))
        with st.container(key="signals_heart_gains", gap=None):
            measured.gains(engine, measured_now)


@messages.fragment(key=ODD)
def _show_odd(engine: Engine) -> None:
    st.header("Odd beats, by a network that knows normal ones", anchor=False)
    with messages.shown():
        odd.show(engine)
        measured.aurocs(table.load())


@messages.fragment(key=EQUATIONS)
def _show_equations(engine: Engine) -> None:
    under_the_hood("signals_heart", lambda: equations.show(engine))
