"""Descriptors: every connection and every file takes one, and a process has so many.

Where few are left, new visitors are told to come back, and those who are here go on. Without this the server accepts
until nothing can be opened any more, and pages fail in places that no longer recover.
"""

import asyncio
import contextlib
import logging
import time
from asyncio.selector_events import BaseSelectorEventLoop
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from ui.server.refusals import refusal

LEAST = 1_024  # below it, the start warns: a visitor's browser opens six connections and more
SPARE = 24  # descriptors for what is here already: files, workers, libraries
RETRY = 20  # s
LOOK = 0.1  # s between two counts
_OPEN = Path("/proc/self/fd")
log = logging.getLogger("autoencoder_lab")


class Descriptors:
    """Middleware of the app: while few descriptors are left, a new page or connection gets 503."""

    def __init__(self, app: ASGIApp):
        self._app = app
        warn()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        if scope["type"] == "websocket" and left() < SPARE:
            await receive()
            await send({"type": "websocket.close", "code": 1013})  # try again later
        elif scope["type"] == "http" and left() < SPARE:
            text = f"The lab is full just now. Try again in {RETRY} seconds."
            headers = {"Retry-After": str(RETRY), "Connection": "close"}
            await refusal(scope, 503, text, headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class Count:
    """How many descriptors this process may still open; counted ten times a second where there are many."""

    def __init__(self) -> None:
        self._at, self._left = -LOOK, 0

    def __call__(self) -> int:
        """The number; a large one where the system does not tell."""
        now = time.monotonic()
        if now - self._at >= LOOK or self._left < 4 * SPARE:
            self._at = now
            try:
                self._left = limit() - sum(1 for _ in _OPEN.iterdir())
            except FileNotFoundError:  # no Linux
                self._left = LEAST
            except OSError:  # there was none to count them with
                self._left = 0
        return self._left


left = Count()


def limit() -> int:
    """How many descriptors this process may have open."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return LEAST * LEAST if soft == resource.RLIM_INFINITY else soft
    return LEAST


def warn() -> None:
    """Say at the start what a low limit means, after raising it as far as the system lets us."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < LEAST:
            most = LEAST if hard == resource.RLIM_INFINITY else min(hard, LEAST)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    if limit() < LEAST:
        log.warning("Only %d files and connections may be open at a time: enough for few visitors. Set ulimit -n %d.",
                    limit(), LEAST)  # fmt: skip


def be_sparing(protocol: type[AutoHTTPProtocol] = AutoHTTPProtocol) -> None:
    """Let the server accept no more connections than there are descriptors for, and close what cannot be answered.

    It changes classes, as `patience.be_patient` does. asyncio accepts as many as wait, thousands at a time; where
    descriptors run out meanwhile, it logs each of the others with a traceback and tries each again a second later, so
    that it never comes back.
    """
    if hasattr(protocol, "sparing"):
        return
    made, accept = protocol.connection_made, BaseSelectorEventLoop._accept_connection

    def connection_made(self: AutoHTTPProtocol, transport: asyncio.Transport) -> None:
        made(self, transport)
        if left() < SPARE // 2:
            transport.abort()

    def accept_some(self, factory, sock, sslcontext=None, server=None, backlog: int = 100, *more: object) -> None:
        accept(self, factory, sock, sslcontext, server, max(1, min(backlog, left() - SPARE // 2)), *more)

    protocol.sparing, protocol.connection_made = True, connection_made
    BaseSelectorEventLoop._accept_connection = accept_some
