"""Label subsets: as many of every class, nested, and of one seed."""

import pytest
import torch

from aecore.data import load_digits
from aecore.pretraining.labels import COUNTS, subset


@pytest.fixture(scope="module")
def y():
    return load_digits("train")[1]


@pytest.mark.parametrize("seed", [0, 1])
def test_subsets_are_balanced_and_each_holds_the_smaller_ones(y, seed):
    before: set[int] = set()
    for count in COUNTS:
        places = subset(y, count, seed)
        assert len(places.unique()) == count
        if count < len(y):
            assert torch.equal(y[places].bincount(), torch.full((10,), count // 10))
        assert before < set(places.tolist())
        before = set(places.tolist())


def test_a_seed_says_all(y):
    assert torch.equal(subset(y, 100, 3), subset(y, 100, 3))
    assert not torch.equal(subset(y, 100, 3), subset(y, 100, 4))


@pytest.mark.parametrize("count", [15, 55_000])
def test_what_cannot_be_balanced_is_refused(y, count):
    with pytest.raises(ValueError, match="evenly"):
        subset(y, count, 0)
