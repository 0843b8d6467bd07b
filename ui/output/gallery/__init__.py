"""Rows of pictures with the judge's verdict under each, or a grid of them under column heads: one component."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from ui.component import component
from ui.output.picture import pictures
from ui.output.verdict import a_digit

_GALLERY = component("ui/output/gallery/gallery", html='<div class="gallery"></div>')


@dataclass(frozen=True)
class Row:
    """Pictures that belong together.

    title, note: before them; x: (N, C, H, W), C 1 or 3, or traces (N, 1, L), of values from low to high;
    p: (N, 10) what the judge sees, or None; y: the classes that were asked for, or None where none was;
    captions: instead of the judge's; color: of a family; name: what each picture is, where no class was asked for;
    refused: which of them are no digits, so that nobody reads them.
    """

    title: str
    x: Tensor
    p: Tensor | None = None
    y: Sequence[int] | None = None
    note: str = ""
    captions: Sequence[str] | None = None
    color: str = ""
    low: float = 0.0
    high: float = 1.0
    name: str = "a digit"
    refused: Sequence[bool] | None = None


def gallery(
    rows: Sequence[Row],
    key: str,
    tile: int = 56,
    heads: Sequence[str] | None = None,
    on_pick: Callable[[int, int], None] | None = None,
) -> None:
    """Show rows of pictures.

    Args: tile: width in px, at most, of which a trace takes two; heads: over the columns, which makes it a grid: only
          digits that the judge reads otherwise carry a caption there; on_pick: called with row and column of a clicked
          one.
    """

    def picked() -> None:
        place = st.session_state[key].get("picked")  # comes from the browser
        if isinstance(place, list) and len(place) == 2 and all(isinstance(number, int) for number in place):
            row, column = place
            if 0 <= row < len(rows) and 0 <= column < len(rows[row].x):
                on_pick(row, column)

    data = {
        "rows": [
            {
                "title": row.title,
                "note": row.note,
                "color": row.color,
                "tiles": [_tile(row, i) for i in range(len(row.x))],
                "pictures": pictures(row.x, row.low, row.high),
            }
            for row in rows
        ],
        "tile": tile,
        "heads": heads,
        "pick": on_pick is not None,
    }
    if on_pick is None:
        _GALLERY(key=key, data=data, height="content")
    else:
        _GALLERY(key=key, data=data, height="content", on_picked_change=picked)


def _tile(row: Row, place: int) -> dict:
    asked = None if row.y is None else int(row.y[place])
    name = row.name if asked is None else a_digit(asked)
    if row.p is None:
        return {"caption": row.captions[place] if row.captions else "", "wrong": False, "alt": f"{row.title}: {name}"}
    if row.refused is not None and row.refused[place]:
        return {"caption": "no digit", "wrong": False, "alt": f"{row.title}: it does not look like a digit"}
    sure, reads = row.p[place].max(0)
    reads, percent = int(reads), f"{100 * float(sure):.0f}%"
    wrong = asked is not None and reads != asked
    caption = row.captions[place] if row.captions else f"{reads} · {percent}"
    alt = f"{row.title}: {name}, the judge reads {reads}, {percent} sure"
    return {"caption": caption, "reads": str(reads), "wrong": wrong, "alt": alt}
