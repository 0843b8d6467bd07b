"""Colours that mean something, the same on every page: one a class, one a kind of model."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

# Petroff's ten-colour cycle, made for colour-blind readers (arXiv:2107.02270); index = digit.
CLASS_COLORS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

_KINDS = {  # of models (`aecore.models.Family.kind`): colour on a light and on a dark theme, and of Streamlit's badge
    "ae": ("#216bbb", "#5fabf0", "blue"),
    "dae": ("#b04d06", "#ff9a45", "orange"),
    "sparse": ("#2a784c", "#63c98e", "green"),
    "cae": ("#0a747a", "#4fc7cd", "primary"),
    "vae": ("#8438b4", "#bd84e6", "violet"),
    "cvae": ("#b0306f", "#ee84b8", "red"),
    "gan": ("#a3262c", "#f4787d", "red"),
    "upscaler": ("#7a6a00", "#d8c24a", "orange"),
}
_OTHER = ("#626b6f", "#a3adb2", "gray")  # classical methods, and a kind that has no colour of its own

_NEUTRAL = {  # text, muted text, grid lines, background: the same as in .streamlit/config.toml
    "light": ("#1b2124", "#5b6468", "#e3e6e1", "#fbfbf9"),
    "dark": ("#e8ecee", "#a3adb2", "#2a3338", "#12171a"),
}


_seen: ContextVar[str | None] = ContextVar("seen", default=None)  # where no script runs that could ask the browser


def mode() -> str:
    """ "light" or "dark", as the visitor sees the page now."""
    return _seen.get() or ("dark" if st.context.theme.type == "dark" else "light")


@contextmanager
def seen(mode: str) -> Iterator[None]:
    """What is made inside is for a visitor who sees the page in this mode, whoever makes it."""
    token = _seen.set(mode)
    try:
        yield
    finally:
        _seen.reset(token)


def kind_color(kind: str) -> str:
    """Hex colour of a kind of model, or of the classical methods, readable on the present theme."""
    light, dark, _ = _KINDS.get(kind, _OTHER)
    return dark if mode() == "dark" else light


def badge_color(kind: str) -> str:
    """Name of the colour of a kind's badge, as Streamlit's Markdown has it."""
    return _KINDS.get(kind, _OTHER)[2]


def neutral() -> tuple[str, str, str, str]:
    """Colours of text, muted text, grid lines and background, for charts."""
    return _NEUTRAL[mode()]
