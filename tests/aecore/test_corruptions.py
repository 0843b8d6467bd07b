"""Corruptions: physical parameters, masks, ranges, determinism, per-picture strengths, any size."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from aecore.corruptions import CORRUPTIONS, blur_sd, corrupt

NAMES = ["gaussian", "salt_pepper", "dropout", "speckle", "blur", "patch", "stripes", "low_resolution"]
MASKED = {"dropout", "patch", "stripes"}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def pictures(n=8, c=1, h=28, w=28, seed=1):
    return torch.rand(n, c, h, w, generator=seeded(seed))


def test_registry_is_complete_and_self_consistent():
    assert list(CORRUPTIONS) == NAMES
    for name, c in CORRUPTIONS.items():
        assert c.name == name and 0 < c.default < 1 and c.label and c.about and c.describe(c.default)
        assert c.mask_known == (name in MASKED)


@pytest.mark.parametrize(
    ("name", "strength", "text"),
    [
        ("gaussian", 0.5, "sd 0.50"),
        ("salt_pepper", 0.4, "40% of pixels"),
        ("patch", 12 / 28, "12 x 12 px"),
        ("blur", 0.5, "sd 2.0 px"),
        ("low_resolution", 0.75, "7 x 7 px"),
    ],
)
def test_describe(name, strength, text):
    assert CORRUPTIONS[name].describe(strength) == text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(8, 1, 28, 28), (3, 3, 17, 40), (0, 1, 28, 28), (2, 1, 5, 3)])
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_contract(name, shape, strength):
    x = torch.rand(shape, generator=seeded(1))
    before = x.clone()
    x_noisy, mask = corrupt(name, x, strength, seeded())
    assert torch.equal(x, before), "the input must not change"
    assert x_noisy.shape == x.shape and x_noisy.dtype == torch.float32
    assert ((x_noisy >= 0) & (x_noisy <= 1)).all()
    assert (mask is not None) == (name in MASKED)
    if mask is not None:
        assert mask.shape == x.shape and mask.dtype == torch.float32 and ((mask == 0) | (mask == 1)).all()
        assert torch.equal(x_noisy[mask == 0], x[mask == 0]), "what was not removed must stay"
        assert (x_noisy[mask == 1] == (0.0 if name == "dropout" else 0.5)).all()
    if strength == 0:
        torch.testing.assert_close(x_noisy, x)


@pytest.mark.parametrize("name", NAMES)
def test_same_rng_same_result_and_other_rng_other_result(name):
    x = pictures()
    first, again = corrupt(name, x, 0.4, seeded(5))[0], corrupt(name, x, 0.4, seeded(5))[0]
    assert torch.equal(first, again)
    if name not in {"blur", "patch", "low_resolution"}:
        assert not torch.equal(first, corrupt(name, x, 0.4, seeded(6))[0])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("name", NAMES)
def test_same_result_on_a_gpu(name):
    x = pictures()
    on_cpu, on_gpu = corrupt(name, x, 0.4, seeded(5))[0], corrupt(name, x.cuda(), 0.4, seeded(5))[0]
    torch.testing.assert_close(on_cpu, on_gpu.cpu(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", NAMES)
def test_per_picture_strengths_equal_one_by_one(name):
    """A batch that mixes strengths gives each picture what that strength alone would give it."""
    x = pictures(6)
    strengths = torch.tensor([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    mixed, mask = corrupt(name, x, strengths, seeded(3))
    for i, s in enumerate(strengths.tolist()):
        alone, alone_mask = corrupt(name, x, s, seeded(3))
        torch.testing.assert_close(mixed[i], alone[i])
        if mask is not None:
            assert torch.equal(mask[i], alone_mask[i])


@pytest.mark.parametrize("name", NAMES)
def test_damage_grows_with_strength(name):
    x = (pictures(64) > 0.8).float()
    errors = [float((corrupt(name, x, s, seeded(2))[0] - x).pow(2).mean()) for s in (0.1, 0.3, 0.5, 0.7, 0.9)]
    assert errors == sorted(errors) and errors[-1] > errors[0]


def test_gaussian_sd_is_the_strength():
    x = torch.full((64, 1, 28, 28), 0.5)
    noise = corrupt("gaussian", x, 0.1, seeded())[0] - x
    assert float(noise.std()) == pytest.approx(0.1, rel=0.02) and abs(float(noise.mean())) < 0.002


def test_speckle_scales_with_the_ink():
    x = torch.tensor([0.0, 0.25, 0.5]).repeat_interleave(64).view(-1, 1, 1, 1).expand(-1, 1, 28, 28)
    sd = (corrupt("speckle", x, 0.2, seeded())[0] - x).view(3, -1).std(-1)
    np.testing.assert_allclose(sd, [0.0, 0.05, 0.1], atol=0.002)


def test_salt_and_pepper_fractions():
    x_noisy, _ = corrupt("salt_pepper", torch.full((64, 1, 28, 28), 0.5), 0.4, seeded())
    assert float((x_noisy == 0).float().mean()) == pytest.approx(0.2, abs=0.01)
    assert float((x_noisy == 1).float().mean()) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("name", ["dropout", "stripes"])
def test_removed_fraction_is_the_strength(name):
    mask = corrupt(name, pictures(512), 0.3, seeded())[1]
    assert float(mask.mean()) == pytest.approx(0.3, abs=0.02)


def test_a_colour_pixel_is_removed_as_a_whole():
    mask = corrupt("dropout", pictures(4, c=3), 0.5, seeded())[1]
    assert torch.equal(mask[:, :1].expand_as(mask), mask)


def test_stripes_are_four_bands_of_whole_rows():
    mask = corrupt("stripes", pictures(32), 0.4, seeded())[1][:, 0]
    assert torch.equal(mask[:, :, :1].expand_as(mask), mask)
    rows = mask[:, :, 0]
    starts = ((rows == 1) & (rows.roll(1, 1) == 0)).sum(1)  # cyclic: a band may be cut by the border
    assert (starts == 4).all()


@pytest.mark.parametrize(
    ("center", "left", "top"),
    [((0.5, 0.5), 8, 8), ((0, 0), 0, 0), ((1, 1), 16, 16), ((1, 0), 16, 0), ((0.25, 0.75), 1, 15)],
)
def test_patch_position_and_size(center, left, top):
    expected = torch.zeros(28, 28)
    expected[top : top + 12, left : left + 12] = 1
    mask = corrupt("patch", pictures(2), 12 / 28, seeded(), center=center)[1]
    assert torch.equal(mask[0, 0], expected) and torch.equal(mask[1, 0], expected)


def test_patch_of_each_picture_has_its_own_place():
    x, centers = pictures(3), torch.tensor([[0.1, 0.9], [0.5, 0.5], [0.8, 0.3]])
    mask = corrupt("patch", x, 0.3, seeded(), center=centers)[1]
    for i, c in enumerate(centers.tolist()):
        assert torch.equal(mask[i], corrupt("patch", x, 0.3, seeded(), center=tuple(c))[1][i])
    assert not torch.equal(mask[0], mask[2])


def test_blur_is_scipys_gaussian_filter_away_from_the_border():
    x = torch.zeros(1, 1, 56, 56)
    x[..., 24:32, 24:32] = torch.rand(8, 8, generator=seeded())
    x_noisy, _ = corrupt("blur", x, 0.25, seeded())  # sd 2 px
    assert blur_sd(0.25, 56) == 2.0
    reference = gaussian_filter(x[0, 0].double().numpy(), 2.0, truncate=10)
    np.testing.assert_allclose(x_noisy[0, 0], reference, atol=1e-5)


@pytest.mark.parametrize("name", ["blur", "low_resolution"])
@pytest.mark.parametrize("strength", [0.1, 0.37, 0.9])
def test_a_constant_picture_survives(name, strength):
    x = torch.full((2, 1, 28, 28), 0.7)
    torch.testing.assert_close(corrupt(name, x, strength, seeded())[0], x)


@pytest.mark.parametrize(("strength", "cells"), [(0.5, 14), (0.75, 7), (6 / 7, 4), (1.0, 1)])
def test_low_resolution_is_average_pooling_and_nearest_enlarging(strength, cells):
    x = pictures()
    reference = interpolate(adaptive_avg_pool2d(x, cells), size=(28, 28), mode="nearest")
    torch.testing.assert_close(corrupt("low_resolution", x, strength, seeded())[0], reference)


def test_low_resolution_with_cells_that_cut_pixels_is_opencvs_area_average():
    cv2 = pytest.importorskip("cv2")
    x = pictures(1)
    small = cv2.resize(x[0, 0].numpy(), (16, 16), interpolation=cv2.INTER_AREA)
    cell = ((np.arange(28) + 0.5) * 16 / 28).astype(int)  # of each pixel's middle
    x_noisy, _ = corrupt("low_resolution", x, 12 / 28, seeded())
    np.testing.assert_allclose(x_noisy[0, 0], small[cell][:, cell], atol=1e-5)


@pytest.mark.parametrize(
    ("kwargs", "words"),
    [
        ({"name": "rain"}, "unknown corruption"),
        ({"strength": 1.2}, "must be in"),
        ({"strength": -0.1}, "must be in"),
        ({"strength": float("nan")}, "must be in"),
        ({"strength": torch.rand(3)}, "one number or"),
        ({"x": torch.zeros(2, 28, 28)}, "float tensor"),
        ({"x": torch.zeros(2, 1, 28, 28, dtype=torch.uint8)}, "float tensor"),
        ({"name": "patch", "center": torch.rand(3, 2)}, "center must be"),
    ],
)
def test_wrong_arguments_are_refused(kwargs, words):
    arguments = {"name": "gaussian", "x": pictures(2), "strength": 0.5, "rng": seeded(), **kwargs}
    with pytest.raises(ValueError, match=words):
        corrupt(**arguments)
