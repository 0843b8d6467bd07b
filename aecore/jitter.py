"""Digits moved a little at random: what a hand does, too, when it writes the same digit again."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def jitter(x: Tensor, rng: torch.Generator) -> Tensor:
    """Each digit turned (sd 6 degrees), scaled (sd 6%), sheared (sd 0.08) and shifted (up to 2 pixels) a little.

    Args:    x: (N, C, H, W); Returns: the same shape.
    """
    n, _, height, width = x.shape
    draw = torch.randn(n, 4, generator=rng, device=rng.device).to(x.device).clamp(-2.5, 2.5)
    angle, scale, shear = draw[:, 0] * math.radians(6), (draw[:, 1] * 0.06).exp(), draw[:, 2] * 0.08
    shift = (torch.rand(n, 2, generator=rng, device=rng.device).to(x.device) * 2 - 1) * 4 / height
    cos, sin = angle.cos() * scale, angle.sin() * scale
    rows = [torch.stack([cos, shear - sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)]
    theta = torch.stack(rows, 1)  # (N, 2, 3)
    return F.grid_sample(x, F.affine_grid(theta, [n, 1, height, width], align_corners=False), align_corners=False)
