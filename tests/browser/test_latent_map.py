"""The latent map in a real Chromium: it decodes under the pointer, links its panels, and hovering sends nothing."""

import math

import pytest

from aecore.checkpoints import names
from aecore.maps import shipped
from tests.browser.visitor import DESK, PHONE, asked, drawn, eventually, quiet, still

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


def test_the_map_decodes_links_and_sends_nothing(app, open_page):
    page = opened(app, open_page, **DESK)
    assert colored(page, "ae-2-bce") > 2_000
    known, sent = len(page.wire.asks), []
    page.on("request", lambda request: sent.append(request.url))
    # moving decodes, and the picture follows
    page.mouse.move(*at(page, "vae-2", 0.5, 0.3))
    page.wait_for_selector(".lens .decoded canvas")
    lens = lambda: picture(page, ".lens .decoded canvas")  # noqa: E731
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
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    eventually(page, lambda: lens() != above)
    page.keyboard.press("Escape")
    page.locator(".lens").first.wait_for(state="hidden")
    assert marked(page) == 0
    # what the wheel shows and what the button restores
    before = still(page, lambda: colored(page, "vae-2"))
    page.locator("section[data-map=vae-2] button[data-do=in]").click(click_count=3)
    eventually(page, lambda: colored(page, "vae-2") != before)
    page.locator("section[data-map=vae-2] button[data-do=fit]").click()
    eventually(page, lambda: abs(colored(page, "vae-2") - before) < 0.02 * before)
    # the digits' own pictures have come by now: a lasso marks them in every panel and lists them
    page.get_by_role("radio", name="Lasso").click()
    x, y = at(page, "vae-2", 0.5, 0.4)
    page.mouse.move(x + 50, y)
    page.mouse.down()
    for step in range(1, 13):
        page.mouse.move(x + 50 * math.cos(step * math.pi / 6), y + 50 * math.sin(step * math.pi / 6))
    page.mouse.up()
    eventually(page, lambda: marked(page) > 20)
    page.wait_for_selector(".strip figure canvas")
    assert page.locator(".strip figure").count() > 10
    page.locator(".strip").get_by_role("button", name="Clear").click()
    assert marked(page) == 0
    assert page.errors == []


def test_classes_can_be_hidden_and_the_url_knows(app, open_page):
    page = opened(app, open_page, "map_hidden=0&map_count=500+digits&map_panels=VAE&map_panels=PCA", **DESK)
    assert page.locator("section.panel").count() == 2
    few = colored(page, "vae-2")
    page.get_by_role("button", name="1", exact=True).first.click()
    eventually(page, lambda: colored(page, "vae-2") < few)
    page.wait_for_url("**map_hidden=01**")
    assert page.errors == []


def test_a_chip_brings_the_maps_into_view(app, open_page):
    page = opened(app, open_page)
    chip = page.get_by_role("button", name="Only 4s and 9s")
    chip.scroll_into_view_if_needed()
    chip.click()
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop < 400")


def test_the_drawing_moves_on_every_map_while_it_is_drawn(app, open_page):
    page = opened(app, open_page, **DESK)
    before = picture(page, "section[data-map=ae-2-bce] .own canvas >> nth=1")
    box = page.get_by_role("application", name="Drawing pad").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    # the pen is still down
    eventually(page, lambda: picture(page, "section[data-map=ae-2-bce] .own canvas >> nth=1") != before)
    page.mouse.up()
    sample = lambda: picture(page, "section[data-map=vae-2] .own canvas >> nth=1")  # noqa: E731
    page.get_by_role("button", name="Resample").click()
    first = still(page, sample)
    page.get_by_role("button", name="Resample").click()
    eventually(page, lambda: sample() != first)
    assert page.errors == []


def test_on_a_phone_one_map_at_a_time_answers_the_finger(app, open_page):
    page = opened(app, open_page, "map_grid=true", **PHONE)
    assert plot(page, "ae-2-bce").is_visible()
    assert not plot(page, "vae-2").is_visible()
    page.get_by_role("tab", name="VAE").click()
    plot(page, "vae-2").wait_for()
    plot(page, "vae-2").scroll_into_view_if_needed()
    page.touchscreen.tap(*at(page, "vae-2", 0.4, 0.4))
    page.wait_for_selector(".lens .decoded canvas")
    assert page.errors == []
