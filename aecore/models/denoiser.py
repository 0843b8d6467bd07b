"""The denoising autoencoder: one convolutional network for every corruption and strength, told nothing."""

from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from aecore import contract, corruptions, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class DenoiserConfig:
    """Shape of a `Denoiser`.

    widths: channels a stage; blocks: residuals a stage, in the encoder and again in the decoder;
    trained_on: the corruptions mixed in training, in equal parts, the hardest three named twice; strengths: their
    range (beyond it hardly anything is left to learn from, and the squared error would be about little else).
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    widths: tuple[int, ...] = (32, 96)
    blocks: int = 2
    trained_on: tuple[str, ...] = (
        *("gaussian", "salt_pepper", "dropout") * 2,
        *("speckle", "blur", "patch", "stripes", "low_resolution"),
    )
    strengths: tuple[float, float] = (0.0, 0.7)


class Denoiser(nn.Module):
    """recon = g(f(x_noisy)), trained so that E over C(x_noisy | x) of ||recon - x||^2 is smallest.

    The code is over-complete (a stack of small feature maps): what keeps the network from copying is the noise,
    not a bottleneck. There are no skip connections, so that everything it knows passes through the code.

    Source: Vincent et al. 2008, "Extracting and composing robust features with denoising autoencoders";
            Vincent et al. 2010, JMLR 11.
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: DenoiserConfig):
        super().__init__()
        self.config = config
        height, width = blocks.grid(config.image_shape, config.widths)
        self.code_shape = (config.widths[-1], height, width)
        self.encoder = nn.Sequential(*blocks.down(config.image_shape[0], config.widths, config.blocks))
        self.decoder = nn.Sequential(*blocks.up(config.image_shape[0], config.widths, config.blocks))

    @property
    def latent_dim(self) -> int:
        """Numbers in the code; more than pixels in the picture."""
        return prod(self.code_shape)

    def encode(self, x_noisy: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim)."""
        contract.check_input(self, x_noisy)
        return self.encoder(x_noisy - 0.5).flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self._decode_raw(z).clamp(0, 1)

    def _decode_raw(self, z: Tensor) -> Tensor:
        # no sigmoid: with a squared error it saturates, and the whole network can die in its first hundred steps
        return self.decoder(z.unflatten(1, self.code_shape)).float()

    def forward(self, x_noisy: Tensor) -> Tensor:
        """Denoise: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x_noisy))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Corrupt x, reconstruct, and compare with the clean x: squared error summed over pixels."""
        contract.check_input(self, x)
        error = losses.squared_error(self._decode_raw(self.encode(self.corrupt(x, rng))), x).mean()
        return {"loss": error, "squared error": error}

    def corrupt(self, x: Tensor, rng: torch.Generator | None) -> Tensor:
        """A batch corrupted in equal parts by each process of the config, every digit with its own strength."""
        device = rng.device if rng is not None else x.device
        low, high = self.config.strengths
        parts = []
        for name, part in zip(self.config.trained_on, x.tensor_split(len(self.config.trained_on)), strict=True):
            strength = low + (high - low) * torch.rand(len(part), generator=rng, device=device)
            center = 0.2 + 0.6 * torch.rand(len(part), 2, generator=rng, device=device)
            x_noisy, _ = corruptions.corrupt(name, part, strength.to(x.device), rng, center=center.to(x.device))
            parts.append(x_noisy)
        return torch.cat(parts)


FAMILY = Family(Denoiser, DenoiserConfig, kind="dae", headline=("psnr_gaussian",), restores=("denoise",), live=True)
