"""One wide hidden layer, and what keeps it from copying: noise, few active units, a small derivative, tied weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, corruptions, losses
from aecore.models.family import Family

CODES: dict[str, Callable[[Tensor], Tensor]] = {"sigmoid": torch.sigmoid, "relu": F.relu, "tanh": torch.tanh}
RATE = 0.05  # share of the digits for which a unit is meant to be on, where the rate is held down


@dataclass(frozen=True)
class ConstrainedConfig:
    """Shape of a `Constrained`, and its constraint.

    code: activation of the hidden units; output: "sigmoid", or "linear": free in training, clipped when it decodes;
    error: "squared", or "cross-entropy", which wants the sigmoid; tied: decode with the transposed encoder;
    constraint: what is asked for beside a small error; "" for nothing, the control;
    strength: how much of it; 0 is the control:
        "dropout", "salt_pepper"  share of the pixels that training damages
        "l1"           weight of sum |h|
        "rate"         weight of the divergence of every unit's mean from RATE
        "k"            how many units may be on, for 0 all of them
        "contractive"  weight of ||dh/dx||_F^2.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 500
    code: Literal["sigmoid", "relu", "tanh"] = "sigmoid"
    output: Literal["sigmoid", "linear"] = "sigmoid"
    error: Literal["squared", "cross-entropy"] = "squared"
    tied: bool = True
    constraint: Literal["", "dropout", "salt_pepper", "l1", "rate", "k", "contractive"] = ""
    strength: float = 0.0


class Constrained(nn.Module):
    """h = s(W x + b), recon = g(W^T h + c): as wide as one likes, trained on its error and on one constraint.

    Nothing but the constraint tells two networks of one seed apart: they start from the same weights, and the control
    with strength 0 is the network without it.

    Source: Vincent et al. 2008 (noise); Ng 2011 (rate); Makhzani & Frey 2014, arXiv:1312.5663 (k);
            Rifai et al. 2011 (contractive, tied weights); Bengio et al. 2013, arXiv:1206.5538, section 7 (all).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: ConstrainedConfig):
        super().__init__()
        if config.error == "cross-entropy" and config.output != "sigmoid":
            raise ValueError(f"the cross-entropy wants probabilities: output must be 'sigmoid', not {config.output!r}")
        if config.constraint in ("rate", "contractive") and config.code != "sigmoid":
            raise ValueError(f"{config.constraint!r} is written for sigmoid units, not for {config.code!r}")
        if config.constraint == "k" and not 0 <= config.strength <= config.latent_dim:
            raise ValueError(f"k must be at most the {config.latent_dim} units, not {config.strength}")
        self.config = config
        pixels = prod(config.image_shape)
        self.weight = nn.Parameter(torch.empty(config.latent_dim, pixels))  # (D, pixels), a kernel a row
        self.bias = nn.Parameter(torch.zeros(config.latent_dim))
        self.output_bias = nn.Parameter(torch.zeros(pixels))
        nn.init.uniform_(self.weight, -1 / math.sqrt(pixels), 1 / math.sqrt(pixels))  # as nn.Linear's
        if not config.tied:
            self.output_weight = nn.Parameter(self.weight.detach().clone())  # (D, pixels); starts tied

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> h (N, latent_dim)."""
        contract.check_input(self, x)
        h = CODES[self.config.code](F.linear(x.flatten(1), self.weight, self.bias))
        if self.config.constraint == "k" and self.config.strength:
            h = largest(h, int(self.config.strength))
        return h

    def decode(self, z: Tensor) -> Tensor:
        """h (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        pixels = self._logits(z)
        pixels = torch.sigmoid(pixels) if self.config.output == "sigmoid" else pixels.clamp(0, 1)
        return pixels.unflatten(1, self.config.image_shape)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the error summed over pixels, and of the constraint's term times its strength."""
        config, x_noisy = self.config, x
        if config.constraint in DAMAGES and config.strength:
            x_noisy = DAMAGES[config.constraint](x, config.strength, rng)
        h = self.encode(x_noisy)
        pixels, clean = self._logits(h).float(), x.flatten(1)
        if config.error == "cross-entropy":
            terms = {"cross-entropy": losses.bernoulli_nll(pixels, clean).mean()}
        else:
            pixels = torch.sigmoid(pixels) if config.output == "sigmoid" else pixels
            terms = {"squared error": losses.squared_error(pixels, clean).mean()}
        if config.constraint in PENALTIES:
            terms[config.constraint] = config.strength * PENALTIES[config.constraint](h, self.weight)
        return {"loss": sum(terms.values()), **terms}

    def _logits(self, h: Tensor) -> Tensor:
        """W^T h + c, (N, pixels): before the sigmoid, if there is one."""
        return torch.addmm(self.output_bias, h, self.weight if self.config.tied else self.output_weight)


def largest(h: Tensor, k: int) -> Tensor:
    """The k largest numbers of each code as they are, 0 for all others; h, result: (N, D).

    Source: Makhzani & Frey 2014, arXiv:1312.5663, algorithm 1.
    """
    values, places = h.topk(k, 1)
    return torch.zeros_like(h).scatter(1, places, values)


def _damaged(kind: str, x: Tensor, strength: float, rng: torch.Generator | None) -> Tensor:
    return corruptions.corrupt(kind, x, strength, rng)[0]


DAMAGES = {name: partial(_damaged, name) for name in ("dropout", "salt_pepper")}  # constraint -> (x, strength, rng)
PENALTIES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {  # constraint -> (h (N, D), W (D, pixels)) -> ()
    "l1": lambda h, weight: losses.absolute(h).mean(),
    "rate": lambda h, weight: losses.rate_divergence(h, RATE),
    "contractive": lambda h, weight: losses.contraction(h, weight).mean(),
}
KINDS = {"dropout": "dae", "salt_pepper": "dae", "l1": "sparse", "rate": "sparse", "k": "sparse", "contractive": "cae"}

FAMILY = Family(
    Constrained,
    ConstrainedConfig,
    kind=lambda config: KINDS.get(config.get("constraint"), "ae") if config.get("strength") else "ae",
    headline=("mse",),
    live=True,
)
