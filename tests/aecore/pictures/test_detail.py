"""How much fine detail is left: against pictures whose detail is known."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from aecore.pictures.detail import COARSE, share_left

BOX = (8, 8, 56, 56)


@pytest.fixture
def clean() -> np.ndarray:
    rng = np.random.default_rng(0)
    return 128 + 30 * gaussian_filter(rng.standard_normal((64, 64, 3)), (1, 1, 0))


def test_a_copy_keeps_all_a_flat_sheet_nothing(clean):
    assert share_left(clean, clean, BOX) == pytest.approx(1)
    assert share_left(clean, np.full_like(clean, 90.0), BOX) == 0
    assert share_left(np.zeros((64, 64)), np.zeros((64, 64)), BOX) == 1


def test_half_the_detail_is_half(clean):
    blurred = gaussian_filter(clean, (COARSE, COARSE, 0))
    fine = clean - blurred
    assert share_left(fine, 0.5 * fine, BOX) == pytest.approx(0.5)


def test_noise_that_is_left_is_no_detail(clean):
    noise = np.random.default_rng(1).normal(0, 8, clean.shape)
    assert share_left(clean, clean + noise, BOX) == pytest.approx(1, abs=0.1)
    assert share_left(clean, 128 + noise, BOX) == pytest.approx(0, abs=0.1)
