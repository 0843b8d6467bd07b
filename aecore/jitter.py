"""Pictures moved at random, as they might have been taken: digits a little, galaxies by any angle."""

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


def turn(x: Tensor, rng: torch.Generator) -> Tensor:
    """Each picture turned by any angle, and half of them mirrored: a galaxy has no up.

    What a turn brings in from beyond the edge is mirrored there.

    Args:    x: (N, C, H, W); Returns: the same shape.
    """
    n = len(x)
    draw = torch.rand(n, 2, generator=rng, device=rng.device).to(x.device)
    mirror = torch.where(draw[:, 1] < 0.5, -1.0, 1.0)
    return turned(x, 2 * math.pi * draw[:, 0], mirror)


def shifted(x: Tensor, share: float, rng: torch.Generator) -> Tensor:
    """Each picture moved by up to a share of its side both ways; what comes in from beyond the edge is mirrored there.

    A critic that sees everything so, real pictures and drawn ones, cannot learn a few hundred pictures by heart.

    Args:    x: (N, C, H, W), through which gradients flow; Returns: the same shape.
    Source:  Zhao et al. 2020, "Differentiable augmentation", arXiv:2006.10738.
    """
    move = torch.rand(len(x), 2, 1, generator=rng, device=rng.device).to(x.device) * 2 - 1  # (N, 2, 1)
    theta = torch.cat([torch.eye(2, device=x.device).expand(len(x), 2, 2), 2 * share * move], 2)  # (N, 2, 3)
    grid = F.affine_grid(theta, [len(x), 1, *x.shape[2:]], align_corners=False)
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)


def turned(x: Tensor, angle: Tensor, mirror: Tensor | None = None) -> Tensor:
    """Pictures turned anticlockwise about their centre, with bilinear interpolation.

    Args:    x: (N, C, H, W), square; angle: (N,) in radians; mirror: (N,), -1 to swap left and right first, else 1.
    Returns: the same shape; what lies beyond the edge is mirrored there.
    """
    cos, sin = angle.cos(), angle.sin()
    flip = torch.ones_like(angle) if mirror is None else mirror
    zero = torch.zeros_like(angle)
    rows = [torch.stack([flip * cos, -flip * sin, zero], 1), torch.stack([sin, cos, zero], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), [len(x), 1, *x.shape[2:]], align_corners=False)
    return F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
