"""What a photographed page looks like: ink that is drawn large, the grain of paper, uneven light."""

from __future__ import annotations

import cv2
import numpy as np

Box = tuple[float, float, float, float]


def place(
    digit: np.ndarray, width: int, height: int, x: float, y: float, side: float, angle: float = 0.0
) -> tuple[np.ndarray, Box]:
    """Draw a small picture of a digit large.

    Args:    digit: (28, 28) uint8; width, height: of the page; x, y: where its middle goes; side: px that the 28
             become; angle: in degrees.
    Returns: (height, width) float32 ink, 0 to 1, and the box (left, top, right, bottom) of that ink.
    """
    turn = cv2.getRotationMatrix2D((13.5, 13.5), angle, side / 28)
    turn[:, 2] += (x - 13.5, y - 13.5)
    layer = cv2.warpAffine(digit.astype(np.float32) / 255, turn, (width, height), flags=cv2.INTER_CUBIC)
    columns, rows = np.flatnonzero((layer > 0.5).any(0)), np.flatnonzero((layer > 0.5).any(1))
    box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    sharp = max(1.0, side / 28 / 2)  # ink has a sharper edge than an enlarged 28x28 picture
    return np.clip((layer - 0.5) * sharp + 0.5, 0, 1) * (layer > 0.02), box


def texture(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Grain of several sizes (height, width), mean 0, standard deviation about 1."""
    out = np.zeros((height, width), np.float32)
    for size in (1, 3, 12, 40):
        grain = rng.standard_normal((height // size + 2, width // size + 2)).astype(np.float32)
        out += cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    return out / 1.6


def light(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A slanted gradient of light and a darker rim (height, width), 1 at the brightest."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle, depth, rim = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.35), rng.uniform(0, 0.15)
    slope = (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)
    return (1 - depth * (slope + 1) / 2) * (1 - rim * (x**2 + y**2) / 2)
