"""The Inpaint page in a real Chromium: painted on, dragged, by keys, searched, cancelled, played, and on a phone."""

import re

import pytest
import torch

from aecore import checkpoints
from aecore.restore import masks
from pages.inpaint import mask_pad
from tests.browser.conftest import STEPS
from tests.browser.visitor import DESK, PHONE, TIMEOUT, answered, eventually, pick, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "vae"} <= set(checkpoints.names()), reason="no trained models here"),
]
SEARCHED = 3 * TIMEOUT  # a search takes all of a core for seconds
PAD = ".st-key-inpaint_pad"
BOARD = ".st-key-inpaint_board"
SEARCH = ".st-key-inpaint_descent .search"


@pytest.fixture
def app(serve):
    return serve("app.py")


@pytest.fixture(scope="module")
def page(open_shared, serve):
    """One page for all tests that begin by setting the mask that they want."""
    page = open_shared(f"{serve('app.py')}/inpaint?inpaint_every=true", **DESK)
    page.locator(f"{BOARD} figure.best").wait_for()
    return page


def choose(page, kind: str):
    pick(page, "inpaint_kind", kind)
    page.wait_for_url(re.compile(f"inpaint_kind={kind}|inpaint(?!.*inpaint_kind)"))
    settled(page)


def place(page, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a place of the digit is, in its pixels."""
    box = page.locator(f"{PAD} .sheet canvas").bounding_box()
    return box["x"] + x / 28 * box["width"], box["y"] + y / 28 * box["height"]


def stroke(page, *places: tuple[float, float]):
    page.mouse.move(*place(page, *places[0]))
    page.mouse.down()
    for point in places[1:]:
        page.mouse.move(*place(page, *point), steps=6)
    page.mouse.up()


def missing(page) -> int:
    return int(page.locator(f"{PAD} .facts").inner_text().split()[0])


def painted(page) -> torch.Tensor:
    """The mask in the URL, (28, 28)."""
    bits = re.search(r"inpaint_mask=([\w-]{131})", page.url)
    return mask_pad.unpacked(bits[1])[0, 0]


def clear(page):
    choose(page, "Paint")
    button = page.locator(f"{PAD} [data-tool=clear]")
    if button.is_enabled():
        button.click()
    eventually(page, lambda: missing(page) == 0)


def test_painting_covers_what_the_brush_passes_and_stands_in_the_url(page):
    clear(page)
    with answered(page):
        stroke(page, (6.5, 10.5), (20.5, 10.5))
    eventually(page, lambda: "inpaint_mask=" in page.url and int(painted(page).sum()) == missing(page))
    covered = painted(page) > 0.5
    assert covered[9:12, 7:20].all()  # the brush is four pixels wide
    assert not covered[14:].any() and not covered[:7].any()
    assert missing(page) == int(covered.sum())
    link = page.url
    other = page.context.new_page()
    other.goto(link)
    other.locator(f"{BOARD} figure.best").wait_for()
    eventually(other, lambda: missing(other) == int(covered.sum()))
    other.close()


def test_the_eraser_uncovers_and_keys_undo_and_redo(page):
    clear(page)
    stroke(page, (4, 14), (24, 14))
    whole = missing(page)
    page.locator(f"{PAD} [data-tool=eraser]").click()
    stroke(page, (10, 14), (14, 14))
    page.locator(f"{PAD} [data-tool=eraser]").click()
    fewer = missing(page)
    assert 0 < fewer < whole
    page.locator(f"{PAD} .sheet canvas").focus()
    page.keyboard.press("Control+z")
    assert missing(page) == whole
    page.keyboard.press("Control+Shift+z")
    assert missing(page) == fewer


def test_the_keyboard_paints(page):
    clear(page)
    page.locator(f"{PAD} .sheet canvas").focus()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    assert 20 <= missing(page) <= 60
    eventually(page, lambda: int(painted(page).sum()) == missing(page))


def test_the_patch_is_dragged_and_moved_by_keys(page):
    choose(page, "Patch")
    eventually(page, lambda: page.locator(f"{PAD} .pad.dragging").count() == 1)
    stroke(page, (14, 14), (10, 9))
    eventually(page, lambda: "inpaint_x=" in page.url)
    page.locator(f"{PAD} .sheet canvas").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    eventually(page, lambda: "inpaint_x=0.46" in page.url)
    x, y = (float(re.search(rf"inpaint_{axis}=([\d.]+)", page.url)[1]) for axis in "xy")
    assert (28 * x, 28 * y) == pytest.approx((13, 9), abs=0.5)
    hole = page.locator(f"{BOARD} [data-tile=given] .hole path")
    expected = masks.make("patch", 1, 0.43, center=(x, y))[0, 0]
    first = expected.nonzero()[0].tolist()
    eventually(page, lambda: hole.get_attribute("d").startswith(f"M{first[1]} {first[0]}h"))
    before = page.url
    page.mouse.move(*place(page, 13, 9))
    page.mouse.down()
    page.mouse.move(*place(page, 20, 20), steps=5)
    page.keyboard.press("Escape")  # takes the move back
    page.mouse.up()
    settled(page)
    eventually(page, lambda: page.url == before)


def test_painting_on_a_made_mask_makes_it_painted(page):
    choose(page, "Half")
    eventually(page, lambda: missing(page) == 392)
    stroke(page, (6, 20), (20, 20))
    eventually(page, lambda: "inpaint_kind=Paint" in page.url)
    eventually(page, lambda: missing(page) > 392)


def test_tiles_follow_while_the_hand_paints(page):
    clear(page)
    settled(page)
    before = page.locator(f"{BOARD} [data-tile=telea] canvas").get_attribute("aria-label")
    page.mouse.move(*place(page, 10, 8))
    page.mouse.down()
    page.mouse.move(*place(page, 18, 16), steps=10)
    page.mouse.move(*place(page, 18, 18))
    label = page.locator(f"{BOARD} [data-tile=telea] canvas")
    eventually(page, lambda: label.get_attribute("aria-label") != before)  # the button is still down
    page.mouse.up()


@pytest.fixture(scope="module")
def plain(open_shared, serve):
    """The page as it opens, for its first screen and what is searched."""
    page = open_shared(f"{serve('app.py')}/inpaint", **DESK)
    page.locator(f"{BOARD} figure.best").wait_for()
    settled(page)
    return page


def test_the_stage_is_above_the_fold(plain):
    box = plain.locator(f"{BOARD} .groups").bounding_box()
    assert box["y"] + box["height"] <= 900


def test_the_search_shows_its_descent_and_its_answers(plain):
    page = plain
    choose(page, "Half")
    page.locator(f"{SEARCH}[data-state=done] .answer").first.wait_for(timeout=SEARCHED)
    assert page.locator(f"{SEARCH} .one").count() == 16
    assert page.locator(f"{SEARCH} .curves path").count() == 16
    page.locator(f"{BOARD} [data-tile=vae-search]:not(.waiting)").wait_for(timeout=SEARCHED)
    read = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
    tile = page.locator(f"{SEARCH} .one canvas").nth(9)
    last = tile.evaluate(read)
    slider = page.get_by_role("slider", name="Step of the descent")
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator(f"{SEARCH} output").inner_text() == "step 0"
    assert tile.evaluate(read) != last
    page.locator(f"{SEARCH} .play").click()
    eventually(page, lambda: page.locator(f"{SEARCH} output").inner_text() == f"step {STEPS}")
    assert tile.evaluate(read) == last
    page.locator(f"{SEARCH} .one").nth(9).hover()
    assert page.locator(f"{SEARCH} .tell").inner_text().startswith("Start 10")
    assert page.locator(f"{SEARCH} .curves path.lit").count() == 1


# Clicks Cancel as soon as the search has come so far, and says whether that was in time.
CANCEL_AT = """async (state, least) => {
    const search = state.closest(".search")
    const goes = () => ["waiting", "running"].includes(search.dataset.state)
    const step = () => Number(search.querySelector(".progress").getAttribute("aria-valuenow"))
    const frame = () => new Promise(requestAnimationFrame)
    while (goes() && step() < least) await frame()
    if (goes()) search.querySelector(".cancel").click()
    while (goes()) await frame()
    return search.dataset.state === "cancelled"
}"""


def test_cancelling_ends_the_search_and_searching_again_begins_another(plain):
    page, question = plain, lambda: plain.locator(SEARCH).get_attribute("data-question")
    state, again = page.locator(f"{SEARCH} .state"), page.locator(f"{SEARCH} .again")
    before = question()
    choose(page, "Stripes")
    eventually(page, lambda: question() != before)
    eventually(page, lambda: state.evaluate(CANCEL_AT, 10) or again.click(), state.inner_text)
    at, of = re.fullmatch(r"Cancelled at step ([\d,]+) of ([\d,]+)\.", state.inner_text()).groups()
    assert 10 <= int(at) < int(of)
    before = question()
    again.click()
    page.locator(f"{SEARCH} .cancel").click()
    page.locator(f"{SEARCH}[data-state=cancelled]").wait_for()
    assert question() != before
    again.click()
    page.locator(f"{SEARCH}[data-state=running]").wait_for(timeout=SEARCHED)


def test_the_phone_scrolls_only_down(app, open_page):
    phone = open_page(f"{app}/inpaint", **PHONE)
    phone.locator(f"{BOARD} figure.best").wait_for()
    phone.locator(".st-key-inpaint_chart").wait_for()  # all of the page stands
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    canvas = phone.locator(f"{PAD} .sheet canvas")
    canvas.scroll_into_view_if_needed()
    x, y = place(phone, 5, 5)
    phone.touchscreen.tap(x, y)  # beside the patch: the finger paints, and the patch stays
    eventually(phone, lambda: "inpaint_kind=Paint" in phone.url)
    eventually(phone, lambda: missing(phone) > 144)
