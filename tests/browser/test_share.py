"""Share, in a real Chromium: a link made by one visitor, opened by another who has never been here."""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page

from aecore.checkpoints import names
from tests.browser.conftest import start_streamlit
from tests.browser.visitor import DESK, answered, eventually, go, new_page, settled
from ui.input.pad import rasterise
from ui.input.pad.link import decode

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "ae-linear-32"} <= set(names()), reason="no trained models here"),
]
STRIP = "figure[data-tile=clean] canvas"
SEVEN = [(0.3, 0.25), (0.68, 0.25), (0.45, 0.8)]
ONE = [(0.52, 0.2), (0.48, 0.8)]


@pytest.fixture(scope="module")
def app(browser):
    """The lab below a path, as behind a proxy."""
    server = start_streamlit("app.py", base="/lab")
    yield server.url
    server.stop()


def opened(context, url: str, there: str):
    page = new_page(context)
    page.goto(url)
    page.wait_for_selector(there)
    settled(page)
    return page


@pytest.fixture
def visitor(newcomer):
    """visitor(url, there) opens it as somebody who has never been here; there: what then stands on it."""
    return lambda url, there=STRIP: opened(newcomer(bypass_csp=False, **DESK), url, there)


@dataclass
class Sender:
    """Somebody who has drawn a seven on a page and asked for its link; before it, the example stood there."""

    page: Page
    example: np.ndarray
    digit: np.ndarray
    link: str


@pytest.fixture(scope="module")
def sender(app, contexts):
    """One sender for the tests that open such a link."""
    context = contexts.lend(bypass_csp=False, **DESK)
    page = opened(context, f"{app}/denoise?denoise_strength=0.7", STRIP)
    example = clean(page)
    draw(page, SEVEN)
    yield Sender(page, example, clean(page), shared(page))
    contexts.give_back(context)


def draw(page, places):
    box = page.get_by_role("application").first.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    with answered(page):
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=12)
        page.mouse.up()


def shared(page) -> str:
    """The link that the panel shows."""
    page.get_by_role("button", name="Share").click()
    field = page.get_by_label("Link", exact=True)
    eventually(page, field.input_value)
    link = field.input_value()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    return link


def clean(page) -> np.ndarray:
    """The digit on the stage, (28, 28)."""
    pixels = page.locator(STRIP).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    )
    return np.array(pixels, float).reshape(28, 28)


def alike(page, digit: np.ndarray) -> None:
    """Wait until the stage shows a digit, but for what a link leaves out."""
    eventually(page, lambda: np.abs(clean(page) - digit).mean() < 3, lambda: str(np.abs(clean(page) - digit).mean()))


def key(link: str) -> str | None:
    return parse_qs(urlsplit(link).query).get("pad", [None])[0]


def test_a_link_brings_the_drawing_and_the_settings_and_the_drawing_goes_along(app, sender, visitor):
    page, link = sender.page, sender.link
    assert link.startswith(f"{app}/denoise?") and "denoise_strength=0.7" in link and len(link) < 300
    assert rasterise(decode(key(link))).any()
    page.get_by_role("button", name="Share").click()
    eventually(page, lambda: page.get_by_label("Link", exact=True).input_value() == link)
    page.get_by_role("button", name="Bookmark").click()
    assert page.url == link

    other = visitor(link)
    alike(other, sender.digit)
    assert key(shared(other)) == key(link)
    go(other, "Super-resolution")
    other.wait_for_selector(STRIP)
    alike(other, sender.digit)


def test_what_is_drawn_over_a_link_counts_more_than_the_link(sender, visitor):
    page = visitor(sender.link)
    with answered(page):
        page.get_by_role("button", name="Clear").click()
    draw(page, ONE)
    one = clean(page)
    assert key(page.url) is None
    page.evaluate("link => history.replaceState(null, '', link)", sender.link)  # as if the server had sent it late
    page.reload()
    page.wait_for_selector(STRIP)
    alike(page, one)


def test_a_damaged_link_shows_the_example_and_says_so(sender, visitor):
    page = visitor(sender.link.replace(key(sender.link), key(sender.link)[:-4]))
    page.get_by_text("The drawing in this link is damaged").wait_for()
    alike(page, sender.example)
    assert page.get_by_test_id("stException").count() == 0


def test_a_link_brings_what_is_looked_at(app, visitor):
    sender = visitor(f"{app}/super_resolution")
    cell, panel = ".desk .sheet button >> nth=5", ".panel:not([hidden])"
    sender.locator(cell).focus()
    sender.keyboard.press("9")
    sender.locator(".network .sheet [role=button]").first.focus()
    sender.keyboard.press("Enter")
    sums = sender.locator(panel).locator("[data-part=sum]").all_inner_texts()
    other = visitor(shared(sender))
    eventually(other, lambda: other.locator(cell).get_attribute("aria-label").endswith("100%"))
    other.locator(".network").scroll_into_view_if_needed()
    eventually(other, lambda: other.locator(panel).locator("[data-part=sum]").all_inner_texts() == sums)
    assert "inside=" in other.url and "super_painted=" in other.url
    other.get_by_role("button", name="The digit above").click()
    other.locator(panel).get_by_role("button", name="Close").click()
    again = shared(other)
    assert "inside=" not in again and "super_painted=" not in again


def test_a_link_brings_a_photo_s_line_zoom_and_lens(app, visitor):
    place = "photos?photos_picture=Cat&photos_method=Median+filter"
    sender = visitor(f"{app}/{place}", ".before-after[data-version]")
    line = sender.get_by_role("slider", name="left of the line")
    for key_ in ("Home", "ArrowRight", "l"):
        line.press(key_)
    sender.get_by_role("button", name="View", exact=True).click()
    sender.get_by_role("button", name="2:1").click()
    other = visitor(shared(sender), ".before-after[data-version]")
    line = other.get_by_role("slider", name="left of the line")
    eventually(other, lambda: line.get_attribute("aria-valuenow") == "2")
    for name in ("2:1", "Lens"):
        assert other.get_by_role("button", name=name).get_attribute("aria-pressed") == "true"
