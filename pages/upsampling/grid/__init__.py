"""The Upsampling page's grid: sixteen numbers, enlarged in the browser in four ways (arithmetic.js).

Python keeps its settings for the link. In a test without a browser, set
`at.session_state[KEY] = {"settings": {"way": "nearest", ...}}` after one run.
"""

from dataclasses import asdict, dataclass, replace
from math import isfinite

import streamlit as st

from pages.upsampling.state import state
from ui import url
from ui.component import component

KEY = "upsampling_grid_view"
WAY, KERNEL, STRIDE, PADDING, CELLS, WEIGHTS, COUNTS = URL = tuple(
    f"up_{name}" for name in ("way", "kernel", "stride", "padding", "cells", "weights", "counts")
)
WAYS = ("transposed", "nearest", "bilinear", "unpooling")
SIDE = 4
BETWEEN = "~"  # numbers in the URL: Python reads 1_2 as one number
KERNELS, STRIDES, MOST = range(1, 6), range(1, 4), 99
_GRID = component("pages/upsampling/grid/grid")


@dataclass(frozen=True)
class Settings:
    """way: one of WAYS; kernel, stride, padding: of the transposed convolution, stride also the factor of the two that
    interpolate; cells: the input (16); weights: the kernel (kernel squared); counts: whether the output shows how many
    inputs reach each cell."""

    way: str = WAYS[0]
    kernel: int = 3
    stride: int = 2
    padding: int = 0
    cells: tuple[float, ...] = (1.0,) * SIDE**2
    weights: tuple[float, ...] = (1.0,) * 9
    counts: bool = False


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it, and the grid shows them."""
    if url.read(*URL):
        state().fresh += 1


def settings_now() -> Settings:
    """What the visitor, or the link that they followed, asks for; the default for what makes no sense."""
    way, kernel, stride, padding, cells, weights, counts = url.get(*URL)
    said = {"way": way, "kernel": _whole(kernel), "stride": _whole(stride), "padding": _whole(padding)}
    said |= {"cells": _numbers(cells), "weights": _numbers(weights), "counts": counts == "1"}
    return checked(said)


def checked(said: object) -> Settings:
    """Settings from whoever says them: the default for each that makes no sense."""
    said = said if isinstance(said, dict) else {}
    plain = Settings()
    way = said["way"] if said.get("way") in WAYS else plain.way
    kernel = _among(said.get("kernel"), KERNELS, plain.kernel)
    stride = _among(said.get("stride"), STRIDES, plain.stride)
    padding = _among(said.get("padding"), range((kernel - 1) // 2 + 1), 0)
    cells = _list(said.get("cells"), SIDE**2) or plain.cells
    weights = _list(said.get("weights"), kernel**2) or (1.0,) * kernel**2
    return Settings(way, kernel, stride, padding, cells, weights, said.get("counts") is True)


def set_by_page(**changes: object) -> None:
    """Set the grid, in a callback: as it opens, but for these changes."""
    settings = replace(Settings(), **changes)
    _put(settings if "weights" in changes else replace(settings, weights=(1.0,) * settings.kernel**2))
    state().fresh += 1


def show() -> Settings:
    """Mount it, and say what it is set to."""

    def set_by_hand() -> None:
        _put(checked(st.session_state[KEY].get("settings")))

    settings = settings_now()
    _GRID(
        key=KEY,
        data={"settings": asdict(settings), "fresh": state().fresh},
        height="content",
        on_settings_change=set_by_hand,
    )
    return settings


def _put(settings: Settings) -> None:
    plain = Settings()
    ones = (1.0,) * settings.kernel**2
    url.put({
        WAY: settings.way if settings.way != plain.way else None,
        KERNEL: str(settings.kernel) if settings.kernel != plain.kernel else None,
        STRIDE: str(settings.stride) if settings.stride != plain.stride else None,
        PADDING: str(settings.padding) if settings.padding else None,
        CELLS: _text(settings.cells) if settings.cells != plain.cells else None,
        WEIGHTS: _text(settings.weights) if settings.weights != ones else None,
        COUNTS: "1" if settings.counts else None,
    })  # fmt: skip


def _text(numbers: tuple[float, ...]) -> str:
    return BETWEEN.join(f"{number:g}" for number in numbers)


def _numbers(text: str | None) -> list[float]:
    try:
        return [float(part) for part in (text or "")[:400].split(BETWEEN) if part]
    except ValueError:
        return []


def _list(numbers: object, length: int) -> tuple[float, ...]:
    """The numbers, if they are so many and sound; else none."""
    if not isinstance(numbers, list | tuple) or len(numbers) != length:
        return ()
    sound = all(type(number) in (int, float) and isfinite(number) and abs(number) <= MOST for number in numbers)
    return tuple(float(number) for number in numbers) if sound else ()


def _among(number: object, allowed: range, otherwise: int) -> int:
    return number if type(number) is int and number in allowed else otherwise


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) < 3 else None
