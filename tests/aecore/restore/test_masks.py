"""Masks: the same holes as the corruptions', the right share of pixels, and clear refusals."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.errors import ImageError
from aecore.intake.files import Digit
from aecore.restore import masks
from aecore.restore.masks import MASKS, SIDES, hide, make, paste
from tests import picture_files as made


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
    halves = make("half", 3, torch.tensor([0.0, 0.25, 1.0]))
    assert halves.flatten(1).mean(1).tolist() == [0.0, 0.25, 1.0]


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


# ------------------------------------------------------------------------------------------ masks as people save them


def brush(width=60, height=45):
    """What is painted: (H, W) bool, a tenth of the picture."""
    painted = np.zeros((height, width), bool)
    painted[height // 5 : height // 2, width // 4 : width // 2 + 5] = True
    return painted


def saved(layers, kind="PNG", **options):
    return made.encode(Image.fromarray(layers), kind, **options)


def on_a_layer(ink, hidden, opaque=255):
    """Strokes of one colour on a clear layer that hides another."""
    painted = brush()[..., None]
    alpha = np.where(painted, opaque, 0)
    return np.concatenate([np.where(painted, ink, hidden) + np.zeros(3, int), alpha], 2).astype(np.uint8)


def files():
    painted = brush()
    white = np.where(painted, 255, 0).astype(np.uint8)
    grey = Image.fromarray(white)
    unit = painted.astype(np.float32)
    deep = white.astype(np.uint16) * 257
    both = on_a_layer(255, 255)
    both[-8:, :, :3], both[-8:, :, 3] = 0, 255  # and black paint
    ways = {
        f"{ink} ink over hidden {hidden}": saved(on_a_layer(ink, hidden))
        for ink in (255, 0, 128) for hidden in (255, 0)
    }  # fmt: skip
    return ways | {
        "red ink": saved(on_a_layer((255, 0, 0), 255)),
        "blue ink": saved(on_a_layer((0, 0, 120), 255)),
        "white and black ink": saved(both),
        "a veil of ink": saved(on_a_layer(255, 0, 140)),
        "a thin veil of red": saved(on_a_layer((255, 0, 0), 255, 50)),
        "ink as webp": saved(on_a_layer(255, 255), "WEBP", lossless=True, exact=True),
        "ink as tiff": saved(on_a_layer(255, 255), "TIFF"),
        "ink in grey and alpha": made.png(np.dstack([np.full_like(white, 255), white])),
        "ink of 16 bits": made.png(np.dstack([np.full_like(deep, 65535), deep]), depth=16),
        "ink of 16 bits in colours": made.png(np.dstack([np.full_like(deep, 65535)] * 3 + [deep]), depth=16),
        "a clear colour": made.png(np.where(painted, 200, 9), made.chunk(b"tRNS", b"\0\x09")),
        "grey": saved(white),
        "rgb": saved(np.dstack([white] * 3)),
        "red on black": saved(np.dstack([white, white * 0, white * 0])),
        "blue on black": saved(np.dstack([white * 0, white * 0, white])),
        "jpeg": saved(white, "JPEG", quality=60),
        "jpeg of colours": saved(np.dstack([white] * 3), "JPEG", quality=60),
        "opaque rgba": saved(np.dstack([white] * 3 + [np.full_like(white, 255)])),
        "two levels": made.encode(grey.convert("1")),
        "palette": made.encode(grey.quantize(2)),
        "gif": made.encode(grey, "GIF"),
        "16 bits": made.png(deep, depth=16),
        "16 bits big endian": made.tiff(deep, photometric="minisblack", byteorder=">"),
        "12 bits": made.png(deep >> 4, depth=16),
        "white is zero": made.tiff(65535 - deep, photometric="miniswhite"),
        "colours of 16 bits": made.png(np.dstack([deep] * 3), depth=16),
        "floats": made.tiff(unit, photometric="minisblack"),
        "floats to 255": made.tiff(unit * 255, photometric="minisblack"),
        "doubles": made.tiff(unit.astype(np.float64), photometric="minisblack"),
        "32 bits": made.tiff(deep.astype(np.uint32) * 65537, photometric="minisblack"),
        "linear": made.png(white, made.gamma(1.0)),
        "avif": saved(on_a_layer(255, 255), "AVIF"),
        "jpeg 2000": saved(white, "JPEG2000"),
    }


@pytest.mark.parametrize("name", files())
def test_a_mask_means_what_was_painted(name):
    """In whatever mode, depth and format it was saved."""
    expected = masks.from_picture(saved(np.where(brush(), 255, 0).astype(np.uint8)))
    assert 0.05 < expected.mean() < 0.2
    wrong = (masks.from_picture(files()[name]) != expected).float().mean()
    assert wrong <= (0.01 if "jpeg" in name or "avif" in name else 0)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_a_turned_mask_is_turned_back(kind, orientation):
    undo = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}  # fmt: skip
    upright = Image.fromarray(np.where(brush(), 255, 0).astype(np.uint8))
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    expected = masks.from_picture(made.encode(upright))
    for mode in ("L", "RGB"):
        turned = masks.from_picture(made.encode(stored.convert(mode), kind, exif=exif), size=upright.size)
        assert (turned != expected).float().mean() < 0.01


def test_nothing_painted_is_nothing_missing():
    for color in (0, (0, 0, 0, 0), (255, 255, 255, 0), (0, 0, 0, 255)):
        layers = np.zeros((40, 50, np.size(color))) + color
        assert masks.from_picture(saved(layers.squeeze().astype(np.uint8))).sum() == 0
    assert masks.from_picture(saved(np.full((40, 50), 255, np.uint8))).mean() == 1


# ------------------------------------------------------------------------------------------ over a picture of digits


def digit_at(left, top, side):
    return Digit(torch.zeros(1, 1, 28, 28), (0, 0, 1, 1), (), (left, top, left + side, top + side))


def test_a_mask_of_another_size_is_scaled_to_the_picture():
    painted = np.zeros((300, 500), np.uint8)
    painted[100:170, 110:180] = 255
    one, two = digit_at(100, 90, 140), digit_at(300, 90, 140)
    expected = masks.for_digits(saved(painted), [one, two], (500, 300))
    assert expected[0].mean() == pytest.approx(0.25, abs=0.02) and expected[1].sum() == 0
    for size in ((250, 150), (1000, 600), (125, 75), (251, 150), (333, 200), (5000, 3000)):
        scaled = Image.fromarray(painted).resize(size, Image.Resampling.NEAREST)
        mask = masks.for_digits(made.encode(scaled), [one, two], (500, 300))
        assert (mask != expected).float().mean() < 0.02


@pytest.mark.parametrize("size", [(500, 500), (300, 500), (500, 250), (499, 320), (56, 56), (28, 29)])
def test_other_proportions_are_refused(size):
    data = made.encode(Image.new("L", size, 255))
    with pytest.raises(ImageError, match="proportions") as caught:
        masks.for_digits(data, [digit_at(100, 90, 140)], (500, 300))
    assert f"{size[0]} x {size[1]}" in str(caught.value) and "500 x 300" in str(caught.value)


def test_a_mask_of_a_digits_own_pixels_is_for_every_digit():
    exact = make("dropout", 1, rng=seeded())
    data = png((exact[0, 0].numpy() * 255).astype(np.uint8))
    digits = [digit_at(100, 90, 140), digit_at(300, 90, 140)]
    assert torch.equal(masks.for_digits(data, digits, (500, 300)), exact.expand(2, -1, -1, -1))
    assert torch.equal(masks.for_digits(data, [digit_at(0, 0, 28)], (28, 28)), exact)
    assert torch.equal(masks.for_digits(data, [digit_at(0, 0, 280)], (280, 280)), exact)


def test_a_mask_that_covers_nothing_of_a_digit_is_refused():
    painted = np.zeros((300, 500), np.uint8)
    painted[:40] = 255
    with pytest.raises(ImageError, match="white"):
        masks.for_digits(saved(painted), [digit_at(100, 90, 140)], (500, 300))


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
