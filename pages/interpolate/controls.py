"""The Interpolate page's controls: the path, its steps and rows, and the two ends. All of it lives in the URL."""

import secrets

import streamlit as st

from aecore.latent.paths import PATHS
from pages.interpolate.walk import FIRST_ROWS, LABELS, ROWS
from ui import url
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.digit import PAD, SHORT_SOURCES, Chosen, all_test_digits, choose_source, first_digit, input_digit
from ui.output.try_next import set_controls

WIDTH = 264  # px of the columns where the ends are brought
FIRST = {"a": 35, "b": 70}  # plain test digits, a 2 and a 7, until the visitor brings others
SWAPPED = "interpolate_swapped"
_PADS = {"a": PAD, "b": "pad_b"}  # A is the drawing of all pages


def path() -> tuple[str, int, list[str]]:
    """The row above the stage: which path, how many steps, which rows; and swap and shuffle."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = choice(
            "Path",
            list(PATHS),
            format_func=lambda name: PATHS[name].label,
            default="linear",
            key="interpolate_path",
            help=explain("slerp"),
        )
        steps = st.slider("Steps", 5, 25, 9, key="interpolate_steps", bind="query-params", width=200)
        with st.popover("Rows", icon=":material/tune:"):
            rows = st.pills(
                "Ways from A to B",
                ROWS,
                selection_mode="multi",
                default=list(FIRST_ROWS),
                format_func=LABELS.get,
                key="interpolate_rows",
                bind="query-params",
            )
        st.space("stretch")
        st.button("Swap", icon=":material/swap_horiz:", on_click=_swap, key="interpolate_swap", help="A becomes B")
        st.button(
            "Shuffle", icon=":material/shuffle:", on_click=_shuffle, key="interpolate_shuffle",
            help="Two test digits of different classes",
        )  # fmt: skip
    return way, steps, [name for name in ROWS if name in rows] or ["pixels"]


def sides() -> tuple[str, str]:
    """Which end stands on the left as A and which on the right: swapping moves an end with all that belongs to it."""
    return ("b", "a") if url.get(SWAPPED) == ("true",) else ("a", "b")


def end(title: str, side: str) -> Chosen:
    """Bring the digit of one end. Raises: ImageError: as `input_digit`."""
    page = f"interpolate_{side}"
    source = choose_source(page, f"**{title}**", SHORT_SOURCES)
    hint = f"Draw {title}, or keep the example"
    return input_digit(source, page, pad_key=_PADS[side], index=FIRST[side], size=WIDTH - 4, hint=hint)


def first(side: str) -> Chosen:
    """The end before the visitor brings a digit."""
    return first_digit(FIRST[side])


def pads(sides: tuple[str, str]) -> tuple[str, str]:
    """Keys of the drawing pads on the page, "" where the end comes from elsewhere."""
    drawn = [st.session_state.get(f"interpolate_{side}_source", "draw") == "draw" for side in sides]
    return tuple(_PADS[side] if here else "" for side, here in zip(sides, drawn, strict=True))


def _swap() -> None:
    url.put({SWAPPED: None if url.get(SWAPPED) == ("true",) else "true"})


def _shuffle() -> None:
    labels = all_test_digits()[1]
    a = secrets.randbelow(len(labels))
    others = (labels != labels[a]).nonzero()[:, 0]
    set_ends(a, int(others[secrets.randbelow(len(others))]))


def set_ends(a: int, b: int) -> None:
    """Make two test digits the ends; call it in a callback."""
    for side, index in zip(sides(), (a, b), strict=True):
        set_controls({f"interpolate_{side}_source": "example", f"interpolate_{side}_digit": index})
