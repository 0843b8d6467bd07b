"""Loss terms against torch.distributions and closed forms."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, Categorical, Laplace, Normal, kl_divergence
from torch.func import jacrev, vmap

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


def test_absolute_times_lambda_is_the_laplace_prior_up_to_a_constant(rng):
    h, strength = torch.randn(5, 40, generator=rng), 0.3
    prior = -Laplace(0.0, 1 / strength).log_prob(h).sum(1)
    torch.testing.assert_close(strength * losses.absolute(h), prior + 40 * math.log(strength / 2))


def test_rate_divergence_is_the_divergence_of_two_coins(rng):
    h = torch.rand(50, 8, generator=rng)
    expected = kl_divergence(Bernoulli(0.05), Bernoulli(h.mean(0))).sum()
    torch.testing.assert_close(losses.rate_divergence(h, 0.05), expected)
    assert losses.rate_divergence(torch.full((3, 8), 0.05), 0.05) == pytest.approx(0, abs=1e-5)
    assert losses.rate_divergence(torch.zeros(3, 8), 0.05).isfinite()


def jacobians(encode, x):
    """dh/dx of each sample by autograd, one row of it after the other: (N, D, pixels)."""
    return vmap(jacrev(lambda one: encode(one[None])[0]))(x)


def test_contraction_is_the_norm_of_the_jacobian(rng):
    weight, bias = torch.randn(9, 20, generator=rng), torch.randn(9, generator=rng)
    x = torch.rand(4, 20, generator=rng)

    def encode(x):
        return torch.sigmoid(x @ weight.T + bias)

    expected = jacobians(encode, x).square().sum((1, 2))
    torch.testing.assert_close(losses.contraction(encode(x), weight), expected)


def test_the_estimate_of_the_contraction_is_unbiased_and_can_be_trained_on(rng):
    deep = torch.nn.Sequential(torch.nn.Linear(12, 9), torch.nn.Tanh(), torch.nn.Linear(9, 5), torch.nn.Sigmoid())
    x = torch.rand(3, 12, generator=rng)
    expected = jacobians(deep, x).square().sum((1, 2))
    torch.testing.assert_close(losses.contraction_estimate(deep, x, rng, 4000), expected, rtol=0.05, atol=0)
    one = torch.stack([losses.contraction_estimate(deep, x, rng) for _ in range(400)])
    assert (one.std(0) > 0.01 * expected).all()  # it is an estimate
    losses.contraction_estimate(deep, x, rng).sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in deep[0].parameters())


def test_the_estimate_of_one_unit_is_exact(rng):
    """With one unit there is one direction: +-1 times the gradient."""
    unit = torch.nn.Sequential(torch.nn.Linear(12, 1), torch.nn.Sigmoid())
    x = torch.rand(3, 12, generator=rng)
    exact = losses.contraction(unit(x), unit[0].weight)
    torch.testing.assert_close(losses.contraction_estimate(unit, x, rng), exact)
