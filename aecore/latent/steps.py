"""A transformation of pictures as a step of their codes: one step for all digits, or one learned from the code.

    steps = fit_steps(vae.encode, x, lambda x, amount: transform("brightness", x, amount), amounts, WAYS["learned"])
    recon = vae.decode(steps(z)[0])     # (S, 1, 28, 28), the walk of the first digit

`benchmarks/transformations.py` measures how well the walks follow; `load` reads its table.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Tensor

from aecore import records
from aecore.latent.transforms import TRANSFORMS

WAYS = {"average": math.inf, "learned": 1.0}  # how a step is found -> `ridge` of fit_steps
MARGIN = 1.0  # dB closer than leaving the digit as it is: then a walk follows


@dataclass(frozen=True)
class Steps:
    """Steps of a code, one an amount: step s takes z to z + shift[s] + (z - mean) @ weight[s].

    mean: (D,); shift: (S, D); weight: (S, D, D), zero where every digit takes the same step.
    """

    mean: Tensor
    shift: Tensor
    weight: Tensor

    def __call__(self, z: Tensor) -> Tensor:
        """Every code after every step: z (N, D) -> (N, S, D)."""
        return z[:, None] + self.shift + torch.einsum("nd,sde->nse", z - self.mean, self.weight)


def fit_steps(
    encode: Callable[[Tensor], Tensor],
    x: Tensor,
    transform: Callable[[Tensor, float], Tensor],
    amounts: Tensor,
    ridge: float = math.inf,
) -> Steps:
    """How a transformation of pictures moves their codes, by ridge regression of the difference on the code.

    An endless ridge leaves the average difference, mean over digits of f(T_s(x)) - f(x): a step that is the same for
    all, and follows only what moves all codes alike.

    Args:    encode: (N, C, H, W) -> (N, D); x: (N, C, H, W) digits to learn from; transform: (x, amount) ->
             transformed x; amounts: (S,); ridge: weight of the penalty, in units of the code's variance.
    Source:  Larsen et al. 2016, section 3.2 (average differences), arXiv:1512.09300;
             Hoerl & Kennard 1970 (ridge regression).
    """
    z = encode(x)
    mean = z.mean(0)
    differences = torch.stack([encode(transform(x, float(amount))) - z for amount in amounts])  # (S, N, D)
    shift = differences.mean(1)
    if math.isinf(ridge):
        return Steps(mean, shift, z.new_zeros(len(amounts), len(mean), len(mean)))
    centred = z - mean
    gram = centred.T @ centred + ridge * centred.var() * torch.eye(len(mean))  # (D, D)
    return Steps(mean, shift, torch.linalg.solve(gram, centred.T @ (differences - shift[:, None])))


@dataclass(frozen=True)
class Followed:
    """How well a walk follows a transformation, over test digits.

    psnr, still: mean PSNR in dB of the walk, and of leaving the digit as it is; share: of the digits for which the walk
    comes more than MARGIN closer.
    """

    psnr: FiniteFloat
    still: FiniteFloat
    share: FiniteFloat


@dataclass(frozen=True)
class Table:
    """What was measured. digits: how many; followed: transformation -> model -> way -> Followed; checkpoints: name ->
    sha256 of the models."""

    digits: int
    followed: dict[str, dict[str, dict[str, Followed]]]
    checkpoints: dict[str, str]


def table_file() -> Path:
    """Where the table lives: `benchmarks/results/transformations.json` beside the package."""
    return records.RESULTS / "transformations.json"


def load() -> Table:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(
        Table,
        table_file(),
        "How well the walks follow",
        "python -m benchmarks.transformations",
        lambda table: (
            TRANSFORMS.keys() <= table.followed.keys()
            and all(WAYS.keys() <= ways.keys() for models in table.followed.values() for ways in models.values())
        ),
    )
