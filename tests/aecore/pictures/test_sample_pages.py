"""Sample pages: the same for the same rng, real digits in their boxes, limits."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from aecore.intake.files import digits_from_bytes
from aecore.pictures.io import png
from aecore.pictures.sample_pages import DAMAGES, sample_page
from benchmarks.intake import overlap


@pytest.mark.parametrize("damage", DAMAGES)
def test_sample_pages(damage):
    one, two = (sample_page(torch.Generator().manual_seed(3), damage=damage, rows=1, columns=3) for _ in range(2))
    np.testing.assert_array_equal(one.damaged, two.damaged)
    assert one.clean.shape == one.damaged.shape and one.clean.dtype == np.uint8 and len(one.boxes) == len(one.y) == 3
    assert (one.clean != one.damaged).any()
    with Image.open(io.BytesIO(png(Image.fromarray(one.clean)))) as file:
        digits = digits_from_bytes(png(file))
    assert [max(overlap(d.box, box) for d in digits) > 0.8 for box in one.boxes] == [True] * 3


def test_sample_pages_have_limits():
    with pytest.raises(ValueError, match="32"):
        sample_page(torch.Generator(), rows=4, columns=9)
    with pytest.raises((ValueError, KeyError)):
        sample_page(torch.Generator(), damage="coffee")
