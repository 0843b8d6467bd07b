"""How good hits are: precision at ten, and average precision."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from pydantic import FiniteFloat
from torch import Tensor

HITS, DEPTH = 10, 1000  # of a precision, and of an average precision
CHUNK = 100  # queries at once: 60,000 distances each take memory


@dataclass(frozen=True)
class Score:
    """Means over queries, in percent. precision: of the first HITS; average: average precision at DEPTH."""

    precision: FiniteFloat
    average: FiniteFloat


def precision(hit: Tensor) -> Tensor:
    """Share of each query's hits that are of its class; hit: (N, k) of True and False, nearest first; (N,)."""
    return hit.float().mean(1)


def average_precision(hit: Tensor) -> Tensor:
    """Mean, over the hits of a query's class, of the precision down to each; 0 for a query without any.

    AP = sum_i hit_i (1/i sum_{j <= i} hit_j) / sum_i hit_i, cut off after k places.

    Args:    hit: (N, k) of True and False, nearest first.
    Returns: (N,).
    Source:  Manning, Raghavan & Schuetze 2008, Introduction to Information Retrieval, section 8.4.
    """
    hit = hit.float()
    down_to = hit.cumsum(1) / torch.arange(1, hit.shape[1] + 1)
    return (down_to * hit).sum(1) / hit.sum(1).clamp(min=1)


def ranked(distances: Tensor, k: int) -> Tensor:
    """Places of the k smallest of whole distances, of equal ones the first in the base; (N, base) -> (N, k)."""
    count = distances.shape[1]
    key = distances.round().int().mul_(count).add_(torch.arange(count, dtype=torch.int32))  # 64 bits: under 2^22
    return key.topk(k, 1, largest=False).indices


def by_bits(base: Tensor, query: Tensor, y: Tensor, y_query: Tensor) -> Score:
    """Queries by Hamming distance.

    Args: base (N, B), query (M, B): True and False; y (N,), y_query (M,): their classes.
    """
    signs, bits = base.float() * 2 - 1, base.shape[1]
    return _score(lambda part: ranked((bits - (part.float() * 2 - 1) @ signs.t()) / 2, DEPTH), query, y, y_query)


def by_numbers(base: Tensor, query: Tensor, y: Tensor, y_query: Tensor) -> Score:
    """Queries by Euclidean distance; base (N, D), query (M, D): floats."""
    squares = base.square().sum(1)
    return _score(lambda part: (squares - 2 * part @ base.t()).topk(DEPTH, 1, largest=False).indices, query, y, y_query)


def _score(places: Callable[[Tensor], Tensor], query: Tensor, y: Tensor, y_query: Tensor) -> Score:
    rows = []
    for part, own in zip(query.split(CHUNK), y_query.split(CHUNK), strict=True):
        hit = y[places(part)] == own[:, None]  # (n, DEPTH)
        rows.append(torch.stack([precision(hit[:, :HITS]), average_precision(hit)], 1))
    first, second = (100 * torch.cat(rows).double().mean(0)).tolist()
    return Score(round(first, 3), round(second, 3))
