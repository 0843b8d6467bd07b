"""The networks in the browser: they agree with torch, and are sent once a browser."""

import functools

import pytest

from aecore import checkpoints
from aecore.data import load_digits
from aecore.engine import get_engine
from pages.home import codes, strip
from tests.browser.conftest import ROOT
from tests.browser.visitor import DESK, answered, drawn, eventually, new_page, quiet, settled
from tests.networks import assert_same

pytestmark = pytest.mark.browser
SITE = "http://localhost:8850"  # answered by Playwright, not by a server


@pytest.fixture(scope="module")
def page(browser):
    """A page from which the modules of ui/ can be imported as it lies on disk."""
    context = browser.new_context()
    page = context.new_page()

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path.endswith(".js"):
            route.fulfill(body=(ROOT / path[1:]).read_bytes(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>Live</title>", content_type="text/html")

    page.route(f"{SITE}/**", answer)
    page.goto(SITE)
    yield page
    context.close()


def evaluated(page, script, *given):
    """What a script for `tests.node.run` answers in a page."""
    return page.evaluate(f"(given) => ({script})((place) => import(place), ...given)", list(given))


# ---- parity with torch; of all networks, but by node: tests/ui/live/test_network.py


@pytest.mark.parametrize("name", ["cvae", "upscaler", "judge"])
def test_a_network_agrees_with_torch_in_a_browser(page, name):
    images, y = load_digits("test")
    path = checkpoints.path_of(name)
    run = functools.partial(evaluated, page)
    assert_same(run, checkpoints.load(name), path.read_bytes(), images[:20].float() / 255, y[:20])


# ---- delivery once a browser, and nothing sent while the pen is down but the drawing

APP = "tests/browser/apps/live_app.py"


def visit(context, url, networks=2):
    """A page whose networks have come, and the addresses that it asked for."""
    page, requests = new_page(context), []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    ready(page, networks)
    return page, requests


def files(requests):
    """Names of the files that were asked for, in order."""
    return [url.split("/")[-2] for url in requests if "/files/" in url]


def ready(page, networks=2):
    """Waits until so many networks are there and the script has ended."""
    page.wait_for_function(
        """(count) => {
            const shelf = globalThis[Symbol.for("autoencoder-lab.networks")]
            return shelf?.size === count && [...shelf.values()].every((slot) => slot.here)
        }""",
        arg=networks,
    )
    settled(page)


def test_a_network_is_sent_once_a_browser(serve, browser):
    url = serve(APP)
    context = browser.new_context()
    page, requests = visit(context, url)
    assert files(requests) == ["ae-linear-32", "vae-nyu"]  # in the order asked for
    page.get_by_role("link", name="second").click()  # in the page's memory
    with answered(page):
        page.get_by_role("button", name="Run again").click()
    ready(page)
    assert len(files(requests)) == 2
    bytes_sent = """() => performance.getEntriesByType("resource").filter((e) => e.name.includes("/files/"))
        .map((e) => e.transferSize)"""
    assert min(page.evaluate(bytes_sent)) > 100_000
    again, _ = visit(context, url)  # in the browser's cache
    assert again.evaluate(bytes_sent) == [0, 0]
    context.close()
    context = browser.new_context()
    other, _ = visit(context, f"{url}/second")  # somebody else's browser, and a deep link
    assert min(other.evaluate(bytes_sent)) > 100_000
    context.close()


def test_a_network_that_did_not_come_is_asked_for_again(serve, browser):
    context = browser.new_context()
    page, lost = new_page(context), []

    def lose(route):
        lost.append(route.request.url)
        route.abort() if len(lost) == 1 else route.continue_()

    page.route("**/files/**", lose)
    page.goto(serve(APP))
    ready(page)
    assert lost[0] == lost[1] != lost[2]
    context.close()


def test_while_the_pen_is_down_nothing_is_asked(serve, newcomer):
    page, requests = visit(
        newcomer(**DESK), serve("app.py"), networks=len(codes.SIZES) + len(strip.networks(get_engine()))
    )
    quiet(page)
    requests.clear()
    page.wire.asks.clear()
    box = page.locator(".pad canvas").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for place in range(40):  # the networks compute in every frame
        down = (0.2 + 0.015 * place) * box["height"]
        page.mouse.move(box["x"] + (0.5 - 0.005 * place) * box["width"], box["y"] + down)
        drawn(page)
    eventually(page, lambda: page.locator("figure.sketch canvas").count() > 2)
    assert page.wire.asks == [] and requests == []
    with answered(page):
        page.mouse.up()
