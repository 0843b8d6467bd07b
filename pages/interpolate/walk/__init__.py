"""The walk from one digit to another: its rows, computed by the engine, and the component that shows them live."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore import referee
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent.paths import PATHS, lerp
from ui.component import component, nothing, version
from ui.input.digit import Chosen
from ui.live.networks import reference, runnable
from ui.output.picture import pixels
from ui.theme import kind_color

ROWS = ("pixels", "ae-conv", "ae-2", "vae-2", "vae")  # "pixels" is the cross-fade, the others are models
WIDTH = 820  # px of the component, where words stand beside it
FIRST_ROWS = ("pixels", "ae-conv", "vae-2", "vae")
NETWORKS = ("vae-2", "vae", "ae-conv", "judge", "ae-2", "dae")  # all that the page runs live, the most urgent first
LABELS = {"pixels": "Cross-fade", "ae-conv": "AE-32", "ae-2": "AE-2", "vae-2": "VAE-2", "vae": "VAE-32"}
_SECOND = ("ae-2", "vae-2")  # beside another model of its kind, which has the kind's colour

_WALK = component("pages/interpolate/walk/walk")


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
        return kind_color(self.kind)

    @property
    def about(self) -> str:
        """Its space in words."""
        return "In pixel space: the cross-fade" if self.z is None else f"{self.label}: {self.z.shape[1]} latent numbers"


@dataclass(frozen=True)
class Walk:
    """Everything the stage shows.

    path: of aecore.latent.paths.PATHS; t: (T,); problems: name -> why a row is missing; refused: why A or B is none.
    """

    a: Chosen
    b: Chosen
    path: str
    t: Tensor
    rows: list[Row]
    problems: dict[str, str] = field(default_factory=dict)
    refused: referee.Refusal | None = None


def inner(names: Sequence[str]) -> list[str]:
    """The model whose inside is shown: the VAE if it walks, too, else the first that does; none for pixels alone."""
    return sorted((name for name in names if name != "pixels"), key=lambda name: name != "vae")[:1]


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
            rows.append(Row(name, LABELS[name], engine.card(name).kind, engine.decode(name, z), z))
        except AecoreError as error:
            problems[name] = str(error)
    reasons = [why for why in (referee.refusal(engine, digit.x) for digit in (a, b)) if why]
    return Walk(a, b, path, t, rows, problems, reasons[0] if reasons else None)


@dataclass(frozen=True)
class Place:
    """What the visitor changes at the walk itself.

    t: where the slider stands at first; changing: "A" or "B", whose place to draw is open, or "" for none; on_place:
    called with where the slider rests; on_change: called with "A" or "B".
    """

    t: float
    changing: str
    on_place: Callable[[float], None]
    on_change: Callable[[str], None]


def show(
    current: Walk,
    pads: tuple[str, str],
    key: str,
    place: Place,
) -> str:
    """The stage: the ends, the place under the slider, large, and all rows; live as soon as the networks have come.

    Args:    pads: keys of the drawing pads of A and B, or "" where none is on the page; place: see `Place`.
    Returns: the version of what it shows, for what is below it: see `ui.output.below`.
    """
    rows = []
    for row in current.rows:
        between = {"mode": "fade"} if row.z is None else {"mode": "path", "codes": row.z[[0, -1]].tolist()}
        rows.append(message(row.id, row.label, row.about, row.color, row.x, **between))
    pens = [(pad, digit.seq) for pad, digit in zip(pads, (current.a, current.b), strict=True)]
    ends = (current.a.x, current.b.x)
    return mount(rows, ("A", "B"), key, ends, pens, current.path, judged=not current.refused, place=place)


def message(
    name: str,
    label: str,
    about: str,
    color: str,
    x: Tensor,
    mode: str,
    codes: list[list[float]] | None = None,
    notes: Sequence[str] = (),
) -> dict:
    """One row as the component wants it.

    Args:  name: of the model that computes what lies between the steps, for the modes that need one; label: under
           the large picture; about: over the row; x: (T, 1, 28, 28) its steps; mode: see walk.js; codes: two
           ends ("path") or one a step ("knots"); notes: a line a step, under the large picture.
    """
    sent = {"id": name, "label": label, "about": about, "color": color, "mode": mode, "codes": codes}
    sent |= {"pictures": packed(x), "notes": list(notes), "open": name in _SECOND}
    if mode in ("path", "knots", "through"):
        sent["network"] = reference(name)
    return sent


def mount(
    rows: list[dict],
    labels: tuple[str, str],
    key: str,
    ends: tuple[Tensor, Tensor] | tuple[()] = (),
    pens: Sequence[tuple[str, int | None]] = (("", None), ("", None)),
    path: str = "linear",
    start: float = 0.5,
    judged: bool = True,
    place: Place | None = None,
) -> str:
    """The component itself.

    Args:  rows: from `message`, all with as many steps; labels: of the slider's ends; ends: the two pictures between
           which rows fade; pens: for each the key of its drawing pad and the drawing's seq, or "" and None;
           start: where the slider stands at first; judged: whether the judge reads what stands there; place: where the
           visitor changes ends and place at the walk; the others, and what is returned, as for `show`.
    """

    def told(name: str) -> object:
        return st.session_state[key].get(name)

    def moved() -> None:
        t = told("place")  # comes from the browser
        if isinstance(t, int | float) and 0 <= t <= 1:
            place.on_place(float(t))

    def pressed() -> None:
        if told("change") in labels:
            place.on_change(told("change"))

    steps = len(base64.b64decode(rows[0]["pictures"])) // 784 if rows else 0
    data = {"rows": rows, "labels": labels, "path": path, "steps": steps}
    data["ends"] = [{"pixels": pixels(x), "pad": pad, "seq": seq} for x, (pad, seq) in zip(ends, pens, strict=False)]
    data["judge"] = reference("judge") if judged and runnable(["judge"]) else None
    data["version"] = version(data)
    data |= {"start": place.t if place else start, "keeps": place is not None}
    data |= {"changes": place is not None, "changing": place.changing if place else ""}
    _WALK(
        key=key,
        data=data,
        on_place_change=moved if place else nothing,
        on_change_change=pressed if place else nothing,
    )
    return data["version"]


def packed(x: Tensor) -> str:
    """Pictures (T, 1, 28, 28) as base64, one byte a pixel, picture after picture."""
    return base64.b64encode((x.numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode()
