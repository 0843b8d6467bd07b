"""The variational autoencoder with Bernoulli pixels: a code that is a distribution, close to N(0, I)."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class VAEConfig:
    """Shape of a `VAE`.

    body, widths, blocks: as in `AutoencoderConfig`; binarize: True to draw each training pixel as 0 or 1 with
    its grey value as probability, anew each time (dynamic binarisation); importance_samples: K of the training
    bound, 1 for the ELBO; activation: of the hidden layers of an mlp.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 20
    body: str = "mlp"
    widths: tuple[int, ...] = (400,)
    blocks: int = 1
    binarize: bool = False
    importance_samples: int = 1
    activation: Literal["relu", "tanh"] = "relu"


class VAE(nn.Module):
    """ELBO = E_q(z|x)[log p(x|z)] - KL(q(z|x) || N(0, I)), with q and the prior diagonal Gaussians.

    Source: Kingma & Welling 2014, eq. 3 and appendix C, arXiv:1312.6114; Rezende et al. 2014, arXiv:1401.4082.
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: VAEConfig):
        super().__init__()
        self.config = config
        shape, latent = config.image_shape, config.latent_dim
        self.encoder = blocks.ENCODERS[config.body](shape, config.widths, config.blocks, 2 * latent)
        self.decoder = blocks.DECODERS[config.body](shape, config.widths, config.blocks, latent)
        if config.body == "mlp":
            blocks.activate(self.encoder, config.activation)
            blocks.activate(self.decoder, config.activation)

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """q(z|x): (N, C, H, W) in [0, 1] -> mu, logvar, each (N, latent_dim)."""
        contract.check_input(self, x)
        mu, logvar = self.encoder(x).float().chunk(2, dim=1)
        return mu, logvar.clamp(-12, 12)  # e^12 would already be a useless posterior; keeps early steps finite

    def encode(self, x: Tensor) -> Tensor:
        """The posterior's mean: (N, C, H, W) -> z (N, latent_dim)."""
        return self.posterior(x)[0]

    def reparameterize(self, mu: Tensor, logvar: Tensor, rng: torch.Generator | None) -> Tensor:
        """z = mu + sigma * epsilon, epsilon ~ N(0, I): a sample of q(z|x) that gradients pass through."""
        return mu + (0.5 * logvar).exp() * blocks.gaussian(mu.shape, rng, mu)

    def decode_logits(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> log-odds of ink (N, C, H, W)."""
        return self.decoder(z).float()

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> probability of ink (N, C, H, W)."""
        contract.check_codes(self, z)
        return torch.sigmoid(self.decode_logits(z))

    def sample(self, n: int, rng: torch.Generator | None = None) -> Tensor:
        """n digits from the prior: (n, C, H, W), probabilities of ink."""
        like = next(self.parameters())
        return self.decode(blocks.gaussian((n, self.config.latent_dim), rng, like))

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct through the posterior's mean: (N, C, H, W) -> (N, C, H, W)."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Negative bound in nats, averaged over the batch, with its two terms."""
        contract.check_input(self, x)
        if self.config.binarize:
            device = rng.device if rng is not None else x.device
            x = (torch.rand(x.shape, generator=rng, device=device).to(x.device) < x).to(x.dtype)
        mu, logvar = self.posterior(x)
        kl = losses.kl_standard_normal(mu, logvar)
        if self.config.importance_samples == 1:
            nll = losses.bernoulli_nll(self.decode_logits(self.reparameterize(mu, logvar, rng)), x)
            bound = nll + kl
        else:
            nll, bound = self._importance_weighted(x, mu, logvar, rng)
        return {"loss": bound.mean(), "reconstruction": nll.mean(), "kl": kl.mean()}

    def _importance_weighted(
        self, x: Tensor, mu: Tensor, logvar: Tensor, rng: torch.Generator | None
    ) -> tuple[Tensor, Tensor]:
        """Reconstruction term and negative K-sample bound of each sample (Burda et al. 2016, eq. 8)."""
        k = self.config.importance_samples
        mu, logvar = mu.repeat(k, 1), logvar.repeat(k, 1)  # (K N, D)
        z = self.reparameterize(mu, logvar, rng)
        nll = losses.bernoulli_nll(self.decode_logits(z), x.repeat(k, 1, 1, 1))  # (K N,)
        prior = losses.log_normal(z, torch.zeros_like(z), torch.zeros_like(z))
        log_weights = (prior - nll - losses.log_normal(z, mu, logvar)).unflatten(0, (k, -1))  # (K, N)
        return nll.unflatten(0, (k, -1)).mean(0), -losses.importance_bound(log_weights)


FAMILY = Family(VAE, VAEConfig, kind="vae", headline=("nll", "negative_elbo"), restores=("denoise",), live=True)
