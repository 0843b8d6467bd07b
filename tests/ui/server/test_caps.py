"""What one visitor may make the server hold: too large a value is left out, the others stay; uploads have a quota."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import parse_qs

import pytest
from starlette.responses import PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg

from ui.server import caps
from ui.server.caps import Caps


def question(query: str = "", **values: str) -> BackMsg:
    """A browser's, with texts in some controls."""
    message = BackMsg()
    message.rerun_script.query_string = query
    for name, text in values.items():
        message.rerun_script.widget_states.widgets.add(id=name, string_value=text)
    return message


def heard(message: BackMsg) -> BackMsg:
    """What of it reaches the app."""
    return BackMsg.FromString(passed({"type": "websocket.receive", "bytes": message.SerializeToString()})["bytes"])


def passed(message: dict) -> dict:
    """What the app gets in its place."""

    async def receive() -> dict:
        return message

    got = []

    async def app(scope, receive, send) -> None:
        got.append(await receive())

    with ThreadPoolExecutor(1) as thread:  # the tests' own may have a loop, of Playwright's
        thread.submit(asyncio.run, Caps(app)({"type": "websocket", "headers": []}, receive, None)).result()
    return got[0]


def test_a_text_where_bytes_are_due_ends_the_connection():
    assert passed({"type": "websocket.receive", "text": "hello"}) == {"type": "websocket.disconnect", "code": 1003}
    assert passed({"type": "websocket.connect"}) == {"type": "websocket.connect"}


def texts(message: BackMsg) -> dict[str, int]:
    return {widget.id: len(widget.string_value) for widget in message.rerun_script.widget_states.widgets}


def test_a_caption_of_megabytes_is_left_out_and_the_rest_stays(caplog):
    message = question("page=1", caption="a" * 3_600_000, other="b", pad="c" * 60_000)
    got = heard(message)
    assert texts(got) == {"other": 1, "pad": 60_000} and got.rerun_script.query_string == "page=1"
    assert len(caplog.records) == 1 and "aaa" not in caplog.text


def test_all_values_together_have_a_limit(caplog):
    got = heard(question(**{f"w{i}": "a" * 150_000 for i in range(20)}, small="b"))
    assert sum(texts(got).values()) < caps.VALUES and texts(got)["small"] == 1


@pytest.mark.parametrize(
    "query", ["generate_z=" + "0.5,".rstrip() * 300_000, "&".join(f"k{i}={'x' * 15_000}" for i in range(1000))]
)
def test_an_address_of_megabytes_is_cut(query):
    got = heard(question(f"denoise_seed=4&{query}")).rerun_script.query_string
    assert len(got) <= caps.ADDRESS and parse_qs(got)["denoise_seed"] == ["4"]


@pytest.mark.parametrize("packed", [b"", b"\xff" * 50_000, BackMsg(stop_script=True).SerializeToString()])
def test_what_is_no_question_stays_as_it_is(packed):
    assert caps.cut(packed) == packed


def test_an_ordinary_question_is_not_touched():
    packed = question("a=1", pad="c" * 60_000).SerializeToString()
    assert caps.cut(packed) == packed


@pytest.mark.parametrize(("held", "status"), [
    ({"a": caps.UPLOADS - 1}, 200), ({"a": caps.UPLOADS + 1}, 413), ({"b": caps.UPLOADS + 1}, 200),
    ({str(i): caps.UPLOADS for i in range(20)}, 413),
])  # fmt: skip
def test_a_session_s_uploads_have_a_quota(monkeypatch, held, status):
    files = {name: {"file": SimpleNamespace(data=range(size))} for name, size in held.items()}
    instance = SimpleNamespace(uploaded_file_mgr=SimpleNamespace(file_storage=files))
    monkeypatch.setattr(caps, "runtime", SimpleNamespace(exists=lambda: True, get_instance=lambda: instance))
    sent = asked(Caps(PlainTextResponse("taken")), "/lab/_stcore/upload_file/a/1")
    assert sent[0]["status"] == status
    if status == 413:
        assert b"ry again" in sent[1]["body"] and (b"retry-after", b"60") in sent[0]["headers"]


def asked(app, path: str) -> list[dict]:
    """What an upload gets."""
    sent = []

    async def receive() -> dict:
        return {"type": "http.request"}

    async def send(message: dict) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app({"type": "http", "method": "PUT", "path": path}, receive, send)).result()
    return sent
