"""Classical methods: known values on MNIST, closed forms, extremes, laziness of the imports."""

import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from scipy.ndimage import median_filter
from skimage.restoration import richardson_lucy

from aecore.corruptions import CORRUPTIONS, blur_sd, corrupt
from aecore.data import load_digits
from aecore.metrics import psnr, ssim
from aecore.restore.baselines import BASELINES, KNOTS, TUNED, applicable, nearest_knot, restore, restore_with, warm_up

PAIRS = [(corruption, name) for corruption, methods in TUNED.items() for name in methods]
FILLING = {name for name, b in BASELINES.items() if b.needs_mask}


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def digits():
    return load_digits("test")[0][:40].float() / 255


def test_every_corruption_has_methods_and_every_method_a_corruption():
    assert list(TUNED) == list(CORRUPTIONS)
    assert {name for _, name in PAIRS} == set(BASELINES)
    for corruption, methods in TUNED.items():
        assert applicable(corruption) == list(methods) and len(methods) >= 2
        for name, row in methods.items():
            assert len(row) == len(KNOTS)
            assert not BASELINES[name].needs_mask or CORRUPTIONS[corruption].mask_known
    for name, b in BASELINES.items():
        assert b.name == name and b.label and b.source and b.parameter


@pytest.mark.parametrize(("strength", "knot"), [(0.0, 0.1), (0.1, 0.1), (12 / 28, 0.4), (0.46, 0.5), (1.0, 0.9)])
def test_nearest_knot(strength, knot):
    assert KNOTS[nearest_knot(strength)] == knot


@pytest.mark.parametrize(
    ("corruption", "strength", "name", "decibels", "similarity"),
    [
        ("gaussian", 0.5, "median", 14.2, 0.48),
        ("gaussian", 0.5, "total_variation", 12.4, 0.37),
        ("gaussian", 0.5, "non_local_means", 12.8, 0.40),
        ("salt_pepper", 0.4, "median", 13.8, 0.59),
        ("dropout", 0.5, "navier_stokes", 18.8, 0.78),
        ("dropout", 0.5, "biharmonic", 22.3, 0.91),
        ("patch", 12 / 28, "telea", 14.8, 0.68),
        ("patch", 12 / 28, "navier_stokes", 15.2, 0.68),
    ],
)
def test_known_quality_on_mnist(digits, corruption, strength, name, decibels, similarity):
    """Against values measured elsewhere, with other code, on 500 digits."""
    x_noisy, mask = corrupt(corruption, digits, strength, seeded())
    recon = restore(name, x_noisy, mask, corruption, strength)
    assert float(psnr(digits, recon).mean()) == pytest.approx(decibels, abs=0.7)
    assert float(ssim(digits, recon).mean()) == pytest.approx(similarity, abs=0.05)


@pytest.mark.parametrize(("corruption", "name"), PAIRS)
def test_every_method_improves_what_it_is_made_for(digits, corruption, name):
    strength = CORRUPTIONS[corruption].default
    x_noisy, mask = corrupt(corruption, digits[:16], strength, seeded())
    recon = restore(name, x_noisy, mask, corruption, strength)
    assert recon.shape == x_noisy.shape and recon.dtype == torch.float32
    assert psnr(digits[:16], recon).mean() > psnr(digits[:16], x_noisy).mean()


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_best_first(digits, corruption):
    strength = CORRUPTIONS[corruption].default
    x_noisy, mask = corrupt(corruption, digits, strength, seeded())
    first, *_, last = (
        float(psnr(digits, restore(name, x_noisy, mask, corruption, strength)).mean())
        for name in applicable(corruption)
    )
    assert first > last


@pytest.mark.parametrize(("corruption", "name"), [p for p in PAIRS if p[1] in FILLING])
def test_filling_keeps_the_known_pixels(digits, corruption, name):
    x_noisy, mask = corrupt(corruption, digits[:4], 0.4, seeded())
    recon = restore(name, x_noisy, mask, corruption, 0.4)
    torch.testing.assert_close(recon[mask == 0], digits[:4][mask == 0])


@pytest.mark.parametrize(("corruption", "name"), PAIRS)
@pytest.mark.parametrize("shape", [(1, 1, 28, 28), (2, 3, 20, 33), (1, 1, 33, 20), (0, 1, 28, 28)])
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_any_size_and_strength_stays_in_range(corruption, name, shape, strength):
    for x in (torch.rand(shape, generator=seeded(1)), torch.zeros(shape), torch.ones(shape)):
        x_noisy, mask = corrupt(corruption, x, strength, seeded())
        before = x_noisy.clone()
        recon = restore(name, x_noisy, mask, corruption, strength)
        assert torch.equal(x_noisy, before), "the input must not change"
        assert recon.shape == x.shape and ((recon >= 0) & (recon <= 1)).all()


def test_per_picture_strengths_equal_one_by_one(digits):
    x, strengths = digits[:3], torch.tensor([0.2, 0.5, 0.8])
    for corruption in ("gaussian", "dropout", "blur", "low_resolution"):
        name = applicable(corruption)[0]
        x_noisy, mask = corrupt(corruption, x, strengths, seeded())
        together = restore(name, x_noisy, mask, corruption, strengths)
        for i, s in enumerate(strengths.tolist()):
            own = None if mask is None else mask[i : i + 1]
            torch.testing.assert_close(together[i : i + 1], restore(name, x_noisy[i : i + 1], own, corruption, s))


@pytest.mark.parametrize("window", [3, 5, 7])
def test_median_is_scipys(digits, window):
    recon = restore_with("median", digits[:1], None, 0.5, window)
    reference = median_filter(digits[0, 0].numpy(), window, mode="nearest")
    np.testing.assert_allclose(recon[0, 0], reference, atol=1 / 255)


@pytest.mark.parametrize("name", ["biharmonic", "telea", "navier_stokes", "normalized_convolution"])
def test_a_hole_in_a_constant_is_filled_with_the_constant(name):
    x = torch.full((1, 1, 28, 28), 0.6)
    x_noisy, mask = corrupt("patch", x, 0.2, seeded())
    torch.testing.assert_close(restore_with(name, x_noisy, mask, 0.2, 2), x, atol=0.01, rtol=0)


def test_biharmonic_continues_a_ramp_exactly():
    """A linear function solves the biharmonic equation."""
    x = torch.linspace(0.1, 0.9, 28).expand(1, 1, 28, 28)
    x_noisy, mask = corrupt("patch", x, 0.3, seeded())
    torch.testing.assert_close(restore("biharmonic", x_noisy, mask, "patch", 0.3), x, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", ["bicubic", "lanczos", "back_projection"])
def test_enlarging_a_ramp_gives_the_ramp_inside(name):
    x = torch.linspace(0.1, 0.9, 28).expand(1, 1, 28, 28)
    x_noisy, _ = corrupt("low_resolution", x, 0.75, seeded())
    recon = restore(name, x_noisy, None, "low_resolution", 0.75)
    torch.testing.assert_close(recon[..., 8:20, 8:20], x[..., 8:20, 8:20], atol=0.015, rtol=0)


def test_back_projection_agrees_with_what_was_given(digits):
    x_noisy, _ = corrupt("low_resolution", digits[:8], 0.5, seeded())
    plain, corrected = (restore(n, x_noisy, None, "low_resolution", 0.5) for n in ("bicubic", "back_projection"))
    error = [float((corrupt("low_resolution", r, 0.5, seeded())[0] - x_noisy).abs().mean()) for r in (plain, corrected)]
    assert error[1] < 0.2 * error[0]


@pytest.mark.parametrize("name", ["wiener", "richardson_lucy"])
def test_a_slight_blur_is_nearly_undone(digits, name):
    x_noisy, _ = corrupt("blur", digits[:8], 0.2, seeded())
    gain = psnr(digits[:8], restore(name, x_noisy, None, "blur", 0.2)) - psnr(digits[:8], x_noisy)
    assert gain.min() > 6


@pytest.mark.parametrize("steps", [1, 10, 30])
def test_richardson_lucy_is_scikit_images(digits, steps):
    """Away from the border, which scikit-image takes as black and we treat exactly."""
    x = torch.nn.functional.pad(digits[:2], (14, 14, 14, 14))  # (2, 1, 56, 56)
    x_noisy, _ = corrupt("blur", x, 0.15, seeded())
    reach = np.arange(-8, 9)
    row = np.exp(-0.5 * (reach / blur_sd(0.15, 56)) ** 2)
    recon = restore_with("richardson_lucy", x_noisy, None, 0.15, steps)
    for ours, blurred in zip(recon[:, 0].numpy(), x_noisy[:, 0].double().numpy(), strict=True):
        reference = richardson_lucy(blurred, np.outer(row, row) / row.sum() ** 2, steps)
        np.testing.assert_allclose(ours[14:-14, 14:-14], reference[14:-14, 14:-14], atol=5e-3)


def test_wrong_arguments_are_refused():
    x = torch.zeros(1, 1, 28, 28)
    with pytest.raises(ValueError, match="does not apply"):
        restore("wiener", x, None, "gaussian", 0.5)
    with pytest.raises(ValueError, match="unknown corruption"):
        restore("median", x, None, "rain", 0.5)
    with pytest.raises(ValueError, match="needs the mask"):
        restore("telea", x, None, "patch", 0.5)
    with pytest.raises(ValueError, match="unknown corruption"):
        applicable("rain")


def test_importing_waits_for_no_library():
    code = "import sys, aecore.restore.baselines; print(sorted({'cv2', 'skimage', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_one_digit_takes_no_time(digits):
    """What a pen-up costs: the slowest method takes some 10 ms of work."""
    warm_up()
    for corruption, name in PAIRS:
        x_noisy, mask = corrupt(corruption, digits[:1], CORRUPTIONS[corruption].default, seeded())
        seconds = []
        for _ in range(3):
            start = time.process_time()
            restore(name, x_noisy, mask, corruption, CORRUPTIONS[corruption].default)
            seconds.append(time.process_time() - start)
        assert min(seconds) < 0.1, name
