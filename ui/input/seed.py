"""Which random draw it is: a number in the address, and a button for another one."""

import secrets
from collections.abc import Callable

import streamlit as st

from ui.glossary import explain

MOST = 9999


def seed_input(
    label: str,
    key: str,
    first: int = 7,
    another: str = "",
    about: str = "",
    on_change: Callable[[], None] | None = None,
) -> int:
    """The seed of something random, and beside it a button for another one.

    Args: label: what is drawn; key: of the number; first: its default; another: the button's words, "New LABEL" by
          default; about: the number, on hovering; on_change: called after either.
    """
    seed = seed_number(label, key, first, about, on_change)
    new_seed(another or f"New {label.lower()}", key, on_change)
    return seed


def seed_number(label: str, key: str, first: int, about: str, on_change: Callable[[], None] | None) -> int:
    """The number of `seed_input` alone."""
    return st.number_input(
        label, 0, MOST, first, key=key, bind="query-params", on_change=on_change, help=about or explain("seed"),
        width=125,
    )  # fmt: skip


def new_seed(words: str, key: str, on_change: Callable[[], None] | None) -> None:
    """The button of `seed_input` alone."""
    st.button(words, icon=":material/casino:", on_click=_draw, args=(key, on_change), key=f"{key}_new")


def _draw(key: str, on_change: Callable[[], None] | None) -> None:
    st.session_state[key] = secrets.randbelow(MOST + 1)
    if on_change is not None:
        on_change()
