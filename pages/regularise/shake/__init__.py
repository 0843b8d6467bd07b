"""A small and a large noise on the digit: how far it moves the code and the picture of each network; in the browser."""

import functools

import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine, get_engine
from aecore.errors import AecoreError
from aecore.features import table
from pages.regularise.wall import WAYS
from ui import serving
from ui.component import component
from ui.input.digit import PAD, all_test_digits
from ui.live import networks
from ui.output.picture import pixels
from ui.output.verdict import shaken
from ui.theme import kind_color

NAMES = ("wide", "wide-noise", "wide-contractive")  # one network, with and without its constraint
SMALL, LARGE = (table.NOISES[size][1] for size in ("small", "large"))  # sd; share of the pixels dropped
DIGITS = 200  # test digits that say how far one digit is from another
_SHAKE = component("pages/regularise/shake/shake")


def show(engine: Engine, x: Tensor) -> None:
    """The digit, twice noisy, and what becomes of it; nothing where the networks are missing."""
    names = serving.available(engine, *NAMES)
    if not names:
        return
    st.header("Shake it: who stays calm?", anchor=False)
    st.markdown(
        "The textbook: a denoiser's *picture* resists a large noise, a contractive network's *code* a small one. "
        "100% is as far as another digit lies."
    )
    shown = [
        networks.reference(name) | {
            "title": "Control" if name == "wide" else WAYS[name][0], "color": kind_color(engine.card(name).kind),
            "away": away(name),
        }
        for name in names
    ]  # fmt: skip
    data = {"pad": PAD, "x": pixels(x), "networks": shown, "small": SMALL, "large": LARGE}
    _SHAKE(key="regularise_shake_view", data=data, height="content")
    st.markdown(verdict())


@functools.lru_cache(maxsize=len(NAMES))
def away(name: str) -> tuple[float, float]:
    """Mean distance between the codes, and between the reconstructions, of two different test digits."""
    engine, x = get_engine(), all_test_digits()[0][:DIGITS].float() / 255
    both = engine.encode(name, x), engine.reconstruct(name, x).flatten(1)
    code, recon = (float((y - torch.roll(y, 1, 0)).norm(dim=1).mean()) for y in both)
    return code, recon


def verdict() -> str:
    """Whether the textbook's contrast holds over 1,000 test digits; nothing where that was not measured."""
    try:
        rows = table.load().rows
    except AecoreError:
        return ""
    if not set(NAMES) <= rows.keys() or any(set(rows[name].moves) < set(table.NOISES) for name in NAMES):
        return ""
    names = dict(zip(("control", "noise", "contractive"), NAMES, strict=True)) | {"sparse": "wide-sparse"}
    return shaken({what: rows[name].moves for what, name in names.items() if name in rows}, *table.NOISES)
