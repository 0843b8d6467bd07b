"""The channel in which ink stands out: brightness as ever, and hue where brightness says nothing."""

import io

import cv2
import numpy as np
import pytest
import torch
from PIL import Image

import aecore
from aecore.errors import ImageError
from aecore.intake.channel import channels
from aecore.intake.files import digits_from_bytes
from benchmarks import handwriting

LUMA = np.array([0.299, 0.587, 0.114])
# ink and paper; the ink is brought to the paper's brightness
HUES = {
    "red on green": ((220, 60, 60), (90, 140, 90)),
    "blue on olive": ((60, 60, 255), (120, 120, 40)),
    "orange on sky": ((255, 140, 0), (100, 170, 210)),
    "purple on green": ((200, 50, 200), (60, 150, 60)),
    "teal on rose": ((0, 160, 160), (190, 110, 110)),
    "pink on grey": ((255, 130, 160), (150, 150, 150)),
}


@pytest.fixture(scope="module")
def judge():
    return aecore.load("judge")


def ink_of(y, pen=0.06, height=160):
    page, _, _ = handwriting.lay_out(y, np.random.default_rng(4), height, pen * height, len(y), (60, 50, 70, 40))
    return page.ink[..., None]


def painted(ink, pen, paper, noise=2.0):
    """(H, W, 3) uint8 in two colours, with noise in every channel."""
    scene = np.array(paper) + (np.array(pen) - np.array(paper)) * ink
    scene = scene + np.random.default_rng(0).normal(0, noise, scene.shape)
    return np.clip(scene, 0, 255).astype(np.uint8)


def as_bright(pen, paper, more):
    """A colour made as bright as another, or by some grey levels more."""
    pen = np.array(pen, float)
    for _ in range(60):
        pen = np.clip(pen + (paper @ LUMA + more - pen @ LUMA), 0, 255)
    return pen


def encode(picture, kind, quality=80):
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, quality=quality)
    return file.getvalue()


def read(data, judge):
    with torch.inference_mode():
        return tuple(int(judge(digit.x).argmax()) for digit in digits_from_bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("more", [-8, 0, 8])
@pytest.mark.parametrize("hues", HUES)
def test_ink_of_the_paper_s_brightness(hues, more, kind, judge):
    pen, paper = HUES[hues]
    paper = np.array(paper, float)
    ink = ink_of((3, 5, 0))
    picture = painted(ink, as_bright(pen, paper, more), paper)
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(float)
    solid = ink[..., 0] > 0.99
    assert abs(gray[solid].mean() - gray[ink[..., 0] == 0].mean()) < 10  # it is hue alone
    assert read(encode(picture, kind), judge) == (3, 5, 0)


@pytest.mark.parametrize("hues", ["red on green", "pink on grey"])
def test_hue_in_uneven_light(hues, judge):
    pen, paper = HUES[hues]
    paper = np.array(paper, float)
    picture = painted(ink_of((2, 8)), as_bright(pen, paper, 0), paper)
    light = np.linspace(1, 0.65, picture.shape[1])[None, :, None]
    assert read(encode((picture * light).astype(np.uint8), "PNG"), judge) == (2, 8)


def test_hue_beside_grey_lines(judge):
    """Where brightness shows lines alone, the digits are looked for in the hue."""
    paper = np.full(3, 170.0)
    picture = painted(ink_of((3, 5)), as_bright((230, 110, 110), paper, 0), paper)
    picture[30::60] = picture[31::60] = 110
    assert read(encode(picture, "PNG"), judge) == (3, 5)


@pytest.mark.parametrize(
    "colours", [((30, 30, 60), (235, 230, 220)), ((20, 30, 160), (250, 250, 250)), ((90,) * 3, (130,) * 3)]
)
def test_what_is_seen_in_grey_is_looked_for_in_grey(colours):
    """To the last bit as before colours were looked at; noise of colour, as JPEG and sensors make it, is no hue."""
    picture = painted(ink_of((4, 7)), *colours, noise=8)
    coded = np.asarray(Image.open(io.BytesIO(encode(picture, "JPEG", 50))))
    for pixels in (picture, coded):
        assert np.array_equal(channels(pixels)[0], cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32))


def test_a_grey_picture_has_one_channel():
    gray = painted(ink_of((4,)), (40,) * 3, (200,) * 3)[..., 0]
    (alone,) = channels(gray)
    (as_colours,) = channels(np.dstack([gray] * 3))
    assert np.array_equal(alone, gray) and np.array_equal(as_colours, gray)


def test_the_channel_is_the_line_between_two_colours():
    """The independent answer: the vector from paper to ink."""
    paper, pen = np.array([120.0, 120, 40]), np.array([80.0, 110, 195])
    ink = ink_of((8,), pen=0.1)
    away = channels(painted(ink, pen, paper, noise=1))[0]
    between = abs(away[ink[..., 0] > 0.99].mean() - away[ink[..., 0] == 0].mean())
    assert between == pytest.approx(np.linalg.norm(pen - paper), rel=0.02)


@pytest.mark.parametrize("noise", [0, 5, 20, 60])
def test_noise_of_colour_is_no_digit(noise):
    with pytest.raises(ImageError, match="No digit"):
        digits_from_bytes(encode(painted(np.zeros((200, 300, 1)), (0,) * 3, (150, 160, 140), noise), "PNG"))
