"""Galaxies of a kind out of noise: drawn in the browser (galaxies.js), over a VAE's of that kind and real ones."""

import base64
import functools
import io

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from PIL import Image

from aecore.data.galaxies import CLASSES, TITLES, load_half_galaxies
from aecore.galaxies.drawn import DRAWER, SHOWN, Measured
from ui import url
from ui.component import component
from ui.live import networks

KEY = "gans_galaxies_view"
KIND, NOISE = "gans_kind", "gans_galaxy_noise"  # in the URL
FIRST = "spiral"
MOST = 9999
_FRESH = "_gans_galaxies_fresh"
_DRAWN = component("pages/gans/galaxies/galaxies", styles=("ui/output/galaxy",))


def recall() -> None:
    """On the page itself: kind and noise come from the URL, or return to it."""
    if url.read(KIND, NOISE):
        st.session_state[_FRESH] = st.session_state.get(_FRESH, 0) + 1


def settings_now() -> tuple[int, int]:
    """The kind's place in CLASSES, and the number of the noise; the default for what makes no sense."""
    kind, noise = url.get(KIND, NOISE)
    number = int(noise) if noise and noise.isdecimal() and noise.isascii() and len(noise) < 5 else 0
    return CLASSES.index(kind if kind in CLASSES else FIRST), number


def show(measured: Measured) -> None:
    """Mount it. Raises: DataError, CheckpointError."""

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("settings")
        said = said if isinstance(said, dict) else {}
        kind, noise = said.get("kind"), said.get("noise")
        if kind in range(len(CLASSES)) and noise in range(MOST + 1):
            name = CLASSES[int(kind)]
            url.put({KIND: name if name != FIRST else None, NOISE: str(int(noise)) if noise else None})
            st.rerun()  # the pictures of that kind

    kind, noise = settings_now()
    rows = [
        {"key": "drawn", "title": "ACGAN", "note": "told the kind; drawn in your browser", "pictures": None},
        {"key": "vae", "title": "VAE", "note": "codes like those of this kind", "pictures": measured.pictures[kind]},
        {"key": "real", "title": "Real", "note": "neither has seen them", "pictures": real()[kind]},
    ]
    data = {
        "kinds": [TITLES[name].capitalize() for name in CLASSES],
        "kind": kind,
        "noise": noise,
        "shown": SHOWN,
        "rows": rows,
        "network": networks.reference(DRAWER)["sha256"],
        "fresh": st.session_state.get(_FRESH, 0),
    }
    _DRAWN(key=KEY, data=data, height="content", on_settings_change=set_by_hand)
    networks.deliver([DRAWER], part="gans_galaxies", late=True)


@functools.cache
def real() -> list[list[str]]:
    """Of each class the first SHOWN test galaxies, at half their size, WebP in base64. Raises: DataError."""
    x, y = load_half_galaxies("test")
    return [[webp(one.permute(1, 2, 0).numpy()) for one in x[y == kind][:SHOWN]] for kind in range(len(CLASSES))]


def webp(pixels: NDArray[np.uint8]) -> str:
    """A picture (H, W, 3), uint8, as a file in base64."""
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "WEBP", quality=85)
    return base64.b64encode(packed.getvalue()).decode()
