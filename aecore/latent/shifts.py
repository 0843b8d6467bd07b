"""A digit shifted up and down: a curve in as many dimensions as it has pixels, and its tangents."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import contract


@dataclass(frozen=True)
class View:
    """A curve on its first three principal axes.

    points: (n, 3); tangents: (n, 3), how far the point moves a pixel of shift, seen on the same axes; share: of the
    curve's variance that the three axes hold.
    """

    points: Tensor
    tangents: Tensor
    share: float


def shifted(x: Tensor, by: float) -> Tensor:
    """A picture moved up or down by any part of a pixel.

    Args:    x: (N, C, H, W) in [0, 1], black outside; by: pixels, down if positive.
    Returns: as x; for whole numbers exactly the pixels of x.
    Raises:  ValueError: no batch of pictures.
    Source:  cubic convolution, whose derivative has no jumps, Keys 1981, doi:10.1109/TASSP.1981.1163711, a = -1/2.
    """
    contract.check_pictures(x)
    rows = torch.arange(x.shape[2], dtype=x.dtype, device=x.device)
    weights = _keys(rows[:, None] - by - rows[None, :])  # (H to, H from)
    return torch.einsum("ts,ncsw->nctw", weights, x).clamp(0, 1)


def curve(x: Tensor, reach: float = 6, n: int = 61) -> Tensor:
    """A digit at n equal steps from `reach` pixels up to as many down: x (1, C, H, W) -> (n, pixels)."""
    return torch.cat([shifted(x, by).flatten(1) for by in torch.linspace(-reach, reach, n).tolist()])


def tangents(points: Tensor, spacing: float) -> Tensor:
    """Derivative at each point of a curve by central differences, one-sided at its ends.

    Args:    points: (n, pixels), at least 2; spacing: between neighbours, in pixels of shift: 2 reach / (n - 1).
    Returns: (n, pixels).
    """
    return torch.gradient(points, spacing=spacing, dim=0)[0]


def view(points: Tensor, spacing: float) -> View:
    """A curve in 3-D; points, spacing: as in `tangents`, at least 4 points."""
    centred = points - points.mean(0)
    _, values, axes = torch.linalg.svd(centred, full_matrices=False)
    axes = axes[:3].T  # (pixels, 3)
    share = values[:3].square().sum() / values.square().sum().clamp(min=1e-30)
    return View(centred @ axes, tangents(points, spacing) @ axes, float(share))


def _keys(t: Tensor) -> Tensor:
    """The kernel of cubic convolution at distance t."""
    t = t.abs()
    near = (1.5 * t - 2.5) * t * t + 1
    far = ((-0.5 * t + 2.5) * t - 4) * t + 2
    return torch.where(t < 1, near, torch.where(t < 2, far, torch.zeros_like(t)))
