"""What stands in the URL without a widget, such as a painted mask: the session keeps it, and the URL follows.

Within a visit the session is right and the URL may be old: a browser sends its URL with everything that it asks, and
that lags behind by the answers that are still under way. So a page takes over the URL only in runs of the whole page:
when the visitor comes by a link, and when they go back in the browser's history.
"""

import streamlit as st

from ui import shell

_KEPT = "_link"  # key in the URL -> text, or None where it is absent


def take(*keys: str) -> bool:
    """Let the session and the URL agree on what belongs together; call it on the page itself, in no fragment.

    A visitor who comes from another page, which has emptied the URL, finds what they had left.

    Returns: whether the URL has changed what the session kept.
    """
    kept = _kept()
    before = [kept.get(key) for key in keys]
    there = [st.query_params.get(key) for key in keys]
    known = keys[0] in kept
    if shell.came() and known and there == [None] * len(keys):
        there = before
    for key, value in zip(keys, there, strict=True):
        put(key, value)
    return known and there != before


def get(key: str) -> str | None:
    """What is kept under a key, None for nothing; a URL that says something else is set right."""
    value = _kept().setdefault(key, st.query_params.get(key))
    put(key, value)
    return value


def put(key: str, value: str | None) -> None:
    """Keep a text under a key, and show it in the URL; None: nothing."""
    _kept()[key] = value
    if value is None:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != value:
        st.query_params[key] = value


def _kept() -> dict[str, str | None]:
    return st.session_state.setdefault(_KEPT, {})
