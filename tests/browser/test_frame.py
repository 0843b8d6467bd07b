"""What all pages share, in a real Chromium: a cold server's first visitor sees the whole frame, from page to page."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from aecore.checkpoints import names
from aecore.maps import shipped
from pages import PAGES
from tests.browser.conftest import start_streamlit
from tests.browser.frame import STAGES, listened, whole
from tests.browser.visitor import DESK, eventually, go, idle

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"judge", "dae", "ae-conv", "ae-2", "vae-2", "vae", "cvae", "cvae-2"} <= set(names())
        or "vae-2" not in shipped.names(),
        reason="no trained models here",
    ),
]


def test_every_page_has_its_stage_here():
    assert set(STAGES) == {page.folder for page in PAGES}


# Every page by its address, and its widths: test_access.py. A walk through a third of the pages, from a link.
def test_the_first_visitor_of_a_cold_server_gets_whole_pages_and_nothing_from_elsewhere(open_page):
    base = "/lab"
    server = start_streamlit("app.py", base=base)  # one that nobody has visited
    try:
        page = open_page("about:blank", **DESK)
        outside = listened(page)
        page.goto(f"{server.url}/denoise")
        whole(page, "denoise")
        for name in ("Home", "Restore", "Put to use"):
            assert page.get_by_test_id("stHeader").get_by_text(name, exact=True).is_visible()
        assert page.get_by_role("link", name="app", exact=True).count() == 0  # the old discovery lists the script
        the_pen_is_answered(page, base)
        for other in PAGES[::3]:  # of every section
            go(page, other.title)
            whole(page, other.folder)
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
