"""One trace from a seed and a few settings, the same in Python and in the browser (pages/signals/stage/draws.js).

Its chances are a hash of a counter, so no generator needs to be stepped: the i-th number of a stream of a seed.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aecore.data import signals

PULSE, WHITE, OTHER, UNIFORM, CARRIERS = range(5)  # streams; a Gaussian one takes two, its own and that 8 higher
SEEDS = 1_000_000
MOST = 3  # carriers


@dataclass(frozen=True)
class Settings:
    """noise: one of signals.NOISES; snr: of the pulse; colour: of the background, 0 white to 1 Galactic; carriers: of
    them; clipped: as in the review, with the published pulse; silent: no pulse; seed: below SEEDS."""

    noise: str = "background"
    snr: float = 3.0
    colour: float = 0.0
    carriers: int = 0
    clipped: bool = False
    silent: bool = False
    seed: int = 1


def uniforms(seed: int, stream: int, n: int) -> np.ndarray:
    """n numbers in (0, 1), float64. Source: Wellons 2018, "Prospecting for hash functions" (lowbias32)."""
    counter = np.arange(n, dtype=np.uint64)
    x = (counter * 0xC2B2AE3D + seed * 0x9E3779B1 + stream * 0x85EBCA77 & 0xFFFFFFFF).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x.astype(np.float64) + 0.5) / 2**32


def gaussians(seed: int, stream: int, n: int) -> np.ndarray:
    """n standard normal numbers. Source: Box & Muller 1958."""
    radius = np.sqrt(-2 * np.log(uniforms(seed, stream, n)))
    return radius * np.cos(2 * math.pi * uniforms(seed, stream + 8, n))


def pulse(settings: Settings) -> Tensor:
    """The bare pulse of a seed, largest absolute value 1, (1, 1, LENGTH)."""
    place, slope, phase, sign = uniforms(settings.seed, PULSE, 4)
    low, high = signals.PLACES
    at = torch.tensor([[round(low + (high - low) * place)]], dtype=torch.float64)
    if settings.clipped:
        return signals.shaped(at)
    steep = signals.SLOPES[0] + (signals.SLOPES[1] - signals.SLOPES[0]) * slope
    return signals.shaped(at, steep, phase * math.pi / 2, 1.0 if sign > 0.5 else -1.0)


def noise(settings: Settings) -> Tensor:
    """Its noise in mV, (1, 1, LENGTH)."""
    seed, n = settings.seed, signals.LENGTH
    if settings.noise == "uniform":
        return signals.BOUND * (2 * _trace(uniforms(seed, UNIFORM, n)) - 1)
    if settings.noise == "cosine":
        return signals.cosine(1, torch.Generator())
    mixed = signals.mixed(_trace(gaussians(seed, WHITE, n)), _trace(gaussians(seed, OTHER, n)), settings.colour)
    draws = uniforms(seed, CARRIERS, 3 * MOST).reshape(MOST, 3)[: settings.carriers]
    t = torch.arange(n) / signals.RATE
    (weak, strong), (low, high) = signals.CARRIER, signals.GALACTIC
    for strength, frequency, phase in draws:
        wave = torch.cos(2 * math.pi * ((low + (high - low) * frequency) * t + phase))
        mixed = mixed + (weak + (strong - weak) * strength) * wave
    return mixed


def trace(settings: Settings) -> tuple[Tensor, Tensor]:
    """The pulse in mV around 0, zeros if silent, and what is received, around 0.5: each (1, 1, LENGTH)."""
    height = 0.0 if settings.silent else settings.snr * signals.RMS[settings.noise]
    s = height * pulse(settings)
    return s, signals.received(settings.noise, s, noise(settings), settings.clipped)


def _trace(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values).float()[None, None]
