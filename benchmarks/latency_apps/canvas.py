"""The Denoise page's work behind streamlit-drawable-canvas and st.image, with every favour that a rival can get.

Same corruption, models, classical methods, numbers and judge; a fragment, models loaded ahead, the collector tamed.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, as in ui/shell.py
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from aecore.corruptions import CORRUPTIONS
from aecore.engine import Engine, get_engine
from aecore.intake.files import digit_from_strokes
from aecore.restore import baselines
from aecore.restore.compare import Damage, compare_denoising
from pages.denoise import controls

SIZE = 308  # px, of the canvas: the lab's pad


@st.cache_resource
def warm() -> Engine:
    """The engine with everything loaded, run once and frozen."""
    baselines.warm_up()
    engine = get_engine()
    engine.preload(engine.names())
    return engine


def picture(x) -> np.ndarray:
    """(1, 1, 28, 28) in [0, 1] -> uint8 (112, 112), enlarged without blur."""
    return np.kron((x[0, 0].numpy() * 255 + 0.5).astype(np.uint8), np.ones((4, 4), np.uint8))


@st.fragment
def stage(engine: Engine) -> None:
    """Draw, corrupt, restore, show."""
    cards = engine.restorers("denoise")
    left, right = st.columns(2)
    with left:
        drawn = st_canvas(
            stroke_width=25,
            stroke_color="#ffffff",
            background_color="#000000",
            height=SIZE,
            width=SIZE,
            return_image_data=True,
            key="canvas",
        )
    with right:
        name = st.selectbox("Damage", list(CORRUPTIONS))
        strength = st.slider("Strength", 0.0, 1.0, controls.default_strength(name))
        if drawn.image_data is None or not drawn.image_data[..., 0].any():
            return
        x = digit_from_strokes(drawn.image_data[..., 0]).x
        models = [name for name in controls.FIRST_MODELS if name in cards] or list(cards)[:3]
        classical = baselines.applicable(name)[:2]
        comparison = compare_denoising(x, Damage(name, strength, 7), models, classical, engine=engine)
        entries = [*comparison.methods, comparison.clean, comparison.corrupted]  # methods first: a favour to the clock
        for column, entry in zip(st.columns(len(entries)), entries, strict=True):
            column.image(picture(entry.x), caption=f"{entry.label}: {entry.psnr:.1f} dB, SSIM {entry.ssim:.2f}")


stage(warm())
