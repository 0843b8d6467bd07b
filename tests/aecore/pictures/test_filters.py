"""Classical methods for whole pictures."""

import numpy as np
import pytest
import torch
from skimage.restoration import denoise_nl_means

from aecore.metrics import psnr
from aecore.pictures.denoise import to_tensor
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.noise import add_noise


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("gray", [True, False])
def test_every_filter_removes_noise(camera, chelsea, name, gray):
    clean = (camera if gray else chelsea)[100:220, 100:230]
    noisy = add_noise(clean, 25, torch.Generator().manual_seed(0))
    recon = filter_image(name, noisy)
    assert recon.dtype == np.uint8 and recon.shape == clean.shape

    def quality(pixels):
        return float(psnr(to_tensor(clean), to_tensor(pixels)))

    assert quality(recon) > quality(noisy) + 3.5
    np.testing.assert_array_equal(filter_image(name, clean, 0.0), clean)


def test_non_local_means_is_scikit_images(chelsea):
    x = chelsea[:60, :60].astype(np.float32) / 255
    expected = denoise_nl_means(
        x, patch_size=7, patch_distance=6, h=0.6 * 25 / 255, sigma=25 / 255, fast_mode=True, channel_axis=-1
    )
    np.testing.assert_allclose(filter_image("non_local_means", x, 25), expected, atol=1e-6)


def test_an_unknown_filter_is_a_value_error(camera):
    with pytest.raises(ValueError, match="median"):
        filter_image("wiener", camera)
