"""Few descriptors: new visitors are told when to come back, the server lives and recovers, and the start warns."""

import asyncio
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.server import descriptors
from ui.server.descriptors import Descriptors

SERVER = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
import uvicorn
from starlette.responses import PlainTextResponse
from ui.server import descriptors

descriptors.be_sparing()
app = descriptors.Descriptors(PlainTextResponse("here"))
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", timeout_keep_alive=30)
"""


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(number)], stderr=subprocess.PIPE, text=True)
    yield number
    process.kill()
    said = process.communicate()[1]
    assert "Traceback" not in said and "Only 64 files and connections" in said, said


def status(port: int) -> int:
    """What a new visitor gets; 0 if nothing."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        assert int(error.headers["Retry-After"]) > 0 and b"Try again in" in error.read()
        return error.code
    except OSError:
        return 0


def eventually(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def test_a_server_that_is_full_refuses_and_recovers(port):
    eventually(lambda: status(port) == 200)
    crowd = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]  # more than it could ever hold
    eventually(lambda: status(port) in (503, 0))
    for visitor in crowd:
        visitor.close()
    eventually(lambda: status(port) == 200)


@pytest.mark.parametrize(("left", "kind", "answer"), [
    (descriptors.SPARE - 1, "http", 503), (descriptors.SPARE, "http", 200),
    (descriptors.SPARE - 1, "websocket", 1013), (descriptors.SPARE, "websocket", 200),
])  # fmt: skip
def test_what_is_refused_while_few_are_left(monkeypatch, left, kind, answer):
    monkeypatch.setattr(descriptors, "left", lambda: left)
    sent = []

    async def app(scope, receive, send) -> None:
        sent.append({"status": 200})

    async def receive() -> dict:
        return {"type": f"{kind}.connect"}

    async def send(message: dict) -> None:
        sent.append(message)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            asyncio.run, Descriptors(app)({"type": kind, "method": "GET", "path": "/"}, receive, send)
        ).result()
    assert sent[0].get("status", sent[0].get("code")) == answer
