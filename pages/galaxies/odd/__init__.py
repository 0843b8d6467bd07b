"""The frames that a score finds oddest: neighbours and mergers by the error, missing columns by a line in it."""

import streamlit as st

from aecore.galaxies.table import NETWORK, Measured
from pages.galaxies.stage import kinds, sky_address
from ui import url
from ui.component import component
from ui.live import networks

KEY = "galaxies_odd_view"
SCORE = "galaxies_odd"  # in the URL
TITLES = {"error": "Network's error", "line": "A dark line in the error", "median": "A dark line, no network"}

_ODD = component("pages/galaxies/odd/odd", styles=("ui/output/galaxy",))


def score_now() -> str:
    """The one that the visitor, or the link that they followed, asks for."""
    [score] = url.get(SCORE)
    return score if score in TITLES else next(iter(TITLES))


def choose(score: str) -> None:
    """Keep a score, and show it in the URL."""
    url.put({SCORE: score})


def show(measured: Measured) -> None:
    """The frames. Raises: DataError, CheckpointError."""

    def set_by_hand() -> None:
        said = st.session_state[KEY].get("score")
        if said in TITLES:
            choose(said)

    data = {
        "scores": [
            {"key": key, "title": title, "measured": f"{measured.odd[key]:.0f}%"} for key, title in TITLES.items()
        ],
        "score": score_now(),
        "kinds": kinds(),
        "network": networks.reference(NETWORK)["sha256"],
        "sky": sky_address(),
    }
    _ODD(key=KEY, data=data, height="content", on_score_change=set_by_hand)
