"""A page before a class, and in a frame of a course page, in a real Chromium."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from aecore.checkpoints import names
from tests.browser.visitor import DESK, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "ae-conv"} <= set(names()), reason="no trained models here"),
]
PROJECTOR = {"viewport": {"width": 1024, "height": 768}}
STAGE = "figure[data-tile=clean] canvas"


def test_one_figure_at_a_time_larger_and_nothing_around_it(serve, open_page):
    page = open_page(f"{serve('app.py')}/denoise", **PROJECTOR)
    stage, menu = page.locator(STAGE), page.get_by_test_id("stHeader")
    second = page.get_by_role("heading", name="who holds out longest")
    second.wait_for()
    settled(page)
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Present").click()
    assert page.url.endswith("present=1") and page.evaluate(size) > before
    assert stage.is_visible() and not menu.is_visible() and not second.is_visible()
    assert not page.get_by_role("button", name="Share").is_visible()
    page.keyboard.press("ArrowRight")
    assert second.is_visible() and not stage.is_visible() and page.url.endswith("present=2")
    page.keyboard.press("PageUp")
    eventually(page, stage.is_visible)
    page.get_by_role("button", name="Next figure").click()
    page.reload()  # the address knows the figure
    second.wait_for()
    eventually(page, lambda: not stage.is_visible())
    page.keyboard.press("Escape")
    eventually(page, stage.is_visible)
    assert menu.is_visible() and "present" not in page.url and page.evaluate(size) == before
    assert not page.errors


def test_keys_in_a_control_are_the_control_s(serve, open_page):
    page = open_page(f"{serve('app.py')}/denoise?present=1", **PROJECTOR)
    slider = page.get_by_role("slider", name="Strength").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**denoise_strength=**")
    assert "present=1" in page.url and page.locator(STAGE).is_visible()


def test_a_course_page_shows_the_lab_in_a_frame(serve, open_page, tmp_path):
    frame = f'<iframe src="{serve("app.py")}/denoise?embed=true" width="1000" height="800"></iframe>'
    (tmp_path / "course.html").write_text(f"<h1>Week 7</h1>{frame}")
    elsewhere = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path))
    Thread(target=elsewhere.serve_forever, daemon=True).start()
    page = open_page(f"http://localhost:{elsewhere.server_port}/course.html", **DESK)
    lab = page.frame_locator("iframe")
    lab.locator(STAGE).wait_for()
    box = lab.get_by_role("application").first.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + 240, steps=8)
    page.mouse.up()
    lab.locator("figure[data-tile=clean]").get_by_text("Your drawing").wait_for()
    lab.locator(".strip-body:not(.drawing) figure.best").first.wait_for()
    elsewhere.shutdown()
