"""The Tangents page's stage: a digit moved along a network's singular directions and along random ones.

Python sends the directions and how far each one carries; the slider, the judge and the autoencoder run in the browser.
"""

import base64
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from aecore import referee
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent import tangents
from aecore.latent.tangents import Directions
from pages.tangents.state import state
from ui import serving, url
from ui.component import component, version
from ui.input.choice import choice
from ui.input.digit import Chosen
from ui.input.more import more
from ui.input.seed import seed_input
from ui.live import networks
from ui.output.picture import pixels
from ui.server import jobs
from ui.theme import kind_color

MODELS = {"ae-conv": "AE", "vae": "VAE", "wide-contractive": "Contractive"}
MODEL, SEED, DIRECTION, FAR = "tangents_model", "tangents_seed", "tangents_direction", "tangents_far"  # in the URL
FIRST_FAR = 4.0
COUNT = 10  # directions, and random ones
FURTHEST, STEP = 10.0, 0.25  # of the slider, and of the search for where the judge changes its mind
COPIER = "ae-conv"  # what it makes of a picture says how far that is from digits
_STAGE = component("pages/tangents/stage/stage")


@dataclass(frozen=True)
class Around:
    """What lies around a digit. reads: the judge's digit, None without a judge; reach, reach_random: how far to the
    left and to the right the judge still reads it."""

    model: str
    name: str
    x: Tensor
    along: Directions
    random: Tensor
    reads: int | None
    reach: list[list[float]]
    reach_random: list[list[float]]


def recall() -> None:
    """On the page itself: direction and distance come from the URL, or return to it."""
    if url.read(DIRECTION, FAR):
        state().fresh += 1


def set_place(direction: int, far: float) -> None:
    """Set direction (0 is the first) and distance, in a callback."""
    url.put({DIRECTION: str(direction + 1), FAR: f"{far:.1f}"})
    state().fresh += 1


def place_now() -> tuple[int, float]:
    """Direction and distance that the visitor, or the link that they followed, asks for; nonsense is the default."""
    direction, far = url.get(DIRECTION, FAR)
    place = int(direction) - 1 if direction and direction.isascii() and direction.isdecimal() else 0
    try:
        distance = float(far or FIRST_FAR)
    except ValueError:
        distance = FIRST_FAR
    return place if 0 <= place < COUNT else 0, distance if abs(distance) <= FURTHEST else FIRST_FAR


def said(place: object) -> tuple[int, float] | None:
    """Direction and distance that the browser says, which may say anything: None for what makes no sense."""
    if not isinstance(place, list) or len(place) != 2 or any(type(value) not in (int, float) for value in place):
        return None
    direction, far = place
    sound = direction in range(COUNT) and abs(far) <= FURTHEST
    return (int(direction), float(far)) if sound else None


def choose(engine: Engine) -> tuple[str, int]:
    """The network whose directions are shown, and the seed of the random ones."""
    names = serving.available(engine, *MODELS)
    if not names:
        raise AecoreError("None of this page's networks is here. Restore the folder checkpoints, then reload the page.")
    with more("tangents") as says:
        name = choice("Directions of", names, format_func=MODELS.get, default=names[0], key=MODEL)
        seed = seed_input("Random directions", SEED, first=0, another="New ones")
        if name != names[0]:
            says(MODELS[name])
    return name, seed


def around(engine: Engine, digit: Chosen, model: str, seed: int) -> Around:
    """The directions at a digit, random ones, and how far each carries. Raises: CheckpointError."""
    along = tangents.directions_of(engine.model(model), digit.x, COUNT)
    random = tangents.random_directions(digit.x.shape[1:], COUNT, torch.Generator().manual_seed(seed))
    reach, reach_random = [], []
    (reads,) = referee.read(engine, digit.x)
    if reads is not None:
        both = torch.cat([along.pictures, random])
        x, y = digit.x.expand(len(both), -1, -1, -1), torch.full((len(both),), reads)
        networks_used = (engine.card(model).sha256, engine.card("judge").sha256)
        ends = jobs.cached(  # of the digit that everybody opens with, once
            ("tangents_reach", *networks_used, jobs.digest(digit.x.numpy().tobytes()), seed, reads),
            lambda: tangents.reaches(engine.classify, x, y, both, FURTHEST, STEP).tolist(),
        )
        reach, reach_random = ends[: len(along.pictures)], ends[len(along.pictures) :]
    return Around(model, digit.name, digit.x, along, random, reads, reach, reach_random)


def show(engine: Engine, now: Around) -> None:
    """The directions and the slider."""
    key = "tangents_stage_view"

    def moved() -> None:
        place = said(st.session_state[key].get("place"))
        if place is not None:
            url.put({DIRECTION: str(place[0] + 1), FAR: f"{place[1]:.1f}"})

    direction, far = place_now()
    live = set(networks.runnable(["judge", COPIER]))
    data = {
        "x": pixels(now.x),
        "values": [round(float(value), 4) for value in now.along.values],
        "along": packed(now.along.pictures),
        "random": packed(now.random),
        "reads": now.reads,
        "reach": now.reach or [[0.0, 0.0]] * len(now.along.values),
        "reachRandom": now.reach_random,
        "furthest": FURTHEST,
        "color": kind_color(engine.card(now.model).kind),
        "networks": {
            name: engine.card(model).sha256 if model in live else ""
            for name, model in (("judge", "judge"), ("back", COPIER))
        },
        "direction": direction,
        "far": far,
        "fresh": state().fresh,
    }  # fmt: skip
    data["version"] = version(data)
    _STAGE(key=key, data=data, height="content", on_place_change=moved)


def packed(u: Tensor) -> dict:
    """Directions (N, 1, 28, 28) as JSON can say them: a signed byte a pixel, and each one's largest value."""
    flat = u.detach().flatten(1).float()
    most = flat.abs().amax(1).clamp_min(1e-9)
    steps = (127 * flat / most[:, None]).round().numpy().astype(np.int8)
    return {"bytes": base64.b64encode(steps.tobytes()).decode(), "most": [float(value) for value in most]}
