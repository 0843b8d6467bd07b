"""The latent map in a real Chromium: it decodes under the pointer, links its panels, and hovering sends nothing."""

import math
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from aecore.checkpoints import names
from aecore.maps import shipped
from tests.browser.visitor import DESK, PHONE, asked, drawn, eventually, quiet, still
from ui.input.digit import all_test_digits

PROJECTOR = {"width": 1024, "height": 768}

MAPS = ("ae-2-bce", "vae-2")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"ae-2-bce", "vae-2", "judge"} <= set(names()) or "vae-2" not in shipped.names(), reason="no maps here"
    ),
]


@pytest.fixture
def app(serve):
    return serve("app.py")


def opened(app, open_page, query: str = "", **options):
    page = open_page(f"{app}/latent_map?{query}", **options)
    page.wait_for_selector("section[data-map=vae-2] .own canvas", state="attached")  # its network is here
    if query == "":
        page.wait_for_selector(".board[data-digits=here][data-judge=here]")
    quiet(page)
    return page


@pytest.fixture(scope="module")
def desk(serve, open_shared):
    """One page for the tests at a desk; each leaves the view as it was, but for the last."""
    return opened(serve("app.py"), open_shared, **DESK)


def plot(page, name):
    return page.locator(f"section[data-map={name}] .plot")


def at(page, name, x, y):
    """A place of a panel, in pixels of the page; x and y in [0, 1]."""
    box = plot(page, name).bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def picture(page, selector):
    """The red channel of a picture of 28 x 28."""
    return page.locator(selector).first.evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    )


def colored(page, name):
    """How many pixels of a panel's points are painted."""
    return (
        plot(page, name)
        .locator(".base")
        .evaluate(
            """c => {
          const data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data
          let n = 0
          for (let i = 3; i < data.length; i += 4) n += data[i] > 40
          return n
        }"""
        )
    )


def marked(page):
    return int(page.locator(".board").first.get_attribute("data-marked"))


def within(page, locator, width: int, height: int) -> None:
    box = locator.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["y"] >= 0 and box["y"] + box["height"] <= height


def test_both_maps_stand_side_by_side_on_a_projectors_first_screen(desk):
    page = desk
    page.set_viewport_size(PROJECTOR)
    still(page, lambda: [plot(page, name).bounding_box() for name in MAPS])
    for name in MAPS:
        within(page, plot(page, name), 1024, 768)
        assert plot(page, name).bounding_box()["width"] > 200
    left, right = (plot(page, name).bounding_box() for name in MAPS)
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    page.set_viewport_size(DESK["viewport"])
    still(page, lambda: [plot(page, name).bounding_box() for name in MAPS])


def test_a_page_that_scrolls_past_a_map_scrolls_on(desk):
    page = desk
    scrolled = lambda: page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop")  # noqa: E731
    page.mouse.move(*at(page, "vae-2", 0.5, 0.5))
    page.mouse.wheel(0, 200)  # it shows all: there is nothing to zoom out to
    eventually(page, lambda: scrolled() > 100)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop = 0")


def test_the_map_decodes_links_and_sends_nothing(desk):
    page = desk
    assert colored(page, "ae-2-bce") > 2_000
    known, sent = len(page.wire.asks), []
    page.on("request", lambda request: sent.append(request.url))
    # moving decodes, and the picture follows
    page.mouse.move(*at(page, "vae-2", 0.5, 0.3))
    page.wait_for_selector(".dock .decoded canvas")
    lens = lambda: picture(page, ".dock .decoded canvas")  # noqa: E731
    eventually(page, lambda: max(lens()) > 128)
    above = still(page, lens)
    page.mouse.move(*at(page, "vae-2", 0.5, 0.8), steps=10)
    eventually(page, lambda: max(abs(a - b) for a, b in zip(above, lens(), strict=True)) > 60)
    drawn(page, 10)
    assert asked(page, since=known) == []
    assert not sent
    # leaving restores
    page.mouse.move(20, 450)
    page.locator(".lens").first.wait_for(state="hidden")
    # a click pins, arrow keys move, Escape lets go
    page.mouse.click(*at(page, "vae-2", 0.5, 0.3))
    page.mouse.move(20, 450)
    eventually(page, lambda: lens() == above)
    assert page.locator(".lens").first.is_hidden()  # what is pinned is not covered
    below = page.locator(".dock .decoded").bounding_box()["y"]
    assert below > max(
        plot(page, name).bounding_box()["y"] + plot(page, name).bounding_box()["height"] for name in MAPS
    )
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    eventually(page, lambda: lens() != above)
    page.keyboard.press("Escape")
    page.locator(".dock canvas").first.wait_for(state="detached")
    assert marked(page) == 0
    # what the wheel shows and what the button restores
    before = still(page, lambda: colored(page, "vae-2"))
    page.locator("section[data-map=vae-2] button[data-do=in]").click(click_count=3)
    eventually(page, lambda: colored(page, "vae-2") != before)
    page.locator("section[data-map=vae-2] button[data-do=fit]").click()
    eventually(page, lambda: abs(colored(page, "vae-2") - before) < 0.02 * before)
    # the digits' own pictures have come by now: a lasso marks them in every panel and lists them
    page.get_by_role("button", name="Lasso").click()
    x, y = at(page, "vae-2", 0.5, 0.5)
    page.mouse.move(x + 50, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + 50 * math.cos(step * math.pi / 6), y + 50 * math.sin(step * math.pi / 6))
    page.mouse.up()
    eventually(page, lambda: marked(page) > 36)
    page.wait_for_selector(".strip figure canvas")
    assert "The first 36:" in page.locator(".strip p").inner_text()
    strip = page.locator(".strip").bounding_box()
    boxes = [figure.bounding_box() for figure in page.locator(".strip figure").all()]
    assert len([box for box in boxes if box["x"] + box["width"] <= strip["x"] + strip["width"]]) == 36
    page.locator(".strip").get_by_role("button", name="Clear").click()
    assert marked(page) == 0
    assert page.errors == []


def test_classes_can_be_hidden_and_the_url_knows(app, open_page):
    page = opened(app, open_page, "map_hidden=0&map_count=500+digits&map_panels=VAE&map_panels=PCA", **DESK)
    assert page.locator(".board section.panel").count() == 2
    few = colored(page, "vae-2")
    page.locator(".classes summary").click()
    page.get_by_role("button", name="1", exact=True).first.click()
    eventually(page, lambda: colored(page, "vae-2") < few)
    page.wait_for_url("**map_hidden=01**")
    assert page.errors == []


def test_the_drawing_moves_on_every_map_while_it_is_drawn(desk):
    page = desk
    before = picture(page, "section[data-map=ae-2-bce] .own canvas >> nth=1")
    box = page.get_by_role("application", name="Drawing pad").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    # the pen is still down
    eventually(page, lambda: picture(page, "section[data-map=ae-2-bce] .own canvas >> nth=1") != before)
    page.mouse.up()
    sample = lambda: picture(page, "section[data-map=vae-2] .own canvas >> nth=1")  # noqa: E731
    page.get_by_role("button", name="Sample", exact=True).click()
    first = still(page, sample)
    page.get_by_role("button", name="Sample", exact=True).click()
    eventually(page, lambda: sample() != first)
    assert page.errors == []


def shares(page, name) -> list[int]:
    """What stands under a map of the codes inside its ring: the share of all, of N(0, I), and of the least class."""
    text = page.locator(f"section[data-map={name}] .ring").inner_text()
    return [int(number) for number in re.findall(r"(\d+)%", text)]


def test_each_map_of_codes_says_how_many_lie_in_the_priors_ring(app, open_page):
    page = opened(app, open_page, "map_hidden=0", **DESK)
    labels = all_test_digits()[1]
    for name in MAPS:
        inside = shipped.load(name).coordinates.norm(dim=1) < 2
        expected = [float(inside[labels != 0].float().mean()), 1 - math.exp(-2)]  # the 0s are switched off
        assert shares(page, name) == [round(100 * share) for share in expected]


def test_maps_of_codes_share_a_scale_and_the_link_keeps_the_view_and_the_pin(app, desk, open_page):
    page = desk
    if (lasso := page.get_by_role("button", name="Lasso")).get_attribute("aria-pressed") == "true":
        lasso.click()  # which the hand still held
    before = colored(page, "ae-2-bce")
    # the wheel zooms at once, and both follow
    page.mouse.move(*at(page, "vae-2", 0.5, 0.5))
    page.mouse.wheel(0, -600)
    eventually(page, lambda: colored(page, "ae-2-bce") != before)
    page.mouse.click(*at(page, "vae-2", 0.4, 0.5))
    page.mouse.move(20, 450)
    page.wait_for_url("**pin-vae-2**")
    widths = lambda of: {  # noqa: E731
        name: float(view.split(",")[2])
        for name, view in re.findall(r"(?:^|;)([a-z0-9-]+):([^;]*,[^;]*,[^;]*)", of)
        if name in MAPS
    }
    text = parse_qs(urlsplit(page.url).query)["map_view"][0]
    assert widths(text)["vae-2"] == pytest.approx(widths(text)["ae-2-bce"], rel=1e-3)
    seen = still(page, lambda: [colored(page, name) for name in MAPS])
    decoded = picture(page, ".dock .decoded canvas")
    again = opened(app, open_page, urlsplit(page.url).query, **DESK)
    again.wait_for_selector(".board[data-digits=here]")  # where few points are in sight, they are pictures
    shown = lambda: [colored(again, name) for name in MAPS]  # noqa: E731
    eventually(again, lambda: shown() == pytest.approx(seen, rel=0.02), lambda: f"{shown()}, not {seen}")
    off = lambda: max(abs(a - b) for a, b in zip(picture(again, ".dock .decoded canvas"), decoded, strict=True))  # noqa: E731
    eventually(again, lambda: off() <= 3)  # grey levels: the address keeps four digits
    # a scale of its own shows the VAE's codes larger
    again.get_by_role("button", name="Same scale").click()
    again.wait_for_url("**map_view=own**")
    assert page.errors == [] and again.errors == []


def test_a_phone_shows_digit_and_both_maps_and_enlarges_the_one_that_is_explored(app, open_page):
    page = opened(app, open_page, "map_grid=true", **PHONE)
    for name in MAPS:
        within(page, plot(page, name), 390, 844)
        within(page, page.locator(f"section[data-map={name}] .own canvas").first, 390, 844)  # the digit
        within(page, page.locator(f"section[data-map={name}] .own canvas").last, 390, 844)  # what becomes of it
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    page.get_by_role("button", name="Enlarge VAE").click()
    eventually(page, lambda: plot(page, "vae-2").bounding_box()["width"] > 340)
    plot(page, "vae-2").scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, "vae-2", 0.4, 0.4))
    page.wait_for_selector(".dock .decoded canvas")
    assert page.errors == []
