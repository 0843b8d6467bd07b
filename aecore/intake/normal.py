"""The ink of one digit in MNIST's form, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.morphology import skeletonize

BOX = 20  # longest side of a digit in its 28x28 picture, as in MNIST
SIDE = 28
_FINE = 8 * BOX  # a digit is thresholded and its stroke set at 8 times its final size
_STROKE = (1.9, 4.0)  # px at 28x28: 5th and 95th percentile of 4 * (mean distance to the edge) over MNIST


@dataclass(frozen=True)
class Normal:
    """A digit in MNIST's form, and the way back.

    x:     (28, 28) float32 in [0, 1].
    frame: what x covers, left, top, right, bottom in pixels of the ink it was made from; may reach beyond it.
    grown: by how much its stroke was widened (thinned, below 0) to be one that MNIST has, in pixels of x.
    """

    x: np.ndarray
    frame: tuple[float, float, float, float]
    grown: float


def normalize(ink: np.ndarray) -> Normal | None:
    """One digit in MNIST's form: longest side 20 px, centre of mass in the middle of 28x28, usual stroke.

    MNIST's digits were two-level scans, reduced with anti-aliasing; so the edge is set at a high resolution,
    a stroke thinner or thicker than 90% of MNIST's is brought to that range, and the result is reduced.

    Args:    ink: (H, W) float32, 1 on ink, 0 on paper, all of it one digit; the edge is at 0.5.
    Returns: the digit, or None if nothing reaches 0.5.
    Source:  LeCun et al. 1998, "Gradient-based learning applied to document recognition", section III.A.
    """
    box = _bounds(ink > 0.5)
    if box is None:
        return None
    left, top, right, bottom = box
    crop = np.pad(ink[top:bottom, left:right], 1).astype(np.float32)
    scale = _FINE / max(right - left, bottom - top)
    size = tuple(max(1, round(n * scale)) for n in crop.shape[::-1])
    fine = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    solid = fine > min(0.5, 0.5 * float(fine.max()))  # a hairline fades when reduced
    margin = _FINE // 8
    solid, grown = _set_stroke(np.pad(solid, margin))
    x0, y0, x1, y1 = _bounds(solid)
    solid = solid[y0:y1, x0:x1].astype(np.float32)
    scale = BOX / max(solid.shape)
    small_size = tuple(max(1, round(n * scale)) for n in solid.shape[::-1])
    x, at = _center(np.minimum(cv2.resize(solid, small_size, interpolation=cv2.INTER_AREA), 1))
    corners = []
    for begin, first, last, shift, small, whole, pixels in (
        (left, x0, x1, at[0], small_size[0], size[0], crop.shape[1]),
        (top, y0, y1, at[1], small_size[1], size[1], crop.shape[0]),
    ):  # back through every step, for the edges 0 and 28 of x
        for edge in (0, SIDE):
            in_fine = first - margin + (edge - shift) * (last - first) / small
            corners.append(begin - 1 + in_fine * pixels / whole)
    return Normal(x, (corners[0], corners[2], corners[1], corners[3]), grown * scale)


def _center(small: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Put a digit of at most 20x20 into 28x28, its centre of mass on pixel (14, 14) as in MNIST; and say where."""
    height, width = small.shape
    total = small.sum()
    x = float((small.sum(0) * np.arange(width)).sum() / total)
    y = float((small.sum(1) * np.arange(height)).sum() / total)
    left = int(np.clip(round(SIDE / 2 - x), 0, SIDE - width))
    top = int(np.clip(round(SIDE / 2 - y), 0, SIDE - height))
    out = np.zeros((SIDE, SIDE), np.float32)
    out[top : top + height, left : left + width] = small
    return out, (left, top)


def _set_stroke(solid: np.ndarray) -> tuple[np.ndarray, float]:
    """Grow or thin a two-level digit whose longest side is 160 until its stroke is one that MNIST has.

    Returns: the digit, and by how many pixels its stroke became wider.
    """
    low, high = (_FINE / BOX * width for width in _STROKE)
    width = stroke_width(solid)
    target = float(np.clip(width, low, high))
    radius = (target - width) / 2 / (1 - target / _FINE)  # growing also widens the box that becomes 20 px
    if radius > 0.5:
        outside = cv2.distanceTransform((~solid).astype(np.uint8), cv2.DIST_L2, 5)
        return outside <= radius, 2 * radius
    if radius < -0.5:
        inside = cv2.distanceTransform(solid.astype(np.uint8), cv2.DIST_L2, 5)
        line = skeletonize(solid)  # keeps a thin link that plain erosion would cut
        line = cv2.distanceTransform((~line).astype(np.uint8), cv2.DIST_L2, 5) <= low / 2
        return (inside > -radius) | (line & solid), 2 * radius
    return solid, 0.0


def stroke_width(mask: np.ndarray) -> float:
    """Mean stroke width in pixels: in a bar of width w the mean distance to the edge is w / 4."""
    distance = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    return 4 * float(distance[distance > 0].mean())


def _bounds(mask: np.ndarray) -> tuple[int, int, int, int] | None:
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
