"""Paint the coarse pixels yourself: a small sheet, and both networks' answers to it, computed in the browser."""

import base64

import numpy as np
import streamlit as st

from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT, Comparison
from pages.super_resolution import stage
from ui.component import component
from ui.live import networks

_DESK = component("pages/super_resolution/paint/paint")


def show(found: Comparison) -> None:
    """The sheet, as the stage's digit leaves it, and the answers; nothing where the networks are missing."""
    names = networks.available((FULL, BIASED))
    if not names:
        return
    st.header(f"Paint the {found.side**2} pixels yourself", anchor=False)
    st.markdown(
        "Both networks answer while you paint, and both answers fit your pixels. "
        f"How much of a {LEFT_OUT} must you paint until the one without {LEFT_OUT}s draws it?"
    )
    references = [networks.reference(name) for name in names]
    judge = networks.available(("judge",))
    data = {
        "side": found.side,
        "start": base64.b64encode((found.x_low.reshape(-1).numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode(),
        "networks": [
            {"title": each["title"], "sha256": each["sha256"], "color": stage.dot(each["name"])} for each in references
        ],
        "judge": networks.reference("judge")["sha256"] if judge else "",
    }
    _DESK(key="super_paint_desk", data=data, height="content")
