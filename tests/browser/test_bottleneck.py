"""The Bottleneck page in a real Chromium: the slider, the pen, the chart, the line of codes, the phone, both themes."""

import pytest

from aecore import checkpoints
from aecore.latent.capacity import LINEAR, MEMORISER, name_of
from aecore.recipes import BOTTLENECKS
from tests.browser.visitor import DESK, PHONE, eventually, settled, themed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {*map(name_of, BOTTLENECKS), LINEAR, MEMORISER} <= set(checkpoints.names()), reason="no trained models here"
    ),
]
RED = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
STAGE = ".st-key-bottleneck_stage_view .stage"
LINE = ".st-key-bottleneck_line_view .line"


@pytest.fixture(scope="module")
def bottleneck(serve, open_shared):
    def opener(query: str = "", **options):
        page = open_shared(f"{serve('app.py')}/bottleneck{query}", **{**DESK, **options})
        page.wait_for_selector(f"{STAGE}[data-drawn]")
        settled(page)
        return page

    return opener


@pytest.fixture(scope="module")
def desk(bottleneck):
    """One page for the tests at a desk; the first looks at it as it opens, the others move its slider."""
    return bottleneck("?bottleneck_size=8")


def pixels(page, tile: str) -> list[int]:
    return page.locator(f"[data-tile={tile}] canvas").evaluate(RED)


def dot(page, name: str) -> float:
    return float(page.locator(f"circle[data-dot={name}]").get_attribute("data-psnr"))


def far(a: list[int], b: list[int]) -> float:
    return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)


def test_a_link_sets_the_slider(desk):
    desk.locator(f"{STAGE}[data-place='{BOTTLENECKS.index(8)}']").wait_for()


def test_the_network_follows_the_pen_in_the_browser(desk):
    page = desk
    page.wait_for_selector(f"{STAGE}[data-live]")
    before = {tile: pixels(page, tile) for tile in ("digit-in", "digit-network")}
    box = page.get_by_role("application").first.bounding_box()

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    page.mouse.move(*at(0.5, 0.2))
    page.mouse.down()
    page.mouse.move(*at(0.52, 0.5), steps=4)
    page.mouse.move(*at(0.5, 0.8), steps=4)
    for tile, picture in before.items():  # the button is still down
        eventually(page, lambda tile=tile, picture=picture: far(pixels(page, tile), picture) > 5, lambda: "no answer")
    assert page.locator("[data-tile=digit-pca]").get_attribute("class") == "tile old"
    page.mouse.up()
    eventually(page, lambda: page.locator("[data-tile=digit-pca]").get_attribute("class") == "tile")
    settled(page)
    assert page.locator(f"{STAGE} .head").first.inner_text() == "Your drawing"
    live = pixels(page, "digit-network")
    assert far(live, pixels(page, "digit-in")) < 60 and max(live) > 100


def test_the_stage_stands_above_the_fold_and_the_slider_moves_all_of_it_without_a_message(desk):
    page = desk
    for tile in ("digit-in", "static-pca"):
        box = page.locator(f"[data-tile={tile}] canvas").bounding_box()
        assert box["y"] + box["height"] <= 900, tile
    assert far(pixels(page, "static-network"), pixels(page, "static-in")) > 40
    narrow, asked = dot(page, "static"), len(page.wire.asks)
    slider = page.get_by_role("slider", name="Numbers in the code")
    slider.focus()
    page.keyboard.down("End")  # held: the choice is made when the key is let go
    page.locator(f"{STAGE}[data-place='10']").wait_for()
    assert "1,000 numbers" in page.locator(f"{STAGE} output").inner_text()
    assert far(pixels(page, "static-network"), pixels(page, "static-in")) < 15
    assert dot(page, "static") > narrow + 10
    page.keyboard.up("End")
    eventually(page, lambda: "bottleneck_size=1000" in page.url)
    page.get_by_text("1,000 numbers: digits").wait_for()
    assert len(page.wire.asks) > asked


def test_a_finger_on_the_chart_sets_the_size(desk):
    page = desk
    chart = page.locator(f"{STAGE} .chart svg")
    box = chart.bounding_box()
    page.mouse.click(box["x"] + 31, box["y"] + box["height"] / 2)  # the left edge of the lines
    page.locator(f"{STAGE}[data-place='0']").wait_for()
    eventually(page, lambda: "bottleneck_size=1" in page.url)
    assert "At 1 numbers" in chart.get_attribute("aria-label")


def test_the_one_number_jumps_from_digit_to_digit(desk):
    page = desk
    line = page.locator(f"{LINE}[data-live]")
    line.wait_for()
    now, learnt = (page.locator(f"{LINE} .{name} canvas") for name in ("now", "nearest"))
    place = int(line.get_attribute("data-place"))
    for step in (1, 2, 3):
        page.get_by_role("button", name="Next digit").click()
        page.locator(f"{LINE}[data-place='{place + step}']").wait_for()
        assert far(now.evaluate(RED), learnt.evaluate(RED)) < 25  # what was learnt by heart comes back
    slider = page.get_by_role("slider", name="The one number")
    slider.focus()
    page.keyboard.press("Home")
    page.locator(f"{LINE}[data-place='0']").wait_for()
    assert "number 1 of 100" in slider.get_attribute("aria-valuetext")


def test_a_bet_brings_the_slider_back(desk):
    page = desk
    assert page.locator(f"{STAGE}[data-place='1']").count() == 0
    page.get_by_role("button", name="A face goes through 2 numbers").click()
    page.get_by_role("button", name="Just show me").click()
    page.locator(f"{STAGE}[data-place='1']").wait_for()
    eventually(page, lambda: "bottleneck_size=2" in page.url)


def test_a_phone_shows_it_all_without_scrolling_sideways_the_answer_first(bottleneck):
    page = bottleneck(color_scheme="dark", **PHONE)
    for scheme in ("dark", "light"):
        themed(page, scheme)
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        pad = page.get_by_role("application").first.bounding_box()
        answer = page.locator("[data-tile=static-network] canvas").bounding_box()
        assert answer["y"] + answer["height"] < 844 and answer["y"] < pad["y"]
    for canvas in page.locator(f"{STAGE} canvas").all():
        assert len(canvas.get_attribute("aria-label").replace("Not drawn yet", "")) > 5
