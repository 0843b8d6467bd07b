"""Colours to one channel: brightness, unless ink stands out from its paper in its hue and hardly in its brightness."""

from __future__ import annotations

import cv2
import numpy as np

_LOOK = 360  # px: colours are compared in a copy whose longer side is at most this, in which noise is averaged out
_LEAST = 12.0  # grey levels by which ink differs from its paper at least
_CLEARLY = 6.0  # so many times the energy in another direction of colour before brightness is left
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # of red, green and blue, ITU-R BT.601


def channels(pixels: np.ndarray) -> list[np.ndarray]:
    """The channels in which to look for ink, the likeliest first.

    Args:    pixels: (H, W) or (H, W, 3), in [0, 255].
    Returns: one or two of (H, W) float32: brightness, and how far each pixel lies along the direction in which strokes
             differ from their paper; that one is left out where no colour stands out.
    """
    if pixels.ndim == 2:
        return [pixels.astype(np.float32)]
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    away = _from_paper(pixels)
    if away is None:
        return [gray]
    bright = away @ _LUMA
    direction = _principal(away)
    along = away @ direction
    if _energy(along) > _CLEARLY * _energy(bright):
        return [_projected(pixels, direction), gray]
    direction = _principal(away - bright[:, None])  # red, green and blue less brightness: of no brightness themselves
    if not _energy(away @ direction):
        return [gray]
    return [gray, _projected(pixels, direction)]


def _from_paper(pixels: np.ndarray) -> np.ndarray | None:
    """How far colours are from the paper around them, (N, 3) float32; None for a grey picture.

    A median over a window much wider than strokes is the paper; it follows slow changes of light and edges of things.
    """
    shrink = min(1.0, _LOOK / max(pixels.shape[:2]))
    size = tuple(max(1, round(n * shrink)) for n in pixels.shape[1::-1])
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small = cv2.GaussianBlur(small, (0, 0), 0.8)
    if float((small.max(2) - small.min(2)).max()) <= _LEAST:
        return None
    coarse = cv2.resize(small, tuple(-(-n // 4) for n in size), interpolation=cv2.INTER_AREA)
    window = max(3, min(coarse.shape[:2]) // 2) | 1
    paper = cv2.resize(cv2.medianBlur(np.rint(coarse).astype(np.uint8), window), size).astype(np.float32)
    return (small - paper).reshape(-1, 3)


def _principal(away: np.ndarray) -> np.ndarray:
    """The direction (3,) of length 1 in which those differences that are large vary most."""
    large = away[np.abs(away).max(1) > _LEAST]
    return np.linalg.eigh(large.T @ large)[1][:, -1].astype(np.float32)


def _energy(along: np.ndarray) -> float:
    return float((along[np.abs(along) > _LEAST] ** 2).sum())


def _projected(pixels: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """How far each pixel lies along a direction, in grey levels; brighter than 0 throughout."""
    along = np.full(pixels.shape[:2], -255 * float(np.minimum(direction, 0).sum()), np.float32)
    for i, share in enumerate(direction):
        along += share * pixels[..., i].astype(np.float32)
    return along
