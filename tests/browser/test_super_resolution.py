"""The Super-resolution page in a real Chromium: sizes, the board of real digits, drawing, the phone, both themes."""

import pytest

from aecore import checkpoints
from aecore.restore import upscaling
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL
from tests.browser.visitor import DESK, PHONE, answered, circle, eventually, pick, set_further, settled, themed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {FULL, BIASED, "judge"} <= set(checkpoints.names()), reason="no trained models here"),
    pytest.mark.skipif(not upscaling.results_file().exists(), reason="nothing was measured yet"),
]
BOARD = ".st-key-super_board .board"
RED = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"


@pytest.fixture(scope="module")
def desk(serve, open_shared):
    """One page for the tests at a desk; each sets what it wants, and what is drawn and picked comes last."""
    page = open_shared(f"{serve('app.py')}/super_resolution", **DESK)
    ready(page)
    return page


def ready(page):
    page.wait_for_selector("figure[data-tile=clean] canvas")
    page.locator(f"{BOARD} .cell").first.wait_for()
    settled(page)


def pixels(page, tile: str) -> list[int]:
    return page.locator(f"figure[data-tile={tile}] canvas").evaluate(RED)


def until(page, condition, what: str):
    """Wait for what the server or the browser draws when it can; `what` names it."""
    eventually(page, condition, lambda: f"{what} did not happen")


def blocks(values: list[int], side: int) -> bool:
    """Whether a picture is drawn as side x side squares, each of one colour."""
    step = 28 // side
    return all(
        abs(values[28 * y + x] - values[28 * (y - y % step) + x - x % step]) <= 1 for y in range(28) for x in range(28)
    )


def close(a: list[int], b: list[int]) -> bool:
    return max(abs(x - y) for x, y in zip(a, b, strict=True)) <= 2


def test_the_stage_stands_above_the_fold_with_every_method(desk):
    page = desk
    set_further(page, "Every interpolation")
    page.locator("figure[data-tile=lanczos]").wait_for()
    for name in ("clean", "corrupted", FULL, BIASED, *(method for method in CLASSICAL if method != "nearest")):
        box = page.locator(f"figure[data-tile={name}] .frame").bounding_box()
        assert box["y"] + box["height"] <= 900, name
    assert blocks(pixels(page, "corrupted"), 4)
    assert not blocks(pixels(page, "clean"), 14)
    assert page.locator(".verdict b").inner_text()
    set_further(page, "Every interpolation")
    page.locator("figure[data-tile=lanczos]").wait_for(state="detached")
    settled(page)


def test_another_size_reaches_stage_board_and_table(desk):
    page = desk
    assert page.get_by_text("from 4 × 4 pixels").count() == 1
    pick(page, "super_side", "14 × 14")
    until(page, lambda: not blocks(pixels(page, "corrupted"), 4), "a finer picture")
    assert blocks(pixels(page, "corrupted"), 14)
    page.get_by_text("from 14 × 14 pixels").wait_for()
    page.locator(f"{BOARD} .head", has_text="14 × 14 pixels").wait_for()
    assert "super_side=14" in page.url
    pick(page, "super_side", "4 × 4")
    until(page, lambda: blocks(pixels(page, "corrupted"), 4), "the coarse picture again")
    settled(page)


def test_both_networks_answer_while_one_paints_the_pixels(desk):
    page, desk = desk, desk.locator(".st-key-super_paint_desk .desk[data-painted='2']")
    desk.wait_for()
    sheet, answers = desk.locator(".sheet"), desk.locator("figure")
    rows = sheet.get_by_role("row")
    assert [row.get_by_role("gridcell").count() for row in rows.all()] == [4] * 4
    until(page, lambda: "reads 7" in answers.first.inner_text(), "the judge's reading")
    desk.get_by_role("button", name="Clear").click()
    until(page, lambda: "reads" not in answers.first.inner_text(), "an empty sheet")
    empty = answers.first.locator("canvas").evaluate(RED)
    box = sheet.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.9, steps=8)
    page.mouse.up()
    cells = sheet.get_by_role("gridcell")
    inked = lambda: int(cells.nth(5).get_attribute("aria-label").split(": ")[1].partition("%")[0])  # noqa: E731
    until(page, lambda: 10 < inked() < 60, "a grey that real digits have")
    until(page, lambda: not close(answers.first.locator("canvas").evaluate(RED), empty), "an answer")
    assert not desk.locator(".warning").is_visible()
    cells.first.focus()
    for key in ("ArrowRight", "5"):
        page.keyboard.press(key)
    until(page, lambda: "56%" in cells.nth(1).get_attribute("aria-label"), "ink by key")
    for _ in range(8):
        page.keyboard.press("9")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("9")
        page.keyboard.press("ArrowRight")
    desk.locator(".warning").wait_for()
    assert "reads" not in answers.first.inner_text()
    desk.get_by_role("button", name="The digit above").click()
    until(page, lambda: "reads 7" in answers.first.inner_text(), "the stage's digit again")


def test_under_the_hood(desk):
    page = desk
    page.get_by_text("Under the hood").click()
    page.get_by_text("def lower").first.wait_for()


def test_the_coarse_pixels_follow_the_pen_and_the_networks_answer(desk):
    page = desk
    before = {name: pixels(page, name) for name in ("clean", "corrupted", FULL)}
    pad = page.get_by_role("application").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    start, *at = circle(box)
    page.mouse.move(*start)
    page.mouse.down()
    for point in at:
        page.mouse.move(*point)
    for name in before:  # the button is still down
        until(page, lambda name=name: not close(pixels(page, name), before[name]), f"{name} under the pen")
    with answered(page):
        page.mouse.up()
    assert blocks(pixels(page, "corrupted"), 4)


def test_a_digit_of_the_board_goes_to_the_stage_by_click_and_by_key(desk):
    page = desk
    cells = page.locator(f"{BOARD} .cell")
    assert cells.count() == 40
    assert cells.evaluate_all("all => all.filter((cell) => cell.tabIndex === 0).length") == 1  # one press of Tab
    for place, press in ((3, lambda: cells.nth(3).click()), (4, lambda: page.keyboard.press("Enter"))):
        if place == 4:
            cells.nth(3).focus()
            page.keyboard.press("ArrowRight")
        wanted = cells.nth(place).locator("canvas").evaluate(RED)
        press()
        until(page, lambda wanted=wanted: close(pixels(page, "clean"), wanted), f"digit {place} on the stage")
        clean = page.locator("figure[data-tile=clean]")
        until(page, lambda clean=clean: 0 <= clean.bounding_box()["y"] < 700, "the stage in view")
        settled(page)
    assert "super_digit=" in page.url and "super_source=Pick" in page.url


def test_another_class_another_sample_and_the_most_misled(desk):
    page = desk
    first = page.locator(f"{BOARD} canvas").first

    def changed(act, what):
        before = first.evaluate(RED)
        act()
        until(page, lambda: not close(first.evaluate(RED), before), what)
        settled(page)

    changed(lambda: page.get_by_role("button", name="Ten others").click(), "another sample")
    changed(lambda: page.get_by_text("Worst mistakes", exact=True).click(), "the worst mistakes")
    assert page.locator(f"{BOARD} .wrong").count() > 0
    changed(lambda: page.locator(".st-key-super_class").get_by_role("radio", name="9", exact=True).click(), "class 9")
    assert "all 9s" in page.locator(f"{BOARD} .head").first.inner_text()
    shared = page.url
    page.goto(shared)
    ready(page)
    assert "all 9s" in page.locator(f"{BOARD} .head").first.inner_text()


def test_a_phone_shows_it_all_without_scrolling_sideways(serve, open_page):
    page = open_page(f"{serve('app.py')}/super_resolution", color_scheme="dark", **PHONE)
    ready(page)
    for scheme in ("dark", "light"):
        themed(page, scheme)
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        # the columns scroll inside the board
        assert page.locator(BOARD).evaluate("e => e.scrollWidth > e.clientWidth")
    for canvas in page.locator("figure[data-tile] canvas, .board canvas").all():
        assert len(canvas.get_attribute("aria-label")) > 5
