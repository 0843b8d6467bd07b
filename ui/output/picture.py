"""Pictures and traces of any shape, as the browser gets them: what picture.js reads and paints."""

import base64

import numpy as np
from torch import Tensor


def picture(x: Tensor, low: float = 0.0, high: float = 1.0) -> dict:
    """One of `pictures`.

    Args:    x: (C, H, W) or (1, C, H, W), C 1 for ink or 3 for red, green and blue; or a trace (1, L).
    Raises:  ValueError: x has another shape.
    """
    return pictures(x if x.ndim == 4 else x[None], low, high)


def pictures(x: Tensor, low: float = 0.0, high: float = 1.0) -> dict:
    """Pictures or traces of one shape as JSON can say them: their shape, their range, and the values of all.

    Args:    x: (N, C, H, W), C 1 for ink or 3 for red, green and blue; or traces (N, 1, L);
             low, high: what is black and white, or the lower and the upper edge; beyond them values are cut off.
    Raises:  ValueError: x has another shape.
    """
    channels, trace = x.shape[1] if x.ndim > 1 else 0, x.ndim == 3
    if not ((trace and channels == 1) or (x.ndim == 4 and channels in (1, 3))):
        raise ValueError(f"pictures are (N, 1 or 3, H, W) and traces are (N, 1, L), not {tuple(x.shape)}")
    share = ((x.detach().cpu().float() - low) / (high - low)).clamp(0, 1).numpy()
    steps = (share * 65535 + 0.5).astype("<u2") if trace else (share * 255 + 0.5).astype(np.uint8)
    return {"shape": list(x.shape[1:]), "low": low, "high": high, "values": base64.b64encode(steps.tobytes()).decode()}


def pixels(x: Tensor) -> str:
    """Values in [0, 1] as one byte each, row by row, as base64: for components that know the shape."""
    return base64.b64encode((x.reshape(-1).numpy() * 255 + 0.5).astype(np.uint8).tobytes()).decode()
