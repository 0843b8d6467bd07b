"""What samples are worth: closed forms, and digits of which the answer is known."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from aecore import checkpoints
from aecore.data import load_digits
from aecore.gans import measures


def gaussian(seed, size=6):
    rng = torch.Generator().manual_seed(seed)
    root = torch.randn(size, size, generator=rng, dtype=torch.float64)
    return torch.randn(size, generator=rng, dtype=torch.float64), root @ root.T


def test_frechet_distance_of_gaussians_in_closed_form():
    one, other = gaussian(0), gaussian(1)
    root = sqrtm(one[1].numpy() @ other[1].numpy()).real
    expected = float((one[0] - other[0]).square().sum()) + np.trace(one[1].numpy() + other[1].numpy() - 2 * root)
    assert measures.frechet_distance(one, other) == pytest.approx(expected, rel=1e-9)
    assert measures.frechet_distance(other, one) == pytest.approx(expected, rel=1e-9)
    assert measures.frechet_distance(one, one) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_where_the_axes_agree():
    """Then it is the distance of the means and of the standard deviations: also with a direction that has none."""
    sd1, sd2 = torch.tensor([1.0, 2.0, 0.0]).double(), torch.tensor([3.0, 2.0, 0.5]).double()
    one, other = (torch.zeros(3).double(), sd1.square().diag()), (torch.ones(3).double(), sd2.square().diag())
    assert measures.frechet_distance(one, other) == pytest.approx(3 + 4 + 0 + 0.25)


@pytest.fixture(scope="module")
def against():
    x_test, x_train = (load_digits(split)[0][:600].float() / 255 for split in ("test", "train"))
    return measures.reference(checkpoints.load("judge"), x_test, x_train)


def test_real_digits_are_sharp_and_varied(against):
    x, y = (part[600:1600] for part in load_digits("test"))
    worth = measures.worth(against, x.float() / 255, y)
    assert worth.classes == 10 and worth.entropy == pytest.approx(math.log(10), abs=0.02)
    assert worth.sure > 98 and worth.recall > 80 and worth.agreement > 98
    assert worth.nearest > 3


def test_one_digit_over_and_over_is_sharp_and_not_varied(against):
    x, _ = load_digits("test")
    copies = x[600:601].float().div(255).repeat(100, 1, 1, 1)
    worth = measures.worth(against, copies)
    assert worth.classes == 1 and worth.entropy == 0 and worth.sure == 100 and worth.recall < 5
    real = measures.worth(against, x[700:1200].float() / 255)
    assert worth.frechet > 10 * real.frechet


def test_who_copies_training_digits_is_found_out(against):
    images = load_digits("train")[0][:100].float() / 255
    assert measures.worth(against, images).nearest == pytest.approx(0, abs=1e-3)
    distance, index = measures.nearest(images[5:8].roll(1, -1), images.flatten(1))
    expected = torch.cdist(images[5:8].roll(1, -1).flatten(1), images.flatten(1)).min(1)
    torch.testing.assert_close(distance, expected.values, rtol=1e-4, atol=1e-4)
    assert torch.equal(index, expected.indices)


def test_samples_are_asked_for_in_turn_where_there_are_classes():
    rng = torch.Generator().manual_seed(0)
    x, y = measures.samples(checkpoints.load("cvae"), rng, 500)
    assert len(x) == 500 and torch.equal(y[:12], torch.arange(12) % 10)
    x, y = measures.samples(checkpoints.load("vae-nyu"), rng, 500)
    assert len(x) == 500 and y is None
