"""Loss terms against torch.distributions and closed forms."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Normal, kl_divergence

from aecore import losses


@pytest.fixture
def rng():
    return torch.Generator().manual_seed(0)


def test_kl_is_the_divergence_of_two_normals(rng):
    mu, logvar = torch.randn(5, 7, generator=rng), torch.randn(5, 7, generator=rng)
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(losses.kl_standard_normal(mu, logvar), expected)


def test_bernoulli_nll_is_minus_the_log_probability(rng):
    logits = torch.randn(4, 1, 6, 6, generator=rng)
    x = (torch.rand(4, 1, 6, 6, generator=rng) < 0.5).float()
    expected = -Bernoulli(logits=logits).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(losses.bernoulli_nll(logits, x), expected)


def test_half_the_squared_error_is_a_gaussian_likelihood(rng):
    x, recon = torch.rand(3, 1, 5, 5, generator=rng), torch.rand(3, 1, 5, 5, generator=rng)
    nll = -Normal(recon, 1.0).log_prob(x).sum((1, 2, 3)) - 25 * 0.5 * math.log(2 * math.pi)
    torch.testing.assert_close(0.5 * losses.squared_error(recon, x), nll)


def test_log_normal_is_the_density(rng):
    z, mu, logvar = (torch.randn(4, 3, generator=rng) for _ in range(3))
    expected = Normal(mu, (0.5 * logvar).exp()).log_prob(z).sum(1)
    torch.testing.assert_close(losses.log_normal(z, mu, logvar), expected)


def test_importance_bound_averages_weights_not_logs(rng):
    log_weights = torch.randn(50, 4, generator=rng)
    torch.testing.assert_close(losses.importance_bound(log_weights), log_weights.exp().mean(0).log())


def test_cross_entropy_is_minus_the_log_probability(rng):
    logits, y = torch.randn(6, 10, generator=rng), torch.arange(6)
    torch.testing.assert_close(losses.cross_entropy(logits, y), -Categorical(logits=logits).log_prob(y))


@pytest.mark.parametrize("term", [losses.squared_error, losses.bernoulli_nll, losses.kl_standard_normal])
def test_shapes_that_would_broadcast_are_refused(term):
    with pytest.raises(ValueError, match="shapes differ"):
        term(torch.zeros(4, 3), torch.zeros(4, 1))
