"""The directions in which codes of galaxies differ most, and what they mean."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

COUNT = 5  # directions that have a slider
PROPERTIES = ("brightness", "size", "redness", "elongation", "concentration", "upright", "lean")


@dataclass(frozen=True)
class Directions:
    """mean: (D,) of the codes; axes: (K, D) of length 1, the widest first; spread: (K,) standard deviation of the codes
    along each; share: (K,) of the codes' variance."""

    mean: Tensor
    axes: Tensor
    spread: Tensor
    share: Tensor

    def along(self, z: Tensor) -> Tensor:
        """Codes (N, D) -> how far along each direction, in standard deviations, (N, K)."""
        return (z - self.mean) @ self.axes.T / self.spread


def directions(z: Tensor, count: int = COUNT) -> Directions:
    """Principal axes of codes.

    Args:   z: (N, D), N at least 2.
    Source: Pearson 1901; the sign of an axis is free, here its largest entry is positive.
    """
    mean = z.mean(0)
    _, singular, axes = torch.linalg.svd(z - mean, full_matrices=False)
    axes = axes[:count]
    largest = axes.abs().argmax(1, keepdim=True)
    axes = axes * axes.gather(1, largest).sign()
    variance = singular.square() / (len(z) - 1)
    return Directions(mean, axes, variance[:count].sqrt(), variance[:count] / variance.sum())


def measure(x: Tensor) -> dict[str, np.ndarray]:
    """What can be read off pictures of galaxies by simple means: (N, 3, H, W) in [0, 1] -> PROPERTIES, (N,) each.

    brightness: mean of all pixels; size: root mean square distance of the light from its centre, in sides of the
    picture; redness: red minus blue light, as a share of both; elongation: 1 minus the ratio of the short to the long
    axis of the light; concentration: share of the light within a tenth of a side from the centre; upright, lean: how
    much more light lies along the vertical than the horizontal, and along the diagonal from the upper left.

    Light counts above a tenth of the peak within 0.35 sides of the middle, where neighbours seldom are.
    """
    grey = x.mean(1)  # (N, H, W)
    height, width = grey.shape[1:]
    rows, columns = torch.meshgrid(torch.linspace(-0.5, 0.5, height), torch.linspace(-0.5, 0.5, width), indexing="ij")
    middle = (rows.square() + columns.square()).sqrt() < 0.35
    light = torch.where(middle, grey, 0.0)
    light = (light - 0.1 * light.amax((1, 2), keepdim=True)).clamp(min=0)
    total = light.sum((1, 2)).clamp(min=1e-6)
    mean_of = lambda value: (light * value).sum((1, 2)) / total  # noqa: E731
    row, column = mean_of(rows), mean_of(columns)
    rr, cc, rc = mean_of(rows**2) - row**2, mean_of(columns**2) - column**2, mean_of(rows * columns) - row * column
    root = ((rr - cc).square() / 4 + rc.square()).sqrt()
    long, short = (rr + cc) / 2 + root, ((rr + cc) / 2 - root).clamp(min=0)
    red, blue = (torch.where(middle, x[:, channel], 0.0).sum((1, 2)) for channel in (0, 2))
    near = ((rows - row[:, None, None]).square() + (columns - column[:, None, None]).square()).sqrt() < 0.1
    values = {
        "brightness": grey.mean((1, 2)),
        "size": (rr + cc).sqrt(),
        "redness": (red - blue) / (red + blue).clamp(min=1e-6),
        "elongation": 1 - (short / long.clamp(min=1e-9)).sqrt(),
        "concentration": (light * near).sum((1, 2)) / total,
        "upright": (rr - cc) / (rr + cc).clamp(min=1e-9),
        "lean": 2 * rc / (rr + cc).clamp(min=1e-9),
    }
    return {name: value.numpy() for name, value in values.items()}


def correlations(along: Tensor, properties: dict[str, np.ndarray]) -> list[dict[str, float]]:
    """Of each direction, how strongly each property goes with it: Pearson's r, in [-1, 1]."""
    return [
        {name: float(np.corrcoef(position.numpy(), value)[0, 1]) for name, value in properties.items()}
        for position in along.T
    ]
