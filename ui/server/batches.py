"""What a run says reaches the server's event loop in batches, not each element for itself.

Streamlit (1.67) wakes its event loop for every element that a script writes, twice: each time two threads change places
at the interpreter's lock. A run writes 30 to 300 elements, and the loop sends what there is every 10 ms anyway.
"""

import asyncio
import contextlib
import functools
import inspect
import threading
from collections.abc import Callable

from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunnerEvent

PAUSE = 0.004  # s in which elements come together
MOMENT = 0.002  # s in which messages leave together


class Batch:
    """Events of one session's runs in their order, until the event loop handles them."""

    def __init__(self) -> None:
        self._events: list[dict] = []
        self._due = False  # the loop has been told to handle them after a pause
        self._lock = threading.Lock()

    def add(self, event: dict) -> bool:
        """One more, from any thread; whether the loop is still to be told."""
        with self._lock:
            self._events.append(event)
            first, self._due = not self._due, True
            return first

    def take(self) -> list[dict]:
        """All that have come."""
        with self._lock:
            events, self._events, self._due = self._events, [], False
            return events


def gathering(handle: Callable[..., None]) -> Callable[..., None]:
    """A session's method that hears of its runs, from their threads: `handle`, its own for the event loop, gets the
    same, in the same order. What is no element, as a run's begin and end, is not kept waiting."""

    def drain(session: AppSession) -> None:
        for event in _batch(session).take():
            try:
                handle(session, **event)
            except Exception as error:  # as if it had come alone: those after it are heard
                session._event_loop.call_exception_handler({"message": "A run was not heard", "exception": error})

    def hear(session: AppSession, sender: object, event: ScriptRunnerEvent, **details: object) -> None:
        first = _batch(session).add({"sender": sender, "event": event, **details})
        if event is not ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
            session._call_soon_on_event_loop(lambda: drain(session))
        elif first:
            session._call_soon_on_event_loop(lambda: session._event_loop.call_later(PAUSE, drain, session))

    return hear


def _batch(session: AppSession) -> Batch:
    return session.__dict__.setdefault("_batch", Batch())


def waking(runtime: Runtime) -> None:
    """In place of a runtime's own, which is called for each message that is to be sent: once is enough."""
    objects = runtime._get_async_objs()
    if not objects.need_send_data.is_set():
        objects.eventloop.call_soon_threadsafe(objects.need_send_data.set)


@functools.cache
def install() -> None:
    """Let this process's sessions do so; where another Streamlit is made otherwise, nothing happens."""
    handle = getattr(AppSession, "_handle_scriptrunner_event_on_event_loop", None)
    names = ("_on_scriptrunner_event", "_call_soon_on_event_loop")
    if handle is None or not all(hasattr(AppSession, name) for name in names):
        return
    if "event" not in inspect.signature(handle).parameters:
        return
    AppSession._on_scriptrunner_event = gathering(handle)
    if hasattr(Runtime, "_enqueued_some_message") and hasattr(Runtime, "_get_async_objs"):
        Runtime._enqueued_some_message = waking
    with contextlib.suppress(ImportError):  # another Uvicorn
        from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol as Protocol

        Protocol.connection_made = sending(Protocol.connection_made)


class Together:
    """A transport whose writes of a moment leave as one: each packet wakes the door (ui/server/front.py)."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop):
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Soon, with what else there is."""
        if not self._parts:
            self._loop.call_later(MOMENT, self._flush)
        self._parts.append(data)

    def close(self) -> None:
        """After all that was written."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))


def sending(made: Callable[..., None]) -> Callable[..., None]:
    """A websocket's `connection_made`, for which its transport writes together."""

    def connection_made(self: asyncio.Protocol, transport: asyncio.Transport) -> None:
        made(self, Together(transport, self.loop))

    return connection_made
