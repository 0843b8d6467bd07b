"""Which digits have labels: as many of every class, and more labels always contain the fewer of the same seed."""

import torch
from torch import Tensor

COUNTS = (10, 30, 100, 300, 1_000, 3_000, 10_000, 60_000)


def subset(y: Tensor, count: int, seed: int) -> Tensor:
    """Places of `count` digits, as many of every class; with all of them, all.

    For one seed they are nested: the places of a smaller count are among those of a larger one.

    Args:    y: int64 (N,); seed: of the order within every class.
    Returns: int64 (count,), class after class in turn.
    Raises:  ValueError: a count that is no multiple of the classes, or more than a class has.
    """
    if count == len(y):
        return torch.arange(len(y))
    rng = torch.Generator().manual_seed(seed)
    places = [(y == digit).nonzero()[:, 0] for digit in range(int(y.max()) + 1)]
    orders = [place[torch.randperm(len(place), generator=rng)] for place in places]
    share, rest = divmod(count, len(orders))
    if rest or share > min(map(len, orders)):
        raise ValueError(f"{count} labels cannot be spread evenly over {len(orders)} classes of these {len(y)} digits")
    return torch.stack([order[:share] for order in orders], 1).flatten()
