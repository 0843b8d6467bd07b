"""An autoencoder of single heartbeats, fully connected: what it cannot redraw is odd."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.data import beats
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class BeatAutoencoderConfig:
    """Shape of a `BeatAutoencoder`. latent_dim: numbers in the code; widths: units a hidden layer; noise: standard
    deviation of what training adds to the input, millivolts."""

    image_shape: tuple[int, int] = (1, beats.LENGTH)
    latent_dim: int = 16
    widths: tuple[int, ...] = (96,)
    noise: float = 0.02


class BeatAutoencoder(nn.Module):
    """x -> code -> recon, trained on normal beats alone, on the squared error."""

    takes_label = False
    takes_mask = False

    def __init__(self, config: BeatAutoencoderConfig):
        super().__init__()
        self.config = config
        self.encoder = blocks.mlp_encoder(config.image_shape, config.widths, 0, config.latent_dim)
        self.decoder = blocks.mlp_decoder(config.image_shape, config.widths, 0, config.latent_dim)

    def encode(self, x: Tensor) -> Tensor:
        """(N, 1, L) around 0.5, beats.RANGE millivolts from 0 to 1 -> z (N, latent_dim)."""
        contract.check_signals(self, x)
        return self.encoder((x - 0.5) * beats.RANGE)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, 1, L) around 0.5."""
        contract.check_codes(self, z)
        return self.decoder(z) / beats.RANGE + 0.5

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, 1, L) around 0.5 -> the same."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the squared error summed over samples, in mV^2."""
        noise = blocks.gaussian(x.shape, rng, x) * self.config.noise / beats.RANGE
        error = losses.squared_error(self(x + noise).float(), x).mean() * beats.RANGE**2
        return {"loss": error, "squared error": error}


FAMILY = Family(BeatAutoencoder, BeatAutoencoderConfig, kind="ae", headline=("auroc_v",), live=True)
