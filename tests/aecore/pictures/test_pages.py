"""A page of digits: the way back from 28x28, ink and paper kept, damage undone, nothing else touched."""

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.errors import CheckpointError, ImageError
from aecore.intake.files import digits_from_bytes, digits_from_gray
from aecore.pictures import page_texture, pages
from aecore.pictures.io import png
from aecore.pictures.pages import restore_page
from aecore.pictures.sample_pages import sample_page
from benchmarks.pictures import read


class Mirror:
    """An engine whose model gives back what it gets; it keeps what it was given."""

    def takes_label(self, name):
        return False

    def model(self, name):
        raise CheckpointError("there is no judge")

    def reconstruct(self, name, x, mask=None, y=None):
        self.given = x
        return x

    def classify(self, x):
        return torch.eye(10)[:1].expand(len(x), -1)


@pytest.fixture(scope="module")
def engine():
    return get_engine()


@pytest.fixture(scope="module")
def page():
    return sample_page(torch.Generator().manual_seed(0), rows=2, columns=4)


def draw(label=4, side=150, width=400, height=300, at=(180, 150), ink=(30, 30, 90), ground=(230, 226, 214), thin=False):
    """One test digit on even paper; thin: a 7 by a fine pen instead."""
    images, labels = load_digits("test")
    layer, box = page_texture.place(images[labels == label][0, 0].numpy(), width, height, *at, side)
    if thin:
        layer = np.zeros_like(layer)
        cv2.polylines(layer, [np.array([(140, 90), (220, 90), (170, 210)])], False, 1.0, 4, cv2.LINE_8)
    pixels = np.array(ground) * (1 - layer[:, :, None]) + np.array(ink) * layer[:, :, None]
    return np.rint(pixels).astype(np.uint8), layer, box


# ------------------------------------------------------------------------------------------ the way back


@pytest.mark.parametrize("side", [24, 60, 150, 280])
@pytest.mark.parametrize("label", [1, 2, 4, 8])
def test_a_digit_laid_over_its_frame_covers_its_ink(label, side):
    pixels, layer, box = draw(label, side)
    (digit,) = digits_from_gray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32))
    there = (slice(0, layer.shape[0]), slice(0, layer.shape[1]))
    laid = pages._to_photo(digit.x[0, 0].numpy(), digit.frame, there, cv2.INTER_LINEAR)
    assert np.corrcoef(laid.ravel(), layer.ravel())[0, 1] > (0.93 if side > 24 else 0.87)
    columns, rows = np.flatnonzero((laid > 0.5).any(0)), np.flatnonzero((laid > 0.5).any(1))
    edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    pixel = (digit.frame[2] - digit.frame[0]) / 28
    assert max(abs(a - b) for a, b in zip(edges, box, strict=True)) < 1.3 * pixel + 1


def test_a_digit_left_out_beside_a_much_larger_one_is_said(engine):
    pixels, _, _ = draw(side=280, width=600)
    small, _, _ = draw(side=40, width=600, at=(520, 150))
    picture = Image.fromarray(np.minimum(pixels, small))
    (note,) = restore_page(picture, engine=engine).notes
    assert "much smaller mark was left out" in note
    assert not restore_page(Image.fromarray(pixels), engine=engine).notes


def test_frames_hold_in_reduced_and_in_enlarged_pictures():
    pixels, _, _ = draw(side=150)
    (middle,) = digits_from_bytes(png(Image.fromarray(pixels)))
    large = cv2.resize(pixels, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)  # 7.7 megapixels: read at less
    small = cv2.resize(pixels, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    for scaled, factor in ((large, 8), (small, 0.2)):
        (digit,) = digits_from_bytes(png(Image.fromarray(scaled)))
        off = np.abs(np.array(digit.frame) / factor - np.array(middle.frame))
        assert off.max() < 8, (digit.frame, middle.frame)


def test_to_and_from_the_photo_are_inverse():
    x = cv2.GaussianBlur(load_digits("test")[0][0, 0].numpy().astype(np.float32) / 255, (0, 0), 1)
    for frame in ((40.3, 20.7, 208.3, 188.7), (-30.0, -12.5, 82.0, 99.5), (10.2, 11.1, 38.2, 39.1)):
        there = (slice(0, 260), slice(0, 300))
        laid = pages._to_photo(x, frame, there, cv2.INTER_LINEAR)
        back = pages._from_photo(laid, frame, (0, 0))
        inside = np.s_[8:, 8:] if frame[0] < 0 else np.s_[1:-1, 1:-1]
        assert np.abs(back - x)[inside].max() < 0.08


# ------------------------------------------------------------------------------------------ ink and paper


@pytest.mark.parametrize(
    ("ink", "ground"),
    [((30, 30, 90), (230, 226, 214)), ((235, 235, 220), (40, 60, 50)), ((200, 30, 40), (240, 240, 240))],
)
@pytest.mark.parametrize("clean_paper", [False, True])
def test_polarity_ink_and_paper_stay(ink, ground, clean_paper):
    pixels, layer, _ = draw(ink=ink, ground=ground)
    page = restore_page(pixels, engine=Mirror(), clean_paper=clean_paper)
    off = np.abs(page.after.astype(int) - pixels)
    assert off[layer < 0.01].mean() < 2 and off[cv2.erode(layer, np.ones((5, 5))) > 0.99].mean() < 6
    assert off.mean() < 4


@pytest.mark.parametrize("thin", [False, True])
def test_a_pens_width_stays(thin):
    """A thin stroke is widened for the network; on the page it is thin again."""
    pixels, layer, _ = draw(thin=thin)
    (digit,) = digits_from_gray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32))
    assert digit.grown > 0.35 if thin else abs(digit.grown) < 0.35
    page = restore_page(pixels, engine=Mirror())
    after = (230 - page.after[:, :, 0].astype(float)) / 200
    assert after.sum() == pytest.approx(layer.sum(), rel=0.15)
    assert np.corrcoef(after.ravel(), layer.ravel())[0, 1] > (0.9 if thin else 0.97)


def test_nothing_else_is_touched(page):
    result = restore_page(page.clean, engine=Mirror())
    far = np.ones(page.clean.shape[:2], bool)
    for restored in result.digits:
        left, top, right, bottom = (int(n) for n in restored.digit.frame)
        far[max(0, top - 1) : bottom + 2, max(0, left - 1) : right + 2] = False
    assert far.mean() > 0.1
    np.testing.assert_array_equal(result.after[far], page.clean[far])
    assert len(result.digits) == 8 and np.abs(result.after.astype(int) - page.clean).mean() < 3


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "LA", "RGBA", "I;16"])
def test_size_and_mode_stay(mode):
    pixels, _, _ = draw()
    picture = Image.fromarray(pixels)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 200)
    else:
        picture = picture.convert(mode)
    result = restore_page(png(picture), engine=Mirror())
    assert result.image.mode == mode and result.image.size == picture.size
    before, after = (np.asarray(p.convert("RGB") if mode == "P" else p, float) for p in (picture, result.image))
    assert np.abs(before - after).mean() < 0.03 * max(1, before.max())


def test_ink_on_nothing_gets_paper():
    _, layer, _ = draw()
    clear = np.zeros((*layer.shape, 4), np.uint8)
    clear[:, :, 3] = np.rint(layer * 255)
    result = restore_page(clear, engine=Mirror())
    assert result.image.mode == "RGB" and "clear" in result.notes[0]
    assert np.corrcoef(result.after[:, :, 0].ravel(), layer.ravel())[0, 1] < -0.95


def test_a_picture_filled_by_its_digit(engine):
    images, labels = load_digits("test")
    tight = images[0, 0].numpy()[6:28, 5:23]
    result = restore_page(255 - cv2.resize(tight, None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC), engine=engine)
    assert engine.classify(result.digits[0].recon).argmax() == labels[0]


# ------------------------------------------------------------------------------------------ damage


@pytest.mark.parametrize("damage", ["salt_pepper", "gaussian", "speckle", "dropout"])
def test_the_judge_reads_a_restored_page_better(damage, engine):
    sample = sample_page(torch.Generator().manual_seed(1), damage=damage, rows=2, columns=5)
    result = restore_page(sample.damaged, clean_paper=True, engine=engine)
    before, after = read(sample.damaged, sample, engine)[1], read(result.after, sample, engine)[1]
    assert after >= 9 and (after > before or before == 10)

    def error(pixels):
        return np.square(pixels.astype(float) - sample.clean).mean()

    assert error(result.after) < (0.5 if damage in ("salt_pepper", "gaussian") else 0.9) * error(sample.damaged)


def test_on_chalk_too(engine):
    sample = sample_page(torch.Generator().manual_seed(2), rows=2, columns=4, chalk=True)
    assert np.median(sample.clean) < 80
    result = restore_page(sample.damaged, clean_paper=True, engine=engine)
    assert read(result.after, sample, engine)[1] >= 7


def test_a_label_for_models_that_want_one(page, engine):
    result = restore_page(page.clean, "cvae", engine=engine)
    assert torch.equal(engine.classify(torch.cat([restored.recon for restored in result.digits])).argmax(1), page.y)


def test_progress_and_errors(page):
    shares = []
    restore_page(page.clean, engine=Mirror(), progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1
    with pytest.raises(ImageError, match="No digit"):
        restore_page(np.full((200, 200), 180, np.uint8), engine=Mirror())
    with pytest.raises(ImageError, match="not a picture"):
        restore_page(b"nothing", engine=Mirror())
    with pytest.raises(CheckpointError):
        restore_page(page.clean, "nobody")
