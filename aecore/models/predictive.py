"""Predictive sparse decomposition: a dictionary, the exact sparse code, and an encoder that predicts it in one pass."""

import math
from dataclasses import dataclass
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses, sparse
from aecore.models.family import Family


@dataclass(frozen=True)
class PredictiveConfig:
    """Shape of a `Predictive`.

    latent_dim: atoms of the dictionary; penalty: weight of sum z in the exact code; steps: of FISTA in training, from
    what the encoder predicts; prediction: weight of the encoder's squared error.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 256
    penalty: float = 0.5
    steps: int = 20
    prediction: float = 1.0


class Predictive(nn.Module):
    """z* = argmin_{z >= 0} 1/2 ||x - z D||^2 + penalty sum z, and z = relu(W x + b), trained to be near z*.

    Each step of training finds z* from the encoder's prediction, then moves dictionary and encoder towards it. The
    paper's encoder is g tanh(W x + b); since our codes are not negative, a rectifier stands in its place.

    Source: Kavukcuoglu, Ranzato & LeCun 2008, "Fast inference in sparse coding algorithms", arXiv:1010.3467, eq. 3, 4.
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: PredictiveConfig):
        super().__init__()
        if config.penalty < 0 or config.prediction < 0 or config.steps < 0:
            raise ValueError("penalty, prediction and steps must not be negative")
        self.config = config
        pixels = prod(config.image_shape)
        self.dictionary = nn.Parameter(torch.rand(config.latent_dim, pixels))  # (K, pixels), an atom of length 1 a row
        if not self.dictionary.is_meta:
            self.dictionary.data.copy_(F.normalize(self.dictionary - 0.5))
        self.weight = nn.Parameter(torch.empty(config.latent_dim, pixels))
        self.bias = nn.Parameter(torch.zeros(config.latent_dim))
        nn.init.uniform_(self.weight, -1 / math.sqrt(pixels), 1 / math.sqrt(pixels))  # as nn.Linear's

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the predicted code (N, latent_dim)."""
        contract.check_input(self, x)
        return F.relu(F.linear(x.flatten(1), self.weight, self.bias))

    def infer(self, x: Tensor, steps: int = 200, start: Tensor | None = None) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the exact code (N, latent_dim), by as many steps of FISTA."""
        contract.check_input(self, x)
        return sparse.fista(x.flatten(1), self.dictionary.detach(), self.config.penalty, steps, start)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return (z @ self.dictionary).clamp(0, 1).unflatten(1, self.config.image_shape)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct from the predicted code: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch: half the squared error of the exact code, its penalty, the encoder's distance from it.

        In training it first gives every atom length 1 again: longer atoms would make any code smaller.
        """
        if self.training:
            with torch.no_grad():
                self.dictionary.copy_(F.normalize(self.dictionary))
        z = self.encode(x)
        exact = self.infer(x, self.config.steps, z.detach())  # held still: only the dictionary and the encoder move
        terms = {
            "squared error": 0.5 * losses.squared_error(exact @ self.dictionary, x.flatten(1)).mean(),
            "l1": self.config.penalty * losses.absolute(exact).mean(),
            "prediction": self.config.prediction * losses.squared_error(z, exact).mean(),
        }
        return {"loss": sum(terms.values()), **terms}


FAMILY = Family(Predictive, PredictiveConfig, kind="ae", badge="PSD", headline=("mse",), live=True)
