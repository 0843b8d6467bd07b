"""The nearest of many points, with distances that are right also where points are all but the same."""

import torch
from torch import Tensor

CHUNK = 500  # points whose distances to all others are held at once
SPARE = 4  # candidates beyond the neighbours asked for, among which exact distances decide


def nearest(x: Tensor, others: Tensor, k: int = 1) -> tuple[Tensor, Tensor]:
    """Distances (N, k) from each of x (N, ...) to the k nearest of `others` (M, ...), nearest first, and which (N, k).

    ||b||^2 - 2 x.b, a matrix product, ranks them as ||x - b||^2 does, but its rounding leaves something between a
    point and itself, how much depends on the processor: distances are those of the candidates, one by one.
    """
    x, others = x.flatten(1), others.flatten(1)
    lengths = others.square().sum(1)
    distances, indices = [], []
    for part in x.split(CHUNK):
        rough = torch.addmm(lengths, part, others.T, alpha=-2)  # (chunk, M)
        candidates = rough.topk(min(k + SPARE, len(others)), largest=False).indices  # (chunk, k + spare)
        exact = torch.stack([(part - others[one]).norm(dim=1) for one in candidates.T], 1)
        distance, place = exact.topk(k, largest=False)
        distances.append(distance)
        indices.append(candidates.gather(1, place))
    return torch.cat(distances), torch.cat(indices)
