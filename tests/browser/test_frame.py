"""What all pages share, in a real Chromium: a cold server's first visitor sees the whole frame, nothing is cut off."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from aecore.checkpoints import names
from aecore.maps import shipped
from pages import PAGES
from tests.browser.conftest import start_streamlit
from tests.browser.visitor import DESK, eventually, go, idle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"judge", "dae", "ae-conv", "ae-2", "vae-2", "vae", "cvae", "cvae-2"} <= set(names())
        or "vae-2" not in shipped.names(),
        reason="no trained models here",
    ),
]
STRIP = "figure[data-tile=clean] canvas"
STAGES = {  # page's folder -> what stands on its stage
    "home": STRIP,
    "denoise": STRIP,
    "latent_map": ".board[data-painted]",
    "interpolate": ".st-key-interpolate_walk_view .walk canvas",
    "generate": ".writer[data-ready]",
    "inpaint": "figure[data-tile=inpainter] canvas",
    "super_resolution": STRIP,
    "bottleneck": ".stage[data-drawn] canvas",
    "photos": ".before-after img.after",
    "vector_field": ".field:not([data-step='0']) canvas.view",
    "gans": ".duel:not([data-step='0']) canvas.view",
    "training": ".training:not([data-step='0']) .tiles",
    "upsampling": ".grid[data-drawn] .output [data-cell]",
    "regularise": ".wall[data-frames]",
    "tangents": ".stage[data-drawn] canvas",
    "masked": ".board[data-guessed] .guess canvas",
    "search": ".stage[data-drawn] .hits canvas",
    "anomalies": ".stage[data-drawn] .tiles canvas",
    "compress": ".rate[data-drawn] .recon canvas",
    "few_labels": ".curves[data-drawn] .rows b",
    "signals": ".signals[data-live][data-drawn] .verdict",
    "galaxies": ".stage[data-live] .now canvas[aria-label*=classifier]",
    "lessons": "[data-testid=stPageLink]",
}
WIDTHS = (1440, 2560, 768, 390)
ICON = "document.querySelector(\"link[rel='shortcut icon']\").href"


def test_every_page_has_its_stage_here():
    assert set(STAGES) == {page.folder for page in PAGES}


def titled(folder: str) -> str:
    """What the browser's tab says: pages in many tabs are told apart."""
    (title,) = (page.title for page in PAGES if page.folder == folder)
    return "Autoencoder Lab" if folder == PAGES[0].folder else f"{title} - Autoencoder Lab"


def whole(page, folder: str) -> None:
    """Wait until the stage stands and the script has ended."""
    page.locator(STAGES[folder]).first.wait_for()
    idle(page)
    page.wait_for_function("document.querySelectorAll('h1').length === 1")  # the page before has gone, too
    page.wait_for_function("(title) => document.title === title", arg=titled(folder))
    assert page.get_by_test_id("stException").count() == 0
    page.wait_for_function(f"{ICON}.includes('/media/')")  # ours; Streamlit's is favicon.png


def listened(page) -> list[str]:
    """Where a page asks outside of this machine, or against its policy; its icon is asked for by name, not by it."""
    asked: list[str] = []

    def hear(url: str) -> None:
        if "//127.0.0.1:" not in url and not url.startswith(("data:", "blob:")):
            asked.append(url)

    page.on("request", lambda request: hear(request.url))
    page.on(
        "console", lambda message: asked.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.on("websocket", lambda socket: hear(socket.url))
    page.expose_function("iconChanged", hear)
    page.add_init_script(
        """new MutationObserver((changes) => {
            for (const { target } of changes) if (target.rel?.includes("icon")) window.iconChanged(target.href)
        }).observe(document, { attributes: true, attributeFilter: ["href"], subtree: true })"""
    )
    return asked


@pytest.mark.parametrize(("first", "base"), [("home", ""), ("denoise", "/lab")])
def test_the_first_visitor_of_a_cold_server_gets_whole_pages_and_nothing_from_elsewhere(first, base, open_page):
    server = start_streamlit("app.py", base=base)  # one that nobody has visited
    try:
        page = open_page("about:blank", **DESK)
        outside = listened(page)
        page.goto(f"{server.url}/{'' if first == 'home' else first}")
        whole(page, first)
        for name in ("Home", "Restore", "Put to use"):
            assert page.get_by_test_id("stHeader").get_by_text(name, exact=True).is_visible()
        assert page.get_by_role("link", name="app", exact=True).count() == 0  # the old discovery lists the script
        if base:
            the_pen_is_answered(page, base)
        else:
            nothing_is_cut_off_or_scrolls_sideways(page, first)
        for other in PAGES[3::3] if base else PAGES[1:]:  # below a path a walk through some is enough
            go(page, other.title)
            whole(page, other.folder)
            if not base:
                nothing_is_cut_off_or_scrolls_sideways(page, other.folder)
        assert outside == []
        said = server.said()
        assert "ScriptRunContext" not in said and "Traceback" not in said, said
    finally:
        server.stop()


def the_pen_is_answered(page, base: str) -> None:
    """Draw on Denoise, where the networks have come, until the server answers below its path."""
    here = "[...(globalThis[Symbol.for('autoencoder-lab.networks')]?.values() ?? [])].some((slot) => slot.here)"
    page.wait_for_function(here)
    box = page.locator(".pad canvas").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + 220, steps=8)
    with page.expect_response(f"**{base}/answers/*") as answer:
        page.mouse.up()
    assert answer.value.status == 200


# Once window.part is set: after its page has asked for another page, it asks what it asked last before, an answer of a
# part of it that was under way at the click.
LATE = """() => {
    const send = WebSocket.prototype.send
    const text = (data) => new TextDecoder("latin1").decode(data)
    WebSocket.prototype.send = function (data) {
        send.call(this, data)
        if (window.part && !text(data).includes(window.part)) {
            send.call(this, window.last)
            window.part = undefined
        }
        window.last = new Uint8Array(data) // a copy: its memory is used again
    }
}"""


def test_a_question_that_comes_too_late_leaves_the_next_page_whole(serve, open_page):
    page = open_page("about:blank", **DESK)
    page.add_init_script(f"({LATE})()")
    page.goto(f"{serve('app.py')}/inpaint")
    whole(page, "inpaint")  # its board tells the script what it shows
    eventually(page, lambda: part(page), lambda: "no part of the page asked for a run of its own")
    idle(page)
    page.evaluate("(part) => { window.part = part }", part(page))
    go(page, "Photos")
    page.wait_for_function("!window.part")
    whole(page, "photos")
    assert page.get_by_role("heading", level=1, name="Photos").is_visible()


def part(page) -> str:
    """Which part of the page asked last for a run of its own, "" if the whole page did."""
    packed = page.evaluate("window.last && [...window.last]")
    return BackMsg.FromString(bytes(packed or ())).rerun_script.fragment_id


# What a visitor looks at and presses that lies beyond the left or right edge, but for what scrolls inside its own box.
OUTSIDE = """(width) => {
    const outside = []
    const inspect = (root, boxed) => {
        for (const node of root.children) {
            const { left, right, height } = node.getBoundingClientRect()
            const shown = height > 1 && right - left > 1 && node.checkVisibility({ visibilityProperty: true })
            const seen = /^(CANVAS|BUTTON|INPUT|H[1-4]|P|FIGURE|IMG|CODE)$/.test(node.tagName)
            if (shown && seen && !boxed && (left < -1 || right > width + 1)) {
                outside.push(`${node.tagName} ${node.className} ${node.textContent.slice(0, 40)} ${left}..${right}`)
            }
            const scrolls = /auto|scroll|hidden/.test(getComputedStyle(node).overflowX)
            inspect(node, boxed || (scrolls && right <= width + 1 && left >= -1))
            if (node.shadowRoot) inspect(node.shadowRoot, boxed)
        }
    }
    inspect(document.querySelector("[data-testid=stMain]"), false)
    return outside
}"""
# Whether all fits, in each of so many frames: a part may follow the page's width a moment later.
FITS = f"""async (width) => {{
    const main = document.querySelector("[data-testid=stMain]")
    for (let frame = 0; frame < 20; frame++) {{
        await new Promise(requestAnimationFrame)
        if (innerWidth !== width || main.scrollWidth > main.clientWidth || ({OUTSIDE})(width).length) return false
    }}
    return true
}}"""
# in one go: a search on the page may change its tiles between two questions
FRAMES = "all => all.map((e) => e.getBoundingClientRect().toJSON())"


def fits(page, width: int) -> None:
    """Wait until the page has taken its new width, and nothing lies outside of it."""
    outside = lambda: f"at {width} px: {page.evaluate(OUTSIDE, width)}"  # noqa: E731
    eventually(page, lambda: page.evaluate(FITS, width), outside)


def nothing_is_cut_off_or_scrolls_sideways(page, folder: str) -> None:
    """On the page of a folder, at all widths; then it has the desk's size again."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        fits(page, width)
        assert page.evaluate(OUTSIDE, width // 2)  # it would have seen it
        frames = page.locator("figure .frame").evaluate_all(FRAMES)
        assert len(frames) >= (3 if STAGES[folder] == STRIP else 0)
        for box in frames:
            assert box["width"] == pytest.approx(box["height"], abs=1)
    page.set_viewport_size(DESK["viewport"])
