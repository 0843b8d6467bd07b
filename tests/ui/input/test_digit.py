"""A drawing in MNIST's form: what the browser makes of it, run by node, is what the server makes of it."""

import numpy as np
import pytest
import torch

from aecore.intake.files import digit_from_strokes
from tests.node import run
from ui.input.pad import drawn_over, rasterise
from ui.input.pad.strokes import stroke

NORMALISE = """async (load, drawings) => {
    const { normalizeDrawing } = await load("/ui/input/digit.js")
    const normalised = (ink) => normalizeDrawing(new Uint8Array(ink), 112)
    return drawings.map(normalised).map((digit) => digit && [...digit])
}"""
REDUCE = """async (load, ink) => {
    const { reduced } = await load("/ui/input/digit.js")
    return [...reduced(new Uint8Array(ink), 112)]
}"""
DRAWINGS = {
    "one": [stroke([(0.5, 0.2), (0.5, 0.8)])],
    "slanted, thin": [stroke([(0.3, 0.2), (0.45, 0.5), (0.7, 0.8)], width=0.03)],
    "small": [stroke([(0.6, 0.6), (0.7, 0.6), (0.65, 0.75)])],
    "seven": [stroke([(0.25, 0.2), (0.75, 0.22), (0.6, 0.5), (0.45, 0.85)])],
    "eight": [stroke([(0.5 + 0.2 * np.sin(2 * t), 0.5 - 0.32 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)])],
    "five, two strokes": [
        stroke([(0.6, 0.2), (0.35, 0.22), (0.33, 0.45), (0.6, 0.5), (0.62, 0.75), (0.3, 0.8)], width=0.06),
        stroke([(0.35, 0.2), (0.75, 0.18)], width=0.06),
    ],
    "at the edge": [stroke([(0.02, 0.02), (0.3, 0.05), (0.05, 0.6)])],
    "very thick": [stroke([(0.3, 0.3), (0.7, 0.3), (0.5, 0.75)], width=0.2)],
    "a point": [stroke([(0.5, 0.5)])],
}


@pytest.fixture(scope="module")
def in_javascript():
    images = [rasterise(strokes).ravel().tolist() for strokes in DRAWINGS.values()]
    return dict(zip(DRAWINGS, run(NORMALISE, images), strict=True))


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_normalised_as_on_the_server(in_javascript, name):
    expected = digit_from_strokes(rasterise(DRAWINGS[name])).x.numpy().ravel()
    error = float(np.abs(np.array(in_javascript[name]) - expected).mean())
    print(f"{name}: {error:.4f}")
    assert error < 0.01


def test_an_empty_drawing_is_no_digit():
    assert run(NORMALISE, [[0] * 112 * 112]) == [None]


@pytest.mark.parametrize("name", ["slanted, thin", "at the edge", "very thick", "rubbed"])
def test_what_is_drawn_over_a_digit_is_no_drawing_to_be_centred(name):
    x = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(1)).mul(255).round() / 255
    strokes = [one | {"erase": True} for one in DRAWINGS["seven"]] if name == "rubbed" else DRAWINGS[name]
    under = (255 * x[0, 0]).byte().numpy().repeat(4, 0).repeat(4, 1)  # the browser's sheet, 4 pixels for each
    sheet = rasterise(strokes, 112, under)
    server, browser = drawn_over(x, strokes)[0, 0].numpy(), np.reshape(run(REDUCE, sheet.ravel().tolist()), (28, 28))
    assert server == pytest.approx(browser, abs=1e-5)
    assert np.abs(server - x[0, 0].numpy()).max() > 0.3
