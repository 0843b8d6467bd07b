"""A minimal Gradio app: a sketchpad's change event runs one of our models and shows its picture.

GRADIO_SERVER_PORT=8803 python benchmarks/latency_apps/sketchpad.py
"""

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported, as in ui/shell.py
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import gradio as gr
import numpy as np

from aecore.engine import get_engine
from aecore.intake.files import digit_from_strokes
from pages.denoise.controls import FIRST_MODELS

engine = get_engine()
MODEL = next(name for name in (*FIRST_MODELS, *engine.names()) if name in engine.names())


def reconstruct(drawing: dict) -> np.ndarray | None:
    """Black ink on white; Gradio sends the sheet as a picture."""
    ink = 255 - drawing["composite"]
    if not ink.any():
        return None
    recon = engine.reconstruct(MODEL, digit_from_strokes(ink).x)
    return np.kron((recon[0, 0].numpy() * 255 + 0.5).astype(np.uint8), np.ones((4, 4), np.uint8))


with gr.Blocks() as app:
    with gr.Row():
        pad = gr.Sketchpad(
            image_mode="L",
            canvas_size=(308, 308),
            fixed_canvas=True,
            brush=gr.Brush(25, ["#000000"], color_mode="fixed"),
            layers=False,
        )
        shown = gr.Image(format="png")
    pad.change(reconstruct, pad, shown, show_progress="hidden")

engine.preload([MODEL])
gc.freeze()
app.launch(server_name="127.0.0.1", server_port=int(os.environ["GRADIO_SERVER_PORT"]))
