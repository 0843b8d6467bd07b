"""How much noise there is, and whether cleaning helped."""

import tracemalloc

import numpy as np
import pytest
import torch

from aecore.data.photos import load_photos
from aecore.metrics import psnr
from aecore.pictures.denoise import denoise, to_tensor
from aecore.pictures.noise import add_noise, estimate_sigma, judge_result


def same(x):
    """A model that changes nothing."""
    return x


def run(pixels, **options):
    return list(denoise(pixels, **options))[-1].recon


@pytest.mark.parametrize("sigma", [5, 15, 25, 50])
def test_sigma_is_estimated(sigma):
    """Of noise that nothing clipped, on a picture that is smooth; real ones have texture, which counts as noise."""
    y, x = np.mgrid[0:1:200j, 0:1:240j]
    smooth = np.dstack([0.3 + 0.4 * x, 0.5 + 0.2 * y, 0.4 + 0.1 * x * y])
    noisy = add_noise(smooth, sigma, torch.Generator().manual_seed(0))
    assert estimate_sigma(noisy) == pytest.approx(sigma, rel=0.04)
    assert estimate_sigma(noisy[..., 0]) == pytest.approx(sigma, rel=0.04)


def test_sigma_of_an_eight_bit_photo(chelsea):
    noisy = add_noise(chelsea, 25, torch.Generator().manual_seed(0))
    assert noisy.dtype == np.uint8 and estimate_sigma(noisy) == pytest.approx(25, abs=1.5)
    assert estimate_sigma(chelsea) < 3
    assert estimate_sigma(chelsea[:1, :1]) == 0  # nothing to measure


@pytest.mark.parametrize("kind", ["colour", "grey", "floats"])
def test_a_picture_measured_in_parts_is_measured_as_a_whole(chelsea, kind):
    pixels = {"colour": chelsea, "grey": chelsea[..., 1], "floats": chelsea.astype(np.float32) / 255}[kind]
    pixels = pixels[:131, :207]  # odd sides, and no multiple of a band
    recon = np.roll(pixels, 1, 0)
    scale = 1 if pixels.dtype == np.uint8 else 255
    x = pixels[:130, :206].astype(np.float64) * scale
    diagonal = (x[::2, ::2] - x[1::2, ::2] - x[::2, 1::2] + x[1::2, 1::2]) / 2
    assert estimate_sigma(pixels) == pytest.approx(np.median(np.abs(diagonal), (0, 1)).mean() / 0.6745, rel=1e-5)
    removed = (pixels.astype(np.float64) - recon).std() * scale
    assert judge_result(pixels, recon).removed == pytest.approx(removed, rel=1e-6)


def test_a_large_photo_is_judged_without_copies_of_it_as_floats():
    pixels = np.random.default_rng(0).integers(0, 255, (1000, 1000, 3), np.uint8)
    tracemalloc.start()
    try:
        judge_result(pixels, pixels[::-1])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < pixels.nbytes


def test_the_page_is_told_when_there_is_nothing_to_do(camera):
    assert not judge_result(camera, run(camera, model=same)).helps
    verdict = judge_result(np.full((60, 60), 90, np.uint8), np.full((60, 60), 90, np.uint8))
    assert not verdict.helps and "does not help" in verdict.sentence
    noisy = add_noise(camera, 25, torch.Generator().manual_seed(0))
    verdict = judge_result(noisy, camera)
    assert verdict.helps and verdict.removed == pytest.approx(25, abs=2) and "noise of about 2" in verdict.sentence


@pytest.mark.parametrize(("name", "sigma"), [("camera", 0), ("coffee", 0), ("coffee", 8), ("camera", 25), ("grass", 0)])
def test_the_verdict_is_right_about_the_shipped_network(name, sigma):
    clean = (load_photos("test") | load_photos("train"))[name][:256, :256]
    noisy = add_noise(clean, sigma, torch.Generator().manual_seed(0))
    recon = run(noisy)
    better = psnr(to_tensor(clean), to_tensor(recon)) > psnr(to_tensor(clean), to_tensor(noisy))
    assert judge_result(noisy, recon).helps == bool(better) == (sigma > 0)


def test_texture_is_not_called_noise():
    """A network that removes little of what looks like noise has seen texture."""
    rough = np.random.default_rng(0).integers(60, 200, (80, 80), np.uint8)
    verdict = judge_result(rough, np.clip(rough + 5 * np.sign(rough - 130.0), 0, 255).astype(np.uint8))
    assert verdict.removed > 4 and not verdict.helps and "texture" in verdict.sentence
