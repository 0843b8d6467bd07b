"""How good a 2-D map is: neighbours kept, classes apart, and, where it can be decoded, what lies between the points."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Generator, Tensor

from aecore import contract
from aecore.checkpoints import Metric
from aecore.latent.paths import prior_grid

NEIGHBOURS = 10
SUBSET = 2000  # digits that the measures with a distance matrix are taken on
GRID = 40  # points a side of the grids that are decoded
SURE = 0.9  # the judge accepts a picture at this probability
KL_SAMPLES = 20_000


def measure(x: Tensor, y: Tensor | None, coordinates: Tensor, seed: int = 0) -> dict[str, Metric]:
    """The measures that every map has, whatever made it.

    Args:    x: (N, 1, 28, 28) the digits; y: (N,) their classes, or None for the measures that need none;
             coordinates: (N, 2) the map; seed: of the subset and the folds.
    Returns: name -> Metric: trustworthiness, continuity and, with y, knn_accuracy first and silhouette last, each
             left out where these classes give it no meaning.
    """
    contract.check_pictures(x)
    if y is not None:
        contract.check_labels(y, len(x))
    every, z = x.flatten(1).numpy(), coordinates.numpy().astype(np.float64)
    some = np.sort(np.random.default_rng(seed).permutation(len(z))[:SUBSET])
    on = f"{len(some):,} of the {len(z):,} digits" if len(some) < len(z) else f"{len(z):,} digits"
    k, measured = NEIGHBOURS, {}
    if y is not None and (share := knn_accuracy(z, y.numpy(), seed)) is not None:
        text = f"digits whose class their {k} nearest on the map vote for, 10-fold cross-validation, {len(z):,} digits"
        measured["knn_accuracy"] = Metric(100 * share, "%", "higher", text)
    text = f"neighbours on the map that are neighbours among the pixels, by rank, {k} neighbours, {on}"
    measured["trustworthiness"] = Metric(100 * trustworthiness(every[some], z[some]), "%", "higher", text)
    text = f"neighbours among the pixels that are neighbours on the map, by rank, {k} neighbours, {on}"
    measured["continuity"] = Metric(100 * continuity(every[some], z[some]), "%", "higher", text)
    if y is not None and (value := silhouette(z[some], y.numpy()[some])) is not None:
        text = f"nearness to the own class against the next one, from -1 to 1, {on}"
        measured["silhouette"] = Metric(value, "", "higher", text)
    return measured


def knn_accuracy(z: np.ndarray, y: np.ndarray, seed: int = 0) -> float | None:
    """Share of points whose class a vote of their 10 nearest neighbours gets right, 10-fold cross-validated.

    Args:    z: (N, 2), y: (N,) classes; seed: of the folds. Fewer folds where no class has 10 points.
    Returns: None where a vote decides nothing: all points are of one class, or no two of them share a class, so that
             no neighbour could vote for the right one.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier

    present, counts = np.unique(y, return_counts=True)
    folds = min(10, counts.max())
    if len(present) < 2 or folds < 2:
        return None
    split = StratifiedKFold(folds, shuffle=True, random_state=seed)
    voters = KNeighborsClassifier(min(NEIGHBOURS, len(z) - math.ceil(len(z) / folds)))
    return float(np.mean(cross_val_predict(voters, z, y, cv=split) == y))


def trustworthiness(x: np.ndarray, z: np.ndarray) -> float:
    """1 minus the penalty for points that are neighbours on the map but not in the data, by how far off they rank.

    Args:    x: (N, D) data, z: (N, 2) map, N of a few thousand at most: the memory grows with N squared.
    Returns: in [0, 1], 1 is best.
    Source:  Venna & Kaski 2001, "Neighborhood preservation in nonlinear projection methods", eq. 3.
    """
    from sklearn import manifold

    return float(manifold.trustworthiness(x, z, n_neighbors=min(NEIGHBOURS, (len(x) - 1) // 2)))


def continuity(x: np.ndarray, z: np.ndarray) -> float:
    """1 minus the penalty for neighbours in the data that the map tears apart: trustworthiness, spaces swapped.

    Args, Returns, Source: as `trustworthiness`; eq. 4.
    """
    return trustworthiness(z, x)


def silhouette(z: np.ndarray, y: np.ndarray) -> float | None:
    """Mean over points of (b - a) / max(a, b): a to the own class, b to the nearest other; in [-1, 1].

    Returns: None where all points are of one class; 0, as the source has it, where each is alone in its class.
    Source: Rousseeuw 1987, "Silhouettes: a graphical aid".
    """
    from sklearn.metrics import silhouette_score

    present = len(np.unique(y))
    if present < 2:
        return None
    return float(silhouette_score(z, y)) if present < len(y) else 0.0


def box_grid(z: Tensor, n: int) -> Tensor:
    """n x n evenly spread points over the box that holds the middle 99% of z (N, 2) along each axis, (n * n, 2)."""
    low, high = z.quantile(0.005, 0), z.quantile(0.995, 0)
    q = (torch.arange(n) + 0.5) / n
    return low + (high - low) * torch.stack(torch.meshgrid(q, q, indexing="xy"), -1).flatten(0, 1)


def fitted_gaussian(z: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (2,) and Cholesky factor (2, 2) of the Gaussian with the moments of z (N, 2).

    It makes a prior for a code that was trained without one: the nearest Gaussian in hindsight.
    Source: Ghosh, Sajjadi, Vergari, Black & Scholkopf 2020, section 4 (ex-post density), arXiv:1903.12436.
    """
    return z.mean(0), torch.linalg.cholesky(z.T.cov())


def moment_kl(mean: Tensor, covariance: Tensor) -> float:
    """KL(N(mean, covariance) || N(0, I)) in nats: mean (D,), covariance (D, D).

    For any density q with these moments, KL(q || N(0, I)) = KL(q || N(mean, covariance)) + this: a lower bound.
    """
    mean, covariance = mean.double(), covariance.double()
    return float(0.5 * (covariance.trace() + mean @ mean - len(mean) - covariance.logdet()))


def aggregate_kl(mu: Tensor, logvar: Tensor, samples: int, rng: Generator) -> tuple[float, float]:
    """KL(q(z) || N(0, I)) in nats, with its standard error; q(z) = 1/N sum_n q(z | x_n), the aggregate posterior.

    A mean over z ~ q(z) of log q(z) - log p(z), with q(z) exact: all N posteriors are summed, not a mini-batch.

    Args:   mu, logvar: (N, D) of every x_n; samples: z drawn.
    Source: Hoffman & Johnson 2016, "ELBO surgery", eq. 5 (the marginal KL).
    """
    mu, logvar = mu.double(), logvar.double()
    which = torch.randint(len(mu), (samples,), generator=rng)
    noise = torch.randn(samples, mu.shape[1], generator=rng, dtype=torch.float64)
    z = mu[which] + (0.5 * logvar[which]).exp() * noise  # (S, D)
    logs = []
    for part in z.split(100):
        squares = (part[:, None] - mu).square().mul_((-logvar).exp()).add_(logvar).sum(2)  # (s, N)
        log_q = (-0.5 * squares).logsumexp(1) - math.log(len(mu))
        logs.append(log_q + 0.5 * part.square().sum(1))  # the densities' 2 pi cancel
    logs = torch.cat(logs)
    return float(logs.mean()), float(logs.std() / math.sqrt(samples))


def decodability(
    decode: Callable[[Tensor], Tensor], judge: Callable[[Tensor], Tensor], z: Tensor, logvar: Tensor | None, seed: int
) -> dict[str, Metric]:
    """The measures of a map whose points decode: what lies where nobody's digit is, and how far from N(0, I).

    Args:    decode: (M, 2) -> x; judge: x -> (M, 10) probabilities; z: (N, 2) the map; logvar: (N, 2) of its
             posteriors or None; seed: of the KL's samples.
    Returns: name -> Metric: prior_accepted, box_accepted, moment_kl and, with logvar, aggregate_kl.
    """

    def accepted(points: Tensor) -> float:
        return 100 * float((judge(decode(points)).max(1).values >= SURE).float().mean())

    grid = f"a {GRID} x {GRID} grid"
    sure = f"decode to a digit that the judge is at least {SURE:.0%} sure of"
    prior, of = prior_grid(GRID), "the prior N(0, I)"
    mean, covariance = z.mean(0), z.T.cov()
    if logvar is None:
        _, factor = fitted_gaussian(z)
        prior, of = mean + prior @ factor.T, "the Gaussian fitted to the codes, for want of a prior,"
    else:
        covariance = covariance + logvar.exp().mean(0).diag()  # of q(z): spread of the means and mean variance
    by_name = {
        "prior_accepted": Metric(accepted(prior), "%", "higher", f"of {grid} over the quantiles of {of} {sure}"),
        "box_accepted": Metric(
            accepted(box_grid(z, GRID)), "%", "higher", f"of {grid} over the box around 99% of the codes {sure}"
        ),
    }
    text = "KL from N(0, I) of the Gaussian with the codes' mean and covariance: the least that the KL can be"
    by_name["moment_kl"] = Metric(moment_kl(mean, covariance), "nats", "lower", text)
    if logvar is not None:
        value, error = aggregate_kl(z, logvar, KL_SAMPLES, torch.Generator().manual_seed(seed))
        text = f"KL(q(z) || N(0, I)) of the aggregate posterior, {KL_SAMPLES:,} samples, standard error {error:.2g}"
        by_name["aggregate_kl"] = Metric(value, "nats", "lower", text)
    return by_name
