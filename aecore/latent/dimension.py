"""How many numbers a set of pictures needs: its intrinsic dimension, from the distances to nearest neighbours."""

from collections.abc import Callable

import torch
from torch import Tensor

from aecore.neighbours import nearest

DISCARDED = 0.1  # share of the largest ratios that the line of TwoNN is not fitted to, as in the paper


def two_nn(x: Tensor) -> float:
    """TwoNN: the slope of -log(1 - F(mu)) over log(mu), a line through the origin; mu: second over first distance.

    Args:    x: (N, ...), at least 4 different points.
    Returns: the dimension.
    Raises:  ValueError: too few different points.
    Source:  Facco, d'Errico, Rodriguez & Laio 2017, doi:10.1038/s41598-017-11873-y.
    """
    distances = neighbours(x, 2)
    logs = (distances[:, 1] / distances[:, 0]).log().sort().values
    n = len(logs)
    fitted = max(1, int(n * (1 - DISCARDED)))
    survival = -torch.log1p(-torch.arange(1, n + 1, dtype=logs.dtype)[:fitted] / n)
    return float((logs[:fitted] * survival).sum() / logs[:fitted].square().sum())


def levina_bickel(x: Tensor, k: int = 10) -> float:
    """Maximum likelihood from the distances T_1 to T_k: 1 / mean of log(T_k / T_j) over all j < k and all points.

    Args:    x: (N, ...), more than k different points; k: neighbours, at least 2.
    Returns: the dimension.
    Raises:  ValueError: too few different points, or k below 2.
    Source:  Levina & Bickel 2004, eq. 8; its inverses averaged as in MacKay & Ghahramani 2005, "Comments on 'Maximum
             likelihood estimation of intrinsic dimension'".
    """
    if k < 2:
        raise ValueError(f"k must be at least 2, not {k}")
    distances = neighbours(x, k)
    return float(1 / (distances[:, -1:] / distances[:, :-1]).log().mean())


def interval(
    estimate: Callable[[Tensor], float], x: Tensor, rng: torch.Generator, draws: int = 20
) -> tuple[float, float, float]:
    """An estimate and its 95% interval, from random halves of the points.

    Half as many points lie further apart, where the dimension may be another: only the spread of the halves is used,
    around the estimate from all. Halves without replacement spread as much as the estimate itself would.

    Args:    estimate: of points (N, ...); x: (N, ...); rng: draws the halves.
    Returns: value, low, high.
    Source:  the delete-d jackknife with d = N / 2, Shao & Wu 1989, doi:10.1214/aos/1176347263.
    """
    halves = [estimate(x[torch.randperm(len(x), generator=rng)[: len(x) // 2]]) for _ in range(draws)]
    value, margin = estimate(x), 1.96 * float(torch.tensor(halves, dtype=torch.float64).std())
    return value, value - margin, value + margin


def neighbours(x: Tensor, k: int) -> Tensor:
    """Distances to the k nearest others, the nearest first: x (N, ...) -> float64 (M, k), M points without a twin.

    Raises: ValueError: not more than k points, or all of them twins.
    """
    flat = x.flatten(1)
    if len(flat) <= k:
        raise ValueError(f"{k} neighbours need more than {k} points, not {len(flat)}")
    flat = flat - flat.mean(0)  # the shorter they are, the less is lost in rounding
    distances = nearest(flat, flat, k + 1)[0][:, 1:].double()  # the first is the point itself, or its twin
    distances = distances[distances[:, 0] > 0]  # a twin says nothing of the dimension
    if not len(distances):
        raise ValueError("every point has a twin: there is no distance to measure by")
    return distances
