"""While a hand draws, the browser alone keeps the strip up to date; then the server's answer confirms it."""

from urllib.parse import quote_plus

import numpy as np
import pytest

from aecore.checkpoints import names
from aecore.corruptions import CORRUPTIONS
from tests.browser.visitor import DESK, answered, eventually, pick, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "ae-conv"} <= set(names()), reason="no trained models here"),
]
TILE = "figure[data-tile={}] canvas"
PATCH = quote_plus(CORRUPTIONS["patch"].label)
STRIP_BYTES = 5_000  # the least that a message with a strip's pictures has
PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"


def ready(page):
    """Wait until the strip stands and the script has ended."""
    page.wait_for_selector(TILE.format("clean"))
    settled(page)


def pixels(page, tile):
    return np.array(page.locator(TILE.format(tile)).evaluate(PIXELS)) / 255


def draw_a_seven(page):
    """Two strokes without a break, the pen still down at the end."""
    box = page.locator(".pad canvas").bounding_box()
    corners = [(0.3, 0.25), (0.7, 0.25), (0.55, 0.5), (0.45, 0.8)]
    place = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*place[0])
    page.mouse.down()
    for x, y in place[1:]:
        page.mouse.move(x, y, steps=8)


def test_pictures_follow_the_pen_and_agree_with_the_server(serve, open_page):
    page = open_page(serve("app.py"), **DESK)
    ready(page)
    pictures_follow(page, "noisy", ["dae"])


@pytest.fixture(scope="module")
def opened(serve, open_shared):
    """One page for all that is seen on Denoise; a link brings the first damage."""
    link = f"denoise_corruption={PATCH}&denoise_paste=true&denoise_x=0.3"
    page = open_shared(f"{serve('app.py')}/denoise?{link}", **DESK)
    ready(page)
    return page


@pytest.fixture
def denoise(opened):
    """That page without what an earlier test has drawn."""
    if (clear := opened.get_by_role("button", name="Clear", exact=True)).is_visible() and clear.is_enabled():
        with answered(opened):
            clear.click()
    return opened


@pytest.fixture
def super_resolution(serve, open_page):
    page = open_page(f"{serve('app.py')}/super_resolution", **DESK)
    ready(page)
    return page


@pytest.mark.parametrize(
    ("corruption", "networks"),
    [
        ("patch", ["dae"]),
        ("salt_pepper", ["dae", "ae-conv"]),
        ("speckle", ["dae"]),
        ("blur", ["dae"]),
        ("low_resolution", ["dae"]),
        ("gaussian", ["dae", "ae-conv"]),  # the last: its noise stays for the tests below
    ],
)
def test_pictures_follow_the_pen_whatever_the_damage(denoise, corruption, networks):
    if corruption != "patch":
        with answered(denoise):
            pick(denoise, "denoise_corruption", CORRUPTIONS[corruption].label)
    pictures_follow(denoise, "corrupted", networks)


def pictures_follow(page, corrupted: str, networks: list[str]) -> None:
    """Draw: the browser's pictures are there before the pen is up, and are the server's afterwards."""
    draw_a_seven(page)
    for tile in networks:  # which may still be on their way when the first stroke begins
        eventually(page, lambda tile=tile: _wiggle(page) or page.locator(f"figure.sketch[data-tile={tile}]").count())
    tiles = ["clean", corrupted, *networks]
    live = {tile: pixels(page, tile) for tile in tiles}
    assert page.locator(".strip-body.drawing").count() == 1
    assert page.locator("figure[data-tile=clean] .name").inner_text() == "Your drawing"
    page.mouse.up()
    page.wait_for_selector(".strip-body:not(.drawing)")
    for tile in tiles:
        difference = np.abs(live[tile] - pixels(page, tile))
        # The two normalise a drawing in slightly different ways, which noise and networks do not blow up.
        assert difference.mean() < 0.02, (tile, difference.mean())
    assert live["clean"].max() > 0.8 and live["clean"].mean() > 0.02


@pytest.mark.parametrize("where", ["denoise", "super_resolution"])
def test_the_whole_strip_is_there_though_the_page_does_not_run(request, where):
    page = request.getfixturevalue(where)
    page.evaluate(MUTE)
    draw_a_seven(page)
    with page.expect_response("**/answers/*") as answer:
        page.mouse.up()
    assert answer.value.status == 200
    page.wait_for_selector(".strip-body:not(.drawing)")
    tiles = [tile["id"] for group in answer.value.json()["groups"] for tile in group["tiles"]]
    assert len(tiles) >= 4
    early = {tile: (pixels(page, tile), _caption(page, tile)) for tile in tiles}
    assert "Your drawing" in early["clean"][1]
    known = len(page.wire.heard)
    held = page.evaluate("window.speak()")
    assert held > 0
    eventually(page, lambda: max(page.wire.heard[known:], default=0) > STRIP_BYTES)  # the strip of the run
    settled(page)
    for tile in tiles:  # the run's answer is the same to the last bit
        assert (pixels(page, tile) == early[tile][0]).all() and _caption(page, tile) == early[tile][1], tile


def test_without_an_answer_the_run_has_the_strip(denoise):
    page = denoise
    assert page.get_by_text("Your drawing").count() == 0
    page.route("**/answers/*", lambda route: route.abort())
    draw_a_seven(page)
    page.mouse.up()
    page.wait_for_selector("text=Your drawing")
    page.wait_for_selector(".strip-body:not(.drawing) figure.best")


# The page's messages to Python are held back, until `speak` sends them and says how many.
MUTE = """() => {
  window.muted = []
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    window.muted ? window.muted.push([this, data]) : send.call(this, data)
  }
  window.speak = () => {
    const held = window.muted
    window.muted = null
    for (const [socket, data] of held) send.call(socket, data)
    return held.length
  }
}"""


def _caption(page, tile):
    return page.locator(f"figure[data-tile={tile}] figcaption").inner_text()


def _wiggle(page):
    """The hand is not quite still."""
    box = page.locator(".pad canvas").bounding_box()
    x, y = 0.45 * box["width"] + np.random.default_rng().integers(-3, 4), 0.8 * box["height"]
    page.mouse.move(box["x"] + x, box["y"] + y)
