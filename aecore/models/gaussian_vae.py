"""The variational autoencoder with Gaussian pixels: squared error and KL, for pictures of many shades and colours."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from aecore import contract, losses
from aecore.models.family import Family
from aecore.models.vae import VAE


@dataclass(frozen=True)
class GaussianVAEConfig:
    """Shape of a `GaussianVAE`.

    body, widths, blocks, activation: as in `AutoencoderConfig`; variance: of a pixel around what is decoded, sigma^2.
    At 1/2 the loss is the squared error plus KL, nothing between them; the smaller it is, the more the error
    weighs.
    """

    image_shape: tuple[int, int, int] = (3, 128, 128)
    latent_dim: int = 50
    body: str = "conv"
    widths: tuple[int, ...] = (16, 32, 48, 64, 96)
    blocks: int = 0
    variance: float = 0.5
    activation: Literal["relu", "tanh"] = "relu"


class GaussianVAE(VAE):
    """A `VAE` whose pixels are Gaussian: -log p(x|z) = ||x - recon||^2 / (2 sigma^2) + constant.

    Source: Kingma & Welling 2014, eq. 3 and appendix C.2, with sigma fixed, arXiv:1312.6114.
    """

    def __init__(self, config: GaussianVAEConfig):
        if config.variance <= 0:
            raise ValueError(f"variance must be above 0, not {config.variance}")
        super().__init__(config)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> the mean of each pixel (N, C, H, W), in [0, 1]."""
        contract.check_codes(self, z)
        return torch.sigmoid(self.decode_logits(z))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Negative ELBO in nats, but for the constant, averaged over the batch; the squared error and the KL apart."""
        contract.check_input(self, x)
        mu, logvar = self.posterior(x)
        recon = torch.sigmoid(self.decode_logits(self.reparameterize(mu, logvar, rng)))
        error = losses.squared_error(recon, x).mean()
        kl = losses.kl_standard_normal(mu, logvar).mean()
        return {"loss": error / (2 * self.config.variance) + kl, "squared error": error, "kl": kl}


FAMILY = Family(GaussianVAE, GaussianVAEConfig, kind="vae", headline=("mse",), live=True)
