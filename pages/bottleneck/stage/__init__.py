"""The Bottleneck page's stage: a digit and three strangers through a code of any size, and the measured curves.

Python sends what comes back at every size, so the slider never waits. While a hand draws, the network runs in the
browser (stage.js); PCA's answer comes when the pen lifts.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore import metrics
from aecore.data import strangers
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import capacity
from aecore.latent.capacity import DIGITS, NETWORK, PCA
from aecore.recipes import BOTTLENECKS
from pages.bottleneck.state import state
from ui import url
from ui.component import component, version
from ui.input.digit import DRAWING, PAD, Chosen
from ui.live import networks
from ui.output.picture import pixels
from ui.theme import kind_color

SIZES = BOTTLENECKS
FIRST = 8
SIZE = "bottleneck_size"  # in the URL
FIRST_LETTER = "R"
LABELS = {NETWORK: "Network", PCA: "PCA"}

_STAGE = component("pages/bottleneck/stage/stage")


@dataclass(frozen=True)
class Column:
    """One picture and what comes back of it. x: (1, 1, 28, 28); recon: way -> size -> (1, 1, 28, 28), those at hand."""

    id: str
    label: str
    x: Tensor
    recon: dict[str, dict[int, Tensor]]

    def psnr(self, way: str, size: int) -> float | None:
        """In dB; None where the way is not at hand."""
        recon = self.recon[way].get(size)
        return None if recon is None else min(float(metrics.psnr(self.x, recon)), capacity.MOST)


def recall() -> None:
    """On the page itself: the size comes from the URL, or returns to it, and the slider shows it."""
    if url.read(SIZE):
        state().fresh += 1


def size_now() -> int:
    """The size that the visitor, or the link that they followed, asks for."""
    (text,) = url.get(SIZE)
    size = int(text) if text and text.isdecimal() and text.isascii() and len(text) < 5 else FIRST
    return size if size in SIZES else FIRST


def set_size(size: int) -> None:
    """Set the slider, in a callback."""
    url.put({SIZE: str(size)})
    state().fresh += 1


def chosen(place: object) -> int | None:
    """The size that the browser says, which may say anything: None for what makes no sense."""
    return SIZES[place] if type(place) is int and 0 <= place < len(SIZES) else None


def columns(engine: Engine, digit: Chosen, letter: str, seed: int) -> tuple[list[Column], dict[str, str]]:
    """The four pictures of the stage, and why something is not at hand: name -> reason."""
    pictures = [("digit", digit.name, digit.x), *_strangers(letter, seed)]
    recon, problems = returned(engine, torch.cat([x for _, _, x in pictures]))
    split = [
        {way: {size: x[[place]] for size, x in sizes.items()} for way, sizes in recon.items()}
        for place in range(len(pictures))
    ]
    return [Column(*picture, recon) for picture, recon in zip(pictures, split, strict=True)], problems


def returned(engine: Engine, x: Tensor) -> tuple[dict[str, dict[int, Tensor]], dict[str, str]]:
    """What comes back of pictures (N, 1, 28, 28): way -> size -> as x; and why something is not at hand."""
    recon: dict[str, dict[int, Tensor]] = {NETWORK: {}, PCA: {}}
    problems: dict[str, str] = {}
    for way, sizes in recon.items():
        for size in SIZES:
            try:
                sizes[size] = capacity.through(engine, way, x, size)
            except AecoreError as error:
                problems.setdefault(way, str(error))
    return recon, problems


def _strangers(letter: str, seed: int) -> list[tuple[str, str, Tensor]]:
    place = strangers.LETTERS.index(letter)
    return [
        ("letter", "A letter", strangers.letters()[[place]]),
        ("face", "A face", strangers.face()),
        ("static", "Static", strangers.static(1, seed)),
    ]


def show(
    shown: Sequence[Column],
    digit: Chosen,
    curves: dict | None,
    answers: str,
    on_size: Callable[[], None],
) -> None:
    """The slider, the pictures and the chart.

    Args:  curves: as `curve_data` makes them, None where nothing was measured; answers: the address that has the
           column of another drawing; on_size: called once another size is chosen.
    """
    key = "bottleneck_stage_view"

    def sized() -> None:
        size = chosen(st.session_state[key].get("place"))
        if size is not None:
            url.put({SIZE: str(size)})
            on_size()

    at_hand = set(networks.runnable([capacity.name_of(size) for size in SIZES]))
    data = {
        "sizes": list(SIZES),
        "place": SIZES.index(size_now()),
        "fresh": state().fresh,
        "columns": [message(column) for column in shown],
        "curves": curves,
        "networks": [
            networks.reference(name)["sha256"] if name in at_hand else "" for name in map(capacity.name_of, SIZES)
        ],
        "colors": {NETWORK: kind_color("ae"), PCA: kind_color("classical")},
        "pad": PAD if digit.seq is not None else "",
        "seq": digit.seq or 0,
        "drawing": DRAWING,
        "answers": answers,
    }
    data["version"] = version(data)
    _STAGE(key=key, data=data, height="content", on_place_change=sized)


def message(column: Column) -> dict:
    """One column as JSON can say it: pictures of all sizes in a row, one byte a pixel."""
    return {
        "id": column.id,
        "label": column.label,
        "picture": pixels(column.x),
        "ways": {
            way: {
                "pictures": _packed([recon[size] for size in SIZES if size in recon]),
                "places": [place for place, size in enumerate(SIZES) if size in recon],
                "psnr": [None if (dB := column.psnr(way, size)) is None else round(dB, 2) for size in SIZES],
            }
            for way, recon in column.recon.items()
        },
    }


def curve_data(table: capacity.Measured) -> dict:
    """The measured curves as the chart wants them."""
    curves = {way: {"digits": table.curves[way][DIGITS].mean, "strangers": table.strangers(way)} for way in LABELS}
    spread = table.curves[NETWORK][DIGITS]
    return {"sizes": table.sizes, "low": spread.low, "high": spread.high, **curves}


def _packed(recon: list[Tensor]) -> str:
    if not recon:
        return ""
    return base64.b64encode((torch.cat(recon).numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode()
