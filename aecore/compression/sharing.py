"""Weight sharing: the weights of a layer become a few values, found by k-means and then trained on.

    shared = share(model, masks, bits=4)      # sixteen values a layer, in place
    fit_shared(model, data, shared, Schedule(epochs=1.0), rng)

Source: Han, Mao & Dally 2016, "Deep compression", arXiv:1510.00149, section 3; k-means after Lloyd 1982, its centres at
first evenly spaced between the smallest and the largest weight, which their section 3.2 finds best.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from aecore.compression.pruning import Masks, Schedule, descend, weights

ROUNDS = 300  # of k-means at most; it settles far earlier


@dataclass(frozen=True)
class Shared:
    """One layer's weights. values: (K,) float32, ascending at first; index: of the weight's shape, 0 for a pruned
    weight, else 1 + the place of its value."""

    values: Tensor
    index: Tensor

    def weight(self) -> Tensor:
        """The layer's weights again."""
        return torch.cat([self.values.new_zeros(1), self.values])[self.index]

    def cpu(self) -> "Shared":
        """The same, on the CPU."""
        return Shared(self.values.cpu(), self.index.cpu())


def k_means(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Lloyd's k-means in one dimension.

    Args:    x: (N,), at least one number; k: centres at most, fewer where some catch nothing.
    Returns: centres (K,) ascending, and for each of x the place of its nearest, (N,).
    """
    order = np.argsort(x, kind="stable")
    line = x[order].astype(np.float64)
    total = np.concatenate([[0.0], np.cumsum(line)])
    centres = np.linspace(line[0], line[-1], k) if line[0] < line[-1] else line[:1]
    for _ in range(ROUNDS):
        edges = np.concatenate([[0], np.searchsorted(line, (centres[1:] + centres[:-1]) / 2), [len(line)]])
        count = np.diff(edges)
        means = np.where(count, np.diff(total[edges]) / np.maximum(count, 1), centres)
        if np.array_equal(means, centres):
            break
        centres = means
    edges = np.searchsorted(line, (centres[1:] + centres[:-1]) / 2)
    places = np.empty(len(x), np.int64)
    places[order] = np.searchsorted(edges, np.arange(len(line)), side="right")
    used = np.unique(places)
    return centres[used], np.searchsorted(used, places)


@torch.no_grad()
def share(model: nn.Module, masks: Masks, bits: int) -> dict[str, Shared]:
    """Give every layer at most 2^bits values for the weights that its mask leaves, in place.

    Returns: name of a weight -> Shared. Raises: ValueError: bits not from 1 to 7.
    """
    if not 1 <= bits <= 7:
        raise ValueError(f"bits must be from 1 to 7, not {bits}")
    shared = {}
    for name, weight in weights(model).items():
        index = torch.zeros(weight.shape, dtype=torch.long, device=weight.device)
        values, places = k_means(weight[masks[name]].cpu().numpy(), 2**bits)
        index[masks[name]] = 1 + torch.from_numpy(places).to(weight.device)
        shared[name] = Shared(torch.from_numpy(values).float().to(weight.device), index)
    spread(model, shared)
    return shared


@torch.no_grad()
def spread(model: nn.Module, shared: dict[str, Shared]) -> None:
    """Write the shared values into the model's weights."""
    for name, weight in weights(model).items():
        weight.copy_(shared[name].weight())


def fit_shared(
    model: nn.Module, data: tuple[Tensor, Tensor], shared: dict[str, Shared], schedule: Schedule, rng: torch.Generator
) -> Iterator[tuple[int, int]]:
    """Train the values (and biases and normalisations) on in place: a value's gradient is the sum over its weights.

    Afterwards the values are what half precision holds. Args, Yields: as `pruning.fit_masked`.
    """
    model.requires_grad_(True)
    layers = weights(model)
    values = {name: nn.Parameter(one.values) for name, one in shared.items()}  # the same memory
    others = [parameter for name, parameter in model.named_parameters() if name not in layers]
    optimizer = torch.optim.Adam([*values.values(), *others], lr=schedule.lr, fused=True)

    def gather() -> None:
        for name, value in values.items():
            sums = value.new_zeros(len(value) + 1)
            sums.index_add_(0, shared[name].index.flatten(), layers[name].grad.float().flatten())
            value.grad = sums[1:]
            layers[name].grad = None

    yield from descend(model, data, schedule, rng, optimizer, gather, lambda: spread(model, shared))
    for one in shared.values():
        one.values.copy_(one.values.half())
    spread(model, shared)
