"""Pictures and traces as the browser gets them: shape, range and values come through, another shape is refused."""

import base64

import numpy as np
import pytest
import torch

from ui.output.picture import picture, pictures, pixels


def values(message, dtype):
    steps = np.frombuffer(base64.b64decode(message["values"]), dtype)
    share = steps / np.iinfo(dtype).max
    return message["low"] + share * (message["high"] - message["low"])


@pytest.mark.parametrize("shape", [(2, 1, 28, 28), (1, 3, 64, 64), (3, 1, 5, 9)])
def test_pictures_come_through_to_a_step_of_256(shape):
    x = torch.rand(shape, generator=torch.Generator().manual_seed(0))
    message = pictures(x)
    assert message["shape"] == list(shape[1:])
    assert np.abs(values(message, np.uint8) - x.numpy().ravel()).max() <= 0.5 / 255 + 1e-6


def test_traces_come_through_finely_in_their_range():
    x = torch.randn((4, 1, 500), generator=torch.Generator().manual_seed(0)).clamp(-3, 3)
    message = pictures(x, -3, 3)
    assert message["shape"] == [1, 500]
    assert np.abs(values(message, "<u2") - x.numpy().ravel()).max() < 1e-4


def test_what_lies_beyond_the_range_is_cut_off():
    x = torch.tensor([[-1.0, 0.5, 2.0]])
    assert values(picture(x), "<u2") == pytest.approx([0, 0.5, 1], abs=1e-4)


def test_one_picture_may_be_a_batch_of_one():
    x = torch.rand((1, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    assert picture(x) == picture(x[0])
    assert picture(x)["values"] == pixels(x)


@pytest.mark.parametrize("shape", [(784,), (28, 28), (2, 28, 28), (4, 28, 28), (2, 500)])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"traces are"):
        picture(torch.zeros(shape))


@pytest.mark.parametrize("shape", [(784,), (2, 784), (2, 2, 500), (2, 2, 28, 28)])
def test_batches_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"traces are"):
        pictures(torch.zeros(shape))
