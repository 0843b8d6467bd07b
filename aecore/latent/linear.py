"""Linear codes: principal components, linear autoencoders trained until they span the same, and how to tell."""

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore.data import load_digits

SMALL = 1e-9  # variance of a direction in which nothing varies
PACE = 20  # steps between two reports of a training


@dataclass(frozen=True)
class Axes:
    """Principal components of pictures.

    mean: (D,); components: (D, D), orthonormal rows, the one with the most variance first; variances: (D,);
    shape: (C, H, W) of a picture.
    """

    mean: Tensor
    components: Tensor
    variances: Tensor
    shape: tuple[int, ...]

    def reconstruct(self, x: Tensor, size: int) -> Tensor:
        """x (N, C, H, W) from its first `size` components, not cut off at black and white: the same shape."""
        basis = self.components[:size]  # (size, D)
        return ((x.flatten(1) - self.mean) @ basis.t() @ basis + self.mean).view_as(x)

    def covariance(self) -> Tensor:
        """(D, D), of the pictures."""
        return self.components.t() @ (self.variances[:, None] * self.components)


def principal_axes(x: Tensor) -> Axes:
    """Principal components of x, uint8 (N, C, H, W), as grey values in [0, 1].

    Source: Pearson 1901; Hotelling 1933.
    """
    total = torch.zeros(x[0].numel(), dtype=torch.float64)
    products = torch.zeros(len(total), len(total), dtype=torch.float64)
    for part in x.split(10_000):
        flat = part.flatten(1).float() / 255  # (n, D)
        total += flat.sum(0).double()
        products += (flat.t() @ flat).double()
    mean = total / len(x)
    variances, vectors = torch.linalg.eigh(products / len(x) - mean.outer(mean))
    components = vectors.t().flip(0).contiguous()
    return Axes(mean.float(), components.float(), variances.flip(0).clamp(min=0).float(), tuple(x.shape[1:]))


@functools.lru_cache(maxsize=1)
def digits_axes() -> Axes:
    """Principal components of the 60,000 training digits; a second on first use. Raises: DataError."""
    return principal_axes(load_digits("train")[0])


def angles(a: Tensor, b: Tensor) -> Tensor:
    """Principal angles between two subspaces, in degrees.

    Args:    a, b: (k, D), rows that span them, each of full rank.
    Returns: (k,), the smallest first; all are 0 where the two are one.
    Raises:  ValueError: the two have other shapes, or more rows than columns.
    Source:  Bjorck & Golub 1973; the cosine cannot tell small angles apart, the sine does (Knyazev & Argentati 2002).
    """
    if a.shape != b.shape or a.ndim != 2 or len(a) > a.shape[1]:
        raise ValueError(f"two sets of k rows of length D >= k are compared, not {tuple(a.shape)} and {tuple(b.shape)}")
    q_a, q_b = (torch.linalg.qr(rows.detach().double().t()).Q for rows in (a, b))  # (D, k)
    cosines = torch.linalg.svdvals(q_a.t() @ q_b)
    sines = torch.linalg.svdvals(q_b - q_a @ (q_a.t() @ q_b)).flip(0)  # smallest first, as the angles
    small = cosines.square() > 0.5
    return torch.where(small, sines.clamp(max=1).asin(), cosines.clamp(max=1).acos()).rad2deg()


def best_cosines(units: Tensor, axes: Axes, size: int) -> Tensor:
    """How well one principal component alone explains each unit: the largest |cos| between them, (k,).

    Args:    units: (k, D), one a row; size: how many of the first components are tried.
    """
    rows = units / units.norm(dim=1, keepdim=True)
    return (rows @ axes.components[:size].t()).abs().amax(1)


@dataclass(frozen=True)
class Fit:
    """A linear autoencoder in training. step, steps: done and total; angle: the largest principal angle to PCA's
    subspace, degrees; excess: its error beyond PCA's, as a share of PCA's; weight: (k, D), one unit a row; history:
    step, angle and excess of all reports so far."""

    step: int
    steps: int
    angle: float
    excess: float
    weight: Tensor
    history: tuple[tuple[int, float, float], ...] = ()


def fit_exactly(size: int = 32, seed: int = 0, steps: int = 800, lr: float = 0.01) -> Iterator[Fit]:
    """Train recon = W' W (x - mean) on the squared error of all training digits at once, from a random W.

    The error over all digits is tr((I - W'W) C (I - W'W)), with their covariance C: so each step sees the exact
    gradient and costs no pass over the digits. Adam, its rate falling to zero on a half cosine.

    Args:    size: of the code; seed: of the first weights.
    Yields:  Fit, every few steps, and after the last.
    """
    axes = digits_axes()
    covariance, best = axes.covariance(), float(axes.variances[size:].sum())
    rng = torch.Generator().manual_seed(seed)
    weight = (torch.randn(size, len(covariance), generator=rng) / math.sqrt(len(covariance))).requires_grad_()
    optimizer = torch.optim.Adam([weight], lr=lr)
    trace, history = float(axes.variances.sum()), ()
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = lr * 0.5 * (1 + math.cos(math.pi * (step - 1) / steps))
        error = tied_error(weight, covariance, trace)
        optimizer.zero_grad()
        error.backward()
        optimizer.step()
        if step % PACE == 0 or step == steps:
            now = weight.detach().clone()
            excess = float(tied_error(now, covariance, trace)) / best - 1
            angle = float(angles(now, axes.components[:size])[-1])
            history = (*history, (step, angle, excess))
            yield Fit(step, steps, angle, excess, now, history)


def tied_error(weight: Tensor, covariance: Tensor, trace: float) -> Tensor:
    """E ||t - W' W t||^2 over centred pictures t: tr C - 2 tr(W C W') + tr(W W' W C W').

    Args:    weight: (k, D); covariance: (D, D) of t; trace: of it.
    """
    coded = weight @ covariance @ weight.t()  # (k, k), the covariance of the codes
    return trace - 2 * coded.trace() + ((weight @ weight.t()) * coded).sum()
