"""What every visitor does, whatever the page: wait until something holds, and go to another page."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages import PAGES

TIMEOUT = 120_000  # ms; generous, since machines are slow and busy, and a test must not depend on that
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Wire:
    """What a page and its server say over the websocket.

    asks: the runs that the visitor or a part of the page asked for, but for those of a clock; heard: bytes of each
    message from the server; resting: whether a run has ended since the last of the asks.
    """

    def __init__(self, page) -> None:
        self.asks: list[ClientState] = []
        self.heard: list[int] = []
        self.resting = False
        page.on("websocket", self._open)

    def _open(self, socket) -> None:
        socket.on("framesent", lambda frame: self.sent(frame))
        socket.on("framereceived", lambda frame: self.received(frame))

    def sent(self, frame: bytes | str) -> None:
        """The browser has sent a message."""
        message = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
        if message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun:
            self.asks.append(message.rerun_script)
            self.resting = False

    def received(self, frame: bytes | str) -> None:
        """The server has sent a message."""
        if isinstance(frame, str):
            return
        self.heard.append(len(frame))
        message = ForwardMsg.FromString(frame)
        if message.WhichOneof("type") == "script_finished":
            self.resting = message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


# What a page means to do later, but soon: a part that waits until the hand rests, a search that is typed.
TIMERS = """(() => {
    const [set, clear] = [setTimeout, clearTimeout]
    globalThis.pendingTimers = new Map()
    globalThis.setTimeout = (run, delay = 0, ...given) => {
        const timer = set(() => {
            pendingTimers.delete(timer)
            typeof run === "function" ? run(...given) : eval(run)
        }, delay)
        if (delay <= 1000) pendingTimers.set(timer, run)
        return timer
    }
    globalThis.clearTimeout = (timer) => {
        pendingTimers.delete(timer)
        clear(timer)
    }
})()"""
TIMERS_LEFT = "[...pendingTimers.values()].join().slice(0, 1000)"


def new_page(context):
    """A page of a context, still blank; `page.wire` is its `Wire`."""
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    page.add_init_script(TIMERS)
    page.wire = Wire(page)
    return page


def eventually(page, condition: Callable[[], object], what: Callable[[], str] = str) -> None:
    """Wait until a condition holds; `what` says what is there instead, if it never does."""
    deadline = time.monotonic() + TIMEOUT / 1000
    while not condition():
        assert time.monotonic() < deadline, what()
        page.wait_for_timeout(50)


def repeated(page, act: Callable[[], object], condition: Callable[[], object], what: Callable[[], str] = str) -> None:
    """Do something until a condition holds: again only where it has not come to hold for a while."""
    looks = 0

    def holds() -> bool:
        nonlocal looks
        if looks % 10 == 0:
            act()
        looks += 1
        return condition()

    eventually(page, holds, what)


def drawn(page, frames: int = 2) -> None:
    """Wait until the browser has drawn what it knows, or longer: so many of its frames."""
    page.evaluate(
        """async (frames) => {
            for (let frame = 0; frame < frames; frame++) await new Promise(requestAnimationFrame)
        }""",
        frames,
    )


def still(page, read: Callable[[], object]) -> object:
    """What `read` says once it says the same for ten frames."""
    before = read()
    while True:
        drawn(page, 10)
        now = read()
        if now == before:
            return now
        before = now


def idle(page) -> None:
    """Wait until no script runs for the page; what it then shows may be the answer to an earlier question."""
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")


def settled(page) -> None:
    """Wait until the last run that was asked for has ended and stands on the screen."""
    eventually(page, lambda: page.wire.resting, lambda: f"{len(page.wire.asks)} asked, no end")
    idle(page)
    drawn(page)


@contextmanager
def answered(page) -> Iterator[None]:
    """What is done inside makes the page ask for a run; afterwards it has ended."""
    before = len(page.wire.asks)
    yield
    eventually(page, lambda: len(page.wire.asks) > before, lambda: "the page asked for no run")
    settled(page)


def rested(page) -> None:
    """Wait until no timer of the page runs that a hand's rest begins."""
    eventually(page, lambda: page.evaluate("pendingTimers.size === 0"), lambda: page.evaluate(TIMERS_LEFT))


def quiet(page) -> None:
    """Wait until the page asks for nothing any more: for as long as the slowest of its timers waits."""
    asked = -1
    while asked != len(page.wire.asks):
        asked = len(page.wire.asks)
        page.wait_for_timeout(1000)
        settled(page)


def asked(page, since: int) -> list[str]:
    """What the page asked of the server after its first `since` asks, in short."""
    return [
        f"fragment {ask.fragment_id}, page {ask.page_name}, {[widget.id for widget in ask.widget_states.widgets]}"
        for ask in page.wire.asks[since:]
    ]


def themed(page, scheme: str) -> None:
    """Let the visitor's system be light or dark, and wait until the page is."""
    page.emulate_media(color_scheme=scheme)
    theme = "getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme"
    eventually(page, lambda: page.evaluate(theme) == scheme, lambda: page.evaluate(theme))


def go(page, title: str) -> None:
    """Choose a page from the bar, through the menu of its section, and wait for its head."""
    (section,) = (entry.section for entry in PAGES if entry.title == title)
    if title == PAGES[0].title:
        page.get_by_test_id("stLogoLink").first.click()
    elif section:
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
        page.get_by_role("menuitem", name=title, exact=True).click()
    else:
        page.get_by_role("link", name=title, exact=True).click()
    head = "Autoencoder Lab" if title == PAGES[0].title else title
    page.get_by_role("heading", level=1, name=head, exact=True).wait_for()


def pick(page, key: str, option: str) -> None:
    """Choose an option of a select box, by its key."""
    box = page.locator(f".st-key-{key}").get_by_role("combobox")
    box.scroll_into_view_if_needed()
    drawn(page)  # a list that opens while the page still scrolls is shut again
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def set_further(page, label: str) -> None:
    """Press what stands behind More settings, and close that again."""
    page.get_by_role("button", name="More settings").first.click()
    page.get_by_text(label, exact=True).click()
    page.keyboard.press("Escape")


def circle(box, steps=24):
    """Points of a zero on the pad."""
    for i in range(steps + 1):
        angle = 2 * math.pi * i / steps
        yield (
            box["x"] + box["width"] * (0.5 + 0.2 * math.sin(angle)),
            box["y"] + box["height"] * (0.5 - 0.3 * math.cos(angle)),
        )
