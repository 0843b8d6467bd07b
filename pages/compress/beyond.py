"""What else a few bytes can hold: a network itself, and a minute of heartbeats."""

import streamlit as st

from aecore.compression import heartbeat_table, small_nets
from aecore.engine import Engine
from pages.compress import heartbeat, nets
from pages.compress.heartbeat import equations as heartbeat_equations
from pages.compress.heartbeat import measured as heartbeat_measured
from pages.compress.nets import equations as nets_equations
from pages.compress.nets import measured as nets_measured
from ui import messages
from ui.input.choice import choice
from ui.input.digit import Chosen

NET, HEARTBEAT = "net", "heartbeat"
TITLES = {NET: "A network", HEARTBEAT: "Heartbeats"}


def recall() -> None:
    """On the page itself: settings come from the URL, or return to it."""
    nets.recall()
    heartbeat.recall()


def show(engine: Engine, digit: Chosen) -> None:
    """The choice, and what is chosen."""
    part = choice(
        "What to compress", list(TITLES), format_func=TITLES.get, default=NET, key="compress_part",
        label_visibility="collapsed",
    )  # fmt: skip
    {NET: show_net, HEARTBEAT: show_heartbeat}[part](engine, digit)


def show_net(engine: Engine, digit: Chosen) -> None:
    """A network in its small file, what that costs, how it is done."""
    with messages.shown():
        measured = small_nets.load()
        nets.show(engine, digit)
        name, level = nets.setting_now()
        nets_measured.show(engine, measured, name)
        opened = st.expander(
            "How it is done", icon=":material/functions:", on_change="rerun", key="compress_net_hood_open"
        )
        if opened.open:
            with opened:
                nets_equations.show(measured, name, level)


def show_heartbeat(engine: Engine, digit: Chosen) -> None:
    """A minute of heartbeats, what it costs, how it is done."""
    with messages.shown():
        heartbeat.show()
        heartbeat_measured.show(heartbeat_table.load())
        opened = st.expander(
            "How it is done", icon=":material/functions:", on_change="rerun", key="compress_ecg_hood_open"
        )
        if opened.open:
            with opened:
                heartbeat_equations.show()
