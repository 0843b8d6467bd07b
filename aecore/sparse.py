"""The exact sparse code of a picture over a dictionary: few atoms, none negative, whose sum is nearest to it."""

import math

import torch
from torch import Tensor


@torch.no_grad()
def fista(x: Tensor, dictionary: Tensor, penalty: float, steps: int = 100, start: Tensor | None = None) -> Tensor:
    """The z >= 0 that minimises 1/2 ||x - z D||^2 + penalty * sum z, by accelerated proximal gradient steps.

    The objective's distance to its minimum falls as 1 / steps^2.

    Args:    x: (N, pixels); dictionary: D, (K, pixels), an atom a row; penalty: >= 0; steps: how many;
             start: (N, K), where to begin, zeros unless given.
    Returns: z, (N, K).
    Raises:  ValueError: shapes that do not fit, or a negative penalty or number of steps.
    Source:  Beck & Teboulle 2009, doi:10.1137/080716542, eq. 4.1 to 4.3.
    """
    if x.ndim != 2 or dictionary.ndim != 2 or x.shape[1] != dictionary.shape[1]:
        raise ValueError(f"x (N, pixels) and dictionary (K, pixels) do not fit: {_shapes(x, dictionary)}")
    if not penalty >= 0 or steps < 0:  # written so that NaN fails too
        raise ValueError(f"penalty and steps must not be negative: {penalty}, {steps}")
    if start is not None and start.shape != (len(x), len(dictionary)):
        raise ValueError(f"start must be {(len(x), len(dictionary))}, not {tuple(start.shape)}")
    with torch.autocast(x.device.type, enabled=False):  # its small steps are lost in 16 bits
        gram, match = dictionary @ dictionary.T, x @ dictionary.T  # (K, K), (N, K)
        rate = 1 / torch.linalg.matrix_norm(gram, 2).clamp(min=1e-12)  # one over the gradient's Lipschitz constant
        z = torch.zeros_like(match) if start is None else start.to(match.dtype).clamp(min=0)
        ahead, momentum = z, 1.0
        for _ in range(steps):
            before, z = z, (ahead - rate * (ahead @ gram - match + penalty)).clamp(min=0)
            faster = (1 + math.sqrt(1 + 4 * momentum**2)) / 2
            ahead = z + (momentum - 1) / faster * (z - before)
            momentum = faster
        return z


def objective(x: Tensor, dictionary: Tensor, z: Tensor, penalty: float) -> Tensor:
    """1/2 ||x - z D||^2 + penalty * sum |z| of each sample, (N,): what `fista` makes small."""
    return 0.5 * (x - z @ dictionary).square().sum(1) + penalty * z.abs().sum(1)


def _shapes(*tensors: Tensor) -> str:
    return " and ".join(str(tuple(tensor.shape)) for tensor in tensors)
