"""What two networks want of each other: the losses of a generator and of its critic, and the two gradient penalties.

A critic gives each picture one number, its score: the higher, the more real it looks. Scores of a batch are (N,).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

GAMES = ("minimax", "non-saturating", "wgan-gp", "wgan-div")


@dataclass(frozen=True)
class Game:
    """What two networks play for.

    kind: of GAMES; strength, power: of the Wasserstein games' penalty, lambda and 2 of WGAN-GP, k and p of WGAN-div.
    """

    kind: str = "non-saturating"
    strength: float = 0.0
    power: float = 2.0

    def __post_init__(self) -> None:
        if self.kind not in GAMES:
            raise ValueError(f"the game is '{self.kind}', not one of {', '.join(GAMES)}")

    @property
    def wasserstein(self) -> bool:
        """Whether scores are a distance's potential, not log-odds of being real."""
        return self.kind.startswith("wgan")


def critic_loss(game: Game, real: Tensor, fake: Tensor) -> Tensor:
    """What the critic makes small, but for the penalty.

    minimax, non-saturating: -E log D(x) - E log(1 - D(G(z))), D = sigmoid(score)
    wgan-gp, wgan-div:       E score(G(z)) - E score(x)

    Args:    real, fake: (N,) scores of data and of what the generator made.
    Returns: ()
    Source:  Goodfellow et al. 2014, eq. 1, arXiv:1406.2661; Arjovsky et al. 2017, eq. 2, arXiv:1701.07875.
    """
    if game.wasserstein:
        return fake.mean() - real.mean()
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def generator_loss(game: Game, fake: Tensor) -> Tensor:
    """What the generator makes small.

    minimax:           E log(1 - D(G(z))), the critic's loss turned round; flat where the critic is sure
    non-saturating:    -E log D(G(z)), steep there
    wgan-gp, wgan-div: -E score(G(z))

    Args:    fake: (N,) scores of what the generator made.
    Returns: ()
    Source:  Goodfellow et al. 2014, section 3, arXiv:1406.2661; Arjovsky et al. 2017, eq. 2, arXiv:1701.07875.
    """
    if game.wasserstein:
        return -fake.mean()
    return -F.softplus(fake).mean() if game.kind == "minimax" else F.softplus(-fake).mean()


def gradient_norms(critic: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """||d score / d x|| of each sample, which one can differentiate again, to train with it.

    Args:    critic: x (N, ...) -> (N,), each sample by itself; x: (N, ...).
    Returns: (N,)
    """
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return (gradient.square().flatten(1).sum(1) + 1e-12).sqrt()  # the root's slope at 0 is infinite


def penalty(game: Game, norms: Tensor) -> Tensor:
    """What the critic pays for its slope, at places between data and what the generator made.

    wgan-gp:  lambda E (||gradient|| - 1)^2: a critic whose slope is 1 measures the Wasserstein distance
    wgan-div: k E ||gradient||^p: no slope is asked for, and the largest cost by far the most
    others:   nothing

    Args:    norms: (N,), by `gradient_norms` at `between`.
    Returns: ()
    Source:  Gulrajani et al. 2017, eq. 3, arXiv:1704.00028; Wu et al. 2018, eq. 12, arXiv:1712.01026.
    """
    if game.kind == "wgan-gp":
        return game.strength * (norms - 1).square().mean()
    if game.kind == "wgan-div":
        return game.strength * norms.pow(game.power).mean()
    return norms.new_zeros(())


def between(real: Tensor, fake: Tensor, share: Tensor) -> Tensor:
    """A place on the line from each datum to what the generator made: both (N, ...), share in [0, 1], (N,)."""
    return torch.lerp(real, fake, share.view(-1, *[1] * (real.ndim - 1)))
