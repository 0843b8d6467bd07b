"""How good a 2-D map is: neighbours kept, classes apart, and, where it can be decoded, what lies between the points."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Generator, Tensor

from aecore.checkpoints import Metric

NEIGHBOURS = 10
SUBSET = 2000  # digits that the measures with a distance matrix are taken on
GRID = 40  # points a side of the grids that are decoded
SURE = 0.9  # the judge accepts a picture at this probability


def measure(x: Tensor, y: Tensor, coordinates: Tensor, seed: int = 0) -> dict[str, Metric]:
    """The measures that every map has, whatever made it.

    Args:    x: (N, 1, 28, 28) the digits, y: (N,) their classes, coordinates: (N, 2) the map; seed: of the subset.
    Returns: name -> Metric.
    """
    every, z = x.flatten(1).numpy(), coordinates.numpy().astype(np.float64)
    some = np.sort(np.random.default_rng(seed).permutation(len(z))[:SUBSET])
    on = f"{len(some):,} of the digits" if len(some) < len(z) else f"{len(z):,} digits"
    k, share = NEIGHBOURS, lambda value: 100 * float(value)
    return {
        "knn_accuracy": Metric(
            share(knn_accuracy(z, y.numpy(), seed)),
            "%",
            "higher",
            f"digits whose class the vote of their {k} nearest on the map gets right, 10-fold cross-validation",
        ),
        "trustworthiness": Metric(
            share(trustworthiness(every[some], z[some])),
            "%",
            "higher",
            f"neighbours on the map that are neighbours among the pixels, by rank, {k} neighbours, {on}",
        ),
        "continuity": Metric(
            share(continuity(every[some], z[some])),
            "%",
            "higher",
            f"neighbours among the pixels that stay neighbours on the map, by rank, {k} neighbours, {on}",
        ),
        "silhouette": Metric(
            silhouette(z[some], y.numpy()[some]),
            "",
            "higher",
            f"distance to the own class against the next one, -1 to 1, {on}",
        ),
    }


def knn_accuracy(z: np.ndarray, y: np.ndarray, seed: int = 0) -> float:
    """Share of points whose class a vote of their 10 nearest neighbours gets right, 10-fold cross-validated.

    Args:    z: (N, 2), y: (N,) classes; seed: of the folds. Fewer folds where a class has fewer than 10 points.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier

    present, counts = np.unique(y, return_counts=True)
    folds = min(10, counts.max())
    if len(present) < 2 or folds < 2:
        return 1.0
    split = StratifiedKFold(folds, shuffle=True, random_state=seed)
    voters = KNeighborsClassifier(min(NEIGHBOURS, len(z) - math.ceil(len(z) / folds)))
    return float(np.mean(cross_val_predict(voters, z, y, cv=split) == y))


def trustworthiness(x: np.ndarray, z: np.ndarray) -> float:
    """1 minus the penalty for points that are neighbours on the map but not in the data, by how far off they rank.

    Args:    x: (N, D) data, z: (N, 2) map, N of a few thousand at most: the memory grows with N squared.
    Returns: in [0, 1], 1 is best.
    Source:  Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods", eq. 3.
    """
    from sklearn import manifold

    return float(manifold.trustworthiness(x, z, n_neighbors=min(NEIGHBOURS, (len(x) - 1) // 2)))


def continuity(x: np.ndarray, z: np.ndarray) -> float:
    """1 minus the penalty for neighbours in the data that the map tears apart: trustworthiness, spaces swapped.

    Args, Returns, Source: as `trustworthiness`; eq. 4.
    """
    return trustworthiness(z, x)


def silhouette(z: np.ndarray, y: np.ndarray) -> float:
    """Mean over points of (b - a) / max(a, b): a to the own class, b to the nearest other; in [-1, 1].

    Source: Rousseeuw 1987, "Silhouettes: a graphical aid".
    """
    from sklearn.metrics import silhouette_score

    present = len(np.unique(y))
    return float(silhouette_score(z, y)) if 2 <= present < len(y) else 0.0
