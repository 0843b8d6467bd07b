"""Intervals of a mean over few numbers are those of scipy's Student's t."""

import numpy as np
import pytest
from scipy import stats

from aecore.intervals import MOST, half, interval


@pytest.mark.parametrize("count", range(2, MOST + 1))
def test_an_interval_is_scipys(count):
    numbers = np.random.default_rng(count).normal(3, 2, count).tolist()
    low, high = stats.t.interval(0.95, count - 1, np.mean(numbers), stats.sem(numbers))
    middle, about = interval(numbers)
    assert (middle, about) == pytest.approx(((low + high) / 2, (high - low) / 2), rel=3e-4)


def test_one_number_tells_of_no_interval():
    assert half([5.0]) is None and interval([5.0]) == (5.0, None)
