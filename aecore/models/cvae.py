"""The conditional VAE: told the class, so that the code is left with the style."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class CVAEConfig:
    """Shape of a `CVAE`; the fields are those of `VAEConfig`, the number of classes, and the weight of the KL term.

    beta: above 1 the codes of real digits fill the prior more evenly, and fewer samples fall between them, at the
    price of blunter reconstructions (Higgins et al. 2017, "beta-VAE").
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 10
    latent_dim: int = 16
    body: str = "conv"
    widths: tuple[int, ...] = (32, 64)
    blocks: int = 1
    beta: float = 1.0


class CVAE(nn.Module):
    """ELBO of log p(x | y): the one-hot label is joined to the encoder's input and to the code.

    Source: Sohn et al. 2015, "Learning structured output representation using deep conditional generative
            models"; Kingma et al. 2014, arXiv:1406.5298 (style and content).
    """

    takes_label = True
    takes_mask = False

    def __init__(self, config: CVAEConfig):
        super().__init__()
        self.config = config
        channels, *size = config.image_shape
        joined = (channels + config.classes, *size)
        self.encoder = blocks.ENCODERS[config.body](joined, config.widths, config.blocks, 2 * config.latent_dim)
        self.decoder = blocks.DECODERS[config.body](
            config.image_shape, config.widths, config.blocks, config.latent_dim + config.classes
        )

    def posterior(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """q(z | x, y): x (N, C, H, W) in [0, 1], y int64 (N,) -> mu, logvar, each (N, latent_dim)."""
        contract.check_input(self, x)
        contract.check_labels(y, len(x), self.config.classes)
        planes = blocks.one_hot_planes(y, self.config.classes, x)
        mu, logvar = self.encoder(torch.cat([x, planes], 1)).float().chunk(2, dim=1)
        return mu, logvar.clamp(-12, 12)

    def encode(self, x: Tensor, y: Tensor) -> Tensor:
        """The style of a digit of known class: the posterior's mean, (N, latent_dim)."""
        return self.posterior(x, y)[0]

    def reparameterize(self, mu: Tensor, logvar: Tensor, rng: torch.Generator | None) -> Tensor:
        """z = mu + sigma * epsilon, epsilon ~ N(0, I)."""
        return mu + (0.5 * logvar).exp() * blocks.gaussian(mu.shape, rng, mu)

    def decode_logits(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, latent_dim) and y (N,) -> log-odds of ink (N, C, H, W)."""
        hot = F.one_hot(y, self.config.classes).to(z.dtype)
        return self.decoder(torch.cat([z, hot], 1)).float()

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, latent_dim) and y (N,) -> probability of ink (N, C, H, W)."""
        contract.check_codes(self, z)
        contract.check_labels(y, len(z), self.config.classes)
        return torch.sigmoid(self.decode_logits(z, y))

    def sample(self, y: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """One digit of each asked class from the prior: y int64 (N,) -> (N, C, H, W)."""
        like = next(self.parameters())
        y = y.to(like.device)
        return self.decode(blocks.gaussian((len(y), self.config.latent_dim), rng, like), y)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """Reconstruct through the posterior's mean: (N, C, H, W) -> (N, C, H, W)."""
        return self.decode(self.encode(x, y), y)

    def loss(self, x: Tensor, y: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Reconstruction + beta * KL in nats, batch mean; with beta 1 the negative ELBO of log p(x | y)."""
        mu, logvar = self.posterior(x, y)
        kl = losses.kl_standard_normal(mu, logvar)
        nll = losses.bernoulli_nll(self.decode_logits(self.reparameterize(mu, logvar, rng), y), x)
        return {"loss": (nll + self.config.beta * kl).mean(), "reconstruction": nll.mean(), "kl": kl.mean()}


FAMILY = Family(CVAE, CVAEConfig, kind="cvae", headline=("negative_elbo", "class_agreement"), live=True)
