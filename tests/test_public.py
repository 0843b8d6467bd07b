"""The lab as the public meets it: one real server, asked by well-meaning and by other programs."""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import start_streamlit
from ui.server import patience


@pytest.fixture(scope="module")
def server():
    started = start_streamlit("app.py", env={"AECORE_LOG": "json"}, base="/lab")
    yield started
    started.stop()


def asked(url: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case, body."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, names, method="GET" if body is None else "POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


def test_half_a_request_is_not_held(server):
    """First, so that it waits while the other tests run: it only begins here and is looked at last."""
    host, port = server.url.removeprefix("http://").removesuffix("/lab").split(":")
    began = time.monotonic()
    halves = [socket.create_connection((host, int(port)), timeout=patience.HEAD + 20) for _ in range(20)]
    for half in halves:
        half.sendall(b"POST /lab/answers/a HTTP/1.1\r\nHost: a\r\nContent-Le")
    status, state = 503, {}
    while status != 200 and time.monotonic() < began + 60:  # a probe meets the server while it gets ready
        status, _, body = asked(f"{server.url}/ready")
        state = json.loads(body)
        time.sleep(0.2)
    assert status == 200 and state["models"]["left"] == [] and state["workers"]["alive"] >= 1
    for half in halves:
        with half:
            assert b"200" not in half.recv(4096)
    assert time.monotonic() - began < 60


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
