"""Pictures and traces of any shape, as the browser gets them: what picture.js reads and paints."""

import base64

import numpy as np
from torch import Tensor


def picture(x: Tensor, low: float = 0.0, high: float = 1.0) -> dict:
    """A picture or a trace as JSON can say it: its shape, its range and its values.

    Args:    x: a picture (C, H, W), C 1 (ink) or 3 (red, green, blue), or a batch of one; or a trace (1, L);
             low, high: what is black and white, or the lower and the upper edge; beyond them values are cut off.
    Raises:  ValueError: x has another shape.
    """
    if x.ndim == 4 and len(x) == 1:
        x = x[0]
    trace = x.ndim == 2 and len(x) == 1
    if not (trace or (x.ndim == 3 and len(x) in (1, 3))):
        raise ValueError(f"a picture is (1 or 3, H, W) and a trace is (1, L), not {tuple(x.shape)}")
    share = ((x.detach().cpu().float() - low) / (high - low)).clamp(0, 1).numpy()
    steps = (share * 65535 + 0.5).astype("<u2") if trace else (share * 255 + 0.5).astype(np.uint8)
    return {"shape": list(x.shape), "low": low, "high": high, "values": base64.b64encode(steps.tobytes()).decode()}


def pixels(x: Tensor) -> str:
    """Values in [0, 1] as one byte each, row by row, as base64: for components that know the shape."""
    return base64.b64encode((x.reshape(-1).numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode()
