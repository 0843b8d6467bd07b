"""Transformers on tokens: what the pieces of a picture tell each other. A token is a list of numbers, a row of (T, D).

Functions here that torch does not have stand in a network's list of layers as one layer each, see operations.py.
"""

import math
from collections.abc import Callable
from functools import wraps

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function


def one_layer(function: Callable) -> Callable:
    """Where torch's functions are written down, this one is, as if it were torch's."""

    @wraps(function)
    def called(*values: Tensor | int | None) -> Tensor:
        tensors = tuple(value for value in values if isinstance(value, Tensor))
        if has_torch_function(tensors):
            return handle_torch_function(called, tensors, *values)
        return function(*values)

    return called


@one_layer
def visible(h: Tensor, hidden: Tensor) -> Tensor:
    """Tokens (N, T, D) of which the hidden ones, 1 in hidden (N, T), are 0: nothing of them goes on."""
    return h.masked_fill(hidden[:, :, None] > 0, 0)


@one_layer
def attend(qkv: Tensor, heads: int, hidden: Tensor | None) -> Tensor:
    """How much each token looks at each other one: softmax of q k / sqrt(d) over the tokens that are not hidden.

    Args:    qkv: (N, T, 3 D), queries, keys and values, each of `heads` parts; hidden: (N, T), 1 where nobody looks.
    Returns: (N, heads, T, T), from (rows) and to; each row adds up to 1.
    Source:  Vaswani et al. 2017, arXiv:1706.03762, equation 1.
    """
    query, key, _ = _heads(qkv, heads)  # (N, heads, T, d)
    scores = (query @ key.transpose(2, 3)) * query.shape[3] ** -0.5
    if hidden is not None:  # the lowest number, not minus infinity: where all are hidden, nothing becomes NaN
        scores = scores.masked_fill(hidden[:, None, None, :] > 0, torch.finfo(scores.dtype).min)
    return scores.softmax(3)


@one_layer
def mix(weights: Tensor, qkv: Tensor) -> Tensor:
    """What each token hears: values averaged by weights (N, heads, T, T), the heads side by side -> (N, T, D)."""
    *_, value = _heads(qkv, weights.shape[1])
    return (weights.to(value.dtype) @ value).transpose(1, 2).flatten(2)


@one_layer
def masked(h: Tensor, hidden: Tensor, token: Tensor) -> Tensor:
    """Tokens (N, T, D) with one and the same `token` (D,) at the hidden places, 1 in hidden (N, T)."""
    return torch.where(hidden[:, :, None] > 0, token.to(h.dtype), h)


def _heads(qkv: Tensor, heads: int) -> tuple[Tensor, Tensor, Tensor]:
    """(N, T, 3 D) -> three of (N, heads, T, D / heads)."""
    n, tokens, width = qkv.shape
    return qkv.view(n, tokens, 3, heads, width // (3 * heads)).permute(2, 0, 3, 1, 4).unbind(0)


class Block(nn.Module):
    """Tokens look at each other, then each thinks by itself; both only add to what there is.

    Source: Vaswani et al. 2017, arXiv:1706.03762, with the normalisation in front: Dosovitskiy et al. 2020,
            arXiv:2010.11929.
    """

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, h: Tensor, hidden: Tensor | None = None) -> Tensor:
        """(N, T, D) -> (N, T, D); nobody looks at tokens that are 1 in hidden, (N, T)."""
        qkv = self.qkv(self.norm1(h))
        h = h + self.out(mix(attend(qkv, self.heads, hidden), qkv))
        return h + self.down(F.gelu(self.up(self.norm2(h))))


def sine_positions(rows: int, columns: int, width: int) -> Tensor:
    """Where each token of a grid stands, as waves: (rows * columns, width), half for the row, half for the column.

    The longest wave is four sides of the grid long, the shortest 2 2/3 tokens, whatever lies between in equal ratios:
    those of sentences, 10,000 times as long, would hardly change over so few tokens.

    Raises: ValueError: the width is no multiple of 4 (sines and cosines, of two directions).
    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5; in two directions: He et al. 2021, arXiv:2111.06377.
    """
    if width % 4:
        raise ValueError(f"a width of {width} is no multiple of 4: sines and cosines need one for two directions")
    quarter = width // 4
    if torch.empty(0).is_meta:  # a checkpoint is loaded into it: nothing is computed
        return torch.empty(rows * columns, width)
    ratio = (1.5 * max(rows, columns)) ** -(torch.arange(quarter) / max(quarter - 1, 1))
    row, column = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    angles = [place.reshape(-1, 1) * (0.75 * math.pi * ratio) for place in (row, column)]  # (T, quarter) each
    return torch.cat([wave(angle) for angle in angles for wave in (torch.sin, torch.cos)], 1)
