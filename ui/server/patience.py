"""Patience with browsers that send slowly: a request has a time limit, for its head and for its body.

Uvicorn waits for ever for a request that never ends; a few hundred of them use up the server's descriptors.
"""

import asyncio
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from ui.server.refusals import refusal

HEAD = 10.0  # s from a connection's first moment, or a request's first byte, to the end of the request's head
BODY = 10.0  # s that a body may take, and
SLOWEST = 16_000  # bytes a second that it must bring beyond that: a weak line of a phone has more


def be_patient(protocol: type[AutoHTTPProtocol] = AutoHTTPProtocol) -> None:
    """Let Uvicorn's HTTP close connections whose request does not come.

    It changes the class: Streamlit, which starts the server, has chosen it before it loads the app, and neither of the
    two has a setting for this.
    """
    if hasattr(protocol, "patience"):
        return
    made, received, lost = protocol.connection_made, protocol.data_received, protocol.connection_lost

    def connection_made(self: AutoHTTPProtocol, transport: asyncio.Transport) -> None:
        made(self, transport)
        self.patience = self.loop.call_later(HEAD, _close, self)

    def data_received(self: AutoHTTPProtocol, data: bytes) -> None:
        before = self.cycle
        received(self, data)
        if self.cycle is not before:  # a head is whole: the body has a limit of its own
            self.patience.cancel()
        elif self.patience.cancelled() and self.cycle.response_complete:  # the next one begins
            self.patience = self.loop.call_later(HEAD, _close, self)

    def connection_lost(self: AutoHTTPProtocol, exc: Exception | None) -> None:
        self.patience.cancel()
        lost(self, exc)

    protocol.patience = None
    protocol.connection_made, protocol.data_received, protocol.connection_lost = (
        connection_made,
        data_received,
        connection_lost,
    )


def _close(connection: AutoHTTPProtocol) -> None:
    if connection.transport.get_protocol() is connection:  # else it became a websocket
        connection.transport.close()


class Patience:
    """Middleware of the app: a body that comes too slowly gets 408, and its connection ends."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, size, whole, answered, slow = time.monotonic(), 0, False, False, False

        async def in_time() -> Message:
            nonlocal size, whole, slow
            if whole:  # what follows is the end of the connection, which may come late
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), began + BODY + size / SLOWEST - time.monotonic())
            except TimeoutError:
                slow = whole = True
                return {"type": "http.disconnect"}
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message

        async def tell(message: Message) -> None:
            nonlocal answered
            if slow and not answered:  # whoever read the body has met its end, and may say so in its own way
                return
            answered = True
            await send(message)

        try:
            await self._app(scope, in_time, tell)
        except Exception:
            if not slow:
                raise
        if slow and not answered:
            text = "The request came too slowly. Send it again, over a faster line or in a smaller copy."
            await refusal(scope, 408, text, {"Connection": "close"})(scope, receive, send)
