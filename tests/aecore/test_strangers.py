"""Pictures that are no digits: of MNIST's form, the same every time, and different from one another."""

import pytest
import torch

from aecore.data import strangers


@pytest.mark.parametrize(
    ("pictures", "count"),
    [
        (strangers.letters, 26),
        (strangers.face, 1),
        (lambda: strangers.photo_pieces(7), 7),
        (lambda: strangers.static(5, seed=4), 5),
    ],
)
def test_they_have_the_form_of_digits_and_are_the_same_every_time(pictures, count):
    x = pictures()
    assert x.shape == (count, 1, 28, 28) and x.dtype == torch.float32
    assert x.min() >= 0 and x.max() <= 1 and (x.flatten(1).std(1) > 0.05).all()
    assert torch.equal(x, pictures())
    assert len(x.flatten(1).unique(dim=0)) == count


def test_letters_stand_where_mnist_has_its_digits():
    x = strangers.letters()
    ink = x > 0.02
    for axis in (2, 3):
        place = torch.arange(28.0).view(-1, 1) if axis == 2 else torch.arange(28.0)
        mass = (x * place).sum((1, 2, 3)) / x.sum((1, 2, 3))
        assert (mass - 13.5).abs().max() < 3
        assert (ink.any(5 - axis).sum(-1) <= 20).all()


def test_static_has_every_grey_level_as_often():
    x = strangers.static(200)
    assert float(x.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(x.var()) == pytest.approx(1 / 12, abs=0.002)
