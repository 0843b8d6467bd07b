"""Colours that mean something, the same on every page: one a class, one a family."""

import streamlit as st

# Petroff's ten-colour cycle, made for colour-blind readers (arXiv:2107.02270); index = digit.
CLASS_COLORS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

FAMILIES = {"ae": "AE", "dae": "DAE", "vae": "VAE", "cvae": "CVAE", "classical": "classical"}

_FAMILY_COLORS = {
    "light": {
        "ae": "#2f7fc9",
        "dae": "#d4600a",
        "vae": "#8438b4",
        "cvae": "#b0306f",
        "classical": "#6b7478",
        "upscaler": "#7a6a00",
    },
    "dark": {
        "ae": "#5fabf0",
        "dae": "#ff9a45",
        "vae": "#bd84e6",
        "cvae": "#ee84b8",
        "classical": "#a3adb2",
        "upscaler": "#d8c24a",
    },
}


_NEUTRAL = {  # text, muted text, grid lines, background: the same as in .streamlit/config.toml
    "light": ("#1b2124", "#5b6468", "#e3e6e1", "#fbfbf9"),
    "dark": ("#e8ecee", "#a3adb2", "#2a3338", "#12171a"),
}


def mode() -> str:
    """ "light" or "dark", as the visitor sees the page now."""
    return "dark" if st.context.theme.type == "dark" else "light"


def family_color(family: str) -> str:
    """Hex colour of a model family or of the classical methods, readable on the present theme."""
    return _FAMILY_COLORS[mode()].get(family, _FAMILY_COLORS[mode()]["classical"])


def neutral() -> tuple[str, str, str, str]:
    """Colours of text, muted text, grid lines and background, for charts."""
    return _NEUTRAL[mode()]
