"""The Interpolate page's controls: the path, its steps and rows, and the two ends. All of it lives in the URL."""

import secrets

import streamlit as st

from aecore.latent.paths import PATHS
from pages.interpolate.walk import FIRST_ROWS, LABELS, ROWS
from ui import url
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.digit import PAD, Chosen, all_test_digits, choose_source, first_digit, input_digit
from ui.input.more import more
from ui.output.try_next import set_controls

FIRST = {"a": 35, "b": 70}  # plain test digits, a 2 and a 7, until the visitor brings others
SWAPPED, CHANGING, PLACE = "interpolate_swapped", "interpolate_change", "interpolate_place"  # in the URL
MIDDLE = 0.5
_PADS = {"a": PAD, "b": "pad_b"}  # A is the drawing of all pages


def path() -> tuple[str, int, list[str]]:
    """Another pair, and behind More settings which path, how many steps, which rows, and the other way round."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Another pair", icon=":material/shuffle:", on_click=_shuffle, key="interpolate_shuffle")
        with more("interpolate_walk") as says:
            way = choice(
                "Path",
                list(PATHS),
                format_func=lambda name: PATHS[name].label,
                default="linear",
                key="interpolate_path",
                help=explain("slerp"),
            )
            steps = st.slider("Steps", 5, 25, 9, key="interpolate_steps", bind="query-params")
            rows = st.pills(
                "Ways from A to B",
                ROWS,
                selection_mode="multi",
                default=list(FIRST_ROWS),
                format_func=LABELS.get,
                key="interpolate_rows",
                bind="query-params",
            )
            st.button("Swap A and B", icon=":material/swap_horiz:", on_click=_swap, key="interpolate_swap")
            if way != "linear":
                says(PATHS[way].label)
    return way, steps, [name for name in ROWS if name in rows] or ["pixels"]


def sides() -> tuple[str, str]:
    """Which end stands on the left as A and which on the right: swapping moves an end with all that belongs to it."""
    return ("b", "a") if url.get(SWAPPED) == ("true",) else ("a", "b")


def end(title: str, side: str) -> Chosen:
    """Bring the digit of one end. Raises: ImageError: as `input_digit`."""
    page = f"interpolate_{side}"
    source = choose_source(page)
    try:
        return input_digit(source, page, pad_key=_PADS[side], index=FIRST[side], hint=f"Draw {title} here")
    finally:  # also beside a picture that cannot be read
        st.button(f"Done with {title}", icon=":material/check:", on_click=change, args=("",), key=f"{page}_done")


def change(title: str) -> None:
    """Open the place where an end, "A" or "B", is drawn or picked, or close it; call it in a callback."""
    url.put({CHANGING: title if title and (title,) != url.get(CHANGING) else None})


def changing() -> str:
    """The end, "A" or "B", that the visitor changes now; "" for none."""
    (title,) = url.get(CHANGING)
    return title if title in ("A", "B") else ""


def place() -> float:
    """Where on the way the slider stands."""
    (text,) = url.get(PLACE)
    try:
        t = float(text or MIDDLE)
    except ValueError:
        return MIDDLE
    return t if 0 <= t <= 1 else MIDDLE


def keep_place(t: float) -> None:
    """The slider rests; call it in a callback."""
    url.put({PLACE: f"{t:g}" if t != MIDDLE else None})


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
