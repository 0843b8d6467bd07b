"""Frames with something wrong in them, and two scores that look for it: a network's error, and a dark line in it."""

import math

import numpy as np
import torch
from torch import Tensor

from aecore.jitter import turned

# Frames in which a column of the camera is missing: a thin dark line. Marked by eye, by going through all 940 enlarged
# and brightened, those twice that a filter for dark lines had put forward. No satellite's trail is among the 940.
MISSING_COLUMNS = frozenset(
    (
        "sdss-dr7-587722983374127595",
        "sdss-dr7-587725551200895094",
        "sdss-dr7-587727220863140458",
        "sdss-dr7-587727226232242263",
        "sdss-dr7-587733399180607739",
        "sdss-dr7-587733399711055996",
        "sdss-dr7-587734303805735314",
        "sdss-dr7-587734950206046396",
        "sdss-dr7-587735695367798906",
        "sdss-dr7-587735695380775162",
        "sdss-dr7-587742013302112401",
        "sdss-dr7-587742014897389663",
        "sdss-dr7-587742059997298786",
        "sdss-dr7-587742550141960394",
        "sdss-dr7-587742901795553358",
        "sdss-dr7-588017990154387734",
        "sdss-dr7-588023669167947881",
        "sdss-dr7-588848901525602401",
        "gz2-kaggle-779869",
    )
)
ANGLES = 60  # directions that a line may have
MOST = 4.0  # units of noise that one pixel counts at most: a star is no line
LONG = 50  # pixels of a line that is looked at, at least


def relative_error(x: Tensor, recon: Tensor) -> Tensor:
    """||x - recon||^2 / ||x||^2 of each picture, (N, 3, H, W) -> (N,): the share of the light that was not redrawn."""
    return (x - recon).square().flatten(1).sum(1) / x.square().flatten(1).sum(1)


def dark_line(x: Tensor, expected: Tensor) -> Tensor:
    """How strong the strongest dark line is in what a picture lacks, in units of noise, (N, 3, H, W) -> (N,).

    The difference is summed along all lines of ANGLES directions and divided by the square root of their length, so
    that noise alone gives about 1 everywhere: a Radon transform of the difference.

    Args:    x: pictures in [0, 1]; expected: what they should be, by a network or a filter.
    Source:  Radon 1917; for such trails in astronomy Nir et al. 2018, arXiv:1806.04204.
    """
    lacking = (expected - x).mean(1, keepdim=True)  # (N, 1, H, W)
    noise = 1.5 * lacking.abs().flatten(1).median(1).values + 1.5 / 255
    lacking = (lacking / noise[:, None, None, None]).clamp(-MOST, MOST)
    whole = torch.ones_like(lacking[:1])
    best = torch.zeros(len(x), device=x.device)
    for step in range(ANGLES):
        angle = torch.tensor([math.pi * step / ANGLES], device=x.device)
        lines = _within(lacking, angle.expand(len(x))).sum(2)[:, 0]  # (N, W)
        length = _within(whole, angle).sum(2)[0, 0]  # (W,)
        strength = lines[:, length > LONG] / length[length > LONG].sqrt()
        best = torch.maximum(best, strength.amax(1))
    return best


def by_median(x: Tensor, size: int = 7) -> Tensor:
    """What a picture should be by itself: each pixel the median of those around it, (N, 3, H, W) -> the same."""
    import cv2  # late: the page needs none of it

    pixels = (x.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    smooth = np.stack([cv2.medianBlur(np.ascontiguousarray(picture), size) for picture in pixels])
    return torch.from_numpy(smooth).permute(0, 3, 1, 2).to(x) / 255


def _within(x: Tensor, angle: Tensor) -> Tensor:
    """Turned pictures whose corners, which came from beyond the edge, are 0."""
    rows, columns = torch.meshgrid(
        *[torch.linspace(-1, 1, side, device=x.device) for side in x.shape[2:]], indexing="ij"
    )
    cos, sin = angle[0].cos(), angle[0].sin()
    across, down = columns * cos - rows * sin, columns * sin + rows * cos
    return turned(x, angle) * ((across.abs() <= 1) & (down.abs() <= 1))
