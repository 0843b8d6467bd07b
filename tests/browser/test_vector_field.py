"""The vector field in a real Chromium: it trains in a worker, follows hand and keys, and asks the server nothing."""

import re

import pytest

from tests.browser.visitor import DESK, PHONE, asked, drawn, eventually, settled, still, themed

pytestmark = pytest.mark.browser
VIEW = "canvas.view"


@pytest.fixture
def field(serve, open_page):
    def opener(query: str = "", **options):
        page = open_page(f"{serve('app.py')}/vector_field?{query}", **(options or DESK))
        trains(page)
        return page

    return opener


@pytest.fixture(scope="module")
def page(serve, open_shared):
    """One page for the last tests, since it trains until it is closed: it learns, a bet, another noise, other data."""
    page = open_shared(f"{serve('app.py')}/vector_field", **DESK)
    trains(page)
    return page


def trains(page) -> None:
    """Wait until it does, and open what is folded."""
    eventually(page, lambda: steps(page) > 0)
    settled(page)
    for folded in ("details.more", "details.rest"):
        page.locator(f".field {folded} > summary").click()


def steps(page) -> int:
    return int(page.locator(".field").get_attribute("data-step")) if page.locator(".field").count() else 0


def number(page, name: str) -> float:
    """One of the numbers beside the board."""
    row = page.locator("dl > div", has_text=name).locator("b")
    return float(re.findall(r"[\d.]+", row.inner_text())[-1]) if row.count() else float("nan")


def ground(page) -> list[int]:
    """Some colours of the board, from row to row."""
    return page.locator(VIEW).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4999 === 0)"
    )


def at(page, x: float, y: float) -> tuple[float, float]:
    """A place of the plane, in pixels of the page."""
    box = page.locator(VIEW).bounding_box()
    scale = min(box["width"], box["height"]) / 3
    return box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 - y * scale


def ends(page) -> list[list[float]]:
    """Where the dropped points have come to."""
    return page.evaluate(
        """() => new Promise((done) => document.addEventListener("field:look", ({ detail }) => {
            done(detail.walkers.list.map(({ trail }) => trail.at(-1)))
        }, { once: true }))"""
    )


def drawn_part(page) -> str:
    """The drawn points, as the link has them."""
    return re.search(r"field_drawn=([\w-]*)|$", page.url)[1] or ""


def pause(page) -> None:
    """Train no more: where that is not looked at, it only takes the processor from what is."""
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()


def test_pause_step_and_reset_with_the_seed(field):
    page = field("field_lr=0.002")
    pause(page)
    paused = still(page, lambda: steps(page))
    page.get_by_role("button", name="Step").click()
    eventually(page, lambda: steps(page) == paused + 1)
    assert "best possible" in page.locator("aside").inner_text()
    losses = []
    for _ in range(2):  # the same seed: the same losses
        page.get_by_role("button", name="Reset").click()
        for step in (1, 2, 3):
            page.get_by_role("button", name="Step").click()
            eventually(page, lambda step=step: steps(page) == step)
        losses.append(still(page, lambda: page.locator(".loss").inner_text()))
    assert losses[0] == losses[1]
    page.locator(VIEW).focus()
    page.keyboard.press(" ")
    eventually(page, lambda: steps(page) > 50)


def test_a_dropped_point_goes_to_the_data_by_mouse_and_by_keys_and_stands_in_the_link(field):
    page = field("field_shape=Circle")
    eventually(page, lambda: number(page, "Cosine with the score") > 0.95)
    page.get_by_role("button", name="Clear points").click()
    page.mouse.move(*at(page, 0.9, 0.9))
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(5, 400)
    eventually(page, lambda: [round(abs(complex(*place)), 1) for place in ends(page)] == [0.8])  # the circle's radius
    eventually(page, lambda: re.search(r"field_walk=settle\.\w", page.url) is not None)
    page.locator(VIEW).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    eventually(page, lambda: "moves" in page.locator(".status").inner_text())
    page.keyboard.press("Enter")
    eventually(
        page, lambda: re.search(r"field_walk=settle\.[\w-]{3}\.[\w-]{3}$", page.url) is not None, lambda: page.url
    )
    page.get_by_role("button", name="Pause").click()  # points wander, and are spoken of, while nothing is learned
    page.get_by_role("radio", name="Wander").click()
    eventually(page, lambda: "field_walk=wander" in page.url)
    page.locator(".claims", has_text="samples lie").wait_for()
    page.locator(VIEW).focus()
    page.keyboard.press("Escape")
    eventually(page, lambda: page.url.endswith("field_walk=wander"), lambda: page.url)


def test_on_a_line_the_curve_crosses_at_each_point(field):
    page = field("field_shape=On a line")
    eventually(page, lambda: page.locator("dl b").count() and page.locator("dl b").first.inner_text() == "3 of 3")
    eventually(page, lambda: number(page, "From a data point") < 0.05)
    assert "crosses the identity" in page.locator(".claims").inner_text()


def test_a_finger_drops_points_on_a_phone(field):
    page = field(color_scheme="dark", **PHONE)
    page.locator(VIEW).scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, 0.2, 0.9))
    eventually(page, lambda: "field_walk=settle" in page.url)
    pause(page)
    for scheme in ("dark", "light"):
        themed(page, scheme)
        assert page.get_by_test_id("stMain").evaluate("e => e.scrollWidth - e.clientWidth") <= 0
        for button in page.locator(".field button").all():
            assert button.bounding_box()["height"] >= 40
        assert len(set(ground(page))) > 20


def test_it_learns_while_every_frame_is_drawn_and_the_server_hears_nothing(page):
    known, sent = len(page.wire.asks), []
    page.on("request", lambda request: sent.append(request.url))
    eventually(page, lambda: number(page, "Cosine with the score") > 0.95, lambda: page.locator("aside").inner_text())
    assert number(page, "Moved, on the data") < 0.1
    assert number(page, "corners") > 0.4
    assert "They move" in page.locator(".claims").inner_text()
    frames = lambda: int(page.locator(".field").get_attribute("data-frames"))  # noqa: E731
    before = frames()
    drawn(page, 20)
    assert frames() - before >= 15  # of the browser's own twenty
    assert asked(page, since=known) == []
    assert sent == []
    assert page.errors == []


def test_the_noise_changes_while_it_trains_and_another_kind_begins_anew(page):
    eventually(page, lambda: number(page, "Cosine with the score") > 0.9)
    before = steps(page)
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("slider", name="Noise").focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    eventually(page, lambda: "field_sigma=0.3" in page.url)
    page.locator(".claims", has_text="σ = 0.30").wait_for()
    assert steps(page) > before  # the same network
    page.get_by_text("Contractive", exact=True).click()
    page.locator(".claims", has_text="Contractive training").wait_for()
    page.get_by_text("Plain", exact=True).click()
    page.locator(".claims", has_text="reconstruct").wait_for()
    page.get_by_text("Denoising", exact=True).click()
    page.wait_for_url(lambda url: "field_kind" not in url)
    page.keyboard.press("Escape")


def test_under_the_hood_and_a_bet(page):
    page.get_by_text("Under the hood").click()
    page.get_by_text("descend() {").wait_for()
    page.locator(".numbers div").first.wait_for()
    numbers = page.locator(".numbers").inner_text()
    eventually(page, lambda: page.locator(".numbers").inner_text() != numbers)
    page.get_by_role("button", name="Train without noise").click()
    page.get_by_role("button", name="Hardly anywhere").click()
    eventually(page, lambda: "field_kind=Plain" in page.url)
    page.get_by_text("You were right: hardly anywhere").wait_for()
    page.locator(".st-key-teach_bet").get_by_role("button", name="Close").click()


def test_data_are_drawn_by_hand_and_by_keys_and_come_back_with_the_link(page):
    pause(page)
    page.get_by_role("radio", name="Draw data").click()
    page.mouse.move(*at(page, -0.8, 0))
    page.mouse.down()
    page.mouse.move(*at(page, 0.8, 0.3), steps=12)
    page.mouse.up()
    settled(page)
    eventually(page, lambda: "field_shape=Your" in page.url and "field_drawn=" in page.url, lambda: page.url)
    label = lambda: page.locator(VIEW).get_attribute("aria-label")  # noqa: E731
    count = lambda: int(label().split()[0])  # noqa: E731
    eventually(page, lambda: count() > 30, label)
    before = count()
    page.locator(VIEW).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    eventually(page, lambda: count() == before + 1, label)
    eventually(page, lambda: len(drawn_part(page)) == 3 * (before + 1), lambda: page.url)
    link = page.url
    page.goto(link)
    eventually(page, lambda: steps(page) > 0 and count() == before + 1, label)
    pause(page)
    page.get_by_role("radio", name="Draw data").click()
    page.locator(".field details.more > summary").click()
    page.get_by_role("button", name="Clear data").click()
    page.locator(".note", has_text="Draw some points").wait_for()
