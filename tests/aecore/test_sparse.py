"""The exact sparse code against scikit-learn's and against the conditions that a minimum fulfils."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.decomposition import SparseCoder

from aecore.models import build
from aecore.sparse import fista, objective

PENALTY = 0.2


@pytest.fixture
def problem():
    """Pictures that a few atoms add up to, nearly, and the dictionary of 40 atoms."""
    rng = torch.Generator().manual_seed(0)
    dictionary = F.normalize(torch.randn(40, 30, generator=rng))
    z = torch.rand(6, 40, generator=rng) * (torch.rand(6, 40, generator=rng) < 0.15)
    return z @ dictionary + 0.05 * torch.randn(6, 30, generator=rng), dictionary


def test_it_is_scikit_learns_sparse_code(problem):
    x, dictionary = problem
    coder = SparseCoder(
        dictionary.double().numpy(), transform_algorithm="lasso_cd", transform_alpha=PENALTY, positive_code=True,
        transform_max_iter=20_000,
    )  # fmt: skip
    expected = coder.transform(x.double().numpy())
    z = fista(x.double(), dictionary.double(), PENALTY, 3000).numpy()
    assert 0 < (expected > 0).mean() < 0.5  # few units, but some
    np.testing.assert_allclose(z, expected, atol=1e-3)


def test_no_step_away_from_it_is_downhill(problem):
    """At a minimum the slope is 0 where z > 0 and not negative where z = 0."""
    x, dictionary = (tensor.double() for tensor in problem)
    z = fista(x, dictionary, PENALTY, 3000)
    slope = (z @ dictionary - x) @ dictionary.T + PENALTY
    assert slope[z > 0].abs().max() < 1e-4 and slope[z == 0].min() > -1e-4


def test_more_steps_are_nearer_and_a_good_start_saves_them(problem):
    x, dictionary = problem
    best = objective(x, dictionary, fista(x, dictionary, PENALTY, 3000), PENALTY)
    gaps = [float((objective(x, dictionary, fista(x, dictionary, PENALTY, n), PENALTY) - best).sum()) for n in (3, 30)]
    assert gaps[0] > 3 * gaps[1] >= 0
    near = fista(x, dictionary, PENALTY, 100)
    warm = objective(x, dictionary, fista(x, dictionary, PENALTY, 3, near), PENALTY) - best
    assert float(warm.sum()) < gaps[0] / 10


def test_a_penalty_above_every_match_leaves_nothing(problem):
    x, dictionary = problem
    assert not fista(x, dictionary, float((x @ dictionary.T).max()) + 0.01).any()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": torch.zeros(2, 31)}, "do not fit"),
        ({"penalty": -1.0}, "negative"),
        ({"penalty": float("nan")}, "negative"),
        ({"steps": -1}, "negative"),
        ({"start": torch.zeros(1, 40)}, "start must be"),
    ],
)
def test_what_does_not_fit_is_refused(problem, change, says):
    x, dictionary = problem
    with pytest.raises(ValueError, match=says):
        fista(**({"x": x, "dictionary": dictionary, "penalty": PENALTY} | change))


def test_training_gives_every_atom_length_1_again():
    model, x = build("predictive", {"latent_dim": 12}), torch.rand(5, 1, 28, 28)
    with torch.no_grad():
        model.dictionary.mul_(3)
    model.eval().loss(x)
    assert float(model.dictionary.detach().norm(dim=1).mean()) == pytest.approx(
        3, rel=1e-4
    )  # measuring changes nothing
    model.train().loss(x)
    torch.testing.assert_close(model.dictionary.detach().norm(dim=1), torch.ones(12))


def test_the_loss_is_about_the_exact_code_and_the_encoder_chases_it():
    model, x = build("predictive", {"latent_dim": 12, "steps": 500, "prediction": 2.0}).eval(), torch.rand(5, 1, 28, 28)
    exact = fista(x.flatten(1), model.dictionary.detach(), 0.5, 5000)
    terms = model.loss(x)
    expected = objective(x.flatten(1), model.dictionary, exact, 0.5).mean()
    torch.testing.assert_close(terms["squared error"] + terms["l1"], expected, rtol=1e-3, atol=1e-3)
    away = 2 * (model.encode(x) - exact).square().sum(1).mean()
    torch.testing.assert_close(terms["prediction"], away, rtol=1e-3, atol=1e-3)
