"""Walks in a latent space: straight and spherical paths, one dimension at a time, a grid."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


def lerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The straight path (1 - t) a + t b; of pictures it is the cross-fade.

    Args:    a, b: of one shape; t: (T,), 0 at a and 1 at b.
    Returns: (T, ...), one point a value of t.
    Raises:  ValueError: the shapes of a and b differ.
    """
    _same_shape(a, b)
    t = t.view(-1, *[1] * a.ndim)
    return (1 - t) * a + t * b


def slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """The spherical path: turns from a to b at a steady rate; between ends of one length it keeps that length.

    Between ends of different lengths more than 90 degrees apart it may reach further out than both.
    Where the angle is 0 or 180 degrees (or a point is the origin) the great circle is not unique; the path is
    straight there, as in the paper's code.

    Args:    a, b: (D,); t: (T,), 0 at a and 1 at b.
    Returns: (T, D).
    Raises:  ValueError: the shapes of a and b differ.
    Source:  White 2016, "Sampling Generative Networks", arXiv:1609.04468, section 2.1; Shoemake 1985.
    """
    _same_shape(a, b)
    omega = angle(a, b)
    if omega.sin() < 1e-4:
        return lerp(a, b, t)
    t = t[:, None]
    return ((1 - t) * omega).sin() / omega.sin() * a + (t * omega).sin() / omega.sin() * b


def angle(a: Tensor, b: Tensor) -> Tensor:
    """The angle between two vectors (D,), in radians from 0 to pi; 0 if one of them is the origin."""
    a_, b_ = a.double(), b.double()  # in single precision the angle of parallel vectors is off by a thousandth
    lengths = a_.norm() * b_.norm()
    if lengths == 0:
        return torch.zeros((), dtype=a.dtype)
    return (a_ @ b_ / lengths).clamp(-1, 1).acos().to(a.dtype)


@dataclass(frozen=True)
class Path:
    """A way from one code to another. label: for people; points: (a, b, t) -> (T, D)."""

    label: str
    points: Callable[[Tensor, Tensor, Tensor], Tensor]


PATHS = {"linear": Path("Linear", lerp), "spherical": Path("Spherical", slerp)}


def traverse(z: Tensor, dimension: int, values: Tensor) -> Tensor:
    """One code with one of its numbers replaced, once a value.

    Args:    z: (D,); dimension: from 0 to D - 1; values: (T,).
    Returns: (T, D).
    Raises:  ValueError: no such dimension.
    """
    if not 0 <= dimension < len(z):
        raise ValueError(f"dimension must be from 0 to {len(z) - 1}, not {dimension}")
    points = z.repeat(len(values), 1)
    points[:, dimension] = values
    return points


def prior_grid(side: int) -> Tensor:
    """Codes in a plane, spread so that each cell holds an equal share of N(0, I): the classic figure's grid.

    Args:    side: codes along each axis.
    Returns: (side * side, 2), rows from top (large second number) to bottom, left to right in a row.
    Source:  Kingma & Welling 2014, figure 4, arXiv:1312.6114.
    """
    quantiles = torch.special.ndtri((torch.arange(side, dtype=torch.float64) + 0.5) / side).float()
    second, first = torch.meshgrid(quantiles.flip(0), quantiles, indexing="ij")
    return torch.stack([first, second], -1).flatten(0, 1)


def _same_shape(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {tuple(a.shape)} and {tuple(b.shape)}")
