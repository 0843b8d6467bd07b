"""The losses of the Training page, and its training loop: 784-h-d-h-784 on digits.

The page trains the same network in the visitor's browser (pages/training/trainer): the same weights to begin with, the
same batches, the same noise. `train_digits` is its twin for notebooks, and for its tests.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from aecore import losses
from aecore.draws import Draws
from aecore.models.autoencoder import Autoencoder, AutoencoderConfig
from aecore.models.vae import VAE, VAEConfig

WEIGHTS, BATCHES, NOISE = range(3)  # streams of random numbers, as in aecore/field.py
PIXELS, EPSILON = 5, 6
LOG_2PI = math.log(2 * math.pi)


@dataclass(frozen=True)
class Loss:
    """What a network is told about its errors.

    title: for visitors; likelihood: "bernoulli", or "gaussian"; pixels: what the network sees and is to draw, "grey",
    "threshold" (ink where x > 0.5) or "drawn" (ink with probability x, anew each time); variational: with a code that
    is a distribution, and the KL divergence; learned: the Gaussian's sigma is a weight, else it is 1.
    """

    title: str
    likelihood: str
    pixels: str = "grey"
    variational: bool = False
    learned: bool = False


LOSSES = {
    "squared": Loss("Squared error", "gaussian"),
    "cross-entropy": Loss("Cross-entropy", "bernoulli"),
    "grey": Loss("VAE, Bernoulli, grey pixels", "bernoulli", variational=True),
    "threshold": Loss("VAE, Bernoulli, pixels cut at 0.5", "bernoulli", "threshold", True),
    "drawn": Loss("VAE, Bernoulli, drawn pixels", "bernoulli", "drawn", True),
    "sigma-1": Loss("VAE, Gaussian, σ = 1", "gaussian", variational=True),
    "sigma-learned": Loss("VAE, Gaussian, learned σ", "gaussian", variational=True, learned=True),
}


@dataclass(frozen=True)
class LossRecipe:
    """How a network is trained.

    loss: of LOSSES; latent: d; width: h; lr: Adam's; batch: digits a step, drawn with replacement; beta: factor of the
    KL divergence; noise: standard deviation of what is added to the input; copies: L, how often each digit of a batch
    goes through the network, each time with other noise and another sample of its code; seed: of everything;
    activation: of the hidden units.
    """

    loss: str = "squared"
    latent: int = 2
    width: int = 128
    lr: float = 4e-3
    batch: int = 64
    beta: float = 1.0
    noise: float = 0.0
    copies: int = 1
    seed: int = 0
    activation: Literal["relu", "tanh"] = "relu"


PLANE = LossRecipe("sigma-learned", 2, lr=4e-3, noise=0.25, activation="tanh")
"""What keeps the classes apart best, of many settings with five seeds each (10,000 digits, 9,000 steps): by its 15
nearest, 0.72 of the test digits are named right, where the squared error on ReLU units has 0.64."""


@dataclass(frozen=True)
class Chance:
    """Random numbers of a shape: normal ones for the input and for the code, uniform ones for the pixels."""

    noise: Callable[[torch.Size], Tensor]
    epsilon: Callable[[torch.Size], Tensor]
    pixels: Callable[[torch.Size], Tensor]

    @classmethod
    def of_seed(cls, seed: int) -> "Chance":
        """What the browser draws."""
        noise, epsilon, pixels = Draws(seed, NOISE), Draws(seed, EPSILON), Draws(seed, PIXELS)
        return cls(
            lambda shape: noise.normal(shape.numel()).view(shape),
            lambda shape: epsilon.normal(shape.numel()).view(shape),
            lambda shape: pixels.uniform(shape.numel()).view(shape),
        )

    @classmethod
    def of_generator(cls, rng: torch.Generator) -> "Chance":
        """Fast, on any device."""

        def normal(shape: torch.Size) -> Tensor:
            return torch.randn(shape, generator=rng, device=rng.device)

        return cls(normal, normal, lambda shape: torch.rand(shape, generator=rng, device=rng.device))


class LossNet(nn.Module):
    """An `Autoencoder` or a `VAE` of the lab with a sigmoid on its pixels, and the Gaussian's log sigma beside it.

    Weights begin uniform within sqrt(6 / fan in) (He et al. 2015, arXiv:1502.01852), from Draws; all else
    at 0.
    """

    def __init__(self, recipe: LossRecipe):
        super().__init__()
        self.loss = LOSSES[recipe.loss]
        shape = {"latent_dim": recipe.latent, "widths": (recipe.width,), "activation": recipe.activation}
        if self.loss.variational:
            self.model = VAE(VAEConfig(**shape))
        else:
            error = "squared" if self.loss.likelihood == "gaussian" else "cross-entropy"
            self.model = Autoencoder(AutoencoderConfig(**shape, error=error))
        rng = Draws(recipe.seed, WEIGHTS)
        with torch.no_grad():
            for layer in self.modules():
                if isinstance(layer, nn.Linear):
                    drawn = (2 * rng.uniform(layer.weight.numel()) - 1) * math.sqrt(6 / layer.in_features)
                    layer.weight.copy_(drawn.view_as(layer.weight))
                    layer.bias.zero_()
        self.log_sigma = nn.Parameter(torch.zeros(()), requires_grad=self.loss.learned)

    def code(self, x: Tensor) -> tuple[Tensor, Tensor | None]:  # (N, 784) -> (N, d) twice
        """The code; a VAE's mean and log variance."""
        out = self.model.encoder(x)
        if not self.loss.variational:
            return out, None
        mu, logvar = out.chunk(2, 1)
        return mu, logvar.clamp(-12, 12)

    def logits(self, z: Tensor) -> Tensor:  # (N, d) -> (N, 784)
        """Log-odds of ink; their sigmoid is the picture, and the mean of a Gaussian."""
        return self.model.decoder(z).flatten(1)


def as_pixels(x: Tensor, pixels: str, chance: Chance) -> Tensor:
    """Grey pixels as a loss sees them: see `Loss`. (N, 784) -> (N, 784)"""
    if pixels == "threshold":
        return (x > 0.5).to(x.dtype)
    return (chance.pixels(x.shape).to(x.dtype) < x).to(x.dtype) if pixels == "drawn" else x


def reconstruction(logits: Tensor, x: Tensor, loss: Loss, log_sigma: Tensor) -> Tensor:
    """-log p(x | z) of each sample in nats; the plain autoencoder's squared error without the Gaussian's constant.

    bernoulli: -sum x log p + (1 - x) log(1 - p), p = sigmoid(logits)
    gaussian:  ||x - p||^2 / (2 sigma^2) + 784 (log sigma + log(2 pi) / 2); with sigma = 1 half the squared error

    Args:    logits, x: (N, 784).
    Returns: (N,)
    Source:  Kingma & Welling 2014, appendix C, arXiv:1312.6114; learned sigma: Rybkin et al. 2021, arXiv:2006.13202.
    """
    if loss.likelihood == "bernoulli":
        return (nn.functional.softplus(logits) - x * logits).sum(1)
    half = 0.5 * (torch.sigmoid(logits) - x).square().sum(1)
    if not loss.variational:
        return half
    return half * (-2 * log_sigma).exp() + x.shape[1] * (log_sigma + LOG_2PI / 2)


def terms(net: LossNet, x: Tensor, recipe: LossRecipe, chance: Chance) -> dict[str, Tensor]:
    """The loss of a batch of grey digits, (B, 784) in [0, 1], and its two terms, each a mean over digits and copies."""
    x = as_pixels(x.repeat(recipe.copies, 1), net.loss.pixels, chance)  # (L B, 784)
    given = x + recipe.noise * chance.noise(x.shape).to(x.dtype) if recipe.noise else x
    z, logvar = net.code(given)
    kl = x.new_zeros(())
    if logvar is not None:
        kl = losses.kl_standard_normal(z, logvar).mean()
        z = z + (0.5 * logvar).exp() * chance.epsilon(z.shape).to(x.dtype)
    error = reconstruction(net.logits(z), x, net.loss, net.log_sigma).mean()
    return {"loss": error + recipe.beta * kl, "reconstruction": error, "kl": kl}


def train_digits(x: Tensor, recipe: LossRecipe, net: LossNet, steps: int) -> Iterator[dict[str, float]]:
    """Train on digits (N, 784) in [0, 1]; yields each step's terms, and leaving the loop leaves the net as it is.

    Seed, batches and noise are those of the browser.
    """
    order, chance = Draws(recipe.seed, BATCHES), Chance.of_seed(recipe.seed)
    optimizer = torch.optim.Adam(net.parameters(), lr=recipe.lr)
    for _ in range(steps):
        step = terms(net, x[order.below(len(x), recipe.batch)], recipe, chance)
        optimizer.zero_grad()
        step["loss"].backward()
        optimizer.step()
        yield {name: float(value.detach()) for name, value in step.items()}
