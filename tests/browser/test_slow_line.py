"""A slow line: what a visitor does while answers are under way is not taken back by a URL that lags."""

import re

import pytest

from aecore import checkpoints
from pages.inpaint import mask_pad
from tests.browser.line import Line
from tests.browser.visitor import DESK, answered, eventually, idle, new_page, pick, quiet, set_further, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "vae-2"} <= set(checkpoints.names()), reason="no trained models here"),
]


def _opener(serve, context):
    pages = []

    def open_it(path: str, ready: str):
        page = new_page(context(**DESK))
        pages.append(page)
        line = Line(page)
        page.goto(f"{serve('app.py')}/{path}")
        page.locator(ready).first.wait_for()
        settled(page)
        return page, line

    yield open_it
    for page in pages:
        page.close()


@pytest.fixture
def opened(serve, context):
    """Opens an address over such a line; returns page and line."""
    yield from _opener(serve, context)


@pytest.fixture(scope="module")
def open_shared(serve, context):
    """As opened, for a page that tests share."""
    yield from _opener(serve, context)


@pytest.fixture(scope="module")
def inpaint(open_shared):
    """One page of Inpaint for all that is painted, and its line."""
    return open_shared(f"inpaint?inpaint_kind=Paint&inpaint_mask={'A' * 131}", ".st-key-inpaint_pad canvas")


@pytest.fixture
def empty(inpaint):
    """That page with nothing covered and no error maps: page, line and what the pad says."""
    page, line = inpaint
    page.bring_to_front()
    if "inpaint_errors=true" in page.url:
        with answered(page):
            set_further(page, "Error maps")
    if (clear := page.locator(".st-key-inpaint_pad [data-tool=clear]")).is_enabled():
        with answered(page):
            clear.click()
    quiet(page)
    facts = page.locator(".st-key-inpaint_pad .facts")
    assert facts.inner_text().startswith("0 ") and covered(page) == 0
    return page, line, facts


def paint(page):
    """A stroke that the server has heard of."""
    canvas = page.locator(".st-key-inpaint_pad canvas")
    canvas.scroll_into_view_if_needed()  # a bet's button stands at the page's end
    box = canvas.bounding_box()
    with answered(page):
        page.mouse.move(box["x"] + 80, box["y"] + 80)
        page.mouse.down()
        page.mouse.move(box["x"] + 180, box["y"] + 80, steps=4)
        page.mouse.up()


def covered(page) -> int:
    """How many pixels the URL says are missing."""
    return int(mask_pad.unpacked(re.search(r"inpaint_mask=([\w-]{131})", page.url)[1]).sum())


def test_a_hidden_class_stays_hidden(opened):
    page, line = opened("latent_map?map_panels=VAE", ".st-key-map_panels_board canvas")
    page.locator(".classes summary").click()
    one = page.get_by_role("button", name="1", exact=True).first
    line.hold()
    with answered(page):
        one.click()
    page.get_by_role("button", name="More settings").click()
    with answered(page):
        page.get_by_text("Decode a grid").first.click()
    line.release()
    page.wait_for_url("**map_grid=true**")
    quiet(page)
    assert one.get_attribute("aria-pressed") == "false"
    assert "map_hidden=1" in page.url


def test_swapping_twice_changes_nothing(opened):
    page, line = opened("interpolate", ".st-key-interpolate_walk_view canvas")
    page.get_by_role("button", name="More settings").click()
    swap = page.get_by_role("button", name="Swap A and B")
    swap.wait_for()
    line.hold()
    for _ in range(2):
        with answered(page):
            swap.click()
    line.release()
    quiet(page)
    assert "interpolate_swapped=true" not in page.url


def test_a_painted_mask_stays(empty):
    page, line, facts = empty
    facts.evaluate(
        """(facts) => {
            window.said = []
            new MutationObserver(() => said.push(facts.innerText)).observe(facts, { childList: true, subtree: true })
        }"""
    )
    line.hold()
    paint(page)
    painted = facts.inner_text()
    assert not painted.startswith("0 ")
    with answered(page):
        set_further(page, "Error maps")
    line.release()
    page.wait_for_url("**inpaint_errors=true**")
    quiet(page)
    assert facts.inner_text() == painted
    said = page.evaluate("said")
    assert set(said[said.index(painted) :]) == {painted}  # not for a moment, either
    assert painted.startswith(f"{covered(page)} pixels")


def test_a_line_that_breaks_takes_nothing_back(empty):
    page, line, facts = empty
    line.hold()
    paint(page)
    painted = facts.inner_text()
    line.drop()
    eventually(page, lambda: line.connections == 2)
    page.wait_for_selector("[data-test-connection-state=CONNECTED]", state="attached")
    idle(page)
    set_further(page, "Error maps")
    page.wait_for_url("**inpaint_errors=true**")
    quiet(page)
    assert facts.inner_text() == painted and painted.startswith(f"{covered(page)} pixels")


def test_back_takes_one_stroke_back_and_undo_brings_it_again(empty):
    page, _, facts = empty
    paint(page)
    quiet(page)
    painted = facts.inner_text()
    with answered(page):
        page.go_back()
    quiet(page)
    assert facts.inner_text().startswith("0 ") and covered(page) == 0
    with answered(page):
        page.locator(".st-key-inpaint_pad [data-tool=undo]").click()
    quiet(page)
    assert facts.inner_text() == painted and painted.startswith(f"{covered(page)} pixels")


def test_a_bet_takes_no_mask_away(empty):
    page, line, facts = empty
    with answered(page):
        page.locator(".st-key-inpaint_bet_2 button").click()
    show = page.get_by_role("button", name="Just show me")
    show.wait_for()
    line.hold()
    paint(page)
    painted = facts.inner_text()
    with answered(page):
        show.click()
    line.release()
    page.wait_for_url("**inpaint_kind=Dropout**")
    quiet(page)
    pick(page, "inpaint_kind", "Paint")
    page.wait_for_url("**inpaint_kind=Paint**")
    quiet(page)
    assert facts.inner_text().split()[0] == painted.split()[0]  # of another digit's ink
