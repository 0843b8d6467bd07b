"""The Regularise page in a real Chromium: networks, kernels and noise follow the pen, units tell their past."""

import pytest

from aecore import checkpoints
from aecore.features import table
from pages.regularise.wall import NAMES
from tests.browser.visitor import DESK, PHONE, circle, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {*NAMES, "psd"} <= set(checkpoints.names()), reason="no trained models here"),
    pytest.mark.skipif(not table.results_file().exists(), reason="nothing was measured yet"),
]
PICTURE = "c => c.toDataURL()"


@pytest.fixture
def regularise(serve, open_page):
    def opener(query: str = "", **options):
        page = open_page(f"{serve('app.py')}/regularise{query}", **{**DESK, **options})
        page.wait_for_selector(".wall[data-painted='4']")
        page.wait_for_selector(".shake[data-painted='3']", state="attached")
        page.wait_for_selector(".psd[data-ratio]", state="attached")
        settled(page)
        return page

    return opener


def painted(page, selector: str) -> str:
    return page.locator(selector).first.evaluate(PICTURE)


def test_wall_and_noise_follow_the_pen_and_units_tell_their_past(regularise):
    page = regularise()
    page.get_by_text("What each unit looks for").click()
    page.wait_for_selector(".wall[data-known]")
    parts = [f".cards [data-network={name}] canvas" for name in NAMES]
    parts += [".kernels canvas", "canvas.bars", "canvas.paints", ".shake .large [data-network=wide] canvas"]
    before = {part: painted(page, part) for part in parts}
    box = page.get_by_role("application").first.bounding_box()
    start, *at = circle(box)
    page.mouse.move(*start)
    page.mouse.down()
    for point in at:
        page.mouse.move(*point)
    for part in parts:  # the button is still down
        eventually(page, lambda part=part: painted(page, part) != before[part], lambda part=part: f"{part} stayed")
    page.mouse.up()
    settled(page)

    page.locator(".cards [data-network=wide]").click()
    eventually(page, lambda: "regularise_network=wide" in page.url)
    page.wait_for_selector(".wall[data-known^='wide ']")
    wall = page.locator(".kernels canvas")
    size = wall.bounding_box()
    wall.click(position={"x": size["width"] * 0.55, "y": size["height"] * 0.25})  # row 2, column 5
    page.wait_for_selector(".wall[data-known='wide 25']")
    assert "Unit 25" in page.locator(".unit h2").inner_text()
    assert page.locator(".epochs figure").count() == 4 and page.locator(".digits canvas").count() == 8
    page.locator(".kernels").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".wall[data-known='wide 35']")
    eventually(page, lambda: "regularise_unit=35" in page.url)
    page.keyboard.press("Escape")  # back to whichever answers most
    eventually(page, lambda: "regularise_unit" not in page.url)


def test_a_phone_shows_it_all_without_scrolling_sideways(regularise):
    page = regularise("?regularise_network=wide-contractive&regularise_unit=7", **PHONE)
    page.wait_for_selector(".wall[data-known]")
    assert "Unit 7" in page.locator(".unit h2").inner_text()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert float(page.locator(".psd").get_attribute("data-ratio")) > 5  # the guess is faster than the search
