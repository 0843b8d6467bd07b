"""Which ink is a digit: printed lines are set aside, a digit's own strokes are not."""

import numpy as np
import pytest
import torch

import aecore
from aecore.errors import ImageError
from aecore.intake.files import digits_from_bytes
from benchmarks import handwriting
from benchmarks.handwriting import Page, encode, sample_printed


@pytest.fixture(scope="module")
def judge():
    return aecore.load("judge")


def read(data, judge):
    with torch.inference_mode():
        return tuple(int(judge(digit.x).argmax()) for digit in digits_from_bytes(data))


# ------------------------------------------------------------------------------------------ printed lines

# pages of `sample_printed` that were read right before digits' own straight strokes were told from printed lines
READ_BEFORE = {
    "ruled": (1, 2, 3, 4, 5, 6),
    "margin line": (0, 1, 2, 3, 4, 6),
    "squared": (1, 3, 5, 6, 7, 9),
    "underlined": (0, 1, 2, 3, 4, 5),
    "blank": (0, 1, 2, 4, 5, 6),
    "row of boxes": (0, 1, 5, 6, 7, 8),
    "boxes apart": (0, 1, 2, 5, 7, 9),
    "table": (2, 4, 5, 6, 7, 8),
    "frame": (0, 1, 4, 6, 7, 8),
    "cut frame": (0, 1, 3, 4, 5, 6),
}


@pytest.mark.parametrize("kind", handwriting.KINDS)
def test_digits_among_printed_lines(kind, judge):
    for seed in READ_BEFORE[kind]:
        page, picture, style = sample_printed(kind, seed)
        assert read(encode(picture, style), judge) == page.y, seed


def empty(width=800, height=600):
    return Page((), [], np.zeros((height, width), np.float32), np.zeros((height, width), np.float32))


def lines_only(kind):
    """Paper on which nothing is written yet."""
    page = empty()
    if kind in ("ruled", "margin line", "squared"):
        for level in range(60, 600, 90):
            page.rule(-9, level, 900, level, 3)
    if kind == "margin line":
        page.rule(90, -9, 90, 700, 3)
    if kind == "squared":
        for at in range(40, 800, 90):
            page.rule(at, -9, at, 700, 3)
    if kind == "table":
        for level in (100, 200, 300, 400):
            page.rule(100, level, 700, level, 3)
        for at in (100, 300, 500, 700):
            page.rule(at, 100, at, 400, 3)
    if kind == "frame":
        for x0, y0, x1, y1 in ((100, 80, 700, 80), (100, 520, 700, 520), (100, 80, 100, 520), (700, 80, 700, 520)):
            page.rule(x0, y0, x1, y1, 3)
    if kind == "dash":
        page.rule(300, 300, 500, 300, 3)
    if kind == "bar":
        page.rule(300, 300, 500, 300, 12)
    return page


@pytest.mark.parametrize("ink", ["dark", "light"])
@pytest.mark.parametrize("kind", ["ruled", "margin line", "squared", "table", "frame", "dash", "bar"])
def test_lines_alone_are_no_digit(kind, ink):
    picture = lines_only(kind).picture(np.random.default_rng(0), "scan")
    with pytest.raises(ImageError, match="No digit"):
        digits_from_bytes(encode(picture if ink == "dark" else 255 - picture, "scan"))
