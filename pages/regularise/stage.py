"""The Regularise page's stage: which network and which unit are chosen, kept in the address, and the wall."""

import streamlit as st
from torch import Tensor

from aecore.engine import Engine
from pages.regularise import wall
from pages.regularise.wall import NAMES
from ui import messages, serving, url

KEYS = ("regularise_network", "regularise_unit", "regularise_all")
FIRST = "wide-sparse"
UNITS = 500
_FRESH = "_regularise_fresh"  # grows when Python, not the visitor's hand, chooses


def read_url() -> None:
    """Let session and address agree; call it on the page itself, in no fragment."""
    url.read(*KEYS)


def chosen() -> dict:
    """Network, unit or None, and whether all kernels are shown, whatever a link says."""
    network, unit, everything = url.get(*KEYS)
    number = int(unit) if unit is not None and unit.isascii() and unit.isdigit() and len(unit) < 4 else UNITS
    return {
        "network": network if network in NAMES else FIRST,
        "unit": number if number < UNITS else None,
        "all": everything == "1" or UNITS > number >= 100,
        "stamp": st.session_state.get(_FRESH, 0),
    }


def show(engine: Engine, x: Tensor) -> None:
    """The wall for a digit (1, 1, 28, 28)."""
    names = serving.available(engine, *NAMES)
    messages.missing({name: problem for name, problem in engine.problems().items() if name in NAMES})
    if not names:
        return
    now = chosen()
    if now["network"] not in names:
        now["network"] = names[0]
    wall.show(x, names, now, _keep)


def set_chosen(network: str, unit: int | None, everything: bool) -> None:
    """Choose a network and a unit, None for the strongest, in a callback."""
    values = (network, None if unit is None else str(unit), "1" if everything else None)
    url.put(dict(zip(KEYS, values, strict=True)))


def refresh() -> None:
    """Let the wall show what Python has chosen."""
    st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def _keep() -> None:
    said = st.session_state["regularise_wall"].get("chosen")
    if not isinstance(said, dict) or said.get("network") not in NAMES:
        return
    unit = said.get("unit")
    set_chosen(said["network"], unit if isinstance(unit, int) and 0 <= unit < UNITS else None, said.get("all") is True)
