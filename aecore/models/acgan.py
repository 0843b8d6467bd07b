"""The auxiliary classifier GAN: the generator is told a class, and its critic must also say which class it sees."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.gans.games import Game
from aecore.models import blocks
from aecore.models.family import Family
from aecore.models.gan import GANConfig, critic_body, generator_body


@dataclass(frozen=True)
class ACGANConfig(GANConfig):
    """The fields of `GANConfig`, and how many classes there are."""

    classes: int = 10


class ClassGenerator(nn.Module):
    """x = G(z, y): the class, one-hot, is joined to the noise; otherwise as `Generator`.

    Source: Odena et al. 2017, "Conditional image synthesis with auxiliary classifier GANs", arXiv:1610.09585.
    """

    takes_label = True
    takes_mask = False

    def __init__(self, config: ACGANConfig):
        super().__init__()
        Game(config.game)
        self.config = config
        self.body = generator_body(config, config.latent_dim + config.classes)

    def decode(self, z: Tensor, y: Tensor) -> Tensor:
        """z (N, latent_dim) and y (N,) -> x (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        contract.check_labels(y, len(z), self.config.classes)
        hot = F.one_hot(y, self.config.classes).to(z.dtype)
        return torch.sigmoid(self.body(torch.cat([z, hot], 1)))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """As `decode`."""
        return self.decode(z, y)

    def sample(self, y: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """One digit of each asked class: y int64 (N,) -> (N, C, H, W)."""
        like = next(self.parameters())
        y = y.to(like.device)
        return self.decode(blocks.gaussian((len(y), self.config.latent_dim), rng, like), y)


class ClassCritic(nn.Module):
    """A score, and log-odds of the classes from the same features."""

    def __init__(self, config: ACGANConfig):
        super().__init__()
        self.config = config
        self.body, features = critic_body(config)
        self.score = nn.Linear(features, 1)
        self.head = nn.Linear(features, config.classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """x (N, C, H, W) in [0, 1] -> score (N,), logits (N, classes)."""
        features = self.body(2 * x - 1)
        return self.score(features)[:, 0], self.head(features)


FAMILY = Family(
    ClassGenerator,
    ACGANConfig,
    kind="gan",
    badge="ACGAN",
    headline=("frechet_distance",),
    live=True,
    opponent=ClassCritic,
)
