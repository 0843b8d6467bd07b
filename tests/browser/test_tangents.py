"""The Tangents page in a real Chromium: the slider, the list of directions, the slot machine, the phone."""

import pytest

from aecore import checkpoints
from tests.browser.visitor import DESK, PHONE, drawn, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"ae-conv", "vae", "wide-contractive", "judge"} <= set(checkpoints.names()), reason="no trained models here"
    ),
]
STAGE = ".st-key-tangents_stage_view .stage"
SLOTS = ".st-key-tangents_slots_view .slots"


@pytest.fixture(scope="module")
def tangents(serve, open_shared):
    def opener(query: str = "", **options):
        page = open_shared(f"{serve('app.py')}/tangents{query}", **{**DESK, **options})
        page.wait_for_selector(f"{STAGE}[data-judged='1']")
        settled(page)
        return page

    return opener


@pytest.fixture(scope="module")
def desk(tangents):
    """One page for the tests at a desk."""
    return tangents("?tangents_far=0.0")


def pixels(page, which: str) -> list[int]:
    red = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    return page.locator(f"{STAGE} .{which} canvas").evaluate(red)


def test_slider_and_list_move_the_digit_here_and_stand_in_the_url(desk):
    page = desk
    assert pixels(page, "along") == pixels(page, "random")  # both are the digit
    asked = len(page.wire.asks)
    slider = page.get_by_role("slider", name="How far along the direction")
    slider.evaluate("e => { e.value = 5; e.dispatchEvent(new Event('input')) }")
    eventually(page, lambda: pixels(page, "along") != pixels(page, "random"))
    assert len(page.wire.asks) == asked  # no message while it moves
    slider.press("End")
    eventually(page, lambda: "tangents_far=10.0" in page.url)
    first = pixels(page, "along")
    page.get_by_role("button", name="Another direction").click()
    page.locator(f"{STAGE}[data-direction='1']").wait_for()
    eventually(page, lambda: pixels(page, "along") != first)
    eventually(page, lambda: "tangents_direction=2" in page.url)
    page.get_by_text("All ten directions").click()
    page.get_by_role("radio", name="Direction 2,").press("ArrowDown")
    eventually(page, lambda: "tangents_direction=3" in page.url)
    box = page.locator(f"{STAGE} .along canvas").bounding_box()
    assert box["y"] + box["height"] <= 900


def test_the_slot_machine_counts_and_stops(desk):
    page = desk
    page.locator(f"{SLOTS}[data-ready='1']").wait_for()
    page.get_by_role("button", name="Start").click()

    def count() -> int:
        return int(page.locator(f"{SLOTS} .drawn").inner_text().replace(",", ""))

    eventually(page, lambda: count() > 20)
    page.get_by_role("button", name="Stop").click()
    before = count()
    drawn(page, 20)
    assert count() == before and page.locator(f"{SLOTS} .copied").inner_text() == "0"
    page.get_by_role("button", name="As much ink as a digit").click()
    eventually(page, lambda: count() == 0 and "tangents_pixels=ink" in page.url)


def test_a_phone_shows_it_all_without_scrolling_sideways_the_answer_first(tangents):
    page = tangents(**PHONE)
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    pad = page.get_by_role("application").first.bounding_box()
    answer = page.locator(f"{STAGE} .random canvas").bounding_box()
    assert answer["y"] + answer["height"] < 844 and answer["y"] < pad["y"]
