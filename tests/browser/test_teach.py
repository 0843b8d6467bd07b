"""A bet and a tour in a real Chromium, by keyboard and by touch, and a term that explains itself."""

import pytest

from aecore import checkpoints
from aecore.latent.capacity import name_of
from aecore.recipes import BOTTLENECKS
from tests.browser.visitor import DESK, PHONE, answered, drawn, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {*map(name_of, BOTTLENECKS)} <= set(checkpoints.names()), reason="no trained models here"),
]
CARD = ".st-key-teach_bet"
TOUR = ".st-key-teach_tour .card"
RING = ".st-key-teach_tour .ring"
PLACE = ".st-key-bottleneck_line_view input"
FOCUSED = "() => document.activeElement.closest('[class*=st-key-]')?.className ?? ''"


@pytest.fixture(scope="module")
def bottleneck(serve, open_shared):
    def opener(query: str = "", **options):
        page = open_shared(f"{serve('app.py')}/bottleneck{query}", **{**DESK, **options})
        page.wait_for_selector(".st-key-bottleneck_stage_view .stage[data-drawn]")
        settled(page)
        return page

    return opener


@pytest.fixture(scope="module")
def desk(bottleneck):
    """One page for the tests at a desk; each leaves it without a card."""
    return bottleneck()


@pytest.fixture(scope="module")
def phone(bottleneck):
    """A link to the second question, on a phone."""
    return bottleneck("?bet=2", **PHONE)


@pytest.fixture(scope="module")
def toured(bottleneck):
    """A link to the fifth step of the tour, on a phone."""
    page = bottleneck("?tour=5", **PHONE)
    page.locator(TOUR).get_by_text("Step 5 of 6").wait_for()
    return page


def test_a_bet_by_keyboard(desk):
    page = desk
    page.locator(".st-key-bottleneck_bet_1 button").focus()
    with answered(page):
        page.keyboard.press("Enter")
    page.locator(CARD).wait_for()
    assert "bet=1" in page.url and "bottleneck_size" not in page.url
    eventually(page, lambda: "teach_bet" in page.evaluate(FOCUSED), lambda: page.evaluate(FOCUSED))
    while "option_1" not in page.evaluate(FOCUSED):
        page.keyboard.press("Tab")
        assert "teach_bet" in page.evaluate("document.activeElement.closest('.st-key-teach_bet')?.className ?? ''")
    with answered(page):
        page.keyboard.press("Enter")
    page.locator(CARD).get_by_text("You were right").wait_for()
    stage = page.locator(".st-key-bottleneck_stage_view")
    eventually(page, lambda: stage.bounding_box()["y"] > 0 and "bet=" not in page.url)
    assert "2 numbers" in stage.locator("output").inner_text()
    page.keyboard.press("Escape")
    page.locator(CARD).wait_for(state="detached")
    assert page.get_by_text("1 of 1 right so far").count() == 1
    assert not page.errors


def test_a_shared_question_by_touch_on_a_phone(phone):
    page, card = phone, phone.locator(CARD)
    box = card.bounding_box()
    assert box["y"] + box["height"] <= 844 + 1 and box["x"] >= -1 and box["width"] <= 391
    assert min(button.bounding_box()["height"] for button in card.get_by_role("button").all()) >= 40
    with answered(page):
        card.get_by_role("button", name="Both the same").tap()
    card.get_by_text("It is PCA.").wait_for()
    with answered(page):
        card.get_by_role("button", name="Close").tap()
    card.wait_for(state="detached")
    assert not page.errors


def test_a_tour_by_keyboard(desk):
    page = desk
    page.get_by_role("button", name="Tour").focus()
    page.keyboard.press("Enter")
    card = page.locator(TOUR)
    card.get_by_text("Step 1 of 6").wait_for()
    eventually(page, lambda: "tour=1" in page.url and "teach_tour" in page.evaluate(FOCUSED))
    page.keyboard.press("Control+Enter")
    card.get_by_text("Step 2 of 6").wait_for()
    assert card.locator(".then").count() == 0
    card.get_by_role("button", name="Go there").press("Enter")
    asked = len(page.wire.asks)
    page.keyboard.press("Home")
    card.locator(".then").wait_for()
    ring, slider = page.locator(RING).bounding_box(), page.locator(".stage input").bounding_box()
    assert ring["x"] <= slider["x"] and ring["x"] + ring["width"] >= slider["x"] + slider["width"]
    assert ring["y"] <= slider["y"] and ring["y"] + ring["height"] >= slider["y"] + slider["height"]
    eventually(page, lambda: len(page.wire.asks) > asked)  # the slider's own ask: its size is chosen
    settled(page)
    eventually(page, lambda: "tour=2" in page.url and "bottleneck_size=1" in page.url, lambda: page.url)
    page.keyboard.press("Escape")
    eventually(page, lambda: not card.is_visible() and "tour" not in page.url, lambda: page.url)
    assert not page.errors


def test_a_tour_leads_again_while_the_page_grows_until_the_visitor_scrolls(toured):
    page, card, place = toured, toured.locator(TOUR), toured.locator(PLACE)
    grow = """() => {
        const late = document.createElement("div")
        late.style.height = "1500px"
        document.querySelector("[data-testid=stMain]").style.overflowAnchor = "none"
        document.querySelector("[data-testid=stMainBlockContainer]").prepend(late)
    }"""

    def there():
        return 0 < place.bounding_box()["y"] < card.bounding_box()["y"] - 20

    eventually(page, there)
    page.evaluate(grow)
    eventually(page, there)
    page.locator("[data-testid=stMain]").dispatch_event("wheel")
    page.evaluate(grow)
    drawn(page, 60)  # the tour has looked by then, and the place is where the visitor left it
    assert not there()


def test_a_shared_step_of_a_tour_by_touch_on_a_phone(toured):
    page, card, place = toured, toured.locator(TOUR), toured.locator(PLACE)
    place.tap()
    card.locator(".then").wait_for()
    card.get_by_role("button", name="Next").tap()
    card.get_by_text("Step 6 of 6").wait_for()
    with answered(page):
        page.locator(".st-key-bottleneck_bet_3 button").tap()  # a question takes the tour's place
    page.locator(CARD).wait_for()
    eventually(page, lambda: not card.is_visible() and "tour" not in page.url and "bet=3" in page.url)
    page.get_by_role("button", name="Tour").tap()  # and the other way round
    card.get_by_text("Step 1 of 6").wait_for()
    page.locator(CARD).wait_for(state="detached")
    eventually(page, lambda: "tour=1" in page.url and "bet=" not in page.url, lambda: page.url)
    assert not page.errors


@pytest.mark.parametrize("way", ["hover", "focus", "tap"])
def test_a_term_explains_itself(request, way):
    page = request.getfixturevalue("phone" if way == "tap" else "desk")
    page.bring_to_front()
    page.keyboard.press("Escape")  # whatever card there is
    page.locator(CARD).wait_for(state="detached")
    term = page.locator("a[href='#term']").filter(has_text="PSNR").first
    term.scroll_into_view_if_needed()
    getattr(term, way)()
    bubble = page.get_by_role("tooltip")
    bubble.wait_for()
    assert "signal-to-noise" in bubble.inner_text()
    box, size = bubble.bounding_box(), page.viewport_size
    assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] >= 0
    if way != "hover":  # where the page goes on under the pointer, it is over something else
        page.locator("[data-testid=stMain]").evaluate("main => main.scrollBy(0, 40)")  # as a focus by keys may
        eventually(page, lambda: abs(bubble.bounding_box()["y"] - box["y"]) > 20)
    page.keyboard.press("Escape")
    bubble.wait_for(state="hidden")
    assert "#term" not in page.url
