"""Curves in the plane, as points that lie exactly on them: the smallest manifolds that one can look at whole."""

import math
from collections.abc import Callable

import torch
from torch import Tensor


def _branches(t: Tensor) -> tuple[Tensor, Tensor]:
    """One branch above, one below, as in the lecture's figure: they come near each other in the middle."""
    x = 4 * (t % 0.5) - 1
    return x, torch.where(t < 0.5, 1.0, -1.0) * (0.22 + 0.22 * x.square())


def _moons(t: Tensor) -> tuple[Tensor, Tensor]:
    """Two half circles that reach into each other."""
    angle, upper = 2 * math.pi * (t % 0.5), t < 0.5
    x = torch.where(upper, -0.32 + 0.64 * angle.cos(), 0.32 - 0.64 * angle.cos())
    return x, torch.where(upper, -0.06 + 0.64 * angle.sin(), 0.06 - 0.64 * angle.sin())


def _circle(t: Tensor) -> tuple[Tensor, Tensor]:
    angle = 2 * math.pi * t
    return 0.8 * angle.cos(), 0.8 * angle.sin()


def _spiral(t: Tensor) -> tuple[Tensor, Tensor]:
    """One and three quarters of a turn; the root spaces its points evenly."""
    way = (0.04 + 0.96 * t).sqrt()
    angle = 3.5 * math.pi * way
    return way * angle.cos(), way * angle.sin()


CURVES: dict[str, Callable[[Tensor], tuple[Tensor, Tensor]]] = {
    "branches": _branches,
    "moons": _moons,
    "circle": _circle,
    "spiral": _spiral,
}


def curve(name: str, count: int = 120) -> Tensor:
    """Points of a curve, one after another along it.

    Args:    name: one of CURVES; count: how many.
    Returns: (count, 2) float64, within -1 to 1.
    Raises:  KeyError: there is no such curve.
    """
    t = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    return torch.stack(CURVES[name](t), 1)
