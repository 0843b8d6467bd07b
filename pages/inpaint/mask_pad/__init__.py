"""Which pixels are missing: painted on the digit by hand, a patch that is dragged, or made; and the mask pad itself.

The browser (mask_pad.js) sends 784 bits while the visitor paints, or the patch's center while it is dragged.
`receive` takes them before the page's controls are drawn: whoever paints on a mask that was made has painted one.
A painted mask stands in the URL as 131 characters, the patch's place as two numbers. In a test without a browser, set
`at.session_state[KEY] = {"mask": {"seq": 1, "final": True, "bits": packed(mask)}}` after one run.
"""

import base64
import binascii
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore.restore import masks
from aecore.restore.compare import Hole
from aecore.restore.masks import MASKS
from pages.inpaint.state import state
from ui import url
from ui.component import component, nothing
from ui.glossary import explain
from ui.input.choice import choice
from ui.input.more import more
from ui.input.seed import seed_input
from ui.output.picture import pixels

KEY = "inpaint_pad"
PAINT = "paint"  # the kind that is not made
FIRST = "patch"
FIRST_SEED = 7
KINDS = {PAINT: "Paint", "patch": "Patch", "dropout": "Dropout", "half": "Half", "stripes": "Stripes"}
SIDES = {"top": "Top", "bottom": "Bottom", "left": "Left", "right": "Right"}
BITS = "inpaint_mask"  # in the URL, as are the next two
X, Y = "inpaint_x", "inpaint_y"

_PAD = component("pages/inpaint/mask_pad/mask_pad", styles=("ui/input/pad/pad",))


def recall() -> None:
    """Take what the URL says, or return to it what another page has taken from there; on the page itself."""
    state().mask.moving = {}
    url.read(BITS)
    url.read(X, Y)


def receive() -> None:
    """Take what the pad has sent since; call it before `controls`."""
    session = state().mask
    message = st.session_state.get(KEY, {}).get("mask")
    if not isinstance(message, dict) or type(message.get("seq")) is not int or message["seq"] <= session.seq:
        return
    if (place := _place(message.get("center"))) is not None:
        values = _texts(place)
    elif unpacked(message.get("bits")) is not None:
        values = {BITS: message["bits"]}
        st.session_state["inpaint_kind"] = PAINT
    else:
        return
    session.seq = message["seq"]
    if message.get("final") is False:
        session.moving = values  # every change of the URL is a step of the browser's history: one for a stroke
    else:
        session.moving = {}
        url.put(values)


def set_center(center: tuple[float, float]) -> None:
    """Move the patch."""
    url.put(_texts(center))


def _texts(center: tuple[float, float]) -> dict[str, str]:
    return {key: f"{value:.3f}" for key, value in zip((X, Y), center, strict=True)}


def _now(*keys: str) -> tuple[str | None, ...]:
    """What counts now: under the hand while it moves, else what is kept."""
    return tuple(state().mask.moving.get(key, value) for key, value in zip(keys, url.get(*keys), strict=True))


def _center() -> tuple[float, float]:
    return _place(_now(X, Y)) or (0.5, 0.5)


@dataclass(frozen=True)
class Look:
    """What the board shows. errors: error maps instead of pictures; every: all methods, not those alone that the first
    minute needs; all_numbers: not PSNR on the missing pixels and the judge's digit alone."""

    errors: bool = False
    every: bool = False
    all_numbers: bool = False


def controls() -> tuple[Hole, Look]:
    """In the row above the stage: how the mask comes about, its settings, and what is shown."""
    kind = st.selectbox(
        "What is missing", list(KINDS), format_func=KINDS.get, index=list(KINDS).index(FIRST), key="inpaint_kind",
        bind="query-params", width=165,
    )  # fmt: skip
    side, seed, strength = "top", FIRST_SEED, 0.0
    made = MASKS.get(kind)
    if made is not None:
        strength = st.slider(
            "How much", 0.0, 1.0, round(made.default, 2), 0.01, key=f"inpaint_{kind}", bind="query-params",
            format="percent", width=175,
        )  # fmt: skip
    if made is not None and made.sided:
        side = choice("Which half", list(SIDES), format_func=SIDES.get, default="top", key="inpaint_side")
    with more("inpaint") as says:
        if made is not None and made.random:
            with st.container(horizontal=True, vertical_alignment="bottom"):
                seed = seed_input("Draw", "inpaint_seed", FIRST_SEED)
            if seed != FIRST_SEED:
                says(f"draw {seed}")
        look = _look(says)
    hole = _painted() if made is None else _made(kind, strength, seed, side)
    state().mask.shown = hole.mask
    return hole, look


def _look(says: Callable[[str], None]) -> Look:
    chosen = {
        name: st.toggle(label, key=f"inpaint_{name}", bind="query-params", help=about)
        for name, label, about in (
            ("every", "Every method", "If it is off, only the best of each kind is shown."),
            ("errors", "Error maps", explain("error map")),
            ("all_numbers", "All numbers", explain("PSNR missing")),
        )
    }
    if chosen["errors"]:
        says("error maps")
    return Look(**chosen)


def _painted() -> Hole:
    session = state().mask
    mask = unpacked(_now(BITS)[0])
    if mask is None:  # nothing painted yet: go on from what was there
        mask = session.shown if session.shown is not None else masks.make(FIRST, 1)
        url.put({BITS: packed(mask)})
    return Hole(mask, PAINT, "painted pixels")


def _made(kind: str, strength: float, seed: int, side: str) -> Hole:
    rng = torch.Generator().manual_seed(seed)
    mask = masks.make(kind, 1, strength, rng, center=_center(), side=side)
    return Hole(mask, kind, MASKS[kind].describe(strength))


def pad(x: Tensor, hole: Hole, size: int) -> None:
    """The digit with the mask on it; x: (1, 1, 28, 28)."""
    session = state().mask
    drag = None
    if hole.kind in MASKS and MASKS[hole.kind].movable:
        drag = {"center": _center(), "side": round(math.sqrt(float(hole.mask.sum())))}
    data = {
        "digit": pixels(x),
        "mask": packed(hole.mask),
        "seq": session.seq,
        "drag": drag,
        "painting": hole.kind == PAINT,
        "key": KEY,
        "label": f"Mask, {hole.about}. Paint the pixels that are missing.",
    }
    _PAD(key=KEY, data=data, width=size, on_mask_change=nothing)


def packed(mask: Tensor) -> str:
    """784 bits, row by row, highest bit first, as base64 that a URL can carry: 131 characters."""
    bits = np.packbits(mask.reshape(-1).numpy() > 0.5)
    return base64.urlsafe_b64encode(bits.tobytes()).decode().rstrip("=")


def unpacked(bits: object) -> Tensor | None:
    """The mask (1, 1, 28, 28) that `packed` has packed; None for anything else, which may come from anywhere."""
    if not isinstance(bits, str) or len(bits) != 131:
        return None
    try:
        whole = np.frombuffer(base64.b64decode(bits + "=", altchars=b"-_", validate=True), np.uint8)
    except (binascii.Error, ValueError):
        return None
    return torch.from_numpy(np.unpackbits(whole)).view(1, 1, 28, 28).float()


def _place(center: object) -> tuple[float, float] | None:
    """Two numbers from 0 to 1, or None."""
    if not isinstance(center, list | tuple) or len(center) != 2:
        return None
    try:
        x, y = (float(value) for value in center)
    except (TypeError, ValueError):
        return None
    return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else None
