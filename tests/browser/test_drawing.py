"""The drawing pad in a real Chromium: mouse, finger, pen and keys, and what Python sees of them."""

import re
import time

import numpy as np
import pytest

from tests.browser.visitor import eventually, still, themed
from ui.input.pad import rasterise

pytestmark = pytest.mark.browser
APP = "tests/browser/apps/pad_app.py"


class Pad:
    """What the tests do to a pad and read from its page."""

    def __init__(self, page):
        self.page = page
        self.canvas = page.locator("canvas")
        self.canvas.wait_for()
        self.wait("seq", lambda value: value is not None)
        page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState != 'running'")

    def seen(self, name):
        """The number or truth that Python has printed as NAME=VALUE;"""
        shown = re.search(rf"\b{name}=(\S+);", " ".join(self.page.get_by_text(f"{name}=").all_inner_texts()))
        if shown is None:
            return None
        return {"True": True, "False": False}[shown[1]] if shown[1] in ("True", "False") else int(shown[1])

    def wait(self, name, holds):
        """Waits until a value that Python has printed is as it should be, and returns it."""
        eventually(self.page, lambda: holds(self.seen(name)), lambda: f"{name} stayed {self.seen(name)}")
        return self.seen(name)

    def settle(self):
        """Waits until Python has answered the pad's last message."""
        self.page.locator("canvas").wait_for()
        self.wait("seq", lambda seq: seq == int(self.page.locator(".pad").get_attribute("data-seq")))
        assert self.seen("final") is True

    def at(self, x, y):
        box = self.canvas.bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def line(self, *places, steps=6):
        """Draws a stroke through places in [0, 1] with the mouse."""
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place), steps=steps)
        self.page.mouse.up()

    def lit(self):
        """How many pixels of the canvas carry ink."""
        return self.canvas.evaluate("""(c) => {
            const rgba = c.getContext("2d").getImageData(0, 0, c.width, c.height).data
            return rgba.filter((value, i) => i % 4 == 3 && value > 127).length
        }""")

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True, include_hidden=True)


@pytest.fixture
def open_pad(serve, open_page):
    def opener(path="", **options):
        return Pad(open_page(serve(APP) + path, **{"viewport": {"width": 1000, "height": 800}, **options}))

    return opener


@pytest.fixture(scope="module")
def shared(serve, open_shared):
    """One page for the tests to which it is the same what was drawn before."""
    return Pad(open_shared(serve(APP), viewport={"width": 1000, "height": 800}))


@pytest.fixture
def pad(shared):
    """That page's pad, empty, the pen in the hand."""
    if shared.button("Clear").is_enabled():
        shared.button("Clear").click()
        shared.settle()
    if (eraser := shared.button("Eraser")).get_attribute("aria-pressed") == "true":
        eraser.click()
    return shared


# ---- what Python sees


def test_a_stroke_reaches_python_while_it_is_drawn_and_when_it_ends(pad):
    assert pad.seen("empty") is True and pad.lit() == 0
    pad.page.mouse.move(*pad.at(0.5, 0.2))
    pad.page.mouse.down()
    pad.page.mouse.move(*pad.at(0.5, 0.5), steps=8)
    half = pad.wait("ink", lambda ink: ink > 0)  # the pen is still down
    assert pad.seen("final") is False and pad.seen("strokes") == 1
    pad.page.mouse.move(*pad.at(0.5, 0.8), steps=8)
    whole = pad.wait("ink", lambda ink: ink > half)
    assert pad.seen("final") is False
    pad.page.mouse.up()
    pad.settle()
    assert pad.seen("final") is True and pad.seen("ink") >= whole > half
    assert pad.seen("live") >= 2


def test_the_browser_and_python_draw_the_same_picture(pad):
    pad.page.evaluate("""() => document.addEventListener("pad:ink", ({ detail }) => {
        if (detail.final) window.ink = { strokes: detail.strokes, pixels: [...detail.raster(112)], key: detail.key }
    })""")
    pad.line((0.2, 0.2), (0.8, 0.3), (0.3, 0.7), (0.7, 0.85), steps=4)
    pad.settle()
    pad.button("Eraser").click()
    pad.line((0.1, 0.5), (0.9, 0.5))
    pad.settle()
    pad.page.wait_for_function("window.ink?.strokes.length == 2")
    ink = pad.page.evaluate("window.ink")
    browser = np.array(ink["pixels"], float).reshape(112, 112)
    python = rasterise(ink["strokes"]).astype(float)
    assert ink["key"] == "digit"
    assert pad.seen("ink") == int(python.sum()) // 255
    assert python.sum() == pytest.approx(browser.sum(), rel=0.03)
    assert np.abs(python - browser).mean() / 255 < 0.01 and np.abs(python - browser).max() < 128


def test_nothing_is_sent_twice(pad):
    pad.line((0.2, 0.5), (0.8, 0.5))
    pad.settle()
    seq = pad.seen("seq")
    pad.page.mouse.move(*pad.at(0.5, 0.5))
    pad.page.mouse.down()
    pad.wait("strokes", lambda strokes: strokes == 1)
    pad.canvas.press("Escape")  # nothing drawn, nothing told
    pad.page.mouse.up()
    pad.settle()
    assert pad.seen("seq") == seq and pad.seen("strokes") == 1


def test_the_eraser_takes_ink_away(pad):
    pad.line((0.5, 0.2), (0.5, 0.8))
    pad.settle()
    ink, lit = pad.seen("ink"), pad.lit()
    eraser = pad.button("Eraser")
    eraser.click()
    assert eraser.get_attribute("aria-pressed") == "true"
    pad.line((0.3, 0.5), (0.7, 0.5))
    pad.settle()
    assert 0 < pad.seen("ink") < ink and 0 < pad.lit() < lit
    eraser.click()
    pad.line((0.5, 0.4), (0.5, 0.6))
    pad.settle()
    assert pad.seen("ink") == pytest.approx(ink, rel=0.02)


def test_the_width_slider_changes_the_next_stroke(open_pad):
    pad = open_pad()
    slider = pad.page.get_by_label("Stroke width")
    assert not slider.is_visible()  # no tool is, before there is something to do
    assert pad.button("Undo").is_disabled() and pad.button("Redo").is_disabled()
    pad.line((0.5, 0.2), (0.5, 0.8))
    pad.settle()
    pad.button("Clear").click()
    pad.settle()
    slider.fill("60")
    pad.line((0.25, 0.2), (0.25, 0.8))
    pad.settle()
    thin = pad.seen("ink")
    slider.fill("320")
    pad.line((0.75, 0.2), (0.75, 0.8))
    pad.settle()
    assert pad.seen("ink") - thin > 4 * thin


# ---- history


@pytest.mark.parametrize(
    ("undo", "redo"),
    [("Control+z", "Control+Shift+Z"), ("Control+z", "Control+y"), ("Meta+z", "Meta+Shift+Z"), (None, None)],
    ids=["ctrl", "ctrl-y", "command", "buttons"],
)
def test_undo_and_redo(shared, undo, redo):
    pad = shared
    back, forth = pad.button("Undo"), pad.button("Redo")
    while back.is_enabled():
        back.click()
    pad.settle()
    assert pad.seen("empty") is True and pad.lit() == 0
    pad.line((0.3, 0.2), (0.3, 0.8))
    pad.settle()
    assert back.is_enabled() and forth.is_disabled()
    one = pad.seen("sum")
    pad.line((0.7, 0.2), (0.7, 0.8))
    pad.settle()
    two = pad.seen("sum")
    press = (lambda key, button: pad.page.keyboard.press(key)) if undo else (lambda key, button: button.click())

    press(undo, back)
    pad.wait("sum", lambda value: value == one)
    press(undo, back)
    pad.wait("empty", lambda value: value is True)
    assert back.is_disabled() and pad.lit() == 0
    press(redo, forth)
    pad.wait("sum", lambda value: value == one)
    press(redo, forth)
    pad.wait("sum", lambda value: value == two)
    assert forth.is_disabled()
    press(undo, back)
    pad.line((0.2, 0.5), (0.8, 0.5))  # a new stroke ends what could be redone
    assert forth.is_disabled()


def test_clear_can_be_undone(pad):
    pad.line((0.3, 0.2), (0.3, 0.8))
    pad.settle()
    one = pad.seen("sum")
    pad.button("Clear").click()
    pad.wait("empty", lambda value: value is True)
    assert pad.lit() == 0 and pad.button("Clear").is_disabled()
    pad.button("Undo").click()
    pad.wait("sum", lambda value: value == one)
    assert pad.lit() > 0


# ---- keys


def test_the_keyboard_draws(pad):
    pad.canvas.focus()
    keyboard = pad.page.keyboard
    for _ in range(4):
        keyboard.press("ArrowUp")
    assert pad.page.locator(".ring").is_visible()
    keyboard.press("Space")
    for _ in range(8):
        keyboard.press("ArrowDown")
    pad.wait("ink", lambda ink: ink > 0)
    keyboard.press("Space")
    pad.settle()
    assert pad.seen("strokes") == 1
    one = pad.seen("ink")
    keyboard.press("ArrowRight")  # the pen is up: it moves and draws nothing
    assert pad.seen("ink") == one
    keyboard.press("Space")
    keyboard.press("ArrowRight")
    keyboard.press("Escape")  # the stroke is dropped
    pad.settle()
    assert (pad.seen("strokes"), pad.seen("ink")) == (1, one)
    keyboard.press("Escape")
    assert not pad.page.locator(".ring").is_visible()
    assert pad.page.get_by_role("dialog").count() == 0


def test_everything_is_reached_by_tab_with_a_visible_focus(open_pad):
    pad = open_pad()
    pad.line((0.3, 0.2), (0.3, 0.8))
    pad.settle()
    pad.page.mouse.move(5, 5)
    focused = "() => document.activeElement.shadowRoot?.activeElement?.getAttribute('aria-label')"
    order = []
    for _ in range(4):
        pad.page.keyboard.press("Tab")
        order.append(pad.page.evaluate(focused))
    assert order == ["Eraser", "Stroke width", "Undo", "Clear"]  # Redo has nothing to do
    pad.canvas.evaluate("c => c.blur()")
    pad.page.get_by_role("button", name="Load a one").focus()
    pad.page.keyboard.press("Tab")
    assert pad.page.evaluate(focused) == "Drawing pad"
    outline = pad.page.locator(".sheet").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    for name in ["Eraser", "Undo", "Redo", "Clear"]:
        box = pad.button(name).bounding_box()
        assert box["width"] >= 40 and box["height"] >= 40


# ---- finger and pen


def test_a_finger_draws_and_does_not_scroll_but_scrolls_beside_the_pad(open_pad):
    pad = open_pad(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True, device_scale_factor=2)
    session = pad.page.context.new_cdp_session(pad.page)
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"

    def swipe(start, stop, steps=10):
        def send(kind, points):
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", [{"x": start[0], "y": start[1]}])
        for i in range(1, steps + 1):
            x, y = (a + (b - a) * i / steps for a, b in zip(start, stop, strict=True))
            send("touchMove", [{"x": x, "y": y}])
            time.sleep(0.016)
        send("touchEnd", [])

    swipe(pad.at(0.5, 0.8), pad.at(0.5, 0.2))
    pad.settle()
    assert pad.seen("strokes") == 1 and pad.seen("ink") > 300 and pad.seen("live") >= 1
    assert pad.page.evaluate(scrolled) == 0

    pad.button("Eraser").tap()
    swipe(pad.at(0.3, 0.5), pad.at(0.7, 0.5))
    pad.settle()
    assert pad.seen("strokes") == 2 and pad.lit() > 0

    box = pad.canvas.bounding_box()
    beside = box["x"] + box["width"] + 40
    swipe((beside, box["y"] + 200), (beside, box["y"] + 20))
    pad.page.wait_for_function(f"{scrolled} > 50")
    assert pad.seen("strokes") == 2


def test_a_second_finger_and_the_right_button_draw_nothing(pad):
    pad.page.mouse.move(*pad.at(0.5, 0.2))
    pad.page.mouse.down()
    pad.page.mouse.move(*pad.at(0.5, 0.8), steps=5)
    x, y = pad.at(0.1, 0.1)
    pad.canvas.evaluate(
        """(c, [x, y]) => { for (const kind of ["pointerdown", "pointermove", "pointerup"]) c.dispatchEvent(
            new PointerEvent(kind, { pointerId: 77, pointerType: "touch", clientX: x, clientY: y, button: 0 })) }""",
        [x, y],
    )
    pad.page.mouse.up()
    pad.settle()
    assert pad.seen("strokes") == 1
    pad.page.mouse.move(*pad.at(0.2, 0.2))
    pad.page.mouse.down(button="right")
    pad.page.mouse.move(*pad.at(0.2, 0.8), steps=5)
    pad.page.mouse.up(button="right")
    pad.settle()
    assert pad.seen("strokes") == 1


def test_a_pen_presses_and_its_other_end_erases(pad):
    session = pad.page.context.new_cdp_session(pad.page)

    def line(x, force):
        steps = [("mouseMoved", 0.2 + i * 0.06) for i in range(1, 11)]
        for kind, y in [("mousePressed", 0.2), *steps, ("mouseReleased", 0.8)]:
            px, py = pad.at(x, y)
            event = {"type": kind, "x": px, "y": py, "button": "left", "buttons": 1, "clickCount": 1}
            session.send("Input.dispatchMouseEvent", {**event, "pointerType": "pen", "force": force})
        pad.settle()

    line(0.25, 0.2)
    light = pad.seen("ink")
    line(0.75, 0.9)
    assert pad.seen("ink") - light > 1.5 * light

    x, y = pad.at(0.25, 0.5)
    before = pad.seen("ink")
    pad.canvas.evaluate(
        """(c, [x, y]) => { for (const [kind, dx] of [["pointerdown", -30], ["pointermove", 30], ["pointerup", 30]])
            c.dispatchEvent(new PointerEvent(kind, { pointerId: 5, pointerType: "pen", clientX: x + dx, clientY: y,
                button: 5, buttons: 32, pressure: 0.5, bubbles: true })) }""",
        [x, y],
    )
    pad.wait("strokes", lambda strokes: strokes == 3)
    pad.settle()
    assert pad.seen("ink") < before


# ---- pages, sizes, and Python's own changes


def test_strokes_survive_a_page_switch_and_can_still_be_undone(open_pad):
    pad = open_pad()
    pad.line((0.3, 0.2), (0.3, 0.8))
    pad.line((0.7, 0.2), (0.7, 0.8))
    pad.wait("strokes", lambda strokes: strokes == 2)
    pad.settle()
    drawn, lit = pad.seen("sum"), pad.lit()
    for title in ["Second page", "First page"]:
        pad.page.get_by_role("link", name=title.split()[0]).click()
        pad.page.get_by_role("heading", name=title).wait_for()
        pad.wait("sum", lambda value: value == drawn)
        pad.page.locator(".pad:not(.blank)").wait_for()
        assert pad.lit() == lit > 0
    pad.line((0.2, 0.5), (0.8, 0.5))
    pad.wait("strokes", lambda strokes: strokes == 3)
    pad.button("Undo").click()
    pad.wait("sum", lambda value: value == drawn)
    pad.button("Undo").click()
    pad.wait("strokes", lambda strokes: strokes == 1)


def test_a_reload_keeps_the_drawing_and_what_was_cleared_stays_so(open_pad):
    pad = open_pad()
    pad.line((0.5, 0.2), (0.5, 0.8))
    pad.settle()
    ink = pad.seen("ink")
    pad.page.reload()
    pad.wait("strokes", lambda strokes: strokes == 1)
    assert pad.seen("ink") == ink and pad.lit() > 0
    pad.button("Undo").click()
    pad.wait("strokes", lambda strokes: strokes == 0)
    pad.page.reload()
    pad.page.get_by_text("strokes=0;").first.wait_for()
    assert pad.seen("empty") is True and pad.lit() == 0


def test_another_visitor_does_not_get_the_drawing(open_pad):
    pad = open_pad()
    pad.line((0.5, 0.2), (0.5, 0.8))
    pad.settle()
    assert open_pad().seen("empty") is True


def test_python_loads_strokes_and_the_visitor_can_undo_it(pad):
    pad.line((0.2, 0.5), (0.7, 0.5))
    pad.settle()
    mine, lit = pad.seen("sum"), pad.lit()
    pad.page.get_by_role("button", name="Load a one").click()
    pad.wait("sum", lambda value: value != mine)
    eventually(pad.page, lambda: pad.lit() not in (0, lit))
    assert pad.seen("strokes") == 1
    pad.button("Undo").click()
    pad.wait("sum", lambda value: value == mine)
    assert pad.lit() == lit


def test_python_never_wipes_the_stroke_in_hand(pad):
    pad.page.mouse.move(*pad.at(0.2, 0.5))
    pad.page.mouse.down()
    pad.page.mouse.move(*pad.at(0.5, 0.5), steps=5)
    mine = pad.lit()
    pad.page.get_by_role("button", name="Load a one").evaluate("b => b.click()")
    eventually(pad.page, lambda: pad.lit() >= 1.5 * mine)  # the one appears under the stroke in hand
    pad.page.mouse.move(*pad.at(0.8, 0.5), steps=5)
    pad.page.mouse.up()
    pad.settle()
    assert pad.seen("strokes") == 2


def test_the_hint_shows_only_in_an_empty_pad(open_pad):
    pad = open_pad(reduced_motion="reduce")
    hint = pad.page.locator(".hint")
    opacity = "e => getComputedStyle(e).opacity"
    assert hint.inner_text() == "Draw a digit" and hint.evaluate(opacity) == "1"
    pad.page.mouse.move(*pad.at(0.5, 0.5))
    pad.page.mouse.down()
    assert hint.evaluate(opacity) == "0"  # at once: no transition where motion is unwelcome
    pad.page.mouse.up()
    pad.settle()
    pad.button("Clear").click()
    pad.wait("empty", lambda value: value is True)
    assert hint.evaluate(opacity) == "1"


@pytest.mark.parametrize("scale", [1, 1.5, 3])
def test_the_canvas_has_the_screens_pixels(open_pad, scale):
    pad = open_pad(device_scale_factor=scale)
    assert pad.canvas.evaluate("c => [c.width, c.height]") == [280 * scale, 280 * scale]
    pad.line((0.3, 0.2), (0.3, 0.8))
    pad.settle()
    lit = pad.lit()
    assert lit == pytest.approx((0.6 * 0.08 + np.pi * 0.04**2) * (280 * scale) ** 2, rel=0.05)


@pytest.fixture(scope="module")
def wide(serve, open_shared):
    """The page on which the pad is as wide as the page, for all sizes."""
    return Pad(open_shared(serve(APP) + "/wide", viewport={"width": 390, "height": 900}))


@pytest.mark.parametrize(("width", "side"), [(390, 358), (330, 298), (1400, 600)])
def test_the_pad_is_square_and_fits_the_page(wide, width, side):
    pad = wide
    resized(pad, width, side)
    box = pad.canvas.bounding_box()
    assert box["width"] == box["height"] == side
    lit = still(pad.page, pad.lit)
    assert lit > 0  # the initial strokes
    resized(pad, 390, 358)
    smaller = pytest.approx((358 / side) ** 2, rel=0.05)  # painted again, not stretched
    eventually(pad.page, lambda: pad.lit() / lit == smaller, lambda: f"{pad.lit()} of {lit}")


def resized(pad, width: int, side: int) -> None:
    pad.page.set_viewport_size({"width": width, "height": 900})
    pad.page.wait_for_function(f"innerWidth == {width}")
    eventually(pad.page, lambda: pad.canvas.bounding_box()["width"] == side)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_tools_follow_the_theme_and_the_sheet_stays_dark(shared, scheme):
    page = shared.page
    themed(page, scheme)
    luminance = "(e, name) => getComputedStyle(e)[name].match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + +b, 0) / 765"
    tool = lambda: page.locator("[data-tool=eraser]").evaluate(luminance, "color")  # noqa: E731
    eventually(page, lambda: tool() < 0.4 if scheme == "light" else tool() > 0.6, lambda: str(tool()))
    assert page.locator(".sheet").evaluate(luminance, "backgroundColor") < 0.1
