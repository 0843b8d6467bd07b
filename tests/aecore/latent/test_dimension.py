"""Intrinsic dimension, on sets whose dimension is known, laid into 784 dimensions; neighbours against scikit-learn."""

import math

import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from aecore.latent.dimension import interval, levina_bickel, neighbours, two_nn

N = 3000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def laid_into_784(points):
    """Points (N, d) turned at random into 784 dimensions, where distances stay as they are."""
    axes = torch.linalg.qr(torch.randn(784, points.shape[1], generator=generator(9))).Q
    return points @ axes.T + 3


def plane():
    return torch.rand(N, 2, generator=generator())


def ball():
    direction = torch.randn(N, 5, generator=generator())
    radius = torch.rand(N, 1, generator=generator(1)) ** (1 / 5)
    return radius * direction / direction.norm(dim=1, keepdim=True)


def swiss_roll():
    turn, depth = 1.5 * math.pi * (1 + 2 * torch.rand(2, N, generator=generator()))
    return torch.stack([turn * turn.cos(), depth, turn * turn.sin()], 1)


def line():
    return torch.rand(N, 1, generator=generator())


SETS = [(line, 1), (plane, 2), (ball, 5), (swiss_roll, 2)]


@pytest.mark.parametrize(("points", "dimension"), SETS)
@pytest.mark.parametrize("estimate", [two_nn, levina_bickel])
def test_known_dimensions(estimate, points, dimension):
    assert estimate(laid_into_784(points())) == pytest.approx(dimension, rel=0.08)


def test_likelihood_is_the_papers_sum():
    x = plane()[:200]
    t = torch.from_numpy(NearestNeighbors(n_neighbors=6).fit(x.numpy()).kneighbors(x.numpy())[0][:, 1:]).double()
    inverses = [sum(math.log(row[4] / row[j]) for j in range(4)) / 4 for row in t.tolist()]
    assert levina_bickel(x, 5) == pytest.approx(1 / (sum(inverses) / len(inverses)), rel=1e-5)


def test_neighbours_are_scikit_learns_in_a_far_away_tight_cloud():
    x = 5 + 0.01 * torch.randn(1500, 40, generator=generator())
    expected = NearestNeighbors(n_neighbors=4).fit(x.double().numpy()).kneighbors(x.double().numpy())[0][:, 1:]
    assert neighbours(x, 3).numpy() == pytest.approx(expected, rel=1e-4)


def test_twins_are_left_out_and_too_few_points_refused():
    x = plane()[:500]
    assert len(neighbours(torch.cat([x, x[:20]]), 2)) == 480
    with pytest.raises(ValueError, match="more than 10 points"):
        levina_bickel(x[:10])
    with pytest.raises(ValueError, match="twin"):
        two_nn(torch.ones(5, 3))
    with pytest.raises(ValueError, match="at least 2"):
        levina_bickel(x, 1)


def test_the_interval_covers_about_as_often_as_it_says():
    misses = 0
    for seed in range(40):
        x = torch.rand(300, 2, generator=generator(seed))
        value, low, high = interval(two_nn, x, generator(seed), draws=20)
        assert low < value < high
        misses += not low < 2 < high
    assert misses <= 7  # 2 expected; 8 or more come by chance once in a thousand times
