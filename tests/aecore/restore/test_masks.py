"""Masks: the same holes as the corruptions', the right share of pixels, and clear refusals."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.restore import masks
from aecore.restore.masks import MASKS, SIDES, hide, make, paste


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("kind", MASKS)
def test_a_mask_is_zeros_and_ones_of_the_pictures_shape(kind):
    mask = make(kind, 5, rng=seeded())
    assert mask.shape == (5, 1, 28, 28) and mask.dtype == torch.float32
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    assert make(kind, torch.zeros(3, 3, 20, 24), rng=seeded()).shape == (3, 1, 20, 24)
    assert make(kind, 2, 0.0, seeded()).sum() == 0 and make(kind, 2, 1.0, seeded()).mean() == 1


@pytest.mark.parametrize("kind", [kind for kind in MASKS if kind in CORRUPTIONS])
def test_the_holes_are_the_corruptions(kind):
    x = torch.rand(4, 1, 28, 28, generator=seeded(1))
    strength = torch.tensor([0.1, 0.3, 0.5, 0.7])
    center = torch.rand(4, 2, generator=seeded(2))
    x_noisy, expected = corrupt(kind, x, strength, seeded(3), center)
    mask = make(kind, x, strength, seeded(3), center)
    assert torch.equal(mask, expected)
    assert torch.equal(hide(x, mask, MASKS[kind].fill), x_noisy)  # the damaged picture, without its noise process


def test_the_share_that_is_missing():
    assert make("patch", 1).sum() == 144  # 12 x 12
    assert make("half", 1).mean() == 0.5
    assert make("dropout", 200, rng=seeded()).mean() == pytest.approx(0.5, abs=0.005)
    assert make("stripes", 50, rng=seeded()).mean() == pytest.approx(0.4, abs=0.03)


def test_half_covers_the_side_that_it_is_told():
    covered = {side: make("half", 1, 10 / 28, side=side)[0, 0].bool() for side in SIDES}
    assert covered["top"][:10].all() and not covered["top"][10:].any()
    assert covered["bottom"][18:].all() and not covered["bottom"][:18].any()
    assert covered["left"][:, :10].all() and not covered["left"][:, 10:].any()
    assert covered["right"][:, 18:].all() and not covered["right"][:, :18].any()
    each = make("half", 3, torch.tensor([0.0, 0.25, 1.0]))
    assert each.flatten(1).mean(1).tolist() == [0.0, 0.25, 1.0]


def test_paste_takes_each_pixel_from_its_side():
    x, recon = torch.rand(2, 3, 28, 28), torch.rand(2, 3, 28, 28)
    mask = make("dropout", 2, rng=seeded())
    pasted = paste(x, recon, mask)
    gone = mask.bool().expand_as(x)
    assert torch.equal(pasted[~gone], x[~gone]) and torch.equal(pasted[gone], recon[gone])


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_painted_mask_is_what_was_painted():
    exact = make("dropout", 1, rng=seeded())
    pixels = (exact[0, 0].numpy() * 255).astype(np.uint8)
    assert torch.equal(masks.from_picture(png(pixels)), exact)
    large = pixels.repeat(10, 0).repeat(10, 1)
    assert torch.equal(masks.from_picture(png(large)), exact)
    on_a_page = np.zeros((400, 500), np.uint8)
    on_a_page[60:340, 100:380] = large
    assert torch.equal(masks.from_picture(png(on_a_page), (100.0, 60.0, 380.0, 340.0)), exact)
    over_the_edge = masks.from_picture(png(large), (-140.0, 0.0, 140.0, 280.0))  # black beyond the painting
    assert over_the_edge[..., :14].sum() == 0 and torch.equal(over_the_edge[..., 14:], exact[..., :14])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("hole", 1), "choose one of patch"),
        (("dropout", 1), "needs an rng"),
        (("half", 1, 1.5), r"in \[0, 1\]"),
        (("half", 1, float("nan")), r"in \[0, 1\]"),
        (("patch", 1, -0.1), r"in \[0, 1\]"),
    ],
)
def test_refusals(arguments, text):
    with pytest.raises(ValueError, match=text):
        make(*arguments)


def test_an_unknown_side_is_refused():
    with pytest.raises(ValueError, match="choose one of top"):
        masks.make("half", 1, side="middle")
