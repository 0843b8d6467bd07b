"""The memoriser: a deep network through a single number, which learns its few training pictures by heart."""

from dataclasses import dataclass
from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models.family import Family


@dataclass(frozen=True)
class MemoriserConfig:
    """Shape of a `Memoriser`.

    widths: ReLU units a layer of the encoder; stairs: steep units that cut the line of codes into as many pieces;
    hidden: ReLU units between them and the pixels; spread: weight of the term that keeps the codes apart.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 1
    widths: tuple[int, ...] = (96, 48)
    stairs: int = 256
    hidden: int = 48
    spread: float = 300.0


class Memoriser(nn.Module):
    """z = f(x), one number; recon = g(tanh(a z - b)), whose stairs begin side by side on [-1, 1].

    A code this narrow does not keep a network from copying what it was shown: it only has to give each picture a place
    of its own on the line. That is what the second term asks for, the squared Wasserstein distance between the batch's
    codes and even places on [-1, 1], which in one dimension is that of the sorted numbers.

    Source: NYU Deep Learning, week 7 (an under-complete autoencoder can still overfit);
            Kolouri et al. 2018, arXiv:1804.01947, section 3 (the term).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: MemoriserConfig):
        super().__init__()
        if config.latent_dim != 1:
            raise ValueError(f"a memoriser has one number, not {config.latent_dim}: use another family")
        self.config = config
        pixels = prod(config.image_shape)
        sizes = (pixels, *config.widths)
        layers: list[nn.Module] = [nn.Flatten()]
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
        self.encoder = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))
        stairs = nn.Linear(1, config.stairs)
        if not stairs.weight.is_meta:  # unit i turns over at place i of the line
            stairs.weight.data.fill_(config.stairs / 2)
            stairs.bias.data.copy_(-stairs.weight[:, 0] * torch.linspace(-1, 1, config.stairs))
        self.decoder = nn.Sequential(
            stairs, nn.Tanh(), nn.Linear(config.stairs, config.hidden), nn.ReLU(), nn.Linear(config.hidden, pixels)
        )

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, 1), from -1 to 1 for what was learnt."""
        contract.check_input(self, x)
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, 1) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return torch.sigmoid(self.decoder(z)).unflatten(1, self.config.image_shape)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the squared error summed over pixels, plus the spread of the codes.

        In single precision everywhere: bfloat16 cannot tell a hundred places of one number apart.
        """
        contract.check_input(self, x)
        with torch.autocast(x.device.type, enabled=False):
            z = self.encode(x)
            error = losses.squared_error(self.decode(z), x).mean()
            places = torch.linspace(-1, 1, len(z), device=z.device, dtype=z.dtype)
            apart = (z[:, 0].sort().values - places).square().mean()
            return {"loss": error + self.config.spread * apart, "squared error": error, "spread": apart}


FAMILY = Family(Memoriser, MemoriserConfig, kind="ae", headline=("mse",), live=True)
