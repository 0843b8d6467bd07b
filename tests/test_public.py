"""The lab as the public meets it: one real server, asked by well-meaning and by other programs."""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.browser.conftest import start_streamlit
from ui.server import patience


@pytest.fixture(scope="module")
def server():
    started = start_streamlit("app.py", env={"AECORE_LOG": "json"}, base="/lab")
    yield started
    started.stop()


@pytest.fixture(scope="module", autouse=True)
def halves(server):
    """Half a request, twenty times: begun before the first test, and looked at by the last."""
    host, port = server.url.removeprefix("http://").removesuffix("/lab").split(":")
    begun = [socket.create_connection((host, int(port)), timeout=patience.HEAD + 20) for _ in range(20)]
    for half in begun:
        half.sendall(b"POST /lab/answers/a HTTP/1.1\r\nHost: a\r\nContent-Le")
    yield begun
    for half in begun:
        half.close()


def asked(url: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case, body."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, names, method="GET" if body is None else "POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/ready", "/files/none/none", "/answers/none", "/nothing.js"])
def test_every_answer_carries_the_headers(server, path):
    _, headers, _ = asked(server.url + path)
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["permissions-policy"]


def test_another_site_may_not_ask_for_answers(server):
    here = server.url.removeprefix("http://").partition("/")[0]
    assert asked(f"{server.url}/answers/none", b"{}", Origin="https://elsewhere.example")[0] == 403
    assert asked(f"{server.url}/answers/none", b"{}", Origin=f"http://{here}")[0] == 404
    assert asked(f"{server.url}/answers/none", b"{}")[0] == 404


def test_the_log_is_json_once_the_server_runs(server):
    lines = server.said().split("Local URL")[-1].splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert all({"time", "level", "event"} <= set(event) for event in events)
    assert "127.0.0.1 -" not in server.said() and "Traceback" not in server.said()


def test_what_is_too_large_for_one_message_is_told_when_the_page_is_back(server):
    browser = f"told {time.monotonic()}"
    with socket_to(server, browser) as socket, pytest.raises(ConnectionClosed):
        socket.send(b"x" * (21 * 2**20))
        while True:
            socket.recv(30)
    assert "too large" in first_page(server, browser)
    assert "too large" not in first_page(server, browser)  # once
    assert "too large" not in first_page(server, "another browser")


def socket_to(server, browser: str):
    """A browser's connection."""
    return connect(
        f"{server.url.replace('http', 'ws')}/_stcore/stream",
        subprotocols=["streamlit"],
        user_agent_header=browser,
        max_size=None,
    )


def first_page(server, browser: str) -> str:
    """All that a browser is sent until its first run has ended."""
    question, said = BackMsg(), []
    question.rerun_script.query_string = ""
    with socket_to(server, browser) as socket:
        socket.send(question.SerializeToString())
        while True:
            message = ForwardMsg.FromString(socket.recv(60))
            said.append(str(message.delta.new_element.toast))
            if message.WhichOneof("type") == "script_finished":
                return "".join(said)


def test_half_a_request_is_not_held_by_a_server_that_gets_ready(server, halves):
    deadline = time.monotonic() + 300
    status, state = 503, {}
    while status != 200 and time.monotonic() < deadline:  # a probe meets the server while it gets ready
        status, _, body = asked(f"{server.url}/ready")
        state = json.loads(body)
        time.sleep(0.2)
    assert status == 200 and state["models"]["left"] == [] and state["workers"]["alive"] >= 1
    for half in halves:
        assert b"200" not in half.recv(4096)  # it waits for HEAD + 20 s, so not for one that is held
