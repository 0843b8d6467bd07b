"""Patches of photographs, against the papers' own printed basis and its equations."""

import numpy as np
import pytest
import torch

from aecore.data import patches

ROOT = {6: 6**0.5, 54: 54**0.5, 8: 8**0.5, 48: 48**0.5, 216: 216**0.5}
PRINTED = [  # Lee, Pedersen & Mumford 2003, section 2: row by row
    ([1, 0, -1, 1, 0, -1, 1, 0, -1], ROOT[6]),
    ([1, 1, 1, 0, 0, 0, -1, -1, -1], ROOT[6]),
    ([1, -2, 1, 1, -2, 1, 1, -2, 1], ROOT[54]),
    ([1, 1, 1, -2, -2, -2, 1, 1, 1], ROOT[54]),
    ([1, 0, -1, 0, 0, 0, -1, 0, 1], ROOT[8]),
    ([1, 0, -1, -2, 0, 2, 1, 0, -1], ROOT[48]),
    ([1, -2, 1, 0, 0, 0, -1, 2, -1], ROOT[48]),
    ([1, -2, 1, -2, 4, -2, 1, -2, 1], ROOT[216]),
]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def sample():
    return patches.high_contrast_patches(1500, generator())


def norm(patch):
    """The D-norm as the paper defines it: over pairs of pixels that touch by a side."""
    grid = patch.reshape(3, 3)
    return np.sqrt((np.diff(grid, axis=0) ** 2).sum() + (np.diff(grid, axis=1) ** 2).sum())


def test_the_basis_is_the_one_in_print():
    expected = np.stack([np.array(row) / length for row, length in PRINTED])
    signs = np.sign((patches.BASIS.numpy() * expected).sum(1, keepdims=True))
    assert patches.BASIS.numpy() * signs == pytest.approx(expected, abs=1e-12)


def test_contrast_is_the_norm_over_touching_pixels():
    x = torch.randn(20, 9, generator=generator(), dtype=torch.float64)
    assert patches.contrast(x).numpy() == pytest.approx([norm(one.numpy()) for one in x])


def test_patches_have_mean_0_and_contrast_1_and_differ_with_the_seed(sample):
    assert sample.shape == (1500, 9)
    assert sample.mean(1).abs().max() < 1e-12
    assert [norm(one.numpy()) for one in sample[:200]] == pytest.approx([1] * 200)
    assert torch.equal(sample, patches.high_contrast_patches(1500, generator()))
    assert not torch.equal(sample, patches.high_contrast_patches(1500, generator(1)))
    with pytest.raises(ValueError, match="count"):
        patches.high_contrast_patches(10**6, generator())


def test_coordinates_put_them_on_the_unit_sphere_and_lead_back(sample):
    v = patches.coordinates(sample)
    assert v.norm(dim=1).numpy() == pytest.approx(np.ones(1500))
    assert patches.pictures(v).numpy() == pytest.approx(sample.numpy(), abs=1e-12)
    reference = np.linalg.lstsq(patches.BASIS.numpy().T, sample.numpy().T, rcond=None)[0].T
    assert v.numpy() == pytest.approx(reference, abs=1e-10)


def test_the_surface_is_the_papers_polynomial_and_closes_as_a_klein_bottle():
    n = 12
    grid = patches.klein_bottle(n).view(n, n, 8)
    for i, j in ((0, 0), (3, 5), (11, 7)):
        a, b, d, c = (f(t) for t in (np.pi * i / n, 2 * np.pi * j / n) for f in (np.cos, np.sin))
        values = np.array([c * (a * x + b * y) ** 2 + d * (a * x + b * y) for y in (-1, 0, 1) for x in (-1, 0, 1)])
        values -= values.mean()
        assert patches.pictures(grid[i, j][None])[0].numpy() == pytest.approx(values / norm(values), abs=1e-12)
    # one step beyond the last row stands the first, run through backwards: no torus
    beyond = patches._polynomials(
        torch.full((n,), np.pi, dtype=torch.float64), 2 * np.pi * torch.arange(n).double() / n
    )
    order = [(n // 2 - j) % n for j in range(n)]
    assert beyond.numpy() == pytest.approx(grid[0, order].numpy(), abs=1e-12)


def test_circles_lie_on_the_surface_and_meet_where_they_should():
    primary, (across, down) = patches.primary_circle(60), patches.secondary_circles(60)
    for circle in (primary, across, down):
        assert patches.degrees_away(circle).max() < 1e-4
        assert circle.norm(dim=1).numpy() == pytest.approx(np.ones(60))
    assert primary[:, 2:].abs().max() < 1e-12
    assert across[:, [1, 3, 4, 5, 6, 7]].abs().max() < 1e-12
    assert down[:, [0, 2, 4, 5, 6, 7]].abs().max() < 1e-12
    angles = (across @ down.T).abs()
    assert angles.max() < 1e-12  # the secondary circles never meet
    assert [int(((c @ primary.T) > 1 - 1e-9).sum()) for c in (across, down)] == [2, 2]


def test_distances_are_angles():
    v = torch.zeros(1, 8, dtype=torch.float64)
    v[0, 7] = 1  # the chequered patch
    surface = patches.klein_bottle(400)
    expected = np.rad2deg(np.arccos(float((surface @ v[0]).max())))
    assert float(patches.degrees_away(v)) == pytest.approx(expected, abs=0.05)


def test_photographs_lie_nearer_to_the_surface_than_chance(sample):
    away = patches.degrees_away(patches.coordinates(sample)).median()
    chance = patches.degrees_away(patches.random_points(1500, generator())).median()
    assert away < chance - 10


def test_the_densest_are_those_with_the_nearest_neighbours_and_lie_nearer_to_the_surface(sample):
    from sklearn.neighbors import NearestNeighbors

    v = patches.coordinates(sample)
    radius = NearestNeighbors(n_neighbors=16).fit(v.numpy()).kneighbors(v.numpy())[0][:, -1]
    dense = patches.densest(v, 0.3)
    assert len(dense) == 450
    largest = NearestNeighbors(n_neighbors=16).fit(v.numpy()).kneighbors(dense.numpy())[0][:, -1].max()
    assert largest == pytest.approx(np.sort(radius)[449])
    assert patches.degrees_away(dense).median() < patches.degrees_away(v).median() - 5
