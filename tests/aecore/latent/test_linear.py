"""Linear codes, against scikit-learn's PCA and SciPy's principal angles."""

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from sklearn.decomposition import PCA

from aecore.data import load_digits
from aecore.latent import linear
from aecore.latent.linear import angles, best_cosines, digits_axes, fit_exactly, principal_axes, tied_error


@pytest.fixture(scope="module")
def x():
    return load_digits("train")[0][:2000]


def test_principal_axes_are_those_of_scikit_learn(x):
    axes, flat = principal_axes(x), x.flatten(1).numpy() / 255
    reference = PCA(12, svd_solver="full").fit(flat)
    assert np.abs(axes.mean.numpy() - reference.mean_).max() < 1e-5
    ratio = axes.variances[:12].numpy() * len(x) / (len(x) - 1) / reference.explained_variance_
    assert np.abs(ratio - 1).max() < 1e-4
    assert np.abs(np.abs((axes.components[:12].numpy() * reference.components_).sum(1)) - 1).max() < 1e-4
    recon = axes.reconstruct(x[:50].float() / 255, 12).flatten(1).numpy()
    assert np.abs(recon - reference.inverse_transform(reference.transform(flat[:50]))).max() < 1e-4
    covariance = np.cov(flat.T, bias=True)
    assert np.abs(axes.covariance().numpy() - covariance).max() < 1e-5


@pytest.mark.parametrize("change", [1e-8, 1e-4, 0.01, 1.0, 100.0])
def test_angles_are_scipys_from_the_smallest_to_right_ones(change):
    rng = torch.Generator().manual_seed(0)
    a, more = (torch.randn(6, 40, generator=rng, dtype=torch.float64) for _ in range(2))
    b = a + change * more
    expected = np.rad2deg(subspace_angles(a.numpy().T, b.numpy().T))[::-1]
    assert angles(a, b).numpy() == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_angles_do_not_ask_for_an_order_or_a_length():
    rng = torch.Generator().manual_seed(1)
    a = torch.randn(5, 30, generator=rng, dtype=torch.float64)
    mixed = torch.randn(5, 5, generator=rng, dtype=torch.float64) @ a
    assert float(angles(a, mixed).max()) < 1e-6
    with pytest.raises(ValueError, match="rows"):
        angles(a, a[:3])


def test_a_unit_is_compared_with_each_component_alone(x):
    axes = principal_axes(x)
    units = torch.stack([-3 * axes.components[4], axes.components[0] + axes.components[1], axes.components[9]])
    assert best_cosines(units, axes, 6).tolist() == pytest.approx([1, 0.5**0.5, 0], abs=1e-4)


def test_the_tied_error_is_the_mean_over_the_pictures(x):
    axes = principal_axes(x)
    weight = torch.randn(7, 784, generator=torch.Generator().manual_seed(2)) / 28
    t = x.flatten(1).float() / 255 - axes.mean
    expected = (t - t @ weight.t() @ weight).square().sum(1).mean()
    error = tied_error(weight, axes.covariance(), float(axes.variances.sum()))
    assert float(error) == pytest.approx(float(expected), rel=1e-4)


def test_exact_gradients_find_pcas_subspace_and_the_error_does_not_tell_when():
    fits = list(fit_exactly(32, seed=3))
    assert fits[-1].step == fits[-1].steps and fits[-1].angle < 0.1 and abs(fits[-1].excess) < 1e-5
    assert fits[-1].history == tuple((fit.step, fit.angle, fit.excess) for fit in fits)
    assert any(fit.excess < 0.01 and fit.angle > 20 for fit in fits)  # PCA's error, and far from its subspace
    assert best_cosines(fits[-1].weight, digits_axes(), 32).mean() < 0.7  # no unit is a component
    assert linear.angles(fits[-1].weight, digits_axes().components[:32])[-1] == pytest.approx(fits[-1].angle)
