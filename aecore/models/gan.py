"""Generative adversarial networks: noise becomes a digit, and a critic that sees both kinds is the loss."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract
from aecore.gans.games import Game
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class GANConfig:
    """Shape of a `Generator` and of its `Critic`, and how they play.

    latent_dim: numbers of noise; widths: channels of the generator's stages, from the smallest pictures up;
    critic_widths: the critic's, from the largest down;
    game, strength, power: see `aecore.gans.games.Game`;
    critic_lr: its learning rate, 0 for the recipe's own; beta1, beta2: of both networks' Adam;
    critic_steps: batches of the critic before the generator moves; generator_steps: steps it then takes;
    shift: share of its side by which every picture is moved at random before the critic sees it, see `jitter.shifted`.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 32
    widths: tuple[int, ...] = (64, 32)
    critic_widths: tuple[int, ...] = (64, 128)
    game: str = "non-saturating"
    strength: float = 0.0
    power: float = 2.0
    critic_lr: float = 0.0
    beta1: float = 0.5
    beta2: float = 0.99
    critic_steps: int = 1
    generator_steps: int = 1
    shift: float = 0.0


class Generator(nn.Module):
    """x = G(z), z ~ N(0, I): a matrix, then each stage doubles the picture and convolves, with batch normalisation.

    Source: Goodfellow et al. 2014, arXiv:1406.2661; Radford et al. 2016, arXiv:1511.06434 (the body, here with
            nearest-neighbour upsampling instead of transposed convolutions, as in `blocks.up`).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: GANConfig):
        super().__init__()
        Game(config.game)
        self.config = config
        self.body = generator_body(config, config.latent_dim)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> x (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return torch.sigmoid(self.body(z))

    def forward(self, z: Tensor) -> Tensor:
        """As `decode`."""
        return self.decode(z)

    def sample(self, n: int, rng: torch.Generator | None = None) -> Tensor:
        """n digits from noise: (n, C, H, W)."""
        return self.decode(blocks.gaussian((n, self.config.latent_dim), rng, next(self.parameters())))


class Critic(nn.Module):
    """A score for each picture: strided convolutions and leaky ReLUs, no normalisation.

    Its gradient is asked for at each picture by itself, and batch normalisation would mix them (Gulrajani et al. 2017,
    section 4). All games have the same critic.
    """

    def __init__(self, config: GANConfig):
        super().__init__()
        self.config = config
        self.body, features = critic_body(config)
        self.score = nn.Linear(features, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x (N, C, H, W) in [0, 1] -> score (N,)."""
        return self.score(self.body(2 * x - 1))[:, 0]


def generator_body(config: GANConfig, features: int) -> nn.Sequential:
    """(N, features) -> log-odds of ink (N, C, H, W). Raises: ValueError: the picture cannot be halved so often."""
    height, width = blocks.grid(config.image_shape, config.widths)
    first = config.widths[0]
    layers: list[nn.Module] = [
        nn.Linear(features, first * height * width, bias=False),
        nn.Unflatten(1, (first, height, width)),
    ]
    for fan_in, fan_out in zip(config.widths, (*config.widths[1:], config.widths[-1]), strict=True):
        layers += [nn.BatchNorm2d(fan_in), nn.ReLU(), nn.Upsample(scale_factor=2, mode="nearest")]
        layers += [nn.Conv2d(fan_in, fan_out, 3, padding=1, bias=False)]
    last = config.widths[-1]
    return nn.Sequential(*layers, nn.BatchNorm2d(last), nn.ReLU(), nn.Conv2d(last, config.image_shape[0], 3, padding=1))


def critic_body(config: GANConfig) -> tuple[nn.Sequential, int]:
    """(N, C, H, W) in [-1, 1] -> (N, features), and how many features."""
    height, width = blocks.grid(config.image_shape, config.critic_widths)
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip((config.image_shape[0], *config.critic_widths), config.critic_widths, strict=False):
        layers += [nn.Conv2d(fan_in, fan_out, 5, stride=2, padding=2), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Flatten()), config.critic_widths[-1] * height * width


FAMILY = Family(Generator, GANConfig, kind="gan", headline=("frechet_distance",), live=True, opponent=Critic)
