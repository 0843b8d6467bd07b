"""The Photos page in a real browser: the line follows mouse, finger and keys, and no message leaves meanwhile."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from aecore.checkpoints import names
from tests.browser.visitor import DESK, drawn, eventually, quiet, set_further, settled

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 3}
LINE = ".before-after .line"


@pytest.fixture(scope="module")
def opened(serve, open_shared):
    """opened(query, **options): the Photos page once both pictures are there."""

    def start(query: str = "", **options):
        page = open_shared(f"{serve('app.py')}/photos{query}", **(DESK | options))
        page.wait_for_selector(".before-after[data-version]")
        page.get_by_role("button", name="View", exact=True).click()
        return page

    return start


@pytest.fixture(scope="module")
def stage(opened):
    """One page for the tests that need no fresh one: the cat, and a fast filter."""
    page = opened("?photos_picture=Cat&photos_method=Median+filter")
    complete(page)
    return page


def complete(page) -> None:
    """Wait until every method's result is there and the page asks for nothing any more."""
    page.wait_for_function("() => !document.querySelector('[data-testid=stMain]').innerText.includes('are at work')")
    page.locator(".js-plotly-plot").nth(2).wait_for()  # the held-out pictures, the last to come
    quiet(page)


def share(page) -> float:
    """Where the line stands, 0 to 1, as a screen reader hears it."""
    return int(page.locator(LINE).get_attribute("aria-valuenow")) / 100


def cut(page) -> float:
    """How much of the first picture is seen, 0 to 1, by the browser's own account."""
    return page.locator(".before-after .before").evaluate(
        "img => parseFloat(img.style.getPropertyValue('--cut')) / img.clientWidth"
    )


def box(page, selector: str = ".before-after .stage"):
    return page.locator(selector).first.bounding_box()


def drag(page, start: float, end: float, down: float = 0.8) -> None:
    """Drag by the mouse from one share of the picture's width to another."""
    area = box(page)
    y = area["y"] + down * area["height"]
    page.mouse.move(area["x"] + start * area["width"], y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(area["x"] + (start + (end - start) * step / 12) * area["width"], y)
    page.mouse.up()


def test_dragging_moves_the_line_and_sends_nothing(stage):
    page, asked = stage, len(stage.wire.asks)
    drag(page, 0.5, 0.2)
    assert share(page) == pytest.approx(0.2, abs=0.02) and cut(page) == pytest.approx(0.2, abs=0.02)
    drag(page, 0.6, 0.9)  # from anywhere on the picture
    assert cut(page) == pytest.approx(0.9, abs=0.02)
    drag(page, 0.9, 1.3)  # beyond the picture it stays at the edge
    assert share(page) == 1
    drawn(page, 20)
    assert len(page.wire.asks) == asked and not page.errors


def test_every_key_of_a_slider_moves_the_line(stage):
    page, asked = stage, len(stage.wire.asks)
    line = page.locator(LINE)
    line.focus()
    for key, expected in [
        ("Escape", 0.5), ("ArrowLeft", 0.48), ("ArrowRight", 0.5), ("Shift+ArrowRight", 0.6), ("PageDown", 0.5),
        ("End", 1), ("Home", 0), (" ", 1), ("Enter", 0), ("Escape", 0.5),
    ]:  # fmt: skip
        line.press(key)
        assert share(page) == pytest.approx(expected, abs=0.005), key
    assert line.get_attribute("role") == "slider" and "Noisy" in line.get_attribute("aria-label")
    assert len(page.wire.asks) == asked


def test_double_click_shows_one_and_then_the_other(stage):
    page = stage
    page.get_by_role("button", name="Both", exact=True).click()
    area = box(page)
    middle = (area["x"] + area["width"] / 2, area["y"] + area["height"] / 2)
    shares = [0.5]
    for _ in range(2):
        page.mouse.dblclick(*middle)
        eventually(page, lambda: share(page) in {0, 1} - set(shares))
        shares.append(share(page))


def test_before_and_after_are_the_pictures_they_say(stage):
    sources = stage.locator(".before-after img").evaluate_all("imgs => imgs.map(img => img.src)")
    alts = stage.locator(".before-after img").evaluate_all("imgs => imgs.map(img => img.alt)")
    assert all(source.startswith("blob:") for source in sources)
    assert "noisy" in " ".join(alts).lower() and "Median filter" in " ".join(alts)
    means = stage.evaluate(
        """async sources => Promise.all(sources.map(async source => {
            const bitmap = await createImageBitmap(await (await fetch(source)).blob())
            return [bitmap.width, bitmap.height]
        }))""",
        sources,
    )
    assert means == [[451, 300], [451, 300]]


def test_a_click_brings_the_detail_of_that_place_and_the_link_says_where(stage):
    page = stage
    before = page.locator("[data-tile=clean] img").get_attribute("src")
    area = box(page)
    page.mouse.click(area["x"] + 0.75 * area["width"], area["y"] + 0.6 * area["height"])
    page.wait_for_url(re.compile("photos_spot"))
    x, y = (int(n) for n in re.search(r"photos_spot=(\d+)(?:%2C|,)(\d+)", page.url).groups())
    assert (x, y) == (pytest.approx(0.75 * 451, abs=3), pytest.approx(0.6 * 300, abs=3))
    eventually(page, lambda: page.locator("[data-tile=clean] img").get_attribute("src") != before)


def test_the_detail_window_moves_by_keys(stage):
    page = stage
    spot = page.locator(".before-after .spot")
    spot.focus()
    old = page.url
    spot.press("ArrowLeft")
    spot.press("ArrowUp")
    eventually(page, lambda: page.url != old)
    assert "column" in spot.get_attribute("aria-label")


def test_a_tile_chooses_the_method_of_the_slider(stage):
    page = stage
    page.locator("[data-tile=total_variation]").first.click()
    page.locator(".tag.right", has_text="Total variation").wait_for()
    page.wait_for_url(re.compile("photos_method=Total"))
    page.locator("[data-tile=median]").first.click()
    page.locator(".tag.right", has_text="Median filter").wait_for()


def test_the_lens_shows_the_same_place_of_both_pictures(stage):
    page = stage
    complete(page)
    asked = len(page.wire.asks)
    page.get_by_role("button", name="Lens").click()
    area = box(page)
    page.mouse.move(area["x"] + 100, area["y"] + 150)
    page.mouse.move(area["x"] + 120, area["y"] + 160)
    lens = page.locator(".lens")
    lens.wait_for(state="visible")
    spread = page.locator(".lens canvas").evaluate_all(
        """canvases => canvases.map(canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
            const grey = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i])
            const mean = grey.reduce((a, b) => a + b) / grey.length
            return grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length
        })"""
    )
    assert spread[0] > spread[1] > 0  # the noisy side varies more
    page.mouse.move(5, 5)
    lens.wait_for(state="hidden")
    page.get_by_role("button", name="Lens").click()
    assert len(page.wire.asks) == asked


def test_enlarged_pixels_are_whole_and_the_picture_can_be_moved(stage):
    page = stage
    page.get_by_role("button", name="4:1").click()
    sheet = box(page, ".before-after .sheet")
    assert sheet["width"] == 4 * 451 and box(page)["width"] <= 640
    frame = page.locator(".before-after .frame")
    frame.evaluate("frame => (frame.scrollLeft = 500)")
    drag(page, 0.9, 0.3)
    assert frame.evaluate("frame => frame.scrollLeft") - 500 == pytest.approx(0.6 * box(page)["width"], abs=8)
    page.get_by_role("button", name="Fit", exact=True).click()
    assert box(page, ".before-after .sheet")["width"] == 451


def test_on_a_phone_it_fits_and_a_finger_moves_the_line(opened):
    page = opened("?photos_picture=Coffee&photos_method=Median+filter", **PHONE)
    page.locator(LINE).scroll_into_view_if_needed()
    area = box(page)
    assert area["x"] >= 0 and area["x"] + area["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    touch = page.context.new_cdp_session(page)
    y = area["y"] + 0.3 * area["height"]

    def finger(kind: str, at: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": area["x"] + at * area["width"], "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0.5)
    for step in range(1, 9):
        finger("touchMove", 0.5 + 0.04 * step)
    finger("touchEnd", 0)
    assert share(page) == pytest.approx(0.82, abs=0.06)
    for button in page.locator(".before-after .bar button").all():
        assert button.bounding_box()["height"] >= 40


def test_an_uploaded_photo_comes_back_at_its_size_without_metadata(stage):
    page = stage
    page.get_by_role("button", name="Another picture").click()
    page.get_by_text("Upload", exact=True).first.click()
    rng = np.random.default_rng(0)
    pixels = np.clip(np.kron(rng.integers(40, 210, (6, 8)), np.ones((20, 20))) + rng.normal(0, 20, (120, 160)), 0, 255)
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"  # turned by 90 degrees
    file = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, "JPEG", quality=95, exif=exif)
    page.locator("input[type=file]").first.set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}
    )
    page.locator(".tag.left", has_text="As it came").wait_for()
    button = page.get_by_role("button", name="Restored picture, PNG")
    settled(page)
    with page.expect_download() as waiting:
        button.click()
    with Image.open(waiting.value.path()) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (120, 160))
        assert not picture.getexif() and set(picture.info) <= {"transparency"}
        assert np.asarray(picture, float).std() < pixels.std()
    assert not page.errors


@pytest.mark.skipif(not {"judge", "dae"} <= set(names()), reason="no trained models here")
def test_the_boxes_say_what_is_read_on_their_side_of_the_line(opened):
    page = opened("?photos_mode=A+page+of+digits&photos_page_strength=0.3")
    line = page.locator(LINE)
    line.focus()
    line.press("End")
    before = page.locator(".mark b").all_inner_texts()
    wrong = page.locator(".mark.wrong").count()
    line.press("Home")
    after = page.locator(".mark b").all_inner_texts()
    assert len(before) >= 16 and before != after
    assert page.locator(".mark.wrong").count() < wrong
    set_further(page, "Boxes with the judge's reading")
    page.locator(".mark").first.wait_for(state="detached")
    assert not page.errors
