"""One real server: malformed messages over its websocket, malformed requests to its routes; then it serves."""

import http.client
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.abuse.tally import Tally, kind_of
from tests.browser.conftest import Server, start_streamlit

PATIENCE = 300  # s for any answer, on a machine that does more than this
POLITE = {301, 307, 308, 400, 403, 404, 405, 408, 411, 413, 414, 415, 422, 429, 431}
JSON = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"NaN",
    b"[" * 50_000,
    b'{"strokes":1e999}',
    b"\xff\xfe",
    b'"' + b"a" * 150_000 + b'"',
]
HEADERS = {"Content-Type": "application/json"}


def serve(tries: int, seed: int) -> dict[str, Tally]:
    """Both parts against one server, which shows a page before and after; what its log holds as an error is a fault."""
    server = start_streamlit("app.py", env={"AECORE_LOG": "json"})
    tallies = {"messages": Tally(), "routes": Tally(), "the server after it": Tally()}
    try:
        token = _page(server, tallies["the server after it"])
        while _status(server, "/ready") == 503:
            time.sleep(2)
        before = _memory(server)
        rng = np.random.default_rng([seed, 1])
        _messages(server, tries, rng, tallies["messages"])
        _routes(server, tries, token, rng, tallies["routes"])
        _page(server, tallies["the server after it"])
        tallies["messages"].worst_mb = max(0.0, _memory(server) - before)
        lines = server.said().splitlines()
        for place, line in enumerate(lines):
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("level") in ("error", "critical") or "Traceback" in line:
                where = str(event.get("places", [""])[-1:])
                tallies["the server after it"].fault(
                    f"logged {event.get('error', 'a traceback')} {where}", " / ".join(lines[place : place + 12])
                )
    finally:
        server.stop()
    return tallies


def _memory(server: Server) -> float:
    """MB of the server's process."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _status(server: Server, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
    connection.request("GET", path)
    return connection.getresponse().status


def _connected(server: Server) -> ClientConnection:
    address = f"ws://{urlsplit(server.url).netloc}/_stcore/stream"
    return connect(address, subprotocols=["streamlit"], max_size=None, max_queue=None, open_timeout=PATIENCE)


def _page(server: Server, tally: Tally) -> str:
    """A well-meaning visitor sees the first page; the secret of one of its addresses for answers."""
    tally.tried += 1
    began, token, deadline = time.monotonic(), "", time.monotonic() + PATIENCE
    try:
        with _connected(server) as socket:
            socket.send(BackMsg(rerun_script={"page_script_hash": ""}).SerializeToString())
            while time.monotonic() < deadline:
                packed = socket.recv(timeout=PATIENCE)
                secret = re.search(rb"answers/([\w-]{22})", packed)
                token = secret[1].decode() if secret else token
                message = ForwardMsg.FromString(packed)
                if message.WhichOneof("type") == "script_finished" and message.script_finished == 0:
                    tally.worst_seconds = max(tally.worst_seconds, time.monotonic() - began)
                    return token
        tally.fault("the page does not come", "first page")
    except (OSError, TimeoutError, WebSocketException) as error:
        tally.fault(kind_of(error), "first page")
    return token


def _messages(server: Server, tries: int, rng: np.random.Generator, tally: Tally) -> None:
    """Each on a connection of its own, or one that the server has not closed."""
    socket = _connected(server)
    for number, message in enumerate(_hostile_messages(tries, rng)):
        tally.tried += 1
        began = time.monotonic()
        try:
            socket.send(message)
            _heard(socket)
            if number % 10 == 9:  # and the server hears others meanwhile
                _asked(server, "GET", "/_stcore/health", b"", tally, {200})
        except (OSError, WebSocketException):  # it has closed the connection, as it should
            tally.refused += 1
            try:
                socket = _connected(server)
            except (OSError, WebSocketException) as error:
                tally.fault(kind_of(error), f"after message {number}")
                time.sleep(1)
        tally.worst_seconds = max(tally.worst_seconds, time.monotonic() - began)
    socket.close()


def _heard(socket: ClientConnection) -> None:
    """Wait until the server has come past what was sent. Raises: OSError: it has closed the connection, or is gone."""
    pong, deadline = socket.ping(), time.monotonic() + PATIENCE
    while not pong.wait(0.05):
        if socket.close_code is not None or time.monotonic() > deadline:
            raise ConnectionError("closed")


def _hostile_messages(tries: int, rng: np.random.Generator) -> Iterator[bytes | str]:
    """Large ones, nonsense, and mutations of a sound question."""
    sound = BackMsg()
    sound.rerun_script.query_string = "denoise_seed=3"
    sound.rerun_script.widget_states.widgets.add(id="$$ID-0-denoise_seed", int_value=3)
    large = BackMsg.FromString(sound.SerializeToString())
    large.rerun_script.widget_states.widgets.add(id="$$ID-1-generate_caption", string_value="a" * 3_600_000)
    large.rerun_script.query_string = "generate_z=" + ",".join(["0.5"] * 300_000)
    yield from (large.SerializeToString(), b"", "text", "{" * 1000, b"\xff" * 1_000_000, bytes(25_000_000))
    packed = sound.SerializeToString()
    for _ in range(tries):
        data = bytearray(packed if rng.random() < 0.8 else rng.bytes(int(rng.integers(1, 400))))
        for _ in range(int(rng.integers(1, 5))):
            data[int(rng.integers(len(data)))] = int(rng.integers(256))
        yield bytes(data[: int(rng.integers(1, len(data) + 1))] if rng.random() < 0.2 else data)


def _routes(server: Server, tries: int, token: str, rng: np.random.Generator, tally: Tally) -> None:
    """Bodies, methods and paths that no page of ours asks for."""
    paths = [
        f"/answers/{token}", "/answers/none", "/answers/", "/answers/%00", "/files/none/none", "/files/../etc/passwd",
        "/files/%2e%2e/%2e%2e", "/files/dae/" + "0" * 64, "/ready", "/_stcore/upload_file/none/none", "/%ff", "//",
        "/_stcore/health", "/component/none", "/media/none", "/" + "a" * 5000,
    ]  # fmt: skip
    for _ in range(tries):
        path = paths[int(rng.integers(len(paths)))]
        method = str(rng.choice(["GET", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"]))
        body = JSON[int(rng.integers(len(JSON)))] if rng.random() < 0.7 else rng.bytes(int(rng.integers(0, 2000)))
        _asked(server, method, path, body, tally, {200, 204, *POLITE})
        if tally.tried % 100 == 0:
            time.sleep(1)  # below what the limit of rates lets one address ask
    for size in (250_000, 30_000_000):
        _asked(server, "POST", f"/answers/{token}", b"1" * size, tally, POLITE)
        _asked(server, "PUT", "/_stcore/upload_file/none/none", b"1" * size, tally, POLITE)


def _asked(server: Server, method: str, path: str, body: bytes, tally: Tally, polite: set[int]) -> None:
    tally.tried += 1
    began = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body, HEADERS)
        status = connection.getresponse().status
        if status not in polite:
            tally.fault(f"{status} for {path[:40]}", f"{method} {path[:80]} {body[:40]!r}")
        tally.refused += status >= 400 and status in polite
    except (ConnectionError, http.client.HTTPException):  # the server ended it: a body that nobody reads
        tally.refused += 1
    except OSError as error:
        tally.fault(kind_of(error), f"{method} {path[:80]} {body[:40]!r}")
    finally:
        connection.close()
    tally.worst_seconds = max(tally.worst_seconds, time.monotonic() - began)
