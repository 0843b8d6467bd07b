"""Vector fields on the plane: random numbers, curves, losses and their truths against independent references."""

import math

import pytest
import torch
from scipy import stats

from aecore.data.plane import CURVES, curve
from aecore.draws import Draws
from aecore.field import (
    KINDS,
    FieldNet,
    FieldRecipe,
    best_denoiser,
    field_loss,
    least_loss,
    measure_field,
    smoothed_score,
    train_field,
)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small products are not worth a second thread, which waits for the first on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(name: str, steps: int, **settings):
    """The averaged network after so many steps on a curve."""
    recipe = FieldRecipe(**settings)
    model = FieldNet(2, recipe.widths, recipe.seed)
    *_, last = train_field(curve(name), recipe, model, steps)
    return last.average


# ---- random numbers


def test_draws_are_uniform_normal_and_independent():
    u, z = Draws(5, 1).uniform(20_000), Draws(5, 2).normal(20_001)
    assert stats.kstest(u.numpy(), "uniform").pvalue > 1e-3
    assert stats.kstest(z.numpy(), "norm").pvalue > 1e-3
    for a, b in ((u[:-1], u[1:]), (z[:-1], z[1:]), (u, Draws(6, 1).uniform(20_000)), (u, Draws(5, 2).uniform(20_000))):
        assert abs(stats.pearsonr(a.numpy(), b.numpy()).statistic) < 4 / math.sqrt(20_000)


def test_draws_go_on_where_they_stopped():
    whole, parts = Draws(3, 0).uniform(10), Draws(3, 0)
    assert torch.equal(torch.cat([parts.uniform(4), parts.uniform(6)]), whole)
    assert Draws(3).below(7, 5_000).unique().tolist() == list(range(7))


# ---- curves


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_is_fine_and_lies_within_the_square(name):
    points = curve(name, 400)
    assert points.shape == (400, 2)
    assert points.abs().max() <= 1
    steps = (points[1:] - points[:-1]).norm(dim=1)
    assert steps.median() < 0.03
    assert (steps > 0.06).sum() <= 1  # from one branch or moon to the other


# ---- losses


@pytest.mark.parametrize("kind", KINDS)
def test_each_loss_is_what_its_equation_says(kind):
    model, rng = FieldNet(2, (5, 7), seed=1), Draws(1, 9)
    x, noise = (rng.normal(12).view(6, 2) for _ in range(2))
    loss = field_loss(model, x, noise, FieldRecipe(kind, 0.3)).detach()
    given = x + 0.3 * noise if kind == "denoising" else x
    for i in range(6):
        expected = float((model(given[i]) - x[i]).square().sum().detach())
        if kind == "contractive":
            expected += 0.09 * float(torch.autograd.functional.jacobian(model, x[i]).square().sum())
        assert float(loss[i]) == pytest.approx(expected, rel=1e-9)


def test_another_kind_is_refused_in_words():
    with pytest.raises(ValueError, match="kind is 'sparse', not one of plain"):
        field_loss(FieldNet(), torch.zeros(1, 2).double(), torch.zeros(1, 2).double(), FieldRecipe("sparse"))


# ---- what is known


def test_the_score_is_the_gradient_of_the_smoothed_density():
    data, x = curve("moons", 50), Draws(2).normal(20).view(10, 2).requires_grad_()
    mixture = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.ones(50).double()),
        torch.distributions.Independent(torch.distributions.Normal(data, 0.2), 1),
    )
    (gradient,) = torch.autograd.grad(mixture.log_prob(x).sum(), x)
    assert torch.allclose(smoothed_score(x.detach(), 0.2, data), gradient, rtol=1e-8, atol=1e-8)


def test_the_best_denoiser_pulls_points_of_a_circle_inwards_by_a_known_amount():
    """On a circle of radius R the posterior is von Mises with kappa = (R / sigma)^2: its mean lies at R I1 / I0."""
    from scipy.special import ive

    data, kappa = curve("circle", 2_000), (0.8 / 0.2) ** 2
    radius = best_denoiser(data, 0.2, data).norm(dim=1)
    assert torch.allclose(radius, torch.full_like(radius, 0.8 * ive(1, kappa) / ive(0, kappa)), atol=1e-6)


def test_a_denoiser_comes_near_the_best_one_and_a_plain_autoencoder_copies():
    denoising, plain = trained("branches", 1_200), trained("branches", 600, kind="plain")
    numbers = measure_field(denoising, curve("branches"), 0.2)
    assert numbers.cosine > 0.98
    assert numbers.after < 0.4 * numbers.before
    assert numbers.on_data == pytest.approx(numbers.data_best, abs=0.01)  # it does move points of the curve
    assert numbers.data_best > 0.03
    assert numbers.corners > 0.5
    assert least_loss(0.2, curve("branches")) == pytest.approx(0.06, abs=0.01)
    copied = measure_field(plain, curve("branches"), 0.2)
    assert copied.on_data < 0.01
    assert copied.after > 0.95 * copied.before  # nothing comes back
