"""Pictures that are no digits: one on the stage, and what a thousand of them say."""

import functools

import streamlit as st
import torch
from torch import Tensor

from aecore.compression.codes import PLAIN, WIDE
from aecore.compression.formats import JPEG
from aecore.compression.rates import DIGITS, SETS, Measured, Point
from aecore.data import strangers
from ui.input.choice import choice
from ui.output import tables

KEY = "compress_picture"  # in the URL
OWN = "Your digit"
THINGS = (OWN, "A shoe", "A letter", "A face", "Static")
LABELS = {
    DIGITS: "Test digits",
    "letters": "Capital letters, drawn like digits",
    "font letters": "Letters of fonts (notMNIST)",
    "clothes": "Clothes (Fashion-MNIST)",
    "faces": "Faces (LFW)",
    "photos": "Pieces of photographs",
    "static": "Static",
}
BOOT = strangers.CLOTHES.index("ankle boot")
LEVELS = {PLAIN: 13, WIDE: 13}  # steps at which the sets are compared
QUALITY = 40  # of the JPEG beside them


def choose() -> str:
    """What is on the stage: the visitor's digit, or something else."""
    return choice("Picture", THINGS, key=KEY, pills=True, default=OWN, label_visibility="collapsed")


@functools.cache
def picture(thing: str) -> Tensor:
    """One of THINGS but the first, (1, 1, 28, 28). Raises: DataError."""
    made = {
        "A shoe": lambda: strangers.clothes()[[BOOT]],
        "A letter": lambda: strangers.letters()[[strangers.LETTERS.index("R")]],
        "A face": strangers.face,
        "Static": lambda: strangers.static(1),
    }
    return torch.as_tensor(made[thing]())


def show(measured: Measured) -> None:
    """A sentence, and the table."""
    st.markdown(takeaway(measured))
    with st.container(key="compress_strangers_table"):
        st.markdown(markdown(measured))
    st.caption(
        "Mean PSNR and bytes a picture, JPEG's as whole files of quality "
        f"{QUALITY}; the network's step is {_step()}. Clothes: Fashion-MNIST (Xiao et al. 2017, Zalando, MIT). Letters "
        "of fonts and faces of LFW are measured here, not shown: we may not pass them on."
    )


def takeaway(measured: Measured) -> str:
    """How far the code falls on what it does not know, and how little JPEG does."""
    own, clothes = (_at(measured, kind, WIDE) for kind in (DIGITS, "clothes"))
    worst = min((kind for kind in SETS if kind != DIGITS), key=lambda kind: _at(measured, kind, WIDE).psnr)
    jpeg = [_at(measured, kind, JPEG).psnr for kind in SETS]
    text = (
        f"The code that keeps digits at {own.psnr:.1f} dB keeps clothes at {clothes.psnr:.1f} dB, and "
        f"{LABELS[worst][0].lower() + LABELS[worst][1:]} at {_at(measured, worst, WIDE).psnr:.1f} dB. JPEG, which "
        f"knows nothing of digits, stays between {min(jpeg):.0f} and {max(jpeg):.0f} dB, for "
        f"{_at(measured, DIGITS, JPEG).bits / own.bits:.0f} times the bytes"
    )
    dear = clothes.bits / own.bits
    if dear < 1.1:
        return text + "."
    return (
        text
        + f". In the network's code clothes also cost {dear:.1f} times the bytes of a digit: their symbols are rare."
    )


def markdown(measured: Measured) -> str:
    """The sets, each by the two networks and by JPEG."""
    rows = ((LABELS[kind], *(_cell(_at(measured, kind, way)) for way in (PLAIN, WIDE, JPEG))) for kind in SETS)
    return tables.markdown(("", "32 numbers", "128 numbers", "JPEG"), rows)


def _at(measured: Measured, kind: str, way: str) -> Point:
    at = LEVELS.get(way, QUALITY)
    return next(point for point in measured.curves[kind][way] if point.at == at)


def _cell(point: Point) -> str:
    return f"{point.psnr:.1f} dB, {point.bits / 8:.0f} bytes"


def _step() -> str:
    from aecore.compression.codes import STEPS

    return f"{STEPS[LEVELS[WIDE]]:.2f}"
