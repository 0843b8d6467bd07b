"""While a hand draws, the browser alone keeps the strip up to date; then the server's answer confirms it."""

import numpy as np
import pytest

from aecore.checkpoints import names

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "ae-conv"} <= set(names()), reason="no trained models here"),
]
TIMEOUT = 60_000  # ms; generous, since CI machines are slow and busy

TILE = "figure[data-tile={}] canvas"
PIXELS = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"


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


@pytest.mark.parametrize(
    ("path", "corrupted", "networks"),
    [
        ("/", "noisy", ["dae", "ae-conv"]),
        ("/denoise", "corrupted", ["dae", "ae-conv"]),
        ("/denoise?denoise_corruption=salt_pepper", "corrupted", ["dae", "ae-conv"]),
        ("/denoise?denoise_corruption=speckle", "corrupted", ["dae"]),
        ("/denoise?denoise_corruption=blur", "corrupted", ["dae"]),
        ("/denoise?denoise_corruption=low_resolution", "corrupted", ["dae"]),
        ("/denoise?denoise_corruption=patch&denoise_paste=true&denoise_x=0.3", "corrupted", ["dae"]),
    ],
)
def test_pictures_follow_the_pen_and_agree_with_the_server(serve, open_page, path, corrupted, networks):
    page = open_page(serve("app.py") + path, viewport={"width": 1440, "height": 900})
    page.wait_for_selector(TILE.format("clean"), timeout=TIMEOUT)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)
    sketched = "figure.sketch[data-tile={}]"
    draw_a_seven(page)
    for tile in networks:  # which may still be on their way when the first stroke begins
        while page.locator(sketched.format(tile)).count() == 0:
            page.wait_for_timeout(300)
            page.mouse.move(*_wiggle(page))
    page.wait_for_timeout(700)  # the server has answered the unfinished stroke, and was not listened to
    tiles = ["clean", corrupted, *networks]
    live = {tile: pixels(page, tile) for tile in tiles}
    assert page.locator(".strip-body.drawing").count() == 1
    assert page.locator("figure[data-tile=clean] .name").inner_text() == "Your drawing"
    page.mouse.up()
    page.wait_for_selector(".strip-body:not(.drawing)", timeout=TIMEOUT)
    for tile in tiles:
        difference = np.abs(live[tile] - pixels(page, tile))
        # The two normalise a drawing in slightly different ways, which noise and networks do not blow up.
        assert difference.mean() < 0.02, (tile, difference.mean())
    assert live["clean"].max() > 0.8 and live["clean"].mean() > 0.02


@pytest.mark.parametrize("path", ["/", "/denoise", "/super_resolution"])
def test_the_whole_strip_is_there_though_the_page_does_not_run(serve, open_page, path):
    page = open_page(serve("app.py"), viewport={"width": 1440, "height": 900})
    page.add_init_script(MUTE)
    received = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    page.goto(serve("app.py") + path)
    page.wait_for_selector(TILE.format("clean"), timeout=TIMEOUT)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)
    page.wait_for_timeout(500)
    page.evaluate("window.muted = []")
    draw_a_seven(page)
    with page.expect_response("**/answers/*", timeout=TIMEOUT) as answered:
        page.mouse.up()
    assert answered.value.status == 200
    page.wait_for_selector(".strip-body:not(.drawing)", timeout=TIMEOUT)
    tiles = [tile["id"] for group in answered.value.json()["groups"] for tile in group["tiles"]]
    assert len(tiles) >= 4
    early = {tile: (pixels(page, tile), _caption(page, tile)) for tile in tiles}
    assert "Your drawing" in early["clean"][1]
    known = len(received)
    held = page.evaluate("window.speak()")
    assert held > 0
    for _ in range(TIMEOUT // 100):  # "running" may be too short to be seen
        page.wait_for_timeout(100)
        if max(received[known:], default=0) > 5_000:
            break
    assert max(received[known:]) > 5_000  # the strip of the run
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)
    page.wait_for_timeout(300)
    for tile in tiles:  # the run's answer is the same to the last bit
        assert (pixels(page, tile) == early[tile][0]).all() and _caption(page, tile) == early[tile][1], tile


def test_without_an_answer_the_run_has_the_strip(serve, open_page):
    page = open_page(serve("app.py") + "/denoise", viewport={"width": 1440, "height": 900})
    page.route("**/answers/*", lambda route: route.abort())
    page.wait_for_selector(TILE.format("clean"), timeout=TIMEOUT)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)
    draw_a_seven(page)
    page.mouse.up()
    page.wait_for_selector("text=Your drawing", timeout=TIMEOUT)
    page.wait_for_selector(".strip-body:not(.drawing) figure.best", timeout=TIMEOUT)


# From `window.muted = []` on the page's messages to Python are held back, until `speak` sends them and says how many.
MUTE = """
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
"""


def _caption(page, tile):
    return page.locator(f"figure[data-tile={tile}] figcaption").inner_text()


def _wiggle(page):
    box = page.locator(".pad canvas").bounding_box()
    return box["x"] + 0.45 * box["width"] + np.random.default_rng().integers(-3, 4), box["y"] + 0.8 * box["height"]
