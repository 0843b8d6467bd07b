"""How much of a picture's fine detail a cleaned copy still has."""

import numpy as np
from scipy.ndimage import gaussian_filter

from aecore.pictures.denoise import Box

COARSE = 1.5  # px: standard deviation of the blur whose rest is fine detail


def share_left(clean: np.ndarray, recon: np.ndarray, box: Box) -> float:
    """The share of a window's fine detail that is left: the slope of the copy's detail on the clean picture's.

    Detail is a picture minus its Gaussian blur. Noise left in the copy does not count, since it does not go with the
    clean picture: 1 keeps everything, 0 is flat.

    Args:    clean, recon: (H, W) or (H, W, 3), the same shape and scale; box: the window, left, top, right, bottom.
    Returns: the share, in [0, 1]; 1 where the window has no detail at all.
    """
    left, top, right, bottom = box
    margin = int(4 * COARSE)
    y0, x0 = max(0, top - margin), max(0, left - margin)

    def detail(pixels: np.ndarray) -> np.ndarray:
        around = pixels[y0 : bottom + margin, x0 : right + margin].astype(np.float64)
        fine = around - gaussian_filter(around, (COARSE, COARSE, *[0] * (around.ndim - 2)))
        return fine[top - y0 : bottom - y0, left - x0 : right - x0]

    mine, theirs = detail(recon), detail(clean)
    energy = float((theirs**2).sum())
    return 1.0 if energy == 0 else float(np.clip((mine * theirs).sum() / energy, 0, 1))
