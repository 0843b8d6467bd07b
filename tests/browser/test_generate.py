"""The Generate page in a real browser: numbers follow typing, pointer and sliders, and no message leaves meanwhile."""

import io
import re
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from aecore.checkpoints import names
from aecore.data.digits import read_idx
from aecore.engine import get_engine
from aecore.latent.styles import measure
from tests.browser.visitor import DESK, PHONE, drawn, eventually, go, quiet, still

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "cvae", "cvae-2"} <= set(names()), reason="no trained models here"),
]
PIXELS = """canvases => canvases.map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28)
    return Array.from({ length: 784 }, (_, i) => data[4 * i + 3])  // white ink, its share the opacity
})"""
GREYS = PIXELS.replace("4 * i + 3", "4 * i")  # of the gallery, whose paper is painted


@pytest.fixture(scope="module")
def opened(serve, open_shared):
    """opened(query, **options): the Generate page once its network runs in the browser."""

    def start(query: str = "", **options):
        page = open_shared(f"{serve('app.py')}/generate{query}", **(DESK | options))
        page.wait_for_selector(".writer[data-ready]")
        return page

    return start


@pytest.fixture(scope="module")
def desk(opened):
    """One page for the tests that need no fresh one; each leaves a number and a style behind."""
    return opened()


def tiles(page) -> np.ndarray:
    """The written digits as they are on the screen, (N, 784), ink from 0 to 1."""
    return np.array(page.locator(".paper canvas").evaluate_all(PIXELS), float) / 255


def shows(page, wanted: np.ndarray, tolerance: float = 0.02) -> None:
    """Wait until the written digits are these, (N, 784)."""

    def off() -> float:
        now = tiles(page)
        return np.abs(now - wanted).max() if now.shape == wanted.shape else np.inf

    eventually(page, lambda: off() < tolerance, lambda: f"off by {off()}")


@pytest.fixture(scope="module")
def phone(opened):
    return opened(**PHONE)


@pytest.mark.parametrize("size", [DESK["viewport"], {"width": 1024, "height": 768}, PHONE["viewport"]])
def test_number_and_style_stand_on_the_first_screen(request, size):
    page = request.getfixturevalue("phone" if size == PHONE["viewport"] else "desk")
    page.bring_to_front()
    page.set_viewport_size(size)
    box = lambda part: page.locator(f".writer {part}").first.bounding_box()  # noqa: E731
    for part in ("input.number", ".paper canvas >> nth=0", ".verdict"):
        place = still(page, lambda part=part: box(part))
        assert place["y"] + place["height"] <= size["height"] and place["x"] + place["width"] <= size["width"], part
    if size != PHONE["viewport"]:
        assert box(".plane canvas")["y"] + box(".plane canvas")["height"] <= size["height"]


def test_hovering_writes_in_the_style_under_the_pointer_and_sends_nothing(desk):
    page = desk
    page.locator(".js-plotly-plot").first.wait_for()  # the last to come on a cold server
    quiet(page)
    before, asked = tiles(page), len(page.wire.asks)
    plane = page.locator(".plane canvas")
    box = plane.bounding_box()
    frames = lambda: int(page.locator(".writer").get_attribute("data-shown"))  # noqa: E731
    for step in range(12):
        known = frames()
        page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 60)
        eventually(page, lambda known=known: frames() > known)
    z = lambda: [float(value) for value in page.locator(".writer").get_attribute("data-z").split(",")]  # noqa: E731
    place = pytest.approx([2.6 * (2 * 250 / box["width"] - 1), 2.6 * (1 - 2 * 60 / box["height"])], abs=0.05)
    eventually(page, lambda: z() == place, lambda: f"{z()}, not {place}")
    expected = get_engine().decode("cvae-2", torch.tensor(z()).repeat(4, 1), torch.tensor([2, 0, 2, 6]))
    shows(page, expected.flatten(1).numpy())
    slant, width, thickness = measure(expected[[0, 1, 3]]).mean(0).tolist()
    said = page.locator(".measured").inner_text().replace("−", "-")
    assert [float(number) for number in re.findall(r"-?[0-9.]+", said)] == pytest.approx(
        [slant, width, thickness], abs=0.6, rel=0.01
    )
    page.mouse.move(5, 5)  # leaving restores
    shows(page, before)
    assert len(page.wire.asks) == asked
    assert not page.errors


def test_a_click_pins_the_style_and_the_link_holds_it(desk, opened):
    page = desk
    box = page.locator(".plane canvas").bounding_box()
    page.mouse.click(box["x"] + 220, box["y"] + 90)
    page.mouse.move(5, 5)
    page.wait_for_url("**generate_z=**")
    pinned = still(page, lambda: tiles(page).tolist())
    again = opened(page.url[page.url.index("?") :])
    shows(again, np.array(pinned))
    again.locator(".plane canvas").press("ArrowRight")
    again.wait_for_function("old => decodeURIComponent(location.search) !== decodeURIComponent(old)", arg=page.url)
    assert np.abs(tiles(again) - pinned).max() > 0.02


def test_what_is_written_survives_another_page_and_follows_the_history(opened):
    page = opened("?generate_number=71&generate_z=1,1")
    first = page.locator(".writer").get_attribute("data-z")
    go(page, "Home")
    page.wait_for_url(lambda url: "/generate" not in url)
    go(page, "Generate")
    page.locator(f".writer[data-ready][data-z='{first}']").wait_for()
    assert page.get_by_label("Number", exact=True).input_value() == "71"
    page.locator(".plane canvas").press("Home")
    page.wait_for_url("**generate_z=0*")
    page.go_back()
    page.locator(f".writer[data-z='{first}']").wait_for()


def test_a_number_is_written_while_it_is_typed_and_kept_when_it_is_done(desk):
    page = desk
    field = page.get_by_label("Number", exact=True)
    field.fill("")
    for n, figure in enumerate("314a159", 1):
        field.press(figure)
        drawn(page)
        eventually(page, lambda n=n: page.locator(".paper canvas").count() == n - (n > 3))  # letters are dropped
    page.wait_for_url("**generate_number=314159*")
    page.locator(".verdict").get_by_text("The judge reads").wait_for()
    assert "3" in page.locator(".paper figcaption").first.inner_text()
    field.fill("8")
    eventually(page, lambda: page.locator(".paper canvas").count() == 1)
    page.wait_for_url("**generate_number=8*")


def test_a_click_in_the_grid_brings_its_style_to_the_desk(desk):
    page = desk
    boxes = page.locator(".gallery.grid .tile")
    digit = boxes.nth(47)  # the 4 in the eighth style
    digit.wait_for()
    assert boxes.evaluate_all("all => all.filter((box) => box.tabIndex === 0).length") == 1  # one press of Tab
    wanted = np.array(digit.locator("canvas").evaluate_all(GREYS), float)
    before = page.locator(".writer").get_attribute("data-z")
    digit.click()
    page.locator(f".writer:not([data-z='{before}'])").wait_for()
    page.get_by_label("Number", exact=True).fill("4")
    shows(page, (wanted - 11) / 244, tolerance=0.05)  # its paper is not quite black


def test_what_is_written_can_be_saved(desk):
    with desk.expect_download() as download:
        desk.get_by_role("button", name="Save as PNG").click()
    with Image.open(download.value.path()) as picture:
        assert picture.size == (112, 112) and download.value.suggested_filename == "4.png"
        saved = np.array(picture.convert("L"))[2::4, 2::4].reshape(1, -1)
    assert np.abs(saved / 255 - tiles(desk)).max() < 0.01


def test_the_sliders_act_while_they_are_dragged(desk):
    page = desk
    page.get_by_role("radio", name="Style sliders").click()
    page.wait_for_selector(".writer[data-ready=cvae]")
    quiet(page)
    before, asked = tiles(page), len(page.wire.asks)
    slider = page.locator(".sliders input").first
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2, steps=8)
    rows, columns = np.mgrid[:28, :28]

    def lean(x):
        ink = x.reshape(-1, 28, 28).clip(0)
        total = ink.sum((1, 2))[:, None, None]
        dx = columns - (ink * columns).sum((1, 2))[:, None, None] / total
        dy = rows - (ink * rows).sum((1, 2))[:, None, None] / total
        return np.rad2deg(np.arctan(-(ink * dx * dy).sum((1, 2)) / (ink * dy * dy).sum((1, 2)))).mean()

    eventually(page, lambda: lean(tiles(page)) > lean(before) + 8)  # degrees
    # what was asked for and what was drawn both stand at the slider, which has a name
    assert page.get_by_role("slider", name="Slant").count() == 1
    said = page.locator(".style .said").first
    got = lambda: [float(number) for number in re.findall(r"[+-][0-9]+", said.inner_text().replace("−", "-"))]  # noqa: E731
    distinct = [0, 1, 3] if len(tiles(page)) == 4 else slice(None)  # of 2026: equal digits count once
    drawn_change = lambda: lean(tiles(page)[distinct]) - lean(before[distinct])  # noqa: E731
    eventually(page, lambda: len(got()) == 2 and abs(got()[1] - drawn_change()) < 1.1, said.inner_text)
    assert len(page.wire.asks) == asked  # not a word to the server so far
    page.mouse.up()
    page.wait_for_url("**generate_slant=**")


def test_nothing_below_the_desk_moves_with_the_numbers_length_or_the_way_to_set_a_style(opened):
    page = opened("?generate_number=2")
    below = lambda: page.locator(".writer").bounding_box()["height"]  # noqa: E731
    quiet(page)
    place = still(page, below)
    page.get_by_label("Number", exact=True).fill("314159265358")
    drawn(page, 10)
    assert still(page, below) == pytest.approx(place, abs=1)
    page.locator(".verdict").get_by_text("The judge reads").wait_for()
    assert re.search(r"reads (all|[a-z]+ of the) twelve as asked", page.locator(".verdict").inner_text())
    page.get_by_role("radio", name="Style sliders").click()
    page.wait_for_selector(".writer[data-ready=cvae]")
    quiet(page)
    assert still(page, below) == pytest.approx(place, abs=1)


def test_the_downloaded_idx_pair_is_what_the_reader_of_mnist_takes(desk):
    page = desk
    page.get_by_role("radio", name="Take samples home").click()
    page.get_by_role("radio", name="100", exact=True).click()
    page.get_by_role("button", name="Make them").click()
    button = page.get_by_role("button", name="IDX pair (zip)")
    button.wait_for()
    with page.expect_download() as download:
        button.click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        images, labels = (read_idx(archive.read(name)) for name in sorted(archive.namelist()))
    assert images.shape == (100, 28, 28) and images.max() > 200
    assert set(labels.tolist()) <= set(range(10)) and len(labels) == 100


def test_on_a_phone_everything_fits_and_a_finger_moves_the_style(phone):
    page = phone
    for number in ("2026", "314159265358"):
        page.get_by_label("Number", exact=True).fill(number)
        eventually(page, lambda number=number: page.locator(".paper canvas").count() == len(number))
        drawn(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
        boxes = [canvas.bounding_box() for canvas in page.locator(".paper canvas").all()]
        assert len(boxes) == len(number) and max(box["x"] + box["width"] for box in boxes) <= 390
    before = tiles(page)
    plane = page.locator(".plane canvas")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    page.touchscreen.tap(box["x"] + 40, box["y"] + box["height"] - 60)
    page.wait_for_url("**generate_z=**")
    eventually(page, lambda: np.abs(tiles(page) - before).max() > 0.1)
    assert not page.errors
