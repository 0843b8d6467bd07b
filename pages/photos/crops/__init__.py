"""One window of a picture as every method restores it, enlarged side by side; a click chooses the method."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.photos.before_after import encoded
from ui.component import component

_CROPS = component("pages/photos/crops/crops", html='<div class="crops"></div>')


@dataclass(frozen=True)
class Crop:
    """One tile.

    id: unique; label: its name; pixels: uint8 (side, side) or (side, side, 3), or None while it is being computed;
    value, unit, more: what stands under it; choice: it can be chosen; best: carries the badge; help: on hovering.
    """

    id: str
    label: str
    pixels: np.ndarray | None
    color: str = ""
    value: str = ""
    unit: str = ""
    more: str = ""
    choice: bool = False
    best: bool = False
    help: str = ""


def crops(
    tiles: Sequence[Crop],
    key: str,
    label: str,
    size: int = 134,
    selected: str = "",
    on_pick: Callable[[str], None] = lambda name: None,
) -> None:
    """Show the tiles.

    Args: label: of all of them, for screen readers; size: px of a side, at most; selected: id of the chosen one;
          on_pick: called with the id of the one that was chosen.
    """

    def picked() -> None:
        name = st.session_state[key].get("picked")  # comes from the browser
        if name in {tile.id for tile in tiles if tile.choice}:
            on_pick(name)

    data = {
        "label": label,
        "size": size,
        "selected": selected,
        "tiles": [_message(tile) for tile in tiles],
    }
    _CROPS(key=key, data=data, height="content", on_picked_change=picked)


def _message(tile: Crop) -> dict:
    words = [f"Detail, {tile.label}", f"{tile.value} {tile.unit}".strip(), tile.more, "best" if tile.best else ""]
    message = {name: value for name, value in vars(tile).items() if name != "pixels"}
    return message | {"src": _source(tile.pixels), "alt": ", ".join(word for word in words if word)}


def _source(pixels: np.ndarray | None) -> str:
    if pixels is None:
        return ""
    kind, data = encoded(np.ascontiguousarray(pixels))
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
