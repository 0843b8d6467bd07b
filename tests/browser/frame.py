"""What every page is to show, wherever it is opened: its stage, its title and icon, and nothing beyond the screen."""

import pytest

from pages import PAGES
from tests.browser.visitor import DESK, eventually, idle

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
# One head, so that the page before has gone, the tab's title, and our icon: Streamlit's is favicon.png.
NAMED = """(title) => document.querySelectorAll("h1").length === 1 && document.title === title
    && document.querySelector("link[rel='shortcut icon']").href.includes("/media/")"""


def titled(folder: str) -> str:
    """What the browser's tab says: pages in many tabs are told apart."""
    (title,) = (page.title for page in PAGES if page.folder == folder)
    return "Autoencoder Lab" if folder == PAGES[0].folder else f"{title} - Autoencoder Lab"


def whole(page, folder: str) -> None:
    """Wait until the stage stands and the script has ended."""
    page.locator(STAGES[folder]).first.wait_for()
    idle(page)
    eventually(page, lambda: page.evaluate(NAMED, titled(folder)), lambda: f"{page.title()}, no {titled(folder)}")
    assert page.get_by_test_id("stException").count() == 0


def listened(page) -> list[str]:
    """Where a page asks outside of this machine, or against its policy; its icon is asked for by name, not by it."""
    asked: list[str] = []

    def hear(url: str) -> None:
        if "//127.0.0.1:" not in url and not url.startswith(("data:", "blob:")):
            asked.append(f"asked {url}")

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
# Whether all fits, at two looks ten frames apart: a part may follow the page's width a moment later.
FITS = f"""async (width) => {{
    const main = document.querySelector("[data-testid=stMain]")
    const fits = () => innerWidth === width && main.scrollWidth <= main.clientWidth && !({OUTSIDE})(width).length
    await new Promise(requestAnimationFrame)
    if (!fits()) return false
    for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame)
    return fits()
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
