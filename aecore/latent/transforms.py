"""Transformations of a digit in pixel space: zoom, shift, rotation, brightness, thickness. One registry."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from aecore import contract

_FINE = 8  # thickness is changed at 8 times the size, so that a radius may be a fraction of a pixel


@dataclass(frozen=True)
class Transform:
    """A transformation with one amount.

    label: for people; unit: of the amount; low, high: ends of a walk; neutral: the amount that changes nothing, in
    the middle between them; apply: (x, amount) -> x of the same shape in [0, 1].
    """

    label: str
    unit: str
    low: float
    neutral: float
    high: float
    apply: Callable[[Tensor, float], Tensor]

    def amounts(self, steps: int) -> Tensor:
        """(steps,) amounts from low to high; for an odd number the middle one changes nothing."""
        return torch.linspace(self.low, self.high, steps)

    def describe(self, amount: float) -> str:
        """An amount as people read it: "+15°", "120%"."""
        if self.unit == "%":
            return f"{100 * amount:.0f}%"
        return f"{amount:+.0f}°" if self.unit == "°" else f"{amount:+.1f} {self.unit}"


def transform(name: str, x: Tensor, amount: float) -> Tensor:
    """Transform digits.

    Args:    name: a key of TRANSFORMS; x: (N, C, H, W) in [0, 1], background 0; amount: in the transform's unit.
    Returns: as x; x itself at the neutral amount.
    Raises:  ValueError: an unknown name, an amount that is not finite, or no batch of pictures (aecore.contract).
    """
    if name not in TRANSFORMS:
        raise ValueError(f"unknown transform {name!r}; choose from {', '.join(TRANSFORMS)}")
    if not math.isfinite(amount):
        raise ValueError(f"the amount must be a finite number, not {amount}")
    contract.check_pictures(x)
    how = TRANSFORMS[name]
    return x if amount == how.neutral else how.apply(x, amount)


def zoom(x: Tensor, factor: float) -> Tensor:
    """Enlarge about the middle; bilinear."""
    return _affine(x, scale=factor)


def shift_right(x: Tensor, pixels: float) -> Tensor:
    """Move to the right; what leaves the picture is gone."""
    return _affine(x, right=pixels)


def shift_down(x: Tensor, pixels: float) -> Tensor:
    """Move down; what leaves the picture is gone."""
    return _affine(x, down=pixels)


def rotate(x: Tensor, degrees: float) -> Tensor:
    """Turn about the middle, clockwise; bilinear."""
    return _affine(x, degrees=degrees)


def brightness(x: Tensor, factor: float) -> Tensor:
    """Multiply the ink and clip it at 1."""
    from torchvision.transforms.v2 import functional as v2  # late: a second of import time

    return v2.adjust_brightness(x, factor)


def thickness(x: Tensor, pixels: float) -> Tensor:
    """Make strokes wider (or thinner, below 0) by so many pixels: grey dilation (erosion) with a disk.

    The disk's diameter is `pixels`, at 8 times the size; so strokes grow by half of it on each side.

    Source: Serra 1982, "Image analysis and mathematical morphology", grey-scale dilation and erosion.
    """
    radius = abs(pixels) / 2 * _FINE
    reach = int(radius)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = (down**2 + right**2 <= radius**2).astype(np.uint8)
    change = cv2.dilate if pixels > 0 else cv2.erode
    height, width = x.shape[-2:]
    pictures = []
    for picture in x.flatten(0, 1).cpu().numpy():  # (H, W)
        fine = cv2.resize(picture, (_FINE * width, _FINE * height), interpolation=cv2.INTER_LINEAR)
        pictures.append(cv2.resize(change(fine, disk), (width, height), interpolation=cv2.INTER_AREA))
    return torch.from_numpy(np.stack(pictures)).clamp(0, 1).to(x.device, x.dtype).view_as(x)


def _affine(x: Tensor, degrees: float = 0.0, right: float = 0.0, down: float = 0.0, scale: float = 1.0) -> Tensor:
    from torchvision.transforms.v2 import InterpolationMode  # late: a second of import time
    from torchvision.transforms.v2 import functional as v2

    return v2.affine(x, degrees, [right, down], scale, [0.0, 0.0], InterpolationMode.BILINEAR).clamp(0, 1)


TRANSFORMS = {
    "rotation": Transform("Rotation", "°", -40, 0, 40, rotate),
    "zoom": Transform("Zoom", "%", 0.6, 1.0, 1.4, zoom),
    "thickness": Transform("Thickness", "px", -1.5, 0, 1.5, thickness),
    "brightness": Transform("Brightness", "%", 0.2, 1.0, 1.8, brightness),
    "right": Transform("Shift sideways", "px", -4, 0, 4, shift_right),
    "down": Transform("Shift up and down", "px", -4, 0, 4, shift_down),
}
