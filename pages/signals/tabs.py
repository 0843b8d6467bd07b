"""The Signals page's two tabs, and which is open; light, since the frame asks before the page runs."""

import streamlit as st

KEY = "signals_of"  # of the control, and in the URL
RADIO, HEARTBEATS = "radio", "heartbeats"
NAMES = {RADIO: "Radio pulses", HEARTBEATS: "Heartbeats"}
NOTICE = {
    RADIO: "The network hears a pulse the eye cannot see. Turn the SNR down until it fails.",
    HEARTBEATS: "A network knows what beats look like; a filter knows frequencies alone. **Not for diagnosis.**",
}


def now() -> str:
    """The tab that is open: as the control says, or before it is there the link; the first for what makes no sense."""
    by_name = {name: tab for tab, name in NAMES.items()}
    asked = st.session_state.get(KEY)
    return asked if asked in NAMES else by_name.get(st.query_params.get(KEY, ""), RADIO)
