"""A door before several servers on one machine: it takes every request, and whoever came before meets the same server.

A server keeps its visitors' sessions in memory, so all that one browser sends must reach the same one. The door reads
each request's head, chooses, and hands on what follows; a websocket's bytes then pass as they are. HTTP is h11's.
"""

import asyncio
import contextlib
import hashlib
import os
from binascii import unhexlify
from collections.abc import AsyncIterator, Sequence
from http.cookies import CookieError, SimpleCookie

import h11

PATIENCE = 15.0  # s for the head of a request
IDLE = 75.0  # s between two requests of a connection
CONNECT = 2.0  # s that a server has to take a connection
CHUNK = 65_536  # bytes
HEAD = 65_536  # bytes; a shared drawing stands in the address
COOKIE = "_streamlit_xsrf"  # which Streamlit gives every browser, before its first session begins
_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade", b"expect"}
_SAID = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"}


class Front:
    """The door.

    Args: ports: of the servers behind it, on this machine, or 0 for one that is not there; a caller may change it.
    """

    def __init__(self, ports: Sequence[int]):
        self.ports = list(ports)
        self._homes: dict[str, list[int]] = {}  # visitor -> the server of each websocket that is open
        self._trusted = set(os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1").replace(" ", "").split(","))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a browser, to its end."""
        ours = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD)
        peer = (writer.get_extra_info("peername") or ("",))[0]
        try:
            limit = PATIENCE
            while True:
                async with asyncio.timeout(limit):
                    request = await _event(ours, reader)
                if not isinstance(request, h11.Request):
                    return
                if not await self._answer(request, ours, reader, writer, peer):
                    return
                ours.start_next_cycle()
                limit = IDLE
        except h11.RemoteProtocolError as error:
            await _refuse(ours, writer, error.error_status_hint)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, h11.LocalProtocolError):
            pass  # the browser or the server has gone
        finally:
            writer.close()

    async def _answer(
        self, request: h11.Request, ours: h11.Connection, reader: asyncio.StreamReader, writer, peer: str
    ) -> bool:
        """One request; whether the connection may bring another one."""
        sent = self._handed_on(list(request.headers), peer)
        key = visitor(sent)
        upstream, port = await self._open(key)
        if upstream is None:
            await _refuse(ours, writer, 503)
            return False
        their_reader, their_writer = upstream
        try:
            if any(name == b"upgrade" and value.lower() == b"websocket" for name, value in request.headers):
                homes = self._homes.setdefault(key, [])
                homes.append(port)
                try:
                    await _pipe(request, sent, ours, reader, writer, their_reader, their_writer)
                finally:
                    homes.remove(port)
                    if not homes:
                        self._homes.pop(key, None)
                return False
            theirs = h11.Connection(h11.CLIENT)
            handed = h11.Request(
                method=request.method, target=request.target, headers=[*sent, (b"connection", b"close")]
            )
            their_writer.write(theirs.send(handed))
            body = asyncio.create_task(_body(ours, theirs, reader, writer, their_writer))
            try:
                await _response(ours, theirs, writer, their_reader)
            finally:
                body.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError, h11.ProtocolError):
                    await body
            return ours.our_state is h11.DONE and ours.their_state is h11.DONE
        finally:
            their_writer.close()

    async def _open(self, key: str) -> tuple[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None, int]:
        """A connection to the visitor's server, and its port: where the session is, though another server has come
        meanwhile; where the server has gone, to another one."""
        for port in [*self._homes.get(key, ())[:1], *ranked(key, self.ports)]:
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(CONNECT):
                    return await asyncio.open_connection("127.0.0.1", port, limit=CHUNK), port
        return None, 0

    def _handed_on(self, headers: list[tuple[bytes, bytes]], peer: str) -> list[tuple[bytes, bytes]]:
        """The headers as the server gets them: who asks is said by us, or by a proxy whom we trust."""
        said = [(name, value) for name, value in headers if name in _SAID]
        if not said or not ({peer, "*"} & self._trusted):
            said = [(b"x-forwarded-for", peer.encode())]
        return [(name, value) for name, value in headers if name not in _HOP | _SAID] + said


def visitor(headers: Sequence[tuple[bytes, bytes]]) -> str:
    """What tells one browser from another: the token in Streamlit's cookie; before that, or where cookies are not sent,
    its address and its name."""
    said = {name: value.decode("latin-1") for name, value in headers}
    with contextlib.suppress(CookieError, KeyError, ValueError):
        _, mask, masked, _ = SimpleCookie(said.get(b"cookie", ""))[COOKIE].value.split("|")  # anew in every answer
        return bytes(a ^ b for a, b in zip(unhexlify(masked), unhexlify(mask) * 8, strict=False)).hex()
    return f"{said.get(b'x-forwarded-for')} {said.get(b'user-agent')}"


def ranked(key: str, ports: Sequence[int]) -> list[int]:
    """The servers that are there, a visitor's own first: when one goes, nobody else has to move."""

    def weight(place: int) -> bytes:
        return hashlib.blake2b(f"{place} {key}".encode(), digest_size=8).digest()

    return [ports[place] for place in sorted(range(len(ports)), key=weight) if ports[place]]


# ---- HTTP, a message at a time


async def _event(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Event | type[h11.PAUSED]:
    """The next event of one end."""
    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            return event
        connection.receive_data(await reader.read(CHUNK))


async def _body(ours, theirs, reader, writer, their_writer) -> None:
    """What the browser sends after the head, on to the server."""
    while True:
        if ours.they_are_waiting_for_100_continue:
            writer.write(ours.send(h11.InformationalResponse(status_code=100, headers=[])))
        event = await _event(ours, reader)
        if isinstance(event, h11.Data | h11.EndOfMessage):
            their_writer.write(theirs.send(event) or b"")
            await their_writer.drain()
        if not isinstance(event, h11.Data):
            return


async def _response(ours, theirs, writer, their_reader) -> None:
    """What the server answers, on to the browser."""
    while True:
        event = await _event(theirs, their_reader)
        if isinstance(event, h11.ConnectionClosed):
            raise ConnectionResetError
        if isinstance(event, h11.Response):
            headers = [(name, value) for name, value in event.headers if name not in _HOP]
            event = h11.Response(status_code=event.status_code, headers=headers, reason=event.reason)
        if isinstance(event, h11.Response | h11.Data | h11.EndOfMessage):
            writer.write(ours.send(event) or b"")
            await writer.drain()
        if isinstance(event, h11.EndOfMessage):
            return


async def _refuse(ours: h11.Connection, writer: asyncio.StreamWriter, status: int) -> None:
    if ours.our_state in (h11.IDLE, h11.SEND_RESPONSE):
        text = b"The lab is not there just now. Try again in a minute." if status == 503 else b"This is no request."
        headers = [(b"content-length", str(len(text)).encode()), (b"connection", b"close")]
        with contextlib.suppress(OSError, h11.LocalProtocolError):
            writer.write(ours.send(h11.Response(status_code=status, headers=headers)))
            writer.write(ours.send(h11.Data(data=text)) + ours.send(h11.EndOfMessage()))
            await writer.drain()


# ---- a websocket


async def _pipe(request, sent, ours, reader, writer, their_reader, their_writer) -> None:
    """The request that opens it, then bytes both ways until one end closes."""
    head = [b"%s %s HTTP/1.1" % (request.method, request.target)]
    head += [b"%s: %s" % header for header in [*sent, (b"connection", b"Upgrade"), (b"upgrade", b"websocket")]]
    their_writer.write(b"\r\n".join(head) + b"\r\n\r\n" + ours.trailing_data[0])
    ways = [asyncio.create_task(_flow(*ends)) for ends in ((reader, their_writer), (their_reader, writer))]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async for chunk in _chunks(reader):
        writer.write(chunk)
        await writer.drain()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await reader.read(CHUNK):
        yield chunk
