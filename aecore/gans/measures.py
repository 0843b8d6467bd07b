"""What samples are worth: sharp (the judge is sure of them), varied (they cover the data), and not copied.

All but the distance to the training digits is measured in the judge's features. The published figures for GANs are of
another network's features, and cannot be compared with these.
"""

from dataclasses import dataclass

import torch
from pydantic import FiniteFloat
from torch import Tensor, nn

from aecore import neighbours

SURE = 0.8  # probability from which on the judge counts as sure
COVERED = 0.01  # share of the samples from which on a class counts as drawn
NEIGHBOURS = 3  # that say how wide a neighbourhood is
LOOKED_UP = 1_000  # samples whose nearest training digit is looked for
SAMPLES = 10_000
CHUNK = 500


@dataclass(frozen=True)
class Worth:
    """Numbers of a batch of samples.

    frechet: distance from the test digits, lower is better; classes: that are drawn, of 10; entropy: of the classes
    that the judge reads, in nats, at most 2.303; sure: percent that it is sure of; recall: percent of the test digits
    in whose neighbourhood a sample lies; agreement: percent read as asked, None where no class was; nearest: median
    distance to the nearest training digit, as a picture.
    """

    frechet: FiniteFloat
    classes: int
    entropy: FiniteFloat
    sure: FiniteFloat
    recall: FiniteFloat
    agreement: FiniteFloat | None
    nearest: FiniteFloat


@dataclass(frozen=True)
class Reference:
    """What samples are held against: the judge, features (N, F) of the test digits and the radius (N,) of each one's
    neighbourhood, and training digits as rows of pixels."""

    judge: nn.Module
    features: Tensor
    radius: Tensor
    training: Tensor


def reference(judge: nn.Module, x_test: Tensor, x_train: Tensor) -> Reference:
    """Prepare it once for many samples; both (N, 1, 28, 28) in [0, 1]."""
    features, _ = read(judge, x_test)
    distances, _ = neighbours.nearest(features, features, NEIGHBOURS + 1)  # itself is one
    return Reference(judge, features, distances[:, -1], x_train.flatten(1))


def worth(against: Reference, x: Tensor, y: Tensor | None = None) -> Worth:
    """Measure samples x (N, 1, 28, 28) in [0, 1], drawn for the classes y (N,) if any were asked for."""
    features, p = read(against.judge, x)
    sure, reads = p.max(1)
    shares = torch.bincount(reads, minlength=p.shape[1]).double() / len(x)
    near = (nearest(against.features, features)[0] <= against.radius).float().mean()
    return Worth(
        frechet=frechet_distance(moments(features), moments(against.features)),
        classes=int((shares >= COVERED).sum()),
        entropy=float(torch.special.entr(shares).sum()),
        sure=100 * float((sure > SURE).float().mean()),
        recall=100 * float(near),
        agreement=None if y is None else 100 * float((reads == y.to(reads.device)).float().mean()),
        nearest=float(nearest(x[:LOOKED_UP].to(against.training.device), against.training)[0].median()),
    )


@torch.inference_mode()
def samples(model: nn.Module, rng: torch.Generator, count: int = SAMPLES) -> tuple[Tensor, Tensor | None]:
    """Draw from any model that can `sample`: x (count, C, H, W), and the classes y that were asked for in turn, if any.

    Args: rng: of the noise, on any device.
    """
    y = torch.arange(count) % 10 if model.takes_label else None
    parts = [model.sample(CHUNK, rng) for _ in range(count // CHUNK)] if y is None else []
    return torch.cat(parts or [model.sample(part, rng) for part in y.split(CHUNK)]), y


@torch.inference_mode()
def read(judge: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    """The judge's features (N, F) and probabilities (N, 10)."""
    device = next(judge.parameters()).device
    features = torch.cat([judge.features(part.to(device)) for part in x.split(CHUNK)])
    return features, judge.head(features).float().softmax(1)


def moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (F,) and covariance (F, F), float64."""
    features = features.double()
    return features.mean(0), torch.cov(features.T)


def frechet_distance(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> float:
    """Squared Frechet (2-Wasserstein) distance of two Gaussians, by mean (F,) and covariance (F, F).

    ||m1 - m2||^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). The trace of the root is that of the root of C1^(1/2) C2 C1^(1/2),
    which is symmetric.

    Source: Dowson & Landau 1982, doi:10.1016/0047-259X(82)90077-X; Heusel et al. 2017, arXiv:1706.08500 (of features).
    """
    (mean1, cov1), (mean2, cov2) = one, other
    values, vectors = torch.linalg.eigh(cov1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T  # (F, F)
    cross = torch.linalg.eigvalsh(root @ cov2 @ root).clamp(min=0).sqrt().sum()
    return float((mean1 - mean2).square().sum() + cov1.trace() + cov2.trace() - 2 * cross)


def nearest(x: Tensor, training: Tensor) -> tuple[Tensor, Tensor]:
    """Distance (N,) from each picture to the nearest of `training` (M, pixels), and which (N,)."""
    distance, index = neighbours.nearest(x, training)
    return distance[:, 0], index[:, 0]
