"""Requests that come too slowly end; those that come slowly but steadily, and websockets, do not."""

import asyncio
import socket
import threading
import time

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from uvicorn.protocols.http.h11_impl import H11Protocol

from ui.server import patience

HEAD, BODY = 0.4, 0.4  # s, in these tests


async def size(request):
    return PlainTextResponse(str(len(await request.body())))


async def say(connection):
    await connection.accept()
    await asyncio.sleep(3 * HEAD)
    await connection.send_text("still here")
    await connection.close()


@pytest.fixture
def port(monkeypatch):
    """A server of its own in this process."""
    monkeypatch.setattr(patience, "HEAD", HEAD)
    monkeypatch.setattr(patience, "BODY", BODY)
    monkeypatch.setattr(patience, "SLOWEST", 1_000)

    class Patient(H11Protocol):
        pass

    patience.be_patient(Patient)
    routes = [Route("/size", size, methods=["POST"]), WebSocketRoute("/say", say)]
    app = Starlette(routes=routes, middleware=[Middleware(patience.Patience)])
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, http=Patient, log_level="critical", ws="websockets-sansio"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    parts = iter(lambda: connection.recv(4096), b"")
    return b"".join(parts)


START = b"POST /size HTTP/1.1\r\nHost: here\r\n"


@pytest.mark.parametrize("begun", [b"", b"P", START], ids=["nothing", "a letter", "half a head"])
def test_a_head_that_does_not_come_ends_the_connection(port, begun):
    with connected(port) as connection:
        connection.sendall(begun)
        began = time.monotonic()
        heard(connection)
        assert time.monotonic() - began < HEAD + 5


def test_a_second_head_has_its_limit_too(port):
    with connected(port) as connection:
        connection.sendall(START + b"Content-Length: 2\r\n\r\nab")
        assert b"200 OK" in connection.recv(4096)
        connection.sendall(START)
        assert b"HTTP" not in heard(connection)


def test_a_body_that_stops_is_refused(port):
    with connected(port) as connection:
        connection.sendall(START + b"Content-Length: 900\r\n\r\nabc")
        answer = heard(connection)
    assert b" 408 " in answer.split(b"\r\n")[0] and b"too slowly" in answer


def test_a_body_that_comes_slowly_but_steadily_is_read(port):
    with connected(port) as connection:
        connection.sendall(START + b"Content-Length: 1500\r\nConnection: close\r\n\r\n")
        for _ in range(15):
            connection.sendall(b"." * 100)
            time.sleep(0.07)  # 1.4 times the slowest that is allowed, and longer than BODY in all
        assert heard(connection).endswith(b"1500")


def test_a_websocket_may_be_silent(port):
    from websockets.sync.client import connect

    with connect(f"ws://127.0.0.1:{port}/say") as connection:
        assert connection.recv() == "still here"
