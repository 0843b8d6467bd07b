"""Bits: packed into bytes, compared by counting those that differ, and classical ways to make them without a network.

code = pack(model.encode(x) > 0)                        # (N, 8) bytes for 64 bits
distance = hamming(code[0], base.codes)                 # (60000,)
places = nearest(distance, 10)
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aecore.latent.linear import Axes


def pack(bits: Tensor) -> np.ndarray:
    """Bits as bytes: bit j is in byte j // 8, the first in its highest place.

    Args:    bits: (N, B) of True and False, B a multiple of 8.
    Returns: uint8 (N, B / 8).
    Raises:  ValueError: another number of bits.
    """
    if bits.ndim != 2 or bits.shape[1] % 8:
        raise ValueError(f"bits must be (N, B), B a multiple of 8, not {tuple(bits.shape)}")
    return np.packbits(bits.numpy(), axis=1)


def unpack(codes: np.ndarray) -> Tensor:
    """The reverse of `pack`: uint8 (N, B / 8) -> True and False (N, B)."""
    return torch.from_numpy(np.unpackbits(codes, axis=1).astype(bool))


def hamming(code: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """In how many bits each code differs from one.

    Args:    code: uint8 (B / 8,); codes: uint8 (N, B / 8), as `pack` makes them, B less than 256.
    Returns: uint8 (N,).
    """
    width = next(size for size in (8, 4, 2, 1) if codes.shape[1] % size == 0)  # the widest words that fit
    kind = np.dtype(f"u{width}")
    words, own = (np.ascontiguousarray(part).view(kind) for part in (codes, code))
    counts = np.bitwise_count(words[:, 0] ^ own[0])
    for place in range(1, words.shape[1]):
        counts += np.bitwise_count(words[:, place] ^ own[place])
    return counts


def nearest(distance: np.ndarray, k: int) -> np.ndarray:
    """Places of the k smallest distances, nearest first, of equal ones the first in the base; (k,)."""
    k = min(k, len(distance))
    last = np.searchsorted(np.bincount(distance).cumsum(), k)  # quicker than any partition: few distances, many ties
    few = np.flatnonzero(distance <= last)
    return few[np.argsort(distance[few], kind="stable")[:k]]


# ---- classical ways to make bits


@dataclass(frozen=True)
class Planes:
    """Bits by which side of planes a digit lies on: (x - mean) directions > 0. mean (784,); directions (784, B)."""

    mean: Tensor
    directions: Tensor

    def bits(self, x: Tensor) -> Tensor:
        """x (N, 1, 28, 28) in [0, 1] -> True and False (N, B)."""
        return (x.flatten(1) - self.mean) @ self.directions > 0


def random_planes(mean: Tensor, bits: int, seed: int = 0) -> Planes:
    """Planes through the mean, drawn at random: two digits at angle t share a bit with probability 1 - t / pi.

    Source: Charikar 2002, doi:10.1145/509907.509965, section 3 (locality-sensitive hashing).
    """
    rng = torch.Generator().manual_seed(seed)
    return Planes(mean, torch.randn(len(mean), bits, generator=rng))


def itq_planes(axes: Axes, x: Tensor, bits: int, seed: int = 0, steps: int = 50) -> Planes:
    """PCA's first axes, turned so that the corners of the cube fit the digits best.

    Args: axes: of the digits; x: (N, 1, 28, 28), the digits; steps: of `itq`.
    """
    components = axes.components[:bits]  # (B, 784)
    turned = itq((x.flatten(1) - axes.mean) @ components.t(), seed, steps)
    return Planes(axes.mean, components.t() @ turned)


def itq(v: Tensor, seed: int = 0, steps: int = 50) -> Tensor:
    """Iterative quantisation: the rotation R that makes ||sign(V R) - V R||^2 small, by turns.

    With R fixed the best corners are B = sign(V R); with B fixed the best rotation is that of the orthogonal Procrustes
    problem: R = W U^T for B^T V = U S W^T.

    Args:    v: (N, B), of mean zero; seed: of the first rotation.
    Returns: R (B, B), orthogonal.
    Source:  Gong & Lazebnik 2011, doi:10.1109/CVPR.2011.5995432, eq. 2 and section 2.2.
    """
    rng = torch.Generator().manual_seed(seed)
    rotation = torch.linalg.qr(torch.randn(v.shape[1], v.shape[1], generator=rng))[0].to(v)
    for _ in range(steps):
        corners = torch.where(v @ rotation > 0, 1.0, -1.0).to(v)
        u, _, wt = torch.linalg.svd(corners.t() @ v)
        rotation = wt.t() @ u.t()
    return rotation
