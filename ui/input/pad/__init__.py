"""The drawing pad: a Components-v2 component, and what Python sees of a drawing.

The browser (pad.js) sends strokes, not pixels: small, and enough to restore the pad on another page. Python turns
them into a picture with `rasterise`. The session, not the browser, keeps the drawing, so a pad that is mounted
again (page switch, reconnection) takes up where the visitor left. Three numbers keep the two sides in step:

- `seq` grows with each message; an old message that arrives again changes nothing.
- `nonce` grows when Python sets the drawing (`set_strokes`); the pad replaces its strokes only then, so a rerun
  never wipes what the visitor is drawing, and a message from before the setting is ignored.
- `final` is False while the pen is down.

Mount the pad inside `st.fragment`: messages that arrive while a fragment runs are merged and never interrupt it.
Beside a live pad show pictures inline (a data URI), not with `st.image`: the next run, 150 ms later, has removed an
`st.image` file before the browser fetches it. In the browser, `pad:ink` events carry the ink every frame (pad.js).
In a test without a browser, set `at.session_state[KEY] = {"drawing": {"seq": 1, "nonce": 0, "final": True,
"strokes": [stroke([(0.5, 0.2), (0.5, 0.8)])]}}` after one run (`stroke` is in strokes.py).
"""

import functools
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ui import url
from ui.component import component, nothing
from ui.input.pad import link
from ui.input.pad.strokes import UNITS, Stroke, is_int, parse_strokes
from ui.output.picture import pixels

SIDE = 112  # pixels of a picture's side: 4 for each of a digit's 28

_PAD = component("ui/input/pad/pad")


@dataclass(frozen=True)
class Drawing:
    """What is on the pad.

    image:   uint8 (112, 112), ink 255, background 0, anti-aliased.
    strokes: the strokes, oldest first, erasing ones included.
    final:   the pen is up; False in the messages sent while a stroke goes on.
    empty:   no ink is left.
    seq:     grows whenever the drawing changes: a key for what is computed from it.
    """

    image: np.ndarray
    strokes: tuple[Stroke, ...]
    final: bool
    empty: bool
    seq: int


@dataclass
class _State:
    """A pad's state in the session: the last drawing, and what a pad mounted now starts from."""

    drawing: Drawing
    nonce: int
    start: dict[str, Any]  # seq and strokes of the last final drawing: constant during a stroke
    link: str = ""  # the text of a link that the drawing came by, until something else is drawn


def pad(
    key: str,
    *,
    size: int = 280,
    initial: Sequence[Stroke] = (),
    hint: str = "Draw a digit",
    label: str = "Drawing pad",
    echo: bool = False,
    under: Tensor | None = None,
    on_change: Callable[[], None] | None = None,
) -> Drawing:
    """Mounts a drawing pad and returns what is drawn on it.

    The script or fragment around it reruns about every 150 ms during a stroke and once more when the pen is lifted.
    A pad with the same key on another page shows the same drawing.

    Args:    key: its name, in the whole app.
             size: greatest side in CSS pixels; the pad shrinks with its column.
             initial: strokes on a pad that this visitor has not touched yet.
             hint: words inside the empty pad; label: its name for screen readers.
             echo: on a phone a small copy of the answer stands above it (echo.js).
             under: a digit, (1, 1, 28, 28), that lies on the sheet: strokes go over it, and the eraser takes of it,
             too (`drawn_over`). The Drawing has the strokes alone.
             on_change: called before the rerun that a message causes.
    Returns: the Drawing; malformed messages leave the last good one.
    """
    state = _state(key, initial)
    _open_link(key, state)
    result = _PAD(
        key=key,
        data={
            "key": key,
            "hint": hint,
            "label": label,
            "echo": echo,
            "nonce": state.nonce,
            "link": state.link,
            "under": "" if under is None else pixels(under),
            **state.start,
        },
        width=size,
        on_drawing_change=on_change or nothing,
    )
    _receive(state, result.get("drawing"))
    return state.drawing


def set_strokes(key: str, strokes: Sequence[Stroke] = ()) -> None:
    """Replaces the drawing of pad `key`: an example's strokes, or none to clear it. The visitor can undo it.

    Call it before `pad(key)` in the same run, in a callback for instance.

    Raises:  ValueError: the strokes are malformed or too many.
    """
    state = _state(key, ())
    state.drawing, state.nonce = drawing(strokes, seq=state.drawing.seq + 1), state.nonce + 1
    state.start = {"seq": state.drawing.seq, "strokes": list(state.drawing.strokes)}
    state.link = ""


def _open_link(key: str, state: _State) -> None:
    text = url.drawing(key)
    if text is None:
        return
    try:
        strokes = link.decode(text)
    except ValueError:
        st.toast("The drawing in this link is damaged: the page shows an example. Ask for the link again.")
        return
    set_strokes(key, strokes)
    state.link = text


def drawn_over(x: Tensor, strokes: Sequence[Stroke]) -> Tensor:
    """A digit, (1, 1, 28, 28) in [0, 1], with strokes over it; where none are it stays as it is, to 1/255."""
    under = (255 * x[0, 0]).round().byte().numpy()
    fine = SIDE // len(under)  # drawn as finely as the browser does, then averaged
    sheet = rasterise(strokes, SIDE, under.repeat(fine, 0).repeat(fine, 1))
    return torch.nn.functional.avg_pool2d(torch.from_numpy(sheet)[None, None].float(), fine) / 255


def rasterise(strokes: Sequence[Stroke], side: int = SIDE, under: np.ndarray | None = None) -> np.ndarray:
    """The picture of strokes, along the same smooth curve that the browser draws.

    Args:    strokes: well-formed strokes; side: of the picture in pixels; under: uint8 (side, side) that they go over.
    Returns: uint8 (side, side), ink 255: drawn 8 times as large without anti-aliasing, then averaged.
    """
    big, fine = 8 * side, 4  # fine: fractional bits of OpenCV's coordinates
    canvas = np.zeros((big, big), np.uint8) if under is None else under.repeat(8, 0).repeat(8, 1)
    for stroke in strokes:
        curve, width = _curve(stroke)
        curve = np.round(curve * (big / UNITS) * 2**fine).astype(np.int32)  # (n, 2)
        thickness = np.round(width * (big / UNITS) - 1)  # (n,): OpenCV's lines come out one pixel wider
        thickness = np.maximum(1, thickness).astype(int)
        # One polyline for each run of equal thickness; runs share their border point.
        cuts = [0, *np.flatnonzero(np.diff(thickness)).tolist(), len(curve) - 1]
        for start, stop in itertools.pairwise(cuts):
            line = curve[start : stop + 1, None]
            ink = 0 if stroke["erase"] else 255
            cv2.polylines(canvas, [line], False, ink, int(thickness[stop]), cv2.LINE_8, fine)
    return cv2.resize(canvas, (side, side), interpolation=cv2.INTER_AREA)


def _curve(stroke: Stroke, pieces: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2) and widths (n,) along a stroke: quadratic from midpoint to midpoint, as in pad.js."""
    points = np.array(stroke["points"], float).reshape(-1, 2)
    widths = np.broadcast_to(np.array(stroke["width"], float), len(points))
    middle = (points[:-1] + points[1:]) / 2
    start = np.concatenate([points[:1], middle])[:, None]  # (n, 1, 2) where the piece at each point begins,
    end = np.concatenate([middle, points[-1:]])[:, None]  # and where it ends
    t = (np.arange(1, pieces + 1) / pieces)[:, None]  # (pieces, 1)
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * points[:, None] + t**2 * end
    curve = np.concatenate([points[:1], curve.reshape(-1, 2)])
    return curve, np.concatenate([widths[:1], np.repeat(widths, pieces)])


def _state(key: str, initial: Sequence[Stroke]) -> _State:
    name = f"_pad:{key}"  # not a widget's key, so that it outlives a page switch
    if name not in st.session_state:
        begun = drawing(initial, seq=0)
        start = {"seq": 0, "strokes": list(begun.strokes)}
        st.session_state[name] = _State(begun, nonce=0, start=start)
    return st.session_state[name]


def drawing(strokes: object, *, seq: int, final: bool = True) -> Drawing:
    """The Drawing that strokes make; raises as `parse_strokes`."""
    strokes = parse_strokes(strokes)
    image = _picture(json.dumps(strokes))
    return Drawing(image, strokes, final, not image.any(), seq)


@functools.lru_cache(maxsize=128)  # a drawing is asked about by address, once or twice, and then in a run
def _picture(strokes: str) -> np.ndarray:
    image = rasterise(json.loads(strokes))
    image.flags.writeable = False
    return image


def _receive(state: _State, message: object) -> None:
    """Takes a message from the browser into `state`; an old or malformed one changes nothing."""
    if not isinstance(message, dict):
        return
    seq, nonce, final = (message.get(name) for name in ("seq", "nonce", "final"))
    if not (is_int(seq, 0, 2**53) and is_int(nonce, 0, 2**31) and isinstance(final, bool)):
        return
    if nonce < state.nonce or (nonce == state.nonce and seq <= state.drawing.seq):
        return
    try:
        state.drawing = drawing(message.get("strokes"), seq=seq, final=final)
    except ValueError:
        return
    state.nonce, state.link = nonce, ""
    if final:
        state.start = {"seq": seq, "strokes": list(state.drawing.strokes)}
