"""A strip of heartbeats under noise: the browser mixes, and denoises while a slider moves (strip.js).

Python sends the parts: the strip, one unit of each noise, and what the band-pass makes of each of the three.
"""

import base64
import functools

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray

from aecore.data import quiet_strips
from aecore.data.beats import RANGE, RATE
from aecore.data.heartbeats import TEST
from aecore.engine import Engine
from aecore.heartbeats import table
from aecore.heartbeats.filters import band_pass
from ui import url
from ui.component import component
from ui.live import networks

KEY = "signals_strip_view"
PERSON, WANDER, MUSCLE = "heart_person", "heart_wander", "heart_muscle"  # in the URL
FIRST = {"wander": 0.5, "muscle": 0.1}  # millivolts
BEGIN = 20 * RATE  # of the window in a recording
SCALE = 1 / 4000  # millivolts a step of what the browser gets
_FRESH = "_heart_fresh"
_STRIP = component("pages/signals/heartbeats/strip/strip")


def recall() -> None:
    """On the page itself: the settings come from the URL, or return to it."""
    if url.read(PERSON, WANDER, MUSCLE):
        st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def settings_now() -> dict:
    """Whose strip, and how much of each noise; the default for what makes no sense."""
    person, wander, muscle = url.get(PERSON, WANDER, MUSCLE)
    return checked({"person": _number(person), "wander": _number(wander), "muscle": _number(muscle)})


def checked(said: object) -> dict:
    """Settings from whoever says them."""
    said = said if isinstance(said, dict) else {}
    person = said.get("person")
    settings = {"person": int(person) if type(person) in (int, float) and person in TEST else TEST[0]}
    for noise, (low, high) in quiet_strips.LEVELS.items():
        value = said.get(noise)
        sound = type(value) in (int, float) and low <= value <= high
        settings[noise] = round(float(value), 3) if sound else FIRST[noise]
    return settings


def set_by_page(wander: float, muscle: float) -> None:
    """Set the noises, in a callback."""
    _keep(settings_now() | {"wander": wander, "muscle": muscle})
    st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def show(engine: Engine) -> None:
    """Mount it."""

    def set_by_hand() -> None:
        _keep(checked(st.session_state[KEY].get("settings")))
        st.rerun()

    settings = settings_now()
    data = {
        "people": list(TEST),
        "settings": settings,
        "most": {noise: high for noise, (_, high) in quiet_strips.LEVELS.items()},
        "series": _series(settings["person"]),
        "scale": SCALE,
        "range": RANGE,
        "network": engine.card(table.NETWORK).sha256 if networks.runnable([table.NETWORK]) else "",
        "fresh": st.session_state.get(_FRESH, 0),
    }
    _STRIP(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


def _keep(settings: dict) -> None:
    plain = {"person": TEST[0], **FIRST}
    url.put({
        name: f"{settings[key]:g}" if settings[key] != plain[key] else None
        for name, key in ((PERSON, "person"), (WANDER, "wander"), (MUSCLE, "muscle"))
    })  # fmt: skip


@functools.lru_cache(maxsize=16)
def _series(person: int) -> dict[str, str]:
    """The window of a strip and one unit of each noise, and each of them filtered with all of its minute around it."""
    x = quiet_strips.reference(person)
    rng = torch.Generator().manual_seed(person)
    noises = {
        "wander": quiet_strips.wander(1, len(x), rng)[0, 0].double().numpy(),
        "muscle": quiet_strips.muscle(1, len(x), rng)[0, 0].double().numpy(),
    }
    parts = {"x": x, **noises, "filtered": band_pass(x)}
    parts |= {f"filtered{name.capitalize()}": band_pass(noise) for name, noise in noises.items()}
    return {name: packed(part[BEGIN : BEGIN + quiet_strips.WINDOW], SCALE) for name, part in parts.items()}


def packed(numbers: NDArray, scale: float) -> str:
    """Numbers as int16 steps, in base64; those too large become the largest."""
    steps = np.clip(np.round(np.asarray(numbers) / scale), -32768, 32767).astype(np.int16)
    return base64.b64encode(steps.tobytes()).decode()


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text and len(text) < 8 else None
    except ValueError:
        return None
