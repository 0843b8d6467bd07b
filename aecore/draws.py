"""Random numbers that a browser draws, too: hashed counters, the same in Python and in JavaScript.

torch's own generator has no twin in JavaScript. What is trained in the visitor's browser draws from here instead
(ui/live/train/draws.js), so that one seed gives one network on both sides.
"""

import math

import torch
from torch import Tensor

_MASK = 0xFFFFFFFF
_GOLDEN = 0x9E3779B9  # 2^32 / golden ratio: consecutive counters land far apart


class Draws:
    """A stream of random numbers, float64: number i is a hash of (seed, stream, i).

    Args:   seed, stream: whole numbers from 0 to 2^32 - 1; streams of one seed are independent.
    Source: the hash's two rounds are C. Wellons' lowbias32 with constants of the "hash prospector" (public domain);
            normals by Box & Muller 1958, doi:10.1214/aoms/1177706645.
    """

    def __init__(self, seed: int, stream: int = 0):
        self._key = _mixed(torch.tensor((seed * 0x85EBCA6B + stream * 0xC2B2AE35) & _MASK))
        self._place = 0

    def uniform(self, count: int) -> Tensor:
        """(count,) numbers from the open interval (0, 1)."""
        places = torch.arange(self._place, self._place + count)
        self._place += count
        return (_mixed((places * _GOLDEN & _MASK) ^ self._key).double() + 0.5) / 2**32

    def normal(self, count: int) -> Tensor:
        """(count,) standard normal numbers; they come in pairs, and of an odd count the last one is dropped."""
        pairs = self.uniform(2 * math.ceil(count / 2)).view(-1, 2)
        radius, angle = (-2 * pairs[:, 0].log()).sqrt(), 2 * math.pi * pairs[:, 1]
        return torch.stack([radius * angle.cos(), radius * angle.sin()], 1).view(-1)[:count]

    def below(self, limit: int, count: int) -> Tensor:
        """(count,) int64 from 0 to limit - 1."""
        return (self.uniform(count) * limit).long()


def _mixed(x: Tensor) -> Tensor:
    """Every bit of x, int64 holding 32 bits, spread over all bits of the result."""
    for shift, factor in ((16, 0x21F0AAAD), (15, 0x735A2D97)):
        x = (x ^ (x >> shift)) * factor & _MASK  # below 2^63: 32 bits times a factor of 31
    return x ^ (x >> 15)
