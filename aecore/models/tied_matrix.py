"""One matrix there and back (tied weights), and beside it a few nonlinear units; the code may be of any size."""

from dataclasses import dataclass
from math import prod
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models.family import Family


@dataclass(frozen=True)
class TiedMatrixConfig:
    """Shape of a `TiedMatrix`.

    hidden: ReLU units of the nonlinear way, beside the linear one, in encoder and decoder each; 0 for a linear model;
    start: of the matrix: "orthogonal", so that W W' = I (or W' W = I where the code is wider than the picture), or
    "uniform" as torch.nn.Linear begins.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 32
    hidden: int = 32
    start: Literal["orthogonal", "uniform"] = "orthogonal"


class TiedMatrix(nn.Module):
    """z = W x + b + bend(x), recon = W' z + c + bend(z), with one W (tied weights), trained on the squared error.

    The linear way can copy as many directions as the code has numbers; the nonlinear one draws what is not flat in
    the data. With `hidden=0` nothing but the linear way is left: the best it can do is PCA.

    Source: NYU Deep Learning, week 7 (tied weights); Baldi & Hornik 1989 (linear autoencoders and PCA);
            Saxe et al. 2014, arXiv:1312.6120 (orthogonal start).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: TiedMatrixConfig):
        super().__init__()
        if config.latent_dim < 1 or config.hidden < 0:
            raise ValueError(f"latent_dim must be 1 or more and hidden 0 or more, not {config}")
        self.config = config
        pixels, code, hidden = prod(config.image_shape), config.latent_dim, config.hidden
        self.weight = nn.Parameter(torch.empty(code, pixels))
        if config.start == "orthogonal":
            nn.init.orthogonal_(self.weight)
        else:
            nn.init.uniform_(self.weight, -(pixels**-0.5), pixels**-0.5)
        self.code_bias = nn.Parameter(torch.zeros(code))
        self.pixel_bias = nn.Parameter(torch.zeros(pixels))
        self.bend_in = _bend(pixels, hidden, code)
        self.bend_out = _bend(code, hidden, pixels)

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim)."""
        contract.check_input(self, x)
        t = x.flatten(1)  # (N, pixels)
        z = F.linear(t, self.weight, self.code_bias)  # W x + b
        return z if self.bend_in is None else z + self.bend_in(t)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W), cut off at black and white."""
        contract.check_codes(self, z)
        return self._decode_raw(z).clamp(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the squared error summed over pixels, before they are cut off."""
        error = losses.squared_error(self._decode_raw(self.encode(x)).float(), x).mean()
        return {"loss": error, "squared error": error}

    def _decode_raw(self, z: Tensor) -> Tensor:
        t = torch.addmm(self.pixel_bias, z, self.weight)  # W' z + c: the same matrix, columns for rows
        if self.bend_out is not None:
            t = t + self.bend_out(z)
        return t.unflatten(1, self.config.image_shape)


def _bend(fan_in: int, hidden: int, fan_out: int) -> nn.Module | None:
    """V relu(U x + u) + v, which begins at zero: a model starts as its straight way."""
    if not hidden:
        return None
    bend = nn.Sequential(nn.Linear(fan_in, hidden), nn.ReLU(), nn.Linear(hidden, fan_out))
    nn.init.zeros_(bend[2].weight)
    nn.init.zeros_(bend[2].bias)
    return bend


FAMILY = Family(TiedMatrix, TiedMatrixConfig, kind="ae", headline=("psnr",), live=True)
