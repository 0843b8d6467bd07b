"""Two players in the plane: a generator and a critic of a few hundred weights, on data of which the answer is known.

The GANs page trains the same networks in the visitor's browser (pages/gans/trainer): the same weights to begin with,
the same batches, the same noise. `train_plane` is its twin for notebooks, and for its tests.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore.draws import Draws
from aecore.field import BATCHES, NOISE, FieldNet
from aecore.gans import games
from aecore.gans.games import Game

SHAPES = ("ring", "grid")
SPREAD = 0.02  # standard deviation of each Gaussian
NEAR = 0.1  # of a centre: what lies farther is no sample of it
LEAST = 0.25  # of its fair share of the samples: a centre that gets less is not found
LATENT, BLUR, SHOWN = 5, 6, 7  # streams of random numbers beside those of aecore.field
CRITIC = 10007  # added to the seed of the critic's first weights
BETA1 = 0.5  # Adam's: less momentum than elsewhere, for the other player moves, too


@dataclass(frozen=True)
class PlaneRecipe:
    """How the two learn.

    shape: of SHAPES; game, strength, power: see `games.Game`; lr, critic_lr: Adam's; critic_steps: a step of the
    generator; noise: standard deviation of what is added to all that the critic sees; width: tanh units in each of two
    hidden layers, of both; batch: points a step.
    """

    shape: str = "ring"
    game: str = "minimax"
    strength: float = 0.1
    power: float = 6.0
    lr: float = 5e-3
    critic_lr: float = 5e-3
    critic_steps: int = 1
    noise: float = 0.0
    width: int = 24
    batch: int = 128
    seed: int = 0


@dataclass(frozen=True)
class PlaneStep:
    """One step. step: from 1; critic_loss, generator_loss: of the last batch of each, before it moved; generator,
    critic: the networks, the same objects in every step."""

    step: int
    critic_loss: float
    generator_loss: float
    generator: FieldNet
    critic: FieldNet


@dataclass(frozen=True)
class Found:
    """What samples find. modes: centres that get at least LEAST of their fair share; good: share of the samples that
    lie within NEAR of a centre."""

    modes: int
    good: float


def centres(shape: str) -> Tensor:
    """Where the Gaussians stand, (K, 2) float64: 8 on a circle of radius 1, or 25 half a unit apart."""
    if shape == "ring":
        angle = 2 * math.pi * torch.arange(8, dtype=torch.float64) / 8
        return torch.stack([angle.cos(), angle.sin()], 1)
    side = torch.linspace(-1, 1, 5, dtype=torch.float64)
    return torch.cartesian_prod(side, side).flip(1)


def players(recipe: PlaneRecipe) -> tuple[FieldNet, FieldNet]:
    """A fresh generator, 2 numbers to 2, and a fresh critic, 2 numbers to a score."""
    widths = (recipe.width, recipe.width)
    return FieldNet(2, widths, recipe.seed), FieldNet(2, widths, recipe.seed + CRITIC, outputs=1)


def train_plane(recipe: PlaneRecipe, steps: int) -> Iterator[PlaneStep]:
    """Let the two learn; yields after every step of the generator.

    Seed, batches and noise are those of the browser: after 60 steps its weights agree to 1e-6.

    Source: as `games`; noise on what the critic sees: Arjovsky & Bottou 2017, arXiv:1701.04862, section 3.
    """
    generator, critic = players(recipe)
    game = Game(recipe.game, recipe.strength, recipe.power)
    optimizer = torch.optim.Adam(generator.parameters(), lr=recipe.lr, betas=(BETA1, 0.999))
    critic_optimizer = torch.optim.Adam(critic.parameters(), lr=recipe.critic_lr, betas=(BETA1, 0.999))
    middles, n = centres(recipe.shape), recipe.batch
    order, spread = Draws(recipe.seed, BATCHES), Draws(recipe.seed, NOISE)
    latent, blur = Draws(recipe.seed, LATENT), Draws(recipe.seed, BLUR)

    def made() -> Tensor:  # (B, 2)
        return generator(latent.normal(2 * n).view(n, 2))

    def blurred(x: Tensor) -> Tensor:
        return x + recipe.noise * blur.normal(x.numel()).view_as(x) if recipe.noise else x

    def score(x: Tensor) -> Tensor:  # (N, 2) -> (N,)
        return critic(x)[:, 0]

    for step in range(1, steps + 1):
        for _ in range(recipe.critic_steps):
            real = middles[order.below(len(middles), n)] + SPREAD * spread.normal(2 * n).view(n, 2)
            real, fake = blurred(torch.cat([real, made().detach()])).chunk(2)
            loss = games.critic_loss(game, score(real), score(fake))
            if game.wasserstein:
                norms = games.gradient_norms(score, games.between(real, fake, order.uniform(n)))
                loss = loss + games.penalty(game, norms)
            critic_optimizer.zero_grad()
            loss.backward()
            critic_optimizer.step()
        generator_loss = games.generator_loss(game, score(blurred(made())))
        optimizer.zero_grad()
        generator_loss.backward()
        optimizer.step()
        yield PlaneStep(step, float(loss.detach()), float(generator_loss.detach()), generator, critic)


def shown_noise(count: int) -> Tensor:
    """The noise, (count, 2), from which samples are shown: the same at every moment, so that each can be followed."""
    return Draws(0, SHOWN).normal(2 * count).view(count, 2)


def find(samples: Tensor, middles: Tensor) -> Found:
    """Count the centres (K, 2) that samples (N, 2) find."""
    distance, index = torch.cdist(samples, middles).min(1)
    near = index[distance <= NEAR]
    counts = torch.bincount(near, minlength=len(middles))
    return Found(int((counts >= LEAST * len(samples) / len(middles)).sum()), len(near) / len(samples))
