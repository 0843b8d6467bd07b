"""An autoencoder that sees one class alone: what it cannot redraw, or has an unusual code, is another class."""

from dataclasses import dataclass
from math import ceil

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family

SMALLEST = 1e-3  # variance of a direction of the codes, at least, as a share of the largest


@dataclass(frozen=True)
class OneClassConfig:
    """Shape of a `OneClass`.

    widths, blocks: of the convolutions (aecore.models.blocks); blanked: share of the squares that training hides from
    the encoder, 0 for none: then it is a plain autoencoder; square: pixels of a square's side.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 32
    widths: tuple[int, ...] = (8, 8)
    blocks: int = 0
    blanked: float = 0.4
    square: int = 7


class OneClass(nn.Module):
    """z = f(x with squares blanked), recon = g(z), min ||x - recon||^2 over the pictures of one class.

    To fill a blank it must know how the class goes on; a copier need not. How odd a picture is has two parts: the
    error of its reconstruction, and how far its code lies from the codes of the class.

    Source: Vincent et al. 2008 (a damaged input, an undamaged target); Denouden et al. 2018, arXiv:1812.02765 (error
            and Mahalanobis distance of the code together).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: OneClassConfig):
        super().__init__()
        if not 0 <= config.blanked < 1:
            raise ValueError(f"blanked must be at least 0 and less than 1, not {config.blanked}")
        self.config = config
        shape, latent = config.image_shape, config.latent_dim
        self.encoder = blocks.conv_encoder(shape, config.widths, config.blocks, latent)
        self.decoder = blocks.conv_decoder(shape, config.widths, config.blocks, latent)
        self.register_buffer("whiten", torch.zeros(latent, latent).fill_diagonal_(1))  # of `features`
        self.register_buffer("shift", torch.zeros(latent))
        self.register_buffer("usual", torch.tensor([0.0, 1.0, 0.0, 1.0]))  # mean and sd of error and of distance

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim)."""
        contract.check_input(self, x)
        return self.encoder(x)

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> the code, whitened over the class: (N, latent_dim), of mean 0 and covariance I there."""
        return F.linear(self.encode(x), self.whiten, self.shift)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self.decoder(z).float().clamp(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def oddness(self, x: Tensor) -> Tensor:
        """(error - its mean) / its sd + (distance - its mean) / its sd, of the class: (N, C, H, W) -> (N,).

        The distance is Mahalanobis' squared one, ||features||^2; means and sds are those of `calibrate`.
        """
        error = losses.squared_error(self(x), x)
        distance = self.features(x).square().sum(1)
        return (error - self.usual[0]) / self.usual[1] + (distance - self.usual[2]) / self.usual[3]

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the squared error summed over pixels; in eval mode nothing is blanked."""
        contract.check_input(self, x)
        recon = self.decoder(self.encoder(self._blank(x, rng) if self.training else x)).float()
        error = losses.squared_error(recon, x).mean()
        return {"loss": error, "squared error": error}

    @torch.no_grad()
    def calibrate(self, x: Tensor, y: Tensor, rng: torch.Generator | None = None) -> None:
        """Learn what is usual from pictures of the class that the network has not learnt from; x: (N, C, H, W)."""
        z = self.encode(x)
        values, vectors = torch.linalg.eigh(torch.cov(z.T))
        values = values.clamp(min=SMALLEST * float(values.max()))
        self.whiten.copy_((vectors / values.sqrt()).T)
        self.shift.copy_(-self.whiten @ z.mean(0))
        error, distance = losses.squared_error(self(x), x), self.features(x).square().sum(1)
        self.usual.copy_(torch.stack([error.mean(), error.std(), distance.mean(), distance.std()]))

    def _blank(self, x: Tensor, rng: torch.Generator | None) -> Tensor:
        """Some squares of each picture become background."""
        if not self.config.blanked:
            return x
        height, width = x.shape[2:]
        rows, columns = (ceil(side / self.config.square) for side in (height, width))
        draw = torch.rand(len(x), 1, rows, columns, generator=rng, device=rng.device if rng else x.device)
        shown = (draw >= self.config.blanked).to(x)
        squares = F.interpolate(shown, scale_factor=float(self.config.square), mode="nearest")
        return x * squares[:, :, :height, :width]


FAMILY = Family(OneClass, OneClassConfig, kind="dae", headline=("auroc", "mse"), live=True)
