"""Questions of a page that its visitor has left are dropped; nothing else is."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server.late import Late


def passed(*messages: dict) -> list[dict]:
    """What a connection's app hears of these messages."""
    waiting, heard = [*messages, {"type": "websocket.disconnect"}], []

    async def receive() -> dict:
        return waiting.pop(0)

    async def app(scope, receive, send) -> None:
        while not heard or heard[-1]["type"] != "websocket.disconnect":
            heard.append(await receive())

    with ThreadPoolExecutor(1) as thread:  # the tests' own may have a loop, of Playwright's
        thread.submit(asyncio.run, Late(app)({"type": "websocket"}, receive, None)).result()
    return heard[:-1]


def run(page: str, part: str = "") -> dict:
    """A browser's question."""
    message = BackMsg()
    message.rerun_script.page_script_hash = page
    message.rerun_script.fragment_id = part
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


def test_a_part_of_the_page_before_is_not_run():
    early, left, late, new = run("inpaint", "board"), run("photos"), run("inpaint", "board"), run("photos", "strip")
    assert passed(run(""), early, left, late, new) == [run(""), early, left, new]


def test_pages_may_be_chosen_again_and_parts_asked_at_once_after_loading():
    all_of_them = run(""), run("a", "x"), run("a", "y"), run("b"), run("a"), run("a", "x"), run("a")
    assert passed(*all_of_them) == list(all_of_them)


def test_what_is_no_question_passes():
    stop = BackMsg(stop_script=True).SerializeToString()
    messages = [
        {"type": "websocket.connect"},
        run("a"),
        {"type": "websocket.receive", "bytes": stop},
        {"type": "websocket.receive", "bytes": b"\xff\xff nonsense"},
        {"type": "websocket.receive", "text": "nonsense"},
        {"type": "websocket.receive", "bytes": None, "text": "nonsense"},
    ]
    assert passed(*messages) == messages
