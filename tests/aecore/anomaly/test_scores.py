"""Scores beside SciPy, scikit-learn and sums by hand."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from aecore.anomaly import plane, scores
from aecore.models import build

rng = torch.Generator().manual_seed(0)
x = torch.rand(6, 1, 28, 28, generator=rng)


def test_the_heat_sums_to_the_error():
    recon = torch.rand(x.shape, generator=rng)
    assert torch.allclose(scores.heat(x, recon).flatten(1).sum(1), scores.error(x, recon))


def test_an_empty_page_has_no_ink_to_hide_behind():
    empty, recon = torch.zeros(1, 1, 28, 28), torch.full((1, 1, 28, 28), 0.1)
    assert scores.error_per_ink(empty, recon).item() == pytest.approx(7.84)  # of one pixel of ink, not of none
    assert scores.error_per_ink(x, x * 0).tolist() == pytest.approx(
        (x.square().sum((1, 2, 3)) / x.sum((1, 2, 3))).tolist()
    )


def test_the_plane_is_scikit_learns():
    many = torch.rand(300, 1, 6, 6, generator=rng)
    ours = plane.fit(many, 5).project(many[:9])
    pca = PCA(5, svd_solver="full").fit(many.flatten(1).numpy())
    theirs = pca.inverse_transform(pca.transform(many[:9].flatten(1).numpy()))
    assert np.allclose(ours.flatten(1).numpy(), theirs, atol=1e-4)


def test_the_neighbour_is_scikit_learns():
    base = torch.rand(50, 1, 28, 28, generator=rng)
    theirs = NearestNeighbors(n_neighbors=5).fit(base.flatten(1).numpy()).kneighbors(x.flatten(1).numpy())[0][:, -1]
    assert np.allclose(scores.nearest(x, base).numpy(), theirs, atol=1e-3)


def test_the_bound_lies_above_the_exact_likelihood_of_a_linear_decoder():
    """One latent number: integrate p(x) = E_z p(x|z) on a grid, SciPy's Bernoulli and normal densities."""
    model = build("vae", {"image_shape": (1, 4, 4), "latent_dim": 1, "widths": ()}, seed=1).eval()
    picture = (torch.rand(1, 1, 4, 4, generator=rng) > 0.5).float()
    z = np.linspace(-6, 6, 2001)
    with torch.inference_mode():
        p = model.decode(torch.tensor(z, dtype=torch.float32)[:, None]).flatten(1).double().numpy()
        bound = scores.negative_elbo(model, picture, scores.draws(1)).item()
    joint = stats.bernoulli.pmf(picture.flatten().int().numpy(), p).prod(1) * stats.norm.pdf(z)
    assert bound > -np.log(np.trapezoid(joint, z))
    assert bound < -np.log(np.trapezoid(joint, z)) + 5


def test_draws_mirror_each_other():
    noise = scores.draws(32)
    assert torch.equal(noise, scores.draws(32)) and noise.shape == (scores.DRAWS, 32)
    assert torch.allclose(noise.sum(0), torch.zeros(32), atol=1e-6)


def test_doubt_is_of_the_class_that_is_asked_for():
    p = torch.tensor([[0.9, 0.1], [0.0, 1.0]])
    assert scores.doubt(p).tolist() == pytest.approx([-np.log(0.9), 0])
    assert scores.doubt(p, 0).tolist() == pytest.approx([-np.log(0.9), -np.log(1e-12)])
