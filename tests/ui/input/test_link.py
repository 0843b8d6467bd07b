"""Drawings as text in a link: short, true to the drawing, and harmless whatever stands there."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ui.input.pad import rasterise
from ui.input.pad.link import MOST, STEP, _text, decode, encode
from ui.input.pad.strokes import MAX_POINTS, UNITS, stroke

PLACES = some.integers(-UNITS, 2 * UNITS)
STROKES = some.lists(
    some.builds(
        lambda points, width, widths, erase: {
            "points": [value for point in points for value in point],
            "width": [widths[i % len(widths)] for i in range(len(points))] if widths else width,
            "erase": erase,
        },
        some.lists(some.tuples(PLACES, PLACES), min_size=1, max_size=20),
        some.integers(1, UNITS),
        some.lists(some.integers(1, UNITS), max_size=3),
        some.booleans(),
    ),
    max_size=6,
)


def hand(path, points: int, seed: int = 0):
    """A stroke along t -> (x, y), by a hand that trembles."""
    rng = np.random.default_rng(seed)
    ts = np.linspace(0, 1, points)
    return stroke([tuple(np.array(path(t)) + rng.normal(0, 0.002, 2)) for t in ts])


ZERO = [hand(lambda t: (0.5 + 0.22 * np.sin(2 * np.pi * t), 0.5 - 0.32 * np.cos(2 * np.pi * t)), 150)]
EIGHT = [hand(lambda t: (0.5 + 0.18 * np.sin(4 * np.pi * t), 0.5 + 0.33 * np.cos(2 * np.pi * t)), 300)]
SEVEN = [stroke([(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)])]
PRESSED = [{**ZERO[0], "width": [120 + i % 60 for i in range(150)]}]


@settings(deadline=None)
@given(STROKES)
def test_what_is_read_is_what_was_written(strokes):
    try:
        text = encode(strokes)
    except ValueError:
        assert sum(len(one["points"]) for one in strokes) > 100
        return
    read = decode(text)
    assert [one["erase"] for one in read] == [one["erase"] for one in strokes]
    for ours, theirs in zip(read, strokes, strict=True):
        ends = [(one["points"][:2], one["points"][-2:]) for one in (ours, theirs)]
        assert np.abs(np.subtract(*ends)).max() <= STEP / 2
        assert isinstance(ours["width"], list) == isinstance(theirs["width"], list)
        assert np.abs(np.max(ours["width"]) - np.max(theirs["width"])) <= STEP or isinstance(ours["width"], list)


@pytest.mark.parametrize("drawing", [ZERO, EIGHT, SEVEN, PRESSED])
def test_a_digit_is_short_and_looks_the_same(drawing):
    text = encode(drawing)
    difference = np.abs(rasterise(drawing).astype(float) - rasterise(decode(text)))
    assert len(text) <= 260 and text.replace("-", "").replace("_", "").isalnum()
    assert difference.mean() < 2  # of 255, over (112, 112)


def test_an_empty_pad_has_no_text():
    assert encode([]) == "" and decode("") == ()


@pytest.mark.parametrize("drawing", [EIGHT, SEVEN, PRESSED])
def test_a_damaged_text_is_refused(drawing):
    text = encode(drawing)
    for place in range(len(text)):
        other = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(ValueError):
            decode(other)
        if place:
            with pytest.raises(ValueError):
                decode(text[:place])


@given(some.one_of(some.text(), some.binary().map(lambda data: data.decode("latin-1")), some.from_regex(r"1[\w-]*")))
def test_nothing_but_value_errors_comes_of_any_text(text):
    with contextlib.suppress(ValueError):
        decode(text)


@given(some.binary(min_size=1))
def test_nothing_but_value_errors_comes_of_any_bytes_with_a_right_check_sum(data):
    with contextlib.suppress(ValueError):
        rasterise(decode(_text(data)))


def test_what_is_too_long_is_refused_kindly():
    rng = np.random.default_rng(0)
    scribbles = [stroke(rng.uniform(0, 1, (50, 2)).tolist()) for _ in range(MAX_POINTS // 50)]
    with pytest.raises(ValueError, match="too many strokes"):
        encode(scribbles)
    assert len(encode(scribbles[:2])) <= MOST
