"""What a denoiser does to space: small networks on points of a plane or a line, their arrows r(x) - x, and the truth.

The Vector field page trains the same networks in the visitor's browser (pages/vector_field/trainer): the same weights
to begin with, the same batches, the same noise. `train_field` is its twin for notebooks, and for its tests.
"""

import copy
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore.draws import Draws
from aecore.neighbours import nearest

KINDS = ("plain", "denoising", "contractive")
WEIGHTS, BATCHES, NOISE, PROBES = range(4)  # streams of random numbers
FIRST_GAIN = 8.0  # over D, of the first layer: points within +-1 would use little but the straight middle of tanh
MEMORY = 50  # steps that the running average of the weights remembers


@dataclass(frozen=True)
class FieldRecipe:
    """How a network is trained.

    kind: of KINDS; sigma: standard deviation of the noise, or, for "contractive", the root of the penalty's weight;
    lr: Adam's; widths: of the hidden layers; batch: points a step, drawn with replacement.
    """

    kind: str = "denoising"
    sigma: float = 0.2
    lr: float = 5e-3
    widths: tuple[int, ...] = (64, 64)
    batch: int = 128
    seed: int = 0


@dataclass(frozen=True)
class FieldStep:
    """One step. step: from 1; loss: of its batch, before the step; average: the network whose weights are the running
    average of the trained ones, the same object in every step: without it the arrows would tremble."""

    step: int
    loss: float
    average: "FieldNet"


class FieldNet(nn.Module):
    """r(x): D numbers through tanh layers to D numbers, or to as many as asked, in float64.

    Args: dim: D; widths: of the hidden layers; seed: of the weights, uniform within sqrt(6 / (fan in + fan out))
          (Glorot & Bengio 2010), the first layer's FIRST_GAIN / D times as wide, its biases, too; others begin at 0;
          outputs: 0 for D.
    """

    def __init__(self, dim: int = 2, widths: Sequence[int] = (64, 64), seed: int = 0, outputs: int = 0):
        super().__init__()
        rng = Draws(seed, WEIGHTS)
        layers = []
        for fan_in, fan_out in itertools.pairwise([dim, *widths, outputs or dim]):
            layer = nn.Linear(fan_in, fan_out, dtype=torch.float64)
            edge = math.sqrt(6 / (fan_in + fan_out)) * (1 if layers else FIRST_GAIN / dim)
            with torch.no_grad():
                layer.weight.copy_((2 * rng.uniform(fan_out * fan_in) - 1).view(fan_out, fan_in) * edge)
                layer.bias.copy_(torch.zeros(fan_out) if layers else (2 * rng.uniform(fan_out) - 1) * edge)
            layers += [layer, nn.Tanh()]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, x: Tensor) -> Tensor:  # (N, D) -> (N, D)
        """Where each point goes."""
        return self.layers(x)


def field_loss(model: nn.Module, x: Tensor, noise: Tensor, recipe: FieldRecipe) -> Tensor:
    """What each point contributes to the loss.

    plain:       ||r(x) - x||^2
    denoising:   ||r(x + sigma noise) - x||^2
    contractive: ||r(x) - x||^2 + sigma^2 ||dr/dx||_F^2, the Jacobian of the whole reconstruction: with this weight its
                 minimum is the denoiser's for small sigma. (Rifai et al. 2011 penalise the code's Jacobian dh/dx.)

    Args:    x, noise: (N, D), noise standard normal.
    Returns: (N,)
    Raises:  ValueError: there is no such kind.
    Source:  Alain & Bengio 2014, theorem 1 and section 3, arXiv:1211.4246.
    """
    if recipe.kind == "plain":
        return (model(x) - x).square().sum(1)
    if recipe.kind == "denoising":
        return (model(x + recipe.sigma * noise) - x).square().sum(1)
    if recipe.kind != "contractive":
        raise ValueError(f"kind is '{recipe.kind}', not one of {', '.join(KINDS)}")
    x = x.detach().requires_grad_()
    recon = model(x)  # (N, D)
    rows = [torch.autograd.grad(value.sum(), x, create_graph=True)[0] for value in recon.unbind(1)]  # D times (N, D)
    jacobian = torch.stack(rows, 1)  # (N, D, D)
    return (recon - x.detach()).square().sum(1) + recipe.sigma**2 * jacobian.square().sum((1, 2))


def train_field(x: Tensor, recipe: FieldRecipe, model: FieldNet, steps: int) -> Iterator[FieldStep]:
    """Train on points x, (N, D) float64; yields after every step, and leaving the loop leaves the model as it is.

    Seed, order of the batches and noise are those of the browser: after 100 steps its weights agree to 1e-4.

    Source: Polyak & Juditsky 1992, doi:10.1137/0330046 (averaging the weights of a noisy descent).
    """
    average = copy.deepcopy(model)
    order, noise = Draws(recipe.seed, BATCHES), Draws(recipe.seed, NOISE)
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.lr)
    for step in range(1, steps + 1):
        batch = x[order.below(len(x), recipe.batch)]  # (B, D)
        drawn = noise.normal(batch.numel()).view_as(batch)
        loss = field_loss(model, batch, drawn, recipe).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            for mean, now in zip(average.parameters(), model.parameters(), strict=True):
                mean.lerp_(now, max(1 / MEMORY, 3 / (step + 2)))
        yield FieldStep(step, float(loss.detach()), average)


def best_denoiser(x: Tensor, sigma: float, data: Tensor) -> Tensor:
    """Where the best possible denoiser moves x: the mean of the points that x may have come from, E[data | x].

    No network can be trained to a smaller denoising loss on these points.

    Args:    x: (M, D); sigma: of the noise; data: (N, D), each as likely as the others.
    Returns: (M, D)
    """
    return torch.softmax(-torch.cdist(x, data).square() / (2 * sigma**2), 1) @ data


def least_loss(sigma: float, data: Tensor, seed: int = 0, probes: int = 4_000) -> float:
    """The denoising loss of the best possible denoiser, the floor of every training curve: by so many noisy points."""
    rng = Draws(seed, PROBES)
    clean = data[rng.below(len(data), probes)]
    noisy = clean + sigma * rng.normal(clean.numel()).view_as(clean)
    return float((best_denoiser(noisy, sigma, data) - clean).square().sum(1).mean())


def smoothed_score(x: Tensor, sigma: float, data: Tensor) -> Tensor:
    """The gradient of log p at x, (M, D), where p is the points of `data` blurred by noise of standard deviation sigma.

    It is (E[data | x] - x) / sigma^2: the best denoiser's arrow is the score, but for its length.

    Source: Robbins 1956 and Miyasawa 1961, after Efron 2011, doi:10.1198/jasa.2011.tm11181; for denoising
            autoencoders Vincent 2011, doi:10.1162/NECO_a_00142.
    """
    return (best_denoiser(x, sigma, data) - x) / sigma**2


@dataclass(frozen=True)
class FieldNumbers:
    """What a field does, in units of the plane.

    on_data: mean distance that points of the data are moved, and data_best: by the best denoiser; before: mean distance
    from noisy points to the nearest of the data, and after: once the network has moved them; corners: mean distance
    moved from the four corners at +-1, and far_corners: at +-1.5; cosine: between all arrows at the noisy points, as
    one long vector, and the score there: 1 where they point the same way and their lengths keep proportion.
    """

    on_data: float
    data_best: float
    before: float
    after: float
    corners: float
    far_corners: float
    cosine: float


@torch.no_grad()
def measure_field(model: nn.Module, data: Tensor, sigma: float, seed: int = 0, probes: int = 500) -> FieldNumbers:
    """Measure a network on the points that it was trained on, (N, 2).

    Args: sigma: of the noise at the probes, and of the smoothing; probes: how many noisy points.
    """
    rng = Draws(seed, PROBES)
    clean = data[rng.below(len(data), probes)]
    noisy = clean + sigma * rng.normal(clean.numel()).view_as(clean)
    corners = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=data.dtype)
    arrows, score = model(noisy) - noisy, smoothed_score(noisy, sigma, data)

    def moved(x: Tensor, to: Tensor) -> float:
        return float((to - x).norm(dim=1).mean())

    def away(x: Tensor) -> float:
        return float(nearest(x, data)[0].mean())

    return FieldNumbers(
        on_data=moved(data, model(data)),
        data_best=moved(data, best_denoiser(data, sigma, data)),
        before=away(noisy),
        after=away(model(noisy)),
        corners=moved(corners, model(corners)),
        far_corners=moved(1.5 * corners, model(1.5 * corners)),
        cosine=float(torch.cosine_similarity(arrows.flatten(), score.flatten(), dim=0)),
    )
