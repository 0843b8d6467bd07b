"""Strips of heartbeats without their own slow wander, and two kinds of noise that electrodes add.

A strip here has 180 samples a second: two of the recorder's averaged into one. Its reference is the recording itself
less its own baseline, found by two running medians (de Chazal et al. 2004); the recorder's little noise stays in it, so
that no method can be perfect.

Source of the noises: G. D. Clifford, F. Azuaje, P. McSharry (eds.), "Advanced Methods and Tools for ECG Data Analysis",
Artech House 2006, chapter 3: baseline wander by breathing and electrodes below 0.5 Hz; muscle noise, broad above 20 Hz.
"""

import functools
import math

import numpy as np
import torch
from torch import Tensor

from aecore.data.beats import RATE, to_unit
from aecore.data.heartbeats import PER_MILLIVOLT, TEST, TRAIN, strips

WINDOW = 2048  # samples that a network sees, 11.4 s
WANDER = (0.05, 0.5)  # Hz
MUSCLE = 20.0  # Hz, from here on
WAVES = 5  # of a wander
LEVELS = {"wander": (0.0, 1.0), "muscle": (0.0, 0.2)}  # millivolts: largest value, RMS; what networks learn from
HOP = 60  # samples from one training window to the next


@functools.cache
def reference(record: int) -> np.ndarray:
    """A recording's minute in millivolts, float64 (10800,), without its baseline. Raises: DataError, KeyError."""
    from scipy.ndimage import median_filter  # late: only who looks at strips wants it

    x = strips()[record].astype(np.float64) / PER_MILLIVOLT
    x = x.reshape(-1, 2).mean(1)
    beats = median_filter(x, round(0.2 * RATE) | 1, mode="nearest")
    return x - median_filter(beats, round(0.6 * RATE) | 1, mode="nearest")


def strip_bytes(split: str) -> tuple[Tensor, Tensor]:
    """Overlapping windows of the "train" or the "test" recordings, as recipes want them.

    Returns: uint8 (N, 1, WINDOW), 0 to 255 for beats.RANGE millivolts about 0, and y all 0.
    """
    records = TRAIN if split == "train" else TEST
    rows = [torch.from_numpy(reference(record)).float().unfold(0, WINDOW, HOP) for record in records]
    x = to_unit(torch.cat(rows))[:, None]
    return (255 * x).round().clamp(0, 255).byte(), torch.zeros(len(x), dtype=torch.long)


def wander(n: int, length: int, rng: torch.Generator) -> Tensor:
    """Slow waves of random frequency (WANDER), phase and strength, largest value 1: (n, 1, length)."""

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, WAVES, 1, generator=rng, device=rng.device)

    t = torch.arange(length, device=rng.device) / RATE
    waves = draw(0.2, 1) * torch.cos(2 * math.pi * draw(*WANDER) * t + draw(0, 2 * math.pi))  # (n, WAVES, length)
    total = waves.sum(1, keepdim=True)
    return total / total.abs().amax(2, keepdim=True)


def muscle(n: int, length: int, rng: torch.Generator) -> Tensor:
    """Noise above MUSCLE Hz, as strong at all frequencies there, RMS 1: (n, 1, length)."""
    spectrum = torch.fft.rfft(torch.randn(n, 1, length, generator=rng, device=rng.device))
    f = torch.fft.rfftfreq(length, 1 / RATE, device=rng.device)
    x = torch.fft.irfft(spectrum * (f >= MUSCLE), length)
    return x / x.square().mean(2, keepdim=True).sqrt()
