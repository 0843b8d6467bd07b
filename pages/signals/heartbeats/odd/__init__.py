"""Single beats of people whom the network never saw, and what it makes of them, in the browser (odd.js)."""

import functools

import numpy as np
import streamlit as st
import torch

from aecore.data import beats
from aecore.data.beats import LENGTH, RANGE
from aecore.engine import Engine
from aecore.heartbeats import scores, table
from pages.signals.heartbeats.strip import packed
from ui import url
from ui.component import component
from ui.live import networks

KEY = "signals_odd_view"
KIND = "heart_kind"  # in the URL
KINDS = {"N": "Normal", "V": "Premature ventricular", "F": "Fusion", "S": "Supraventricular"}
FIRST = "V"
SENT = 32  # beats of a kind
SCALE, AXES_SCALE = 1 / 1000, 1 / 30000
NORMAL = 95  # percent of normal training beats that are off by less
_FRESH = "_heart_kind_fresh"
_ODD = component("pages/signals/heartbeats/odd/odd")


def recall() -> None:
    """On the page itself: the kind comes from the URL, or returns to it."""
    if url.read(KIND):
        st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def kind_now() -> str:
    """The kind shown; the default for what makes no sense."""
    (kind,) = url.get(KIND)
    return kind if kind in KINDS else FIRST


def set_by_page(kind: str) -> None:
    """Set the kind, in a callback."""
    url.put({KIND: kind if kind != FIRST else None})
    st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def show(engine: Engine) -> None:
    """Mount it."""

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("settings")
        kind = said.get("kind") if isinstance(said, dict) else None
        if kind in KINDS:
            url.put({KIND: kind if kind != FIRST else None})

    mean, axes = scores.principal()
    live = networks.runnable([table.BEATS])
    data = {
        "kinds": KINDS,
        "settings": {"kind": kind_now(), "place": 0},
        "beats": _beats(),
        "length": LENGTH,
        "scale": SCALE,
        "range": RANGE,
        "mean": packed(mean.numpy(), SCALE),
        "axes": packed(axes.flatten().numpy(), AXES_SCALE),
        "axesScale": AXES_SCALE,
        "limitPrincipal": _limit(""),
        "limit": _limit(engine.card(table.BEATS).sha256) if live else 0,
        "network": engine.card(table.BEATS).sha256 if live else "",
        "fresh": st.session_state.get(_FRESH, 0),
    }
    _ODD(key=KEY, data=data, height="content", on_settings_change=set_by_hand)


@functools.lru_cache(maxsize=4)
def _limit(sha256: str) -> float:
    """Squared error, mV^2, that NORMAL percent of the normal training beats stay below, of a network or of PCA."""
    from ui import serving

    x = beats.beats("train").of("N")
    errors = scores.errors(serving.engine().model(table.BEATS), x) if sha256 else scores.principal_errors(x)
    return float(np.percentile(errors, NORMAL))


@functools.cache
def _beats() -> dict[str, str]:
    """Beats of each kind, drawn once for everybody from all people tested."""
    test, rng = beats.beats("test"), torch.Generator().manual_seed(0)
    sent = {}
    for kind in KINDS:
        x = test.of(kind)[:, 0]
        sent[kind] = packed(x[torch.randperm(len(x), generator=rng)[:SENT]].flatten().numpy(), SCALE)
    return sent
