"""A stack of autoencoders, each on the codes of the one below: trained one by one (greedy), together, or both."""

import math
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models.family import Family

SMALL = 0.01  # standard deviation of the first weights of old (Hinton 2010, "A practical guide", section 8)
CODES = {"sigmoid": torch.sigmoid, "relu": F.relu}


@dataclass(frozen=True)
class StackedConfig:
    """Shape of a `Stacked`, and how it is trained.

    hidden: units of the layers below the code; code: activation of all units but the pixels; linear_code: leave it out
    at the code itself; tied: decode with the transposed encoder; init: "scaled" to the size of the layers (Glorot for
    sigmoid units, He for rectified ones), or "small", Gaussian with a standard deviation of SMALL for all;
    error: of the pixels; noise: share of each layer's input that training sets to 0; greedy: share of the training in
    which the layers learn one after the other, each in its equal part; in the rest all learn together.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    hidden: tuple[int, ...] = (500, 250)
    latent_dim: int = 100
    code: Literal["sigmoid", "relu"] = "relu"
    linear_code: bool = False
    tied: bool = True
    init: Literal["scaled", "small"] = "scaled"
    error: Literal["cross-entropy", "squared"] = "cross-entropy"
    noise: float = 0.25
    greedy: float = 1.0


class Stacked(nn.Module):
    """h_k = s(W_k h_(k-1) + b_k) from h_0 = x, and back: recon_(k-1) = g(V_k recon_k + c_k).

    Layer k alone is a shallow denoising autoencoder of h_(k-1); all together they are one deep autoencoder.

    progress: share of the training that is done, which `aecore.training.fit` sets.

    Source: Hinton & Salakhutdinov 2006, doi:10.1126/science.1127647 (greedy, then all together); Bengio et al. 2007
            (with autoencoders); Vincent et al. 2010, JMLR 11:3371 (with masking noise in every layer's input).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: StackedConfig):
        super().__init__()
        if not (0 <= config.greedy <= 1 and 0 <= config.noise < 1):
            raise ValueError(f"greedy and noise must be shares, not {config.greedy} and {config.noise}")
        self.config = config
        self.progress = 1.0
        sizes = (prod(config.image_shape), *config.hidden, config.latent_dim)
        self.weights = nn.ParameterList(self._first(wide, narrow) for wide, narrow in pairwise(sizes))  # (D_k, D_(k-1))
        self.biases = nn.ParameterList(torch.zeros(size) for size in sizes[1:])
        self.output_biases = nn.ParameterList(torch.zeros(size) for size in sizes[:-1])
        untied = [] if config.tied else [self._first(narrow, wide).T.contiguous() for wide, narrow in pairwise(sizes)]
        self.output_weights = nn.ParameterList(untied)  # as the weights, (D_k, D_(k-1))

    @property
    def depth(self) -> int:
        """How many layers the encoder has."""
        return len(self.weights)

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the last layer's code (N, latent_dim)."""
        contract.check_input(self, x)
        return self.code(x, self.depth)

    def decode(self, z: Tensor) -> Tensor:
        """(N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self._recon(z, self.depth)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct through all layers: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def code(self, x: Tensor, depth: int) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the code of the first so many layers, (N, D_depth)."""
        h = x.flatten(1)
        for layer in range(depth):
            h = self._up(h, layer)
        return h

    def through(self, x: Tensor, depth: int) -> Tensor:
        """Reconstruct with the first so many layers alone: (N, C, H, W) in [0, 1] -> the same."""
        contract.check_input(self, x)
        return self._recon(self.code(x, depth), depth)

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the error summed over what is reconstructed: one layer's input, or the pixels.

        In eval mode it is always the whole stack's.
        """
        contract.check_input(self, x)
        config = self.config
        if self.training and self.progress < config.greedy:
            layer = min(self.depth - 1, int(self.depth * self.progress / config.greedy))
            with torch.no_grad():
                h = self.code(x, layer).float()
            recon = self._down(self._up(self._damaged(h, rng), layer), layer)
            error = self._error(recon, h, layer)
            return {"loss": error, f"layer {layer + 1}": error}
        h = self._damaged(x.flatten(1), rng) if self.training else x.flatten(1)
        for layer in range(self.depth):
            h = self._up(h, layer)
        for layer in reversed(range(self.depth)):
            h = self._down(h, layer)
            h = CODES[config.code](h) if layer else h
        error = self._error(h, x.flatten(1), 0)
        return {"loss": error, "all layers": error}

    def _first(self, fan_in: int, fan_out: int) -> Tensor:
        """Weights before training, (fan_out, fan_in)."""
        config = self.config
        sd = math.sqrt(2 / fan_in if config.code == "relu" else 2 / (fan_in + fan_out))
        weights = torch.empty(fan_out, fan_in)
        if weights.is_meta:  # a checkpoint fills them; to draw none, PyTorch would import SymPy
            return weights
        return weights.normal_().mul_(SMALL if config.init == "small" else sd)

    def _up(self, h: Tensor, layer: int) -> Tensor:
        h = F.linear(h, self.weights[layer], self.biases[layer])
        return h if self.config.linear_code and layer == self.depth - 1 else CODES[self.config.code](h)

    def _down(self, h: Tensor, layer: int) -> Tensor:
        """Before the activation."""
        return torch.addmm(self.output_biases[layer], h, (self.output_weights or self.weights)[layer])

    def _recon(self, h: Tensor, depth: int) -> Tensor:
        for layer in reversed(range(depth)):
            h = self._down(h, layer)
            h = CODES[self.config.code](h) if layer else torch.sigmoid(h)
        return h.unflatten(1, self.config.image_shape)

    def _error(self, recon: Tensor, h: Tensor, layer: int) -> Tensor:
        """recon: before the activation; units that are rectified are no probabilities."""
        if self.config.error == "cross-entropy" and (layer == 0 or self.config.code == "sigmoid"):
            return losses.bernoulli_nll(recon, h).mean()
        activation = torch.sigmoid if layer == 0 else CODES[self.config.code]
        return losses.squared_error(activation(recon.float()), h).mean()

    def _damaged(self, h: Tensor, rng: torch.Generator | None) -> Tensor:
        if not self.config.noise:
            return h
        return h * (torch.rand(h.shape, generator=rng, device=h.device) >= self.config.noise)


FAMILY = Family(
    Stacked,
    StackedConfig,
    kind=lambda config: "dae" if config.get("noise", StackedConfig.noise) else "ae",
    headline=("mse",),
    live=True,
)
