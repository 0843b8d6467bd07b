"""Paths through a latent space, against closed forms, SciPy and torch.distributions."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import geometric_slerp

from aecore.latent import paths

T = torch.linspace(0, 1, 9)


def vectors(seed, n=2, dim=32):
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("path", paths.PATHS)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), dim=st.sampled_from([2, 32]))
def test_paths_begin_at_a_and_end_at_b(path, seed, dim):
    a, b = vectors(seed, dim=dim)
    points = paths.PATHS[path].points(a, b, T)
    assert points.shape == (9, dim)
    assert torch.allclose(points[0], a, atol=1e-5)
    assert torch.allclose(points[-1], b, atol=1e-5)


def test_the_straight_path_is_numpys_linspace():
    a, b = vectors(1)
    assert np.allclose(paths.lerp(a, b, T), np.linspace(a.numpy(), b.numpy(), 9), atol=1e-6)


def test_the_straight_path_of_pictures_is_the_cross_fade():
    a, b = torch.rand(2, 1, 28, 28)
    points = paths.lerp(a, b, T)
    assert points.shape == (9, 1, 28, 28)
    assert torch.allclose(points[4], (a + b) / 2)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), dim=st.sampled_from([2, 3, 32]))
def test_on_the_sphere_the_path_is_scipys_great_circle(seed, dim):
    a, b = torch.nn.functional.normalize(vectors(seed, dim=dim).double())
    expected = geometric_slerp(a.numpy(), b.numpy(), T.double().numpy())
    assert np.allclose(paths.slerp(a, b, T.double()), expected, atol=1e-6)


def test_a_spherical_path_between_equal_lengths_keeps_the_length_and_a_straight_one_cuts_the_corner():
    a, b = 3 * torch.nn.functional.normalize(vectors(3))
    assert torch.allclose(paths.slerp(a, b, T).norm(dim=1), torch.full((9,), 3.0), atol=1e-4)
    middle = float(paths.lerp(a, b, T)[4].norm())
    assert middle == pytest.approx(3 * math.cos(float(paths.angle(a, b)) / 2), abs=1e-4)


def test_between_unequal_lengths_far_apart_the_sphere_may_reach_further_than_both():
    a, b = torch.tensor([1.0, 0]), 3 * torch.tensor([math.cos(math.radians(150)), math.sin(math.radians(150))])
    assert float(paths.slerp(a, b, T).norm(dim=1).max()) > 3.5


@pytest.mark.parametrize("other", [1.0, 2.0, -1.0, 0.0])
def test_where_no_great_circle_is_unique_the_path_is_straight_and_finite(other):
    (a,) = vectors(4, 1)
    points = paths.slerp(a, other * a, T)
    assert points.isfinite().all()
    assert torch.allclose(points, paths.lerp(a, other * a, T), atol=1e-5)


def test_the_angle_in_radians():
    assert float(paths.angle(torch.tensor([1.0, 0]), torch.tensor([0, 5.0]))) == pytest.approx(math.pi / 2)
    assert float(paths.angle(torch.tensor([1.0, 0]), torch.tensor([-2.0, 0]))) == pytest.approx(math.pi)
    assert float(paths.angle(torch.zeros(2), torch.ones(2))) == 0


def test_traversing_changes_one_number_only():
    (z,) = vectors(5, 1, 8)
    points = paths.traverse(z, 3, torch.tensor([-3.0, 0, 3]))
    assert points[:, 3].tolist() == [-3, 0, 3]
    rest = [0, 1, 2, 4, 5, 6, 7]
    assert torch.equal(points[:, rest], z[rest].expand(3, -1))
    with pytest.raises(ValueError, match="0 to 7"):
        paths.traverse(z, 8, torch.zeros(1))


def test_the_priors_grid_holds_equal_shares():
    grid = paths.prior_grid(4)
    normal = torch.distributions.Normal(0, 1)
    assert torch.allclose(normal.cdf(grid[:4, 0]), torch.tensor([0.125, 0.375, 0.625, 0.875]), atol=1e-5)
    assert torch.allclose(normal.cdf(grid[::4, 1]), torch.tensor([0.875, 0.625, 0.375, 0.125]), atol=1e-5)
    inside = (paths.prior_grid(100).norm(dim=1) < 1).float().mean()
    assert float(inside) == pytest.approx(1 - math.exp(-0.5), abs=0.01)  # what N(0, I) has within 1


def test_ends_of_different_shapes_are_refused():
    for path in paths.PATHS.values():
        with pytest.raises(ValueError, match="shapes differ"):
            path.points(torch.zeros(2), torch.zeros(3), T)
