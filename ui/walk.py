"""The walk from one digit to another: its rows, computed by the engine, and the component that shows them live."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import PATHS, lerp
from ui import live
from ui.comparison import kind
from ui.inputs import Chosen
from ui.strip import pixels
from ui.theme import family_color

ROWS = ("pixels", "ae-conv", "ae-2", "vae-2", "vae")  # "pixels" is the cross-fade, the others are models
FIRST_ROWS = ("pixels", "ae-conv", "vae-2", "vae")
LABELS = {"pixels": "Cross-fade", "ae-conv": "AE", "ae-2": "AE-2", "vae-2": "VAE-2", "vae": "VAE"}

_HERE = Path(__file__).parent / "live"
_WALK = st.components.v2.component(
    "digit_walk",
    html=(_HERE / "walk.html").read_text(encoding="utf-8"),
    css=(_HERE / "walk.css").read_text(encoding="utf-8"),
    js=live.module("walk"),
)


@dataclass(frozen=True)
class Row:
    """One way from A to B. id: of ROWS; kind: family for colours; x: (T, 1, 28, 28); z: (T, D), None for pixels."""

    id: str
    label: str
    kind: str
    x: Tensor
    z: Tensor | None = None

    @property
    def color(self) -> str:
        """Of its family."""
        return family_color(self.kind)

    @property
    def about(self) -> str:
        """Its space in words."""
        return "In pixel space: the cross-fade" if self.z is None else f"{self.label}: {self.z.shape[1]} latent numbers"


@dataclass(frozen=True)
class Walk:
    """Everything the stage shows. path: of aecore.latent.PATHS; t: (T,); problems: name -> why a row is missing."""

    a: Chosen
    b: Chosen
    path: str
    t: Tensor
    rows: list[Row]
    problems: dict[str, str] = field(default_factory=dict)


def walk(engine: Engine, a: Chosen, b: Chosen, path: str, steps: int, names: Sequence[str]) -> Walk:
    """Compute the rows; a model that cannot be loaded is left out and stands in `problems`."""
    t = torch.linspace(0, 1, steps)
    rows, problems = [], {}
    for name in names:
        if name == "pixels":
            rows.append(Row(name, LABELS[name], "pixels", lerp(a.x[0], b.x[0], t)))
            continue
        try:
            z_a, z_b = engine.encode(name, torch.cat([a.x, b.x]))
            z = PATHS[path].points(z_a, z_b, t)  # (T, D)
            rows.append(Row(name, LABELS[name], kind(engine.card(name)), engine.decode(name, z), z))
        except AecoreError as error:
            problems[name] = str(error)
    return Walk(a, b, path, t, rows, problems)


def show(found: Walk, pads: tuple[str, str], key: str, on_settled: Callable[[], None]) -> None:
    """The stage: the place under the slider, large, and all rows; live as soon as the networks have come.

    Args:  pads: keys of the drawing pads of A and B, or "" where none is on the page; on_settled: called once the
           rows have not changed for half a second.
    """
    ends = zip(("a", "b"), (found.a, found.b), pads, strict=True)
    data = {end: {"name": digit.name, "pixels": pixels(digit.x), "pad": pad} for end, digit, pad in ends}
    data |= {"path": found.path, "steps": len(found.t), "rows": [_message(row) for row in found.rows]}
    data["judge"] = live.reference("judge") if live.available(["judge"]) else None
    data["version"] = hashlib.blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _WALK(key=key, data=data, on_settled_change=on_settled)


def _message(row: Row) -> dict:
    message = {"id": row.id, "label": row.label, "about": row.about, "color": row.color, "pictures": _bytes(row.x)}
    if row.z is not None:
        message["network"] = live.reference(row.id)
        message["codes"] = {"a": row.z[0].tolist(), "b": row.z[-1].tolist()}
    return message


def _bytes(x: Tensor) -> str:
    """(T, 1, 28, 28) as base64, one byte a pixel, picture after picture."""
    return base64.b64encode((x.numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode()
