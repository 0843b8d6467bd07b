"""What a run says comes in its order, and wakes the event loop once for many elements."""

import asyncio

from streamlit.runtime.scriptrunner import ScriptRunnerEvent

from tests.requested import run_alone
from ui.server import batches

ELEMENT, ENDED = ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS


class Session:
    """What `gathering` needs of Streamlit's."""

    def __init__(self, loop):
        self._event_loop, self.woken, self.heard = loop, 0, []

    def _call_soon_on_event_loop(self, callback):
        self.woken += 1
        self._event_loop.call_soon_threadsafe(callback)


def said(session: Session, events: list) -> list:
    """What the session has heard at last of events that another thread tells."""
    hear = batches.gathering(lambda session, event, **details: session.heard.append((event, details["forward_msg"])))

    async def run() -> None:
        session._event_loop = asyncio.get_running_loop()
        await asyncio.to_thread(lambda: [hear(session, None, event, forward_msg=i) for i, event in enumerate(events)])
        while len(session.heard) < len(events):
            await asyncio.sleep(0.001)

    run_alone(run())
    return session.heard


def test_all_that_was_said_is_heard_in_its_order():
    session, events = Session(None), [ELEMENT] * 40 + [ENDED] + [ELEMENT] * 3
    assert said(session, events) == [(event, i) for i, event in enumerate(events)]


def test_many_elements_wake_the_loop_once(monkeypatch):
    monkeypatch.setattr(batches, "PAUSE", 0.2)
    session = Session(None)
    said(session, [ELEMENT] * 40)
    assert session.woken < 4  # once, unless this thread is held up for a fifth of a second


def test_the_end_of_a_run_brings_what_was_said_before_it(monkeypatch):
    monkeypatch.setattr(batches, "PAUSE", 3600)
    assert len(said(Session(None), [ELEMENT, ELEMENT, ENDED])) == 3


def test_one_that_cannot_be_handled_leaves_the_others():
    session, told = Session(None), []

    def handle(session, event, forward_msg, **_):
        if forward_msg == 1:
            raise RuntimeError("not this one")
        session.heard.append(forward_msg)

    async def run() -> None:
        session._event_loop = asyncio.get_running_loop()
        session._event_loop.set_exception_handler(lambda _, context: told.append(str(context["exception"])))
        hear = batches.gathering(handle)
        for i in range(3):
            hear(session, None, ENDED if i == 2 else ELEMENT, forward_msg=i)
        while len(session.heard) < 2:
            await asyncio.sleep(0.001)

    run_alone(run())
    assert session.heard == [0, 2] and told == ["not this one"]


class Written:
    """A transport."""

    def __init__(self):
        self.packets, self.closed = [], False

    def write(self, data: bytes) -> None:
        self.packets.append(data)

    def close(self) -> None:
        self.closed = True


def test_what_is_written_together_leaves_together_and_before_the_end():
    written = Written()

    async def run() -> None:
        together = batches.Together(written, asyncio.get_running_loop())
        for data in (b"a", b"b", b"c"):
            together.write(data)
        while not written.packets:
            await asyncio.sleep(0.001)
        together.write(b"d")
        together.close()

    run_alone(run())
    assert written.packets == [b"abc", b"d"] and written.closed
