"""Metrics against scikit-image, closed forms and numerical integration."""

import math
import time

import numpy as np
import pytest
import torch
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity
from torch.distributions import Bernoulli, Normal, kl_divergence

from aecore.corruptions import corrupt
from aecore.data import load_digits
from aecore.metrics import importance_weighted_nll, mse, psnr, psnr_missing, ssim


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def digits():
    return load_digits("test")[0][:200].float() / 255


def against_skimage(function, x, recon, **kwargs):
    pairs = zip(x.double().numpy(), recon.double().numpy(), strict=True)
    return np.array([function(a, b, **kwargs) for a, b in pairs])


@pytest.mark.parametrize("name", ["gaussian", "blur", "patch"])
def test_error_measures_are_scikit_images(digits, name):
    x = digits[:20]
    recon = corrupt(name, x, 0.4, seeded())[0]
    np.testing.assert_allclose(mse(x, recon), against_skimage(mean_squared_error, x, recon), rtol=1e-5)
    expected = against_skimage(peak_signal_noise_ratio, x, recon, data_range=1)
    np.testing.assert_allclose(psnr(x, recon), expected, rtol=1e-5)
    expected = against_skimage(structural_similarity, x, recon, data_range=1, channel_axis=0)
    np.testing.assert_allclose(ssim(x, recon), expected, atol=1e-5)


def test_ssim_in_colour_and_at_the_smallest_size():
    x, recon = torch.rand(2, 3, 7, 30, generator=seeded()), torch.rand(2, 3, 7, 30, generator=seeded(1))
    expected = against_skimage(structural_similarity, x, recon, data_range=1, channel_axis=0)
    np.testing.assert_allclose(ssim(x, recon), expected, atol=1e-5)


def test_equal_pictures(digits):
    x = digits[:3]
    assert (mse(x, x) == 0).all() and (psnr(x, x) == math.inf).all()
    torch.testing.assert_close(ssim(x, x), torch.ones(3))


@pytest.mark.parametrize(
    ("name", "strength", "decibels", "similarity"),
    [
        ("gaussian", 0.5, 9.4, 0.36),
        ("salt_pepper", 0.4, 7.2, 0.29),
        ("dropout", 0.5, 13.3, 0.62),
        ("patch", 12 / 28, 14.3, 0.63),
    ],
)
def test_the_published_corruptions_have_the_known_input_quality(digits, name, strength, decibels, similarity):
    """Measured elsewhere on 500 test digits; holds the definition of every corruption and metric at once."""
    x_noisy = corrupt(name, digits, strength, seeded())[0]
    assert float(psnr(digits, x_noisy).mean()) == pytest.approx(decibels, abs=0.15)
    assert float(ssim(digits, x_noisy).mean()) == pytest.approx(similarity, abs=0.015)


def test_a_sweep_is_measured_in_a_blink():
    x, recon = torch.rand(9 * 6 * 8, 1, 28, 28), torch.rand(9 * 6 * 8, 1, 28, 28)
    start = time.process_time()  # of work: others may be at it, too
    ssim(x, recon), psnr(x, recon)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("metric", [mse, psnr, ssim])
def test_wrong_shapes_are_refused(metric):
    with pytest.raises(ValueError, match="alike"):
        metric(torch.zeros(2, 1, 28, 28), torch.zeros(1, 1, 28, 28))
    with pytest.raises(ValueError, match="alike"):
        metric(torch.zeros(2, 784), torch.zeros(2, 784))


def test_ssim_refuses_tiny_pictures():
    with pytest.raises(ValueError, match="at least 7"):
        ssim(torch.zeros(1, 1, 6, 28), torch.zeros(1, 1, 6, 28))


class TinyVAE:
    """Two latent dimensions, 2 x 3 pixels, a nonlinear decoder, and a posterior that is wrong on purpose."""

    def __init__(self):
        self.weight = 1.5 * torch.randn(2, 6, generator=seeded(1), dtype=torch.float64)
        self.bias = torch.randn(6, generator=seeded(2), dtype=torch.float64)
        self.encoded, self.largest_batch = 0, 0

    def posterior(self, x):
        self.encoded += len(x)
        mu = 0.3 * x.flatten(1)[:, :2] - 0.1
        return mu, torch.tensor([-0.4, 0.3], dtype=x.dtype).expand_as(mu)

    def decode_logits(self, z):
        self.largest_batch = max(self.largest_batch, len(z))
        return (torch.tanh(z) @ self.weight + self.bias).view(-1, 1, 2, 3)


def binary_pictures(n):
    return torch.randint(0, 2, (n, 1, 2, 3), generator=seeded(3)).double()


def exact_nll(model, x):
    """-log of the integral of p(x | z) p(z) on a fine grid."""
    axis = torch.linspace(-9, 9, 721, dtype=torch.float64)
    z = torch.cartesian_prod(axis, axis)
    log_prior = Normal(0.0, 1.0).log_prob(z).sum(1)
    likelihood = Bernoulli(logits=model.decode_logits(z))
    area = (axis[1] - axis[0]) ** 2
    joint = [likelihood.log_prob(picture).flatten(1).sum(1) + log_prior for picture in x]
    return -torch.stack([(j.logsumexp(0) + area.log()) for j in joint])


def test_many_samples_reach_the_integral():
    model, x = TinyVAE(), binary_pictures(5)
    estimate = importance_weighted_nll(model, x, 20_000, seeded(), chunk=3_000)
    torch.testing.assert_close(estimate, exact_nll(model, x), atol=0.02, rtol=0)


def test_one_sample_is_the_negative_elbo_and_more_are_tighter():
    model, x = TinyVAE(), binary_pictures(1)
    one = importance_weighted_nll(model, x.expand(40_000, 1, 2, 3), 1, seeded(), chunk=40_000)
    mu, logvar = model.posterior(x)
    q = Normal(mu, (0.5 * logvar).exp())
    z = q.mean + q.stddev * torch.randn(40_000, 2, generator=seeded(9), dtype=torch.float64)
    log_likelihood = Bernoulli(logits=model.decode_logits(z)).log_prob(x)
    kl = kl_divergence(q, Normal(0.0, 1.0)).sum()
    negative_elbo = kl - log_likelihood.flatten(1).sum(1).mean()
    assert float(one.mean()) == pytest.approx(float(negative_elbo), abs=0.03)
    ten = importance_weighted_nll(model, x.expand(4_000, 1, 2, 3), 10, seeded(), chunk=40_000).mean()
    assert exact_nll(model, x) - 0.01 < ten < one.mean() - 0.02


def test_exact_posterior_gives_the_likelihood_with_one_sample():
    """Where the code says nothing about the picture, the prior is the posterior and every weight is p(x)."""
    model = TinyVAE()
    model.posterior = lambda x: (torch.zeros(len(x), 2).double(), torch.zeros(len(x), 2).double())
    model.weight = torch.zeros_like(model.weight)
    x = binary_pictures(4)
    expected = -Bernoulli(logits=model.bias.view(1, 2, 3)).log_prob(x).flatten(1).sum(1)
    torch.testing.assert_close(importance_weighted_nll(model, x, 1, seeded()), expected)


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_memory_is_bounded_and_the_encoder_runs_once(chunk):
    model, x = TinyVAE(), binary_pictures(10)
    result = importance_weighted_nll(model, x, 30, seeded(), chunk)
    assert result.shape == (10,) and model.encoded == 10 and model.largest_batch <= chunk
    torch.testing.assert_close(result, exact_nll(model, x), atol=0.9, rtol=0)
    assert torch.equal(result, importance_weighted_nll(model, x, 30, seeded(), chunk))


def test_hopeless_pictures_stay_finite():
    """log p(x | z) of -100,000 underflows any plain exponential."""
    model = TinyVAE()
    model.bias = torch.full_like(model.bias, 2e4)
    result = importance_weighted_nll(model, torch.zeros(1, 1, 2, 3).double(), 100, seeded())
    assert torch.isfinite(result).all() and float(result) > 1e5


def test_no_samples_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        importance_weighted_nll(TinyVAE(), binary_pictures(1), 0, seeded())


def test_psnr_missing_is_psnr_of_the_missing_pixels_cut_out():
    x, recon = torch.rand(3, 2, 10, 10), torch.rand(3, 2, 10, 10)
    mask = torch.zeros(3, 1, 10, 10)
    mask[..., 2:5, 3:9] = 1
    torch.testing.assert_close(psnr_missing(x, recon, mask), psnr(x[..., 2:5, 3:9], recon[..., 2:5, 3:9]))
    assert psnr_missing(x, x, mask).isinf().all() and psnr_missing(x, recon, 0 * mask).isnan().all()
