"""What all pages share, in a real Chromium: a cold server's first visitor sees the whole frame, nothing is cut off."""

import pytest

from aecore.checkpoints import names
from aecore.maps import shipped
from tests.browser.conftest import start_streamlit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"judge", "dae", "ae-conv", "ae-2", "vae-2", "vae", "cvae", "cvae-2"} <= set(names())
        or "vae-2" not in shipped.names(),
        reason="no trained models here",
    ),
]
TIMEOUT = 60_000  # ms; generous, since CI machines are slow and busy
STRIP = "figure[data-tile=clean] canvas"
PAGES = {  # path -> its title, what stands on its stage
    "/": ("Autoencoder Lab", STRIP),
    "/denoise": ("Denoise", STRIP),
    "/latent_map": ("Latent map", ".board[data-painted]"),
    "/interpolate": ("Interpolate", ".st-key-interpolate_walk_view .walk canvas"),
    "/generate": ("Generate", ".writer[data-ready]"),
    "/inpaint": ("Inpaint", "figure[data-tile=inpainter] canvas"),
    "/super_resolution": ("Super-resolution", STRIP),
    "/photos": ("Photos", ".before-after img.after"),
}


def ready(page, path):
    """Wait until the stage stands and the script has ended."""
    page.locator(PAGES[path][1]).first.wait_for(timeout=TIMEOUT)
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)
    page.wait_for_timeout(300)


@pytest.mark.parametrize("path", PAGES)
def test_the_first_visitor_of_a_cold_server_gets_the_whole_frame(path, browser, open_page):
    url, server = start_streamlit("app.py")  # one that nobody has visited
    try:
        page = open_page(f"{url}{path}", viewport={"width": 1440, "height": 900})
        ready(page, path)
        assert page.get_by_role("heading", level=1, name=PAGES[path][0]).count() == 1
        assert page.get_by_role("heading", level=1).count() == 1
        for name in ("Home", "Denoise", "Latent map", "Interpolate", "Generate"):
            assert page.get_by_role("link", name=name, exact=True).is_visible()
        assert page.get_by_role("link", name="app", exact=True).count() == 0  # the old discovery lists the script
        assert page.get_by_test_id("stException").count() == 0
        other = "/" if path == "/denoise" else "/denoise"
        page.get_by_role("link", name="Home" if other == "/" else "Denoise", exact=True).click()
        page.get_by_role("heading", level=1, name=PAGES[other][0]).wait_for()
        ready(page, other)
    finally:
        server.terminate()
        server.wait(timeout=20)


def test_below_a_path_the_networks_and_the_pen_get_their_answers(browser, open_page):
    url, server = start_streamlit("app.py", base="/lab")
    try:
        page = open_page(f"{url}/denoise", viewport={"width": 1440, "height": 900})
        ready(page, "/denoise")
        here = "[...(globalThis[Symbol.for('autoencoder-lab.networks')]?.values() ?? [])].some((slot) => slot.here)"
        page.wait_for_function(here, timeout=TIMEOUT)
        box = page.locator(".pad canvas").bounding_box()
        page.mouse.move(box["x"] + 100, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 110, box["y"] + 220, steps=8)
        with page.expect_response("**/lab/answers/*") as answer:
            page.mouse.up()
        assert answer.value.status == 200
    finally:
        server.terminate()
        server.wait(timeout=20)


# What a visitor looks at and presses that lies beyond the left or right edge, but for what scrolls inside its own box.
OUTSIDE = """(width) => {
    const found = []
    const inspect = (root, boxed) => {
        for (const node of root.children) {
            const { left, right, height } = node.getBoundingClientRect()
            const shown = height > 1 && right - left > 1 && node.checkVisibility({ visibilityProperty: true })
            const seen = /^(CANVAS|BUTTON|INPUT|H[1-4]|P|FIGURE|IMG|CODE)$/.test(node.tagName)
            if (shown && seen && !boxed && (left < -1 || right > width + 1)) {
                found.push(`${node.tagName} ${node.className} ${node.textContent.slice(0, 40)} ${left}..${right}`)
            }
            const scrolls = /auto|scroll|hidden/.test(getComputedStyle(node).overflowX)
            inspect(node, boxed || (scrolls && right <= width + 1 && left >= -1))
            if (node.shadowRoot) inspect(node.shadowRoot, boxed)
        }
    }
    inspect(document.querySelector("[data-testid=stMain]"), false)
    return found
}"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_or_scrolls_sideways(path, serve, open_page):
    page = open_page(f"{serve('app.py')}{path}", viewport={"width": 1440, "height": 900})
    ready(page, path)
    for width in (1440, 2560, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(600)
        main = page.get_by_test_id("stMain")
        assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0, width
        assert page.evaluate(OUTSIDE, width) == [], width
        assert page.evaluate(OUTSIDE, width // 2)  # it would have seen it
        # in one go: a search on the page may change its tiles between two questions
        frames = page.locator("figure .frame").evaluate_all("all => all.map((e) => e.getBoundingClientRect().toJSON())")
        assert len(frames) >= (4 if PAGES[path][1] == STRIP else 0)
        for box in frames:
            assert box["width"] == pytest.approx(box["height"], abs=1)
