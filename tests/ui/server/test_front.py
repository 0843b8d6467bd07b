"""The door before several servers: who came before meets the same server, and a websocket's bytes pass as they are."""

import asyncio
import contextlib
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.server.front import Front, ranked, visitor

WEBSOCKET = b"GET /s HTTP/1.1\r\nHost: h\r\nUser-Agent: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"


def run(test: Coroutine) -> None:
    """In a thread of its own: the tests' own may have a loop, of Playwright's."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, test).result()


@contextlib.asynccontextmanager
async def lab(count: int):
    """So many servers that say their number and what they were sent, and the door before them: (front, door's port)."""
    servers = []

    def answering(number: int):
        async def answer(reader, writer) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            if b"websocket" in head:
                writer.write(b"HTTP/1.1 101 Switching Protocols\r\n\r\n%d" % number)
                writer.write(await reader.read(100))
            else:
                size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                text = b"%d\n" % number + head + await reader.readexactly(size)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
            writer.close()

        return answer

    for number in range(count):
        servers.append(await asyncio.start_server(answering(number), "127.0.0.1", 0))
    front = Front([server.sockets[0].getsockname()[1] for server in servers])
    door = await asyncio.start_server(front.serve, "127.0.0.1", 0)
    async with door:
        yield front, door.sockets[0].getsockname()[1]
        for server in servers:
            server.close()


async def ask(port: int, *requests: bytes) -> list[bytes]:
    """The answers to some requests on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        answers.append(await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0])))
    writer.close()
    return answers


def get(name: str, more: str = "", body: str = "") -> bytes:
    head = f"POST /lab HTTP/1.1\r\nHost: h\r\nUser-Agent: {name}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return (head + body).encode()


def test_a_browser_stays_with_one_server_and_many_are_spread():
    async def go():
        async with lab(2) as (_, port):
            names = [f"browser {i}" for i in range(20)]
            first = [(await ask(port, get(name)))[0][:1] for name in names]
            again = [(await ask(port, get(name, body="x" * 5000)))[0] for name in names]
            assert [answer[:1] for answer in again] == first and set(first) == {b"0", b"1"}
            assert all(answer.endswith(b"x" * 5000) for answer in again)
            assert len(await ask(port, get("a"), get("a"))) == 2  # one connection, two requests

    run(go())


def test_who_asks_is_said_by_the_door_alone(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.1")

    async def go():
        async with lab(1) as (_, port):
            (answer,) = await ask(port, get("a", "X-Forwarded-For: 1.2.3.4\r\n"))
            assert b"1.2.3.4" not in answer and b"x-forwarded-for: 127.0.0.1" in answer.lower()

    run(go())


def test_the_session_of_an_open_websocket_is_where_its_browser_asks():
    async def go():
        async with lab(2) as (front, port):
            name = next(f"b{i}" for i in range(99) if _home(f"b{i}", front) == 1)
            second, front.ports[1] = front.ports[1], 0
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(WEBSOCKET % name.encode())
            assert (await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(1)).endswith(b"0")
            front.ports[1] = second  # its own server has come, too late
            assert (await ask(port, get(name)))[0][:1] == b"0"
            writer.write(b"hello")
            assert await reader.read(100) == b"hello"
            writer.close()

    def _home(name: str, front: Front) -> int:
        return front.ports.index(ranked(f"127.0.0.1 {name}", front.ports)[0])

    run(go())


def test_without_a_server_it_says_so():
    async def go():
        async with lab(1) as (front, port):
            front.ports[0] = 0
            assert b"Try again" in (await ask(port, get("a")))[0]

    run(go())


@pytest.mark.parametrize(("mask", "masked"), [("00000000", "0a0b0c0d" * 4), ("01010101", "0b0a0d0c" * 4)])
def test_streamlits_token_is_the_same_under_every_mask(mask, masked):
    cookie = f'_streamlit_xsrf="2|{mask}|{masked}|1700000000"'
    assert visitor([(b"cookie", cookie.encode())]) == "0a0b0c0d" * 4
