"""What tells wide codes apart, against closed forms, NumPy and scikit-learn."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.linear_model import LogisticRegression

from aecore.data import load_digits
from aecore.features import measures, probe
from aecore.losses import contraction
from aecore.models import build


@pytest.fixture
def x():
    return load_digits("test")[0][:8].float() / 255


def test_active_units_are_above_a_tenth_of_the_largest():
    z = torch.tensor([[1.0, 0.2, 0.05, 0.0], [-4.0, 0.1, 0.5, 0.3], [0.0, 0.0, 0.0, 0.0]])
    assert measures.active_units(z).tolist() == [2, 2, 0]


def test_the_jacobian_of_a_layer_is_its_slope_times_its_kernels(x):
    model = build("constrained", {"latent_dim": 30})
    jacobian = measures.jacobians(model.encode, x)
    h = model.encode(x)
    torch.testing.assert_close(jacobian, (h * (1 - h))[:, :, None] * model.weight)
    torch.testing.assert_close(measures.jacobian_norms(jacobian).square(), contraction(h, model.weight))


@pytest.mark.parametrize("config", [{"code": "relu", "constraint": "k", "strength": 5.0}, {"code": "tanh"}])
def test_the_jacobian_of_any_code_is_what_a_small_step_does(config, x):
    model, step = build("constrained", {"latent_dim": 30, "output": "linear"} | config).double(), 1e-6
    x = x.double() * 0.9 + 0.05
    (jacobian,) = measures.jacobians(model.encode, x[:1])
    along = torch.randn(x[:1].shape, generator=torch.Generator().manual_seed(0)).double()
    change = (model.encode((x[:1] + step * along).clamp(0, 1)) - model.encode(x[:1]))[0] / step
    assert change.abs().max() > 0.01
    torch.testing.assert_close(jacobian @ along.flatten(), change, rtol=1e-3, atol=1e-4)


def test_directions_count_equal_singular_values_and_are_those_of_the_spectrum():
    flat = torch.zeros(1, 9, 20)
    flat[0, range(4), range(4)] = 3.0
    assert float(measures.directions(flat)) == pytest.approx(4)
    jacobian = torch.randn(3, 9, 20, generator=torch.Generator().manual_seed(0))
    s = torch.from_numpy(np.linalg.svd(jacobian.numpy(), compute_uv=False))
    torch.testing.assert_close(measures.singular_values(jacobian), s)
    torch.testing.assert_close(measures.directions(jacobian), s.square().sum(1).square() / s.pow(4).sum(1))


def test_regions_are_where_digits_are_and_where_none_ever_is():
    images, _ = load_digits("train")
    inside, outside = measures.regions(images)
    assert int(outside.sum()) == 67 and not (inside & outside).any() and 450 < int(inside.sum()) < 550


def test_a_kernel_that_stayed_never_learned():
    rng = torch.Generator().manual_seed(0)
    first, inside = torch.randn(6, 100, generator=rng), torch.arange(100) < 60
    kernels = first.clone()
    kernels[:, 60:] = 7.0  # outside of the region nobody looks
    kernels[:2] += 2 * torch.randn(2, 100, generator=rng)
    kernels[3] = 5 * kernels[3] + 1  # louder, but the same picture
    assert measures.never_learned(kernels, first, inside) == 4


def test_what_moves_is_measured_against_the_way_to_another_digit(x):
    rng = torch.Generator().manual_seed(0)
    still = measures.moved(lambda x: x.clamp(0, 0) + torch.arange(8.0).view(8, 1, 1, 1), x, ("gaussian", 0.5), rng)
    assert still == 0
    far = measures.moved(lambda x: x, x, ("gaussian", 0.5), rng)
    near = measures.moved(lambda x: x, x, ("gaussian", 0.05), rng)
    assert near < 0.2 < far
    assert measures.moved(lambda x: 9 * x - 3, x, ("gaussian", 0.5), torch.Generator().manual_seed(0)) == pytest.approx(
        measures.moved(lambda x: x, x, ("gaussian", 0.5), torch.Generator().manual_seed(0))
    )


def test_kernels_are_the_first_weights_of_both_families():
    model = build("constrained", {"latent_dim": 30})
    assert torch.equal(measures.kernels_of(model), model.weight)
    plain = build("autoencoder", {"latent_dim": 30})
    assert measures.kernels_of(plain).shape == (30, 784)
    with pytest.raises(ValueError, match="no kernels"):
        measures.kernels_of(build("denoiser", {}))


def test_wide_networks_of_one_seed_start_from_one_wall():
    """So that what training did to a kernel can be seen."""
    sigmoid, rectified = build("constrained", {}), build("constrained", {"code": "relu", "output": "linear"})
    assert torch.equal(sigmoid.weight, rectified.weight)
    assert float(sigmoid.weight.detach().std()) == pytest.approx(1 / 28 / 3**0.5, rel=0.01)  # of a uniform distribution


def test_the_probe_is_scikit_learns_softmax_regression():
    images, y = load_digits("train")
    x = images[:1500].flatten(1).float() / 255
    train, test = (x[:500], y[:500]), (x[500:], y[500:1500])
    mean, sd = train[0].mean(0), train[0].std()
    reference = LogisticRegression(C=1 / (2 * 500 * 1e-3), max_iter=2000)
    reference.fit(((train[0] - mean) / sd).numpy(), train[1].numpy())
    expected = 100 * reference.score(((test[0] - mean) / sd).numpy(), test[1].numpy())
    assert expected > 75
    assert probe.accuracy(train, test, 1e-3) == pytest.approx(expected, abs=0.5)


def test_draws_differ_and_all_labels_are_one_draw():
    images, y = load_digits("train")
    x = images[:700].flatten(1).float() / 255
    train, test = (x[:400], y[:400]), (x[400:], y[400:700])
    few = probe.draws(train, test, 100)
    assert len(few) == 5 and len(set(few)) > 1 and few == probe.draws(train, test, 100)
    assert len(probe.draws(train, test, 400)) == 1


def test_the_interval_is_students_and_for_one_draw_the_binomials():
    scores = [70.0, 71.0, 72.5, 69.0, 70.5]
    mean, half = probe.interval(scores, 10_000)
    low, high = stats.t.interval(0.95, 4, np.mean(scores), stats.sem(scores))
    assert (mean - half, mean + half) == pytest.approx((low, high))
    mean, half = probe.interval([90.0], 10_000)
    assert mean == 90 and half == pytest.approx(1.96 * 0.3)
