"""Transformations of digits, against scikit-image, SciPy and what geometry says."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage.transform import SimilarityTransform, warp

from aecore.data import load_digits
from aecore.latent.transforms import TRANSFORMS, transform


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:6].float() / 255


def by_skimage(x, **parameters):
    """The same similarity about the picture's middle, by scikit-image."""
    to_middle, back = SimilarityTransform(translation=(-13.5, -13.5)), SimilarityTransform(translation=(13.5, 13.5))
    matrix = to_middle + SimilarityTransform(**parameters) + back
    warped = [warp(np.pad(image[0], 20), shifted(matrix, 20).inverse, order=1)[20:-20, 20:-20] for image in x.numpy()]
    return torch.from_numpy(np.stack(warped)).unsqueeze(1).float()


def shifted(matrix, frame):
    """The transform of a picture inside a frame, whose border then interpolates with zeros."""
    return SimilarityTransform(translation=(-frame, -frame)) + matrix + SimilarityTransform(translation=(frame, frame))


@pytest.mark.parametrize(
    ("name", "amount", "parameters"),
    [
        ("rotation", 25.0, {"rotation": np.deg2rad(25)}),
        ("rotation", -40.0, {"rotation": np.deg2rad(-40)}),
        ("zoom", 1.3, {"scale": 1.3}),
        ("zoom", 0.6, {"scale": 0.6}),
        ("right", 2.5, {"translation": (2.5, 0)}),
        ("down", -3.25, {"translation": (0, -3.25)}),
    ],
)
def test_geometry_agrees_with_scikit_image(x, name, amount, parameters):
    assert torch.allclose(transform(name, x, amount), by_skimage(x, **parameters), atol=1e-3)


def test_brightness_multiplies_and_clips(x):
    assert torch.allclose(transform("brightness", x, 1.5), (1.5 * x).clamp(max=1), atol=1e-6)
    assert torch.allclose(transform("brightness", x, 0.25), 0.25 * x, atol=1e-6)


@pytest.mark.parametrize("pixels", [-2.0, -1.0, 1.0, 2.0])
def test_thickness_widens_a_bar_by_so_many_pixels(pixels):
    bar = torch.zeros(1, 1, 28, 28)
    bar[..., 8:20, 11:16] = 1.0  # 5 px wide
    width = float(transform("thickness", bar, pixels)[0, 0, 14].sum())
    assert width == pytest.approx(5 + pixels, abs=0.3)


def test_thickness_is_scipys_grey_dilation_of_the_enlarged_picture(x):
    radius = 8  # of the 8 times larger picture: 2 px more at 28x28
    down, right = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    fine = ndimage.zoom(x[0, 0].numpy(), 8, order=1, grid_mode=True, mode="nearest")
    grown = ndimage.grey_dilation(fine, footprint=down**2 + right**2 <= radius**2)
    reference = torch.from_numpy(grown.reshape(28, 8, 28, 8).mean((1, 3))).float()
    ours = transform("thickness", x[:1], 2.0)[0, 0]
    assert torch.allclose(ours, reference, atol=1e-3)


@pytest.mark.parametrize("name", TRANSFORMS)
def test_the_neutral_amount_changes_nothing_and_lies_in_the_middle(name, x):
    kind = TRANSFORMS[name]
    assert torch.equal(transform(name, x, kind.neutral), x)
    assert float(kind.amounts(9)[4]) == pytest.approx(kind.neutral)
    assert float(kind.amounts(9)[0]) == pytest.approx(kind.low)


@settings(max_examples=40, deadline=None)
@given(name=st.sampled_from(sorted(TRANSFORMS)), place=st.floats(0, 1))
def test_any_amount_keeps_shape_type_and_range(name, place):
    kind = TRANSFORMS[name]
    x = load_digits("test")[0][:2].float() / 255
    before = x.clone()
    out = transform(name, x, kind.low + place * (kind.high - kind.low))
    assert out.shape == x.shape
    assert out.dtype == torch.float32
    assert 0 <= float(out.min()) <= float(out.max()) <= 1
    assert torch.equal(x, before)


def test_amounts_are_told_with_their_unit():
    assert TRANSFORMS["rotation"].describe(-15) == "-15°"
    assert TRANSFORMS["zoom"].describe(1.2) == "120%"
    assert TRANSFORMS["thickness"].describe(0.5) == "+0.5 px"


def test_an_unknown_name_is_refused(x):
    with pytest.raises(ValueError, match="rotation"):
        transform("rotate", x, 1.0)
