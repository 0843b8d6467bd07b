"""Colour profiles: built ones mean what they say to littleCMS, sRGB is recognised, damage is refused."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from aecore.intake import profiles
from tests import picture_files as made

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
COLORS = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def to_lab(pixels, icc):
    """(H, W, 3) float in Lab by littleCMS, to the nearest of 256 levels."""
    opened = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    image = ImageCms.profileToProfile(
        Image.fromarray(pixels), opened, ImageCms.createProfile("LAB"), outputMode="LAB"
    )  # fmt: skip
    return np.asarray(image).astype(float)


@pytest.mark.parametrize("points", [made.SRGB, made.WIDE, made.ADOBE])
@pytest.mark.parametrize("exponent", [1.0, 1.8, 2.2])
def test_a_built_profile_is_what_others_build(points, exponent):
    ours, theirs = profiles.build(points, ("power", exponent)), made.rgb_profile(points, exponent)
    away = np.abs(profiles.to_srgb(COLORS, ours).astype(int) - profiles.to_srgb(COLORS, theirs))
    assert np.mean(away > 1) < 0.01 and away.mean() < 0.2
    grey = COLORS[..., 0]
    ours = profiles.to_srgb(grey, profiles.build(points, ("power", exponent), grey=True))
    assert np.abs(ours.astype(int) - profiles.to_srgb(grey, made.grey_profile(exponent))).max() <= 1


def test_srgb_by_any_name_is_srgb():
    for icc in (SRGB, profiles.build(profiles.SRGB_POINTS, "sRGB")):
        assert profiles.worth_keeping(icc, 3) == (None, True)
        assert profiles.worth_keeping(icc, 1) == (None, True)
    assert profiles.worth_keeping(None, 3) == (None, True)


@pytest.mark.parametrize("channels", [1, 3])
def test_other_profiles_are_kept(channels):
    for icc in (made.rgb_profile(made.WIDE), made.rgb_profile(made.SRGB, 1.0)):
        assert profiles.worth_keeping(icc, channels) == (icc, True)
    grey = made.grey_profile(1.0)
    assert profiles.worth_keeping(grey, 1) == (grey, True)


def test_what_fits_no_such_picture_is_no_profile():
    for icc in (b"no profile", SRGB[:200], made.grey_profile(), made.cmyk_profile()):
        assert profiles.worth_keeping(icc, 3) == (None, False)
    assert profiles.worth_keeping(made.cmyk_profile(), 1) == (None, False)


def test_mutated_profiles_are_taken_or_refused():
    rng = np.random.default_rng(0)
    for icc in (made.rgb_profile(made.WIDE), made.grey_profile(), made.cmyk_profile(), SRGB):
        for _ in range(50):
            bad = bytearray(icc)
            for at in rng.integers(0, min(len(bad), 600), int(rng.integers(1, 6))):
                bad[at] = rng.integers(0, 256)
            for channels in (1, 3):
                kept, usable = profiles.worth_keeping(bytes(bad), channels)
                assert kept is None or usable
            profiles.to_srgb(np.zeros((4, 4, 4), np.uint8), bytes(bad))


@pytest.mark.parametrize(
    "points",
    [
        ((0.3, 0.3),) * 4, ((0, 0),) * 4, (made.SRGB[0], (0.64, 0.33), (0.64, 0.33), (0.15, 0.06)),
        ((0.3127, 0.329), (0.64, -0.1), (0.3, 0.6), (0.15, 0.06)), ((40000.0, 3.0),) * 4,
    ],
)  # fmt: skip
def test_nonsense_primaries_make_no_profile(points):
    assert profiles.build(points, ("power", 2.2)) is None


def test_lab_to_srgb_and_back():
    lab = ImageCms.profileToProfile(
        Image.fromarray(COLORS), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    back = np.asarray(profiles.lab_to_srgb(lab)).astype(int)
    assert np.abs(back - COLORS).mean() < 3
    np.testing.assert_allclose(to_lab(COLORS, SRGB), np.asarray(lab), atol=1)
