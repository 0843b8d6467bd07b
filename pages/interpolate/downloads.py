"""A walk to take home: an animation (GIF, WebP), all steps as one PNG, the path as CSV."""

import io

import numpy as np
import streamlit as st
import torch
from PIL import Image, ImageDraw, ImageFont

from aecore.engine import get_engine
from pages.interpolate.walk import Walk, walk
from ui.output.tables import comma_separated

_TILE, _GAP, _LINE = 112, 16, 24
_FRAMES, _PACE = 25, 70  # of one crossing; ms a frame


def buttons(current: Walk, measured) -> None:
    """One popover with the four files; each is made when it is asked for."""
    with st.popover("Download", icon=":material/download:"):
        for label, kind, make, about in (
            ("Animation, GIF", "image/gif", lambda: animation(current, "GIF"), "From A to B and back, all rows"),
            ("Animation, WebP", "image/webp", lambda: animation(current, "WEBP"), "The same, without loss and smaller"),
            ("All steps, PNG", "image/png", lambda: sheet(current), "One row a path, with its name"),
            ("The path, CSV", "text/csv", lambda: table(current, measured), "One line a step: its numbers, its code"),
        ):
            suffix = kind.split("/")[1]
            st.download_button(
                label, make, f"walk-{current.path}.{suffix}", kind, on_click="ignore", key=f"interpolate_{suffix}",
                help=about, width="stretch",
            )  # fmt: skip


def animation(current: Walk, kind: str) -> bytes:
    """From A to B and back, in 25 steps each way, every row's picture under its name; kind: "GIF" or "WEBP"."""
    fine = walk(get_engine(), current.a, current.b, current.path, _FRAMES, [row.id for row in current.rows])
    width = _GAP + len(fine.rows) * (_TILE + _GAP)
    frames = []
    for place in range(_FRAMES):
        frame = Image.new("L", (width, _TILE + _GAP + _LINE), 0)
        for column, row in enumerate(fine.rows):
            left = _GAP + column * (_TILE + _GAP)
            frame.paste(_tile(row.x[place]), (left, _LINE))
            ImageDraw.Draw(frame).text((left, 4), row.label, 220, ImageFont.load_default(14))
        frames.append(frame)
    frames += frames[-2:0:-1]  # and back
    durations = [_PACE] * len(frames)
    durations[0] = durations[_FRAMES - 1] = 600  # rest at the ends
    buffer = io.BytesIO()
    frames[0].save(
        buffer, kind, save_all=True, append_images=frames[1:], duration=durations, loop=0, optimize=True, lossless=True
    )
    return buffer.getvalue()


def sheet(current: Walk) -> bytes:
    """Every step of every row as one PNG."""
    steps = len(current.t)
    size = (_GAP + steps * (_TILE + 4) - 4 + _GAP, _GAP + len(current.rows) * (_TILE + _LINE + _GAP))
    page, font = Image.new("RGB", size, "white"), ImageFont.load_default(15)
    for line, row in enumerate(current.rows):
        top = _GAP + line * (_TILE + _LINE + _GAP)
        ImageDraw.Draw(page).text((_GAP, top - 2), row.about, "#1b2124", font)
        for place, x in enumerate(row.x):
            page.paste(_tile(x), (_GAP + place * (_TILE + 4), top + _LINE - 4))
    buffer = io.BytesIO()
    page.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def table(current: Walk, measured) -> str:
    """One line a step and row: place, the numbers of the evidence, the code (z_0, z_1, ...; empty for pixels)."""
    widest = max((row.z.shape[1] for row in current.rows if row.z is not None), default=0)
    numbers = ["nearest_distance", "nearest_training_digit", "judge_reads", "judge_probability", "negative_elbo_nats"]
    lines = []
    for values in measured:
        for step, t in enumerate(current.t.tolist()):
            surprise = "" if values.surprise is None else f"{float(values.surprise[step]):.2f}"
            place = [f"{float(values.distance[step]):.4f}", int(values.nearest[step]), int(values.reads[step])]
            code = [] if values.row.z is None else [f"{value:.6f}" for value in values.row.z[step].tolist()]
            path = "linear" if values.row.z is None else current.path
            line = [values.row.id, path, step, f"{t:.4f}", *place, f"{float(values.sure[step]):.4f}", surprise]
            lines.append([*line, *code, *[""] * (widest - len(code))])
    return comma_separated(["row", "path", "step", "t", *numbers, *(f"z_{i}" for i in range(widest))], lines)


def _tile(x: torch.Tensor) -> Image.Image:
    small = Image.fromarray((x[0].numpy() * 255 + 0.5).astype(np.uint8))
    return small.resize((_TILE, _TILE), Image.Resampling.NEAREST)
