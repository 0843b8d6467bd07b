"""What stands in the URL without a widget, such as a painted mask: the session keeps it, and the URL follows.

Within a visit the session is right and the URL may be old: a browser sends its URL with everything that it asks, and
that lags behind by the answers that are still under way. So the URL counts only when the visitor comes by a link, and
when they go back or forward in the browser's history.
"""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import shell

MOST = 2**53  # from here on numbers are no longer exact, in browsers either
_PADS = 8  # whose drawings wait to be taken; the lab has fewer
_VALUES = "_link"  # key in the URL -> text, or None where it is absent
_DRAWN = "_drawn"  # key of a pad -> the drawing that a link has for it, not taken yet


def read(*keys: str) -> bool:
    """Let the session and the URL agree on keys that belong together; call it on the page itself, in no fragment.

    Who comes from another page, which has emptied the URL, finds what they had left.

    Returns: whether the URL has changed what the session kept.
    """
    state = _values()
    there = {key: st.query_params.get(key) for key in keys}
    mine = {key: state.get(key) for key in keys}
    known = keys[0] in state
    by_link = shell.came() and any(value is not None for value in there.values())
    if known and not by_link and not _went_back():
        put(mine)
        return False
    state.update(there)
    return known and there != mine


def get(*keys: str) -> tuple[str | None, ...]:
    """What is kept under each key, None for nothing. A URL that says something else is set right."""
    state = _values()
    put({key: state.get(key, st.query_params.get(key)) for key in keys})
    return tuple(state[key] for key in keys)


def put(values: Mapping[str, str | None]) -> None:
    """Keep a text, or None for nothing, under each key, and show it in the URL.

    Whatever has changed is sent to the browser, also where the URL says so already: that may be an old one.
    """
    state = _values()
    changed = any(state.get(key) != value for key, value in values.items())
    state.update(values)
    shown = {key: value for key, value in values.items() if value is not None}
    gone = [key for key in values if key not in shown and key in st.query_params]
    for key in gone:
        del st.query_params[key]
    if (changed and not gone) or any(st.query_params.get(key) != value for key, value in shown.items()):
        st.query_params.update(shown)  # one message, so one step of the browser's history


def of_a_pad(key: str) -> bool:
    """Whether a key of a link is that of a pad, under which its drawing stands."""
    return key == "pad" or key.startswith("pad_")


def drawing(pad: str) -> str | None:
    """The drawing that a link has brought for a pad, once: None when it has been taken, or if there is none."""
    return st.session_state.get(_DRAWN, {}).pop(pad, None)


def _receive_drawings() -> None:
    if not _went_back():  # the drawing on the pad is newer than one in the browser's history
        there = {key: text for key, text in st.query_params.items() if of_a_pad(key)}
        drawn = st.session_state.setdefault(_DRAWN, {}) | there
        st.session_state[_DRAWN] = dict(list(drawn.items())[-_PADS:])


shell.arriving.append(_receive_drawings)


def drop_impossible_numbers() -> None:
    """Let no widget see a number in the address that none can hold: inf, 1e309, thirty digits; it takes its default.

    Call it before any widget. Streamlit's bound widgets turn down what is no number and set right what is out of their
    range, but an infinite or huge integer ends their script with an exception.
    """
    drop([key for key in st.query_params if any(map(_impossible, st.query_params.get_all(key)))])


def drop(keys: Sequence[str]) -> None:
    """Take keys out of the address, so that no widget that comes later gets its value from there."""
    context = get_script_run_ctx()
    if not keys or context is None:
        return
    for key in keys:
        del st.query_params[key]
    with context.session_state.query_params() as params:  # no public name: what widgets take their first value from
        params.set_initial_query_params_from_current()


def _impossible(value: str) -> bool:
    try:
        return not -MOST < float(value) < MOST  # also nan
    except ValueError:
        return False


def _went_back() -> bool:
    """Whether the visitor has moved in the browser's history. Streamlit has no public name for it."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def _values() -> dict[str, str | None]:
    return st.session_state.setdefault(_VALUES, {})
