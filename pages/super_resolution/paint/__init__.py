"""Paint the coarse pixels yourself: a small sheet, and both networks' answers to it, computed in the browser."""

import streamlit as st
import torch

from aecore.restore import upscaling
from aecore.restore.compare import Comparison
from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT
from pages.super_resolution import stage
from ui.component import component
from ui.live.networks import reference, runnable
from ui.output.picture import pixels

INKS = (0.25, 0.55, 0.95)  # quantiles of the ink of real digits: what the hand paints with
FAINT = 12  # of 255: less ink is none

_DESK = component("pages/super_resolution/paint/paint", html='<div class="desk"></div>')


def show(comparison: Comparison) -> None:
    """The sheet, as the stage's digit leaves it, and the answers; nothing where the networks are missing."""
    names = runnable((FULL, BIASED))
    if not names:
        return
    st.header(f"Paint the {comparison.given.numel()} pixels yourself", anchor=False)
    st.markdown(
        f"Both networks answer while you paint. How much of a {LEFT_OUT} must you paint until the one without "
        f"{LEFT_OUT}s draws it? The greys are those of real digits: few cells of a real stroke are full."
    )
    references = [reference(name) for name in names]
    judge = runnable(("judge",))
    like = upscaling.known(comparison.given.shape[-1])
    ink = like.x_low[like.x_low > FAINT].float() / 255
    data = {
        "inks": [0.0, *ink.quantile(torch.tensor(INKS)).tolist()],
        "known": pixels(like.x_low.float() / 255),
        "far": like.far,
        "side": comparison.given.shape[-1],
        "start": pixels(comparison.given),
        "networks": [
            {"title": one["title"], "sha256": one["sha256"], "color": stage.dot(one["name"])} for one in references
        ],
        "judge": reference("judge")["sha256"] if judge else "",
    }
    _DESK(key="super_paint_desk", data=data, height="content")
