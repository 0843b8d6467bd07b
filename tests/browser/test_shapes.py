"""Pictures of any shape in a strip, a gallery and a picker: what a real Chromium has on its canvases."""

import numpy as np
import pytest

from tests.browser.apps.shapes import HIGH, LOW, colors, darker, tall, trace

pytestmark = pytest.mark.browser
TIMEOUT = 60_000
APP = "tests/browser/apps/shapes.py"
RGBA = """c => {
    const { data, width, height } = c.getContext("2d").getImageData(0, 0, c.width, c.height)
    return { data: [...data], width, height, color: getComputedStyle(c).color }
}"""
PAPER, TOO_DARK = np.array([11, 14, 16]), np.array([77, 176, 255])


@pytest.fixture(scope="module")
def shapes(browser, serve):
    page = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light").new_page()
    page.goto(serve(APP))
    page.locator(".picker canvas").nth(2).wait_for(timeout=TIMEOUT)
    yield page
    page.context.close()


def painted(canvas):
    """A canvas's pixels (H, W, 4), and the colour that it is styled with."""
    shown = canvas.evaluate(RGBA)
    color = [int(part) for part in shown["color"].removeprefix("rgb(").removesuffix(")").split(",")]
    return np.array(shown["data"], float).reshape(shown["height"], shown["width"], 4), np.array(color)


def strip(page, name):
    return page.locator(f".st-key-strip_{name} figure canvas")


def rgb(x):
    return np.round(255 * x.permute(1, 2, 0).numpy())


def ink(x):
    return PAPER + x[0, :, :, None].numpy() * (255 - PAPER)


def line(pixels, color):
    """Where a trace runs: the middle of its pixels in each column, from 0 at the top to 1; nan where there is none."""
    likeness = pixels[..., 3] * (np.abs(pixels[..., :3] - color).sum(2) < 60)
    rows = np.arange(len(pixels))[:, None]
    with np.errstate(invalid="ignore"):
        return (likeness * rows).sum(0) / likeness.sum(0) / (len(pixels) - 1)


def runs(canvas, x):
    """Whether a canvas shows the trace x."""
    pixels, color = painted(canvas)
    drawn = line(pixels, color)
    samples = np.interp(np.linspace(0, 499, len(drawn)), np.arange(500), x[0].numpy())
    wanted = 1 - (samples - LOW) / (HIGH - LOW)
    assert np.isfinite(drawn).mean() > 0.98, "the line has gaps"
    assert np.nanmax(np.abs(drawn - wanted)) < 0.04, "the line runs elsewhere"


def test_a_colour_picture_keeps_its_colours_and_its_size(shapes):
    for canvas, x in zip(strip(shapes, "colors").all(), (colors(), darker(colors())), strict=True):
        pixels, _ = painted(canvas)
        assert pixels.shape == (64, 64, 4)
        assert np.abs(pixels[..., :3] - rgb(x)).max() <= 1
    for canvas, x in zip(shapes.locator(".gallery canvas").all(), (colors(), darker(colors())), strict=False):
        assert np.abs(painted(canvas)[0][..., :3] - rgb(x)).max() <= 1
    picked, _ = painted(shapes.locator(".picker canvas").first)
    assert np.abs(picked[..., :3] - rgb(colors())).max() <= 1


def test_a_tall_picture_keeps_its_proportions(shapes):
    canvas = strip(shapes, "tall").first
    pixels, _ = painted(canvas)
    assert pixels.shape == (40, 20, 4) and np.abs(pixels[..., :3] - ink(tall())).max() <= 1
    for box in (canvas.bounding_box(), shapes.locator(".st-key-strip_tall .frame").nth(1).bounding_box()):
        assert box["height"] / box["width"] == pytest.approx(2, rel=0.02)
    badge = shapes.locator(".st-key-strip_tall .badge").nth(1).bounding_box()
    assert badge["x"] < box["x"] + box["width"] < badge["x"] + badge["width"]  # at the picture's own corner


def test_a_trace_is_a_line_through_its_samples(shapes):
    runs(strip(shapes, "trace").first, trace())
    runs(strip(shapes, "trace").nth(1), darker(trace(), LOW))
    runs(shapes.locator(".gallery canvas").nth(2), trace())
    runs(shapes.locator(".gallery canvas").nth(3), darker(trace(), LOW))


def test_a_trace_takes_the_colours_of_the_theme_when_it_changes(shapes):
    canvas = strip(shapes, "trace").first
    light = painted(canvas)[1]
    shapes.emulate_media(color_scheme="dark")
    shapes.wait_for_function(
        "([c, light]) => getComputedStyle(c).color !== light",
        arg=[canvas.element_handle(), f"rgb({', '.join(map(str, light))})"],
    )
    shapes.wait_for_timeout(300)
    assert painted(canvas)[1].min() > 150
    runs(canvas, trace())
    shapes.emulate_media(color_scheme="light")
    shapes.wait_for_timeout(600)
    runs(canvas, trace())


def test_the_crosshair_reads_the_same_place_in_every_shape(shapes):
    frame = shapes.locator(".st-key-strip_colors .frame").nth(1)
    box = frame.bounding_box()
    shapes.mouse.move(box["x"] + box["width"] * (32.5 / 64), box["y"] + box["height"] * (8.5 / 64))
    wanted = " ".join(f"{value:.2f}" for value in (32 / 63 / 2, 8 / 63 / 2, 0))
    assert frame.locator(".read").inner_text() == wanted
    cross = frame.locator(".cross").bounding_box()
    assert cross["width"] == pytest.approx(box["width"] / 64, abs=0.1)
    frame = shapes.locator(".st-key-strip_trace .frame").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    shapes.mouse.move(box["x"] + box["width"] * (62.5 / 500), box["y"] + 20)
    assert float(frame.locator(".read").inner_text()) == pytest.approx(float(trace()[0, 62]), abs=0.006)


def test_error_maps_of_every_shape(shapes):
    shapes.get_by_text("Error maps").click()
    shapes.locator(".st-key-strip_trace .errors").wait_for(timeout=TIMEOUT)
    pixels, _ = painted(strip(shapes, "colors").nth(1))
    far = (colors() / 2).amax(0)[:, :, None].numpy()  # of the channel that is farthest off
    assert np.abs(pixels[..., :3] - (PAPER + far * (TOO_DARK - PAPER))).max() <= 2
    pixels, _ = painted(strip(shapes, "trace").nth(1))
    middle = pixels[:, pixels.shape[1] // 8]  # a crest: from the clean line down to this one
    between = np.abs(middle[:, :3] - TOO_DARK).sum(1) < 30
    assert between.mean() == pytest.approx((1.5 - (1.5 + LOW) / 2) / (HIGH - LOW), abs=0.05)
    shapes.get_by_text("Error maps").click()
    shapes.locator(".st-key-strip_trace .strip-body:not(.errors)").wait_for(timeout=TIMEOUT)
