"""Inpainting: every method fills and keeps, nothing leaks from under the mask, and references agree."""

import cv2
import numpy as np
import pytest
import torch
from skimage.restoration import inpaint_biharmonic

from aecore import checkpoints
from aecore.data import load_digits
from aecore.errors import CheckpointError
from aecore.restore import inpainting, masks
from aecore.restore.baselines import TUNED, nearest_knot
from aecore.restore.inpainting import METHODS, inpaint, search
from aecore.restore.masks import MASKS

QUICK = [name for name, m in METHODS.items() if m.name != "vae-search" and m.model in (None, *checkpoints.names())]


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:24].float() / 255


def missing_psnr(x, recon, mask):
    error = ((x - recon).square() * mask).flatten(1).sum(1) / mask.flatten(1).sum(1)
    return float((-10 * error.clamp(min=1e-10).log10()).mean())


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_registry_is_in_the_pages_order():
    order = ["dae", "dae-pasted", "vae-search", "inpainter", "lecture", "telea", "navier_stokes", "biharmonic"]
    assert list(METHODS) == order == [m.name for m in METHODS.values()]
    for m in METHODS.values():
        assert m.label and m.told and m.about and m.kind in ("dae", "vae", "classical")


@pytest.mark.parametrize("method", QUICK)
@pytest.mark.parametrize("kind", MASKS)
def test_missing_pixels_get_better_and_known_ones_stay(x, kind, method):
    mask = masks.make(kind, x, rng=seeded())
    recon = inpaint(x, mask, method, kind=kind)
    assert recon.shape == x.shape and recon.dtype == torch.float32 and recon.min() >= 0 and recon.max() <= 1
    known = mask == 0
    assert torch.equal(recon[known], x[known]) == (method != "dae")  # only the blind one touches them
    if (kind, method) != ("half", "biharmonic"):  # which bends a plate far out over the border
        assert missing_psnr(x, recon, mask) > missing_psnr(x, masks.hide(x, mask, MASKS[kind].fill), mask)


@pytest.mark.parametrize("method", QUICK)
def test_nothing_leaks_from_under_the_mask(x, method):
    mask = masks.make("patch", x[:4])
    once, again = (inpaint(masks.hide(x[:4], mask, under), mask, method) for under in (0.0, 1.0))
    assert torch.equal(once, again)


def test_the_latent_search_keeps_fills_and_repeats(x):
    mask = masks.make("patch", x[:3])
    recon = search(x[:3], mask, seeded(), "vae-nyu", starts=4, steps=120)
    assert torch.equal(recon[mask == 0], x[:3][mask == 0])
    assert missing_psnr(x[:3], recon, mask) > missing_psnr(x[:3], inpaint(x[:3], mask, "telea"), mask)
    assert torch.equal(recon, search(x[:3], mask, seeded(), "vae-nyu", starts=4, steps=120))


def test_the_search_goes_digit_by_digit_whatever_the_chunks(x, monkeypatch):
    mask = masks.make("half", x[:5])
    whole = search(x[:5], mask, seeded(), "vae-nyu", starts=2, steps=150)
    monkeypatch.setattr(inpainting, "_ROWS", 4)
    torch.testing.assert_close(whole, search(x[:5], mask, seeded(), "vae-nyu", starts=2, steps=150), atol=0.05, rtol=0)


@pytest.mark.parametrize(("method", "flag"), [("telea", cv2.INPAINT_TELEA), ("navier_stokes", cv2.INPAINT_NS)])
@pytest.mark.parametrize("kind", ["patch", "dropout", "stripes"])
def test_opencv_called_directly_gives_the_same(x, kind, method, flag):
    mask = masks.make(kind, x[:6], rng=seeded())
    recon = inpaint(x[:6], mask, method, kind=kind)
    for picture, hole, got in zip(x[:6, 0].numpy(), mask[:, 0].numpy(), recon[:, 0].numpy(), strict=True):
        strength = np.sqrt(hole.mean()) if kind == "patch" else hole.mean()
        radius = TUNED[kind][method][nearest_knot(strength)]
        under = np.where(hole > 0, MASKS[kind].fill, picture)
        filled = cv2.inpaint((under * 255 + 0.5).astype(np.uint8), hole.astype(np.uint8), radius, flag) / 255
        np.testing.assert_allclose(got, np.where(hole > 0, filled, picture), atol=1e-6)


def test_scikit_image_called_directly_gives_the_same(x):
    mask = masks.make("dropout", x[:2], rng=seeded())
    recon = inpaint(x[:2], mask, "biharmonic", kind="dropout")
    for n in range(2):
        expected = inpaint_biharmonic(
            (x * (1 - mask[:1]))[n, 0].numpy() if n == 0 else x[n, 0].numpy(), mask[n, 0].numpy() > 0
        )
        np.testing.assert_allclose(recon[n, 0].numpy(), expected.clip(0, 1), atol=1e-5)


def test_learned_methods_beat_the_smooth_ones_by_the_asked_five_decibels():
    x = load_digits("test")[0][100:300].float() / 255
    mask = masks.make("patch", x)
    best = max(missing_psnr(x, inpaint(x, mask, name), mask) for name in QUICK if METHODS[name].model)
    for smooth in ("telea", "navier_stokes"):
        assert best >= missing_psnr(x, inpaint(x, mask, smooth), mask) + 5


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"method": "magic"}, "choose one of dae"),
        ({"kind": "hole"}, "choose one of patch"),
        ({"mask": (1, 1, 8, 8)}, "mask"),
    ],
)
def test_refusals(x, given, text):
    mask = torch.zeros(given.pop("mask", (1, 1, 28, 28)))
    with pytest.raises(ValueError, match=text):
        inpaint(x[:1], mask, **({"method": "telea"} | given))


def test_a_missing_model_is_an_error_for_people(x, tmp_path, monkeypatch):
    from aecore.engine import Engine

    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(inpainting, "get_engine", lambda: Engine("cpu"))
    with pytest.raises(CheckpointError, match=r"inpainter\.safetensors"):
        inpaint(x[:1], masks.make("patch", 1))
