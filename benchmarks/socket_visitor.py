"""A visitor without a browser: a websocket client that speaks Streamlit's protocol as our pages' JavaScript makes it.

It costs some milliseconds of CPU where a browser costs a whole core, so that a hundred fit beside the server that they
load. What a page's components ask is copied here by hand: `benchmarks.load` counts what real browsers ask beside it.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

PATIENCE = 60.0  # s for any answer
TOLD = 100  # messages of the browser's cache that the server is told of, about; three times as many are kept, since a
# run under way may refer to what an earlier question told
PEN_UP = 0.15  # s that a drawing's message waits at most for the answer by the other way: ui/input/pad/pad.js
SETTLE = 0.45  # s without anything new on a stage: ui/output/below/rests.js
LOOKS = 1 / 3  # of the changes, after which what is below the stage is in sight: else it asks for nothing
DOWN = 0.45  # s that the pen is down: nothing is asked meanwhile
_ADDRESS = re.compile(r"\bscripts/\w+\.js")  # ui/server/scripts.py
FIGURES = [  # digits as pens draw them, points in shares of the pad's side
    [[(0.5, 0.2), (0.48, 0.5), (0.5, 0.8)]],
    [[(0.3, 0.3), (0.5, 0.2), (0.65, 0.35), (0.5, 0.6), (0.3, 0.8), (0.7, 0.8)]],
    [[(0.3, 0.25), (0.7, 0.25), (0.55, 0.5), (0.45, 0.8)]],
    [[(0.5, 0.2), (0.3, 0.5), (0.5, 0.8), (0.7, 0.5), (0.5, 0.2)]],
    [[(0.4, 0.2), (0.33, 0.55), (0.68, 0.55)], [(0.6, 0.3), (0.58, 0.82)]],
]


class Visitor:
    """One tab: its connection, the widgets on its page, and what it has to say.

    Args: url: of the lab; rng: chooses what it draws and sets.
    """

    def __init__(self, url: str, rng: random.Random):
        self.url, self.rng, self.name = url, rng, f"visitor {rng.random()}"
        self.doing = "come"  # said beside an error
        self.heard = self.asks = self.posts = 0  # bytes, runs asked for but for a clock's, questions by address
        self.components: dict[str, tuple[str, dict, str]] = {}  # name -> (id, data, fragment)
        self.widgets: dict[str, tuple[str, str]] = {}  # label -> (id, fragment)
        self._states: dict[str, WidgetState] = {}
        self._pages: dict[str, str] = {}  # path -> hash
        self._page, self._query, self._seq, self._strokes = "", "", 0, []
        self._below: dict[str, tuple[str, str]] = {}  # id -> (version that the part shows, fragment), from above
        self._dues = 0
        self._cache: OrderedDict[str, ForwardMsg] = OrderedDict()
        self._clocks: dict[str, asyncio.Task] = {}
        self._scripts: dict[str, asyncio.Task] = {}  # address -> its only fetch
        self._unanswered, self._changed = 0, asyncio.Event()
        self._session, self._places = "", []  # where a file may be put

    async def open(self) -> None:
        """Connect and see the first page."""
        address = urlsplit(self.url)
        self._socket = await connect(
            f"ws://{address.netloc}{address.path}/_stcore/stream",
            subprotocols=["streamlit"],
            user_agent_header=self.name,
            max_size=None,
            compression=None,
            ping_interval=None,
            open_timeout=PATIENCE,
        )
        self._reader = asyncio.create_task(self._read())
        self._reader.add_done_callback(lambda _: self._changed.set())
        await self._ask()

    async def close(self) -> None:
        """Leave."""
        for task in (*self._clocks.values(), *self._scripts.values()):
            task.cancel()
        await self._socket.close()
        self._reader.cancel()

    # ---- what a visitor does; each returns seconds by name of what it waited for

    async def go(self, path: str, stage: str, query: str = "") -> dict[str, float]:
        """Go to another page, with the settings of a link; it is there once its stage is, a component of this name or
        a control with this label."""
        self.components.clear()
        self._below.clear()
        self.widgets.clear()
        self._states.clear()
        for clock in self._clocks.values():  # of parts that leave the screen; nobody would answer them
            clock.cancel()
        self._clocks.clear()
        self._page, self._query = self._pages[path], query
        began = time.monotonic()
        asked = asyncio.create_task(self._ask())
        await self._until(lambda: stage in self.components or stage in self.widgets)
        seen = time.monotonic() - began
        await asked
        return {"page": seen}

    async def stroke(self) -> dict[str, float]:
        """Draw something else: the pen is down for a moment; then the answer, and what follows when the hand rests."""
        pad, _, fragment = self.components["ui_input_pad_pad"]
        figure = [[(x + self.rng.gauss(0, 0.03), y + self.rng.gauss(0, 0.03)) for x, y in line] for line in self._any()]
        self._strokes = [
            {"erase": False, "width": 160, "points": [round(2000 * value) for point in line for value in point]}
            for line in figure
        ]
        await asyncio.sleep(DOWN)
        self._draw(pad)
        addresses = [*self._addresses()]
        began = time.monotonic()
        answers = [asyncio.create_task(self._post(address, self._strokes)) for address in addresses]
        if answers:
            await asyncio.wait(answers, timeout=PEN_UP)
        before = self._shown()
        rest = asyncio.create_task(self._ask(fragment))
        await asyncio.gather(*answers)
        answered = time.monotonic() - began
        await rest
        ran = time.monotonic() - began
        return {"pen": answered if answers else ran, "run after it": ran} | await self._settle(before)

    async def set(self, label: str, value: float) -> dict[str, float]:
        """Move a slider."""
        name, fragment = self.widgets[label]
        state = WidgetState(id=name)
        state.double_array_value.data.append(value)
        self._states[name] = state
        before, began = self._shown(), time.monotonic()
        await self._ask(fragment)
        return {"setting": time.monotonic() - began} | await self._settle(before)

    async def press(self, label: str) -> dict[str, float]:
        """Press a button."""
        name, fragment = self.widgets[label]
        self._states[name] = WidgetState(id=name, trigger_value=True)
        before, began = self._shown(), time.monotonic()
        asked = self._ask(fragment)
        await asked
        self._states.pop(name, None)
        return {"setting": time.monotonic() - began} | await self._settle(before)

    async def upload(self, label: str, name: str, data: bytes) -> None:
        """Give a file to an uploader; what follows may take long, and is not waited for."""
        widget, fragment = self.widgets[label]
        self._places.clear()
        message = BackMsg()
        message.file_urls_request.request_id = name
        message.file_urls_request.file_names.append(name)
        message.file_urls_request.session_id = self._session
        await self._socket.send(message.SerializeToString())
        await self._until(lambda: self._places)
        (place,) = self._places
        await self._put(place.upload_url, name, data)
        state = WidgetState(id=widget)
        info = state.file_uploader_state_value.uploaded_file_info.add(file_id=place.file_id, name=name, size=len(data))
        info.file_urls.CopyFrom(place)
        self._states[widget] = state
        await self._ask(fragment, wait=False)

    async def trigger(self, component: str, event: str, value: object) -> dict[str, float]:
        """Let a component say something, as the slider of Interpolate does when it rests."""
        began = time.monotonic()
        await self._trigger(component, event, value)
        return {"place": time.monotonic() - began}

    # ---- how a page says it

    def _any(self) -> list:
        return self.rng.choice(FIGURES)

    def _draw(self, pad: str) -> None:
        self._seq += 1
        drawing = {"seq": self._seq, "nonce": 0, "final": True, "strokes": self._strokes}
        self._states[pad] = WidgetState(id=pad, json_value=json.dumps({"drawing": drawing}))

    def _addresses(self) -> list[str]:
        """Where this page answers a drawing without a run."""
        asked = (self.components.get(name, ("", {}, ""))[1] for name in FOLLOW)
        return [address for data in asked if (address := (data.get("live") or data).get("answers"))]

    def _shown(self) -> str:
        """The version of what the stage shows."""
        for name in STAGES:
            if name in self.components:
                data = self.components[name][1]
                return (data.get("drawn") or data).get("version", "")
        return ""

    async def _settle(self, before: str) -> dict[str, float]:
        """Half a second later what is below the stage asks to follow, if it is looked at."""
        shown = self._shown()
        looks: list[str] = []
        for part, (version, _) in self._below.items():
            if version == shown or self.rng.random() >= LOOKS:
                break
            looks.append(part)
        if shown == before or not looks:
            return {}
        await asyncio.sleep(SETTLE)
        began = time.monotonic()
        for part in looks:
            self._dues += 1
            await self._say(part, self._below[part][1], "due", self._dues)
        return {"rest": time.monotonic() - began}

    async def _trigger(self, component: str, event: str, value: object) -> None:
        owner, _, fragment = self.components[component]
        await self._say(owner, fragment, event, value)

    async def _say(self, owner: str, fragment: str, event: str, value: object) -> None:
        name = f"$$STREAMLIT_INTERNAL_KEY_{owner}__events"
        said = json.dumps([{"event": event, "value": value}])
        self._states[name] = WidgetState(id=name, json_trigger_value=said)
        asked = asyncio.create_task(self._ask(fragment))
        await asyncio.sleep(0)
        self._states.pop(name, None)
        await asked

    # ---- the wire

    async def _ask(self, fragment: str = "", wait: bool = True, clock: bool = False) -> None:
        """Ask for a run, and wait until one has ended since."""
        message = BackMsg()
        run = message.rerun_script
        run.page_script_hash, run.query_string, run.fragment_id, run.is_auto_rerun = (
            self._page, self._query, fragment, clock,
        )  # fmt: skip
        run.widget_states.widgets.extend(self._states.values())
        run.cached_message_hashes.extend([*self._cache][-TOLD:])
        run.context_info.url, run.context_info.locale, run.context_info.timezone = f"{self.url}/", "en-US", "UTC"
        run.context_info.color_scheme = "light"
        if not clock:  # whose question may come too late, and is not answered then
            self._unanswered = 1
            self.asks += 1
        await self._socket.send(message.SerializeToString())
        if wait:
            await self._until(lambda: not self._unanswered)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                if self._reader.done():
                    self._reader.result()  # raises what it ended with
                    raise RuntimeError(f"the connection was closed: {self._socket.close_code}")
                self._changed.clear()
                await self._changed.wait()

    async def _read(self) -> None:
        async for packed in self._socket:
            self.heard += len(packed)
            message = ForwardMsg.FromString(packed)
            if message.WhichOneof("type") == "ref_hash":
                message = self._cache[message.ref_hash]
            elif message.metadata.cacheable:
                self._cache[message.hash] = message
                while len(self._cache) > 3 * TOLD:
                    self._cache.popitem(last=False)
            self._hear(message)

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._place(message.delta)
        elif kind == "new_session":
            self._session = message.new_session.initialize.session_id
        elif kind == "file_urls_response":
            self._places = [*message.file_urls_response.file_urls]
            self._changed.set()
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            self._page = message.navigation.page_script_hash
        elif kind == "script_finished":
            if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                self._unanswered = 0
                self._changed.set()
        elif kind == "auto_rerun":
            fragment = message.auto_rerun.fragment_id
            if fragment not in self._clocks:
                self._clocks[fragment] = asyncio.create_task(self._tick(fragment, message.auto_rerun.interval))
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                if clock := self._clocks.pop(fragment, None):
                    clock.cancel()

    def _place(self, delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(element.exception.message)
        if kind == "bidi_component":
            component = element.bidi_component
            self._fetch(component.js_content)
            data = json.loads(component.json) if component.json else {}
            self.components[component.component_name] = (component.id, data, delta.fragment_id)
            if component.component_name == BELOW:
                self._below[component.id] = (data["shown"], delta.fragment_id)
            self._changed.set()
        elif kind in ("slider", "button", "file_uploader"):
            widget = getattr(element, kind)
            self.widgets[widget.label] = (widget.id, delta.fragment_id)

    def _fetch(self, script: str) -> None:
        """A component names the address of its script: a browser fetches each once."""
        for address in _ADDRESS.findall(script):
            if address not in self._scripts:
                self._scripts[address] = asyncio.create_task(self._get(address))

    async def _get(self, address: str) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            self.heard += len(await self._send("GET", address, "text/plain", more="Accept-Encoding: gzip\r\n"))

    async def _tick(self, fragment: str, seconds: float) -> None:
        while True:
            await asyncio.sleep(seconds)
            await self._ask(fragment, wait=False, clock=True)

    async def _post(self, address: str, question: object) -> None:
        """One question by address, on a connection of its own."""
        body = json.dumps(question).encode()
        answer = await self._send("POST", address, "application/json", body)
        self.posts += 1
        self.heard += len(answer)
        status = answer.split(b" ", 2)[1]
        if status not in (b"200", b"429"):
            raise RuntimeError(f"a question by address got {status.decode()}")

    async def _put(self, address: str, name: str, data: bytes) -> None:
        """A file, as a browser's form sends it."""
        part = f'--part\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = part + data + b"\r\n--part--\r\n"
        health = await self._send("GET", "_stcore/health", "text/plain")
        token = health.partition(b"_streamlit_xsrf=")[2].split(b";")[0].decode()
        guard = f"Cookie: _streamlit_xsrf={token}\r\nX-Xsrftoken: {token}\r\n"
        answer = await self._send("PUT", address, "multipart/form-data; boundary=part", body, guard)
        if answer.split(b" ", 2)[1] not in (b"200", b"204"):
            raise RuntimeError(f"an upload got {answer[:300]!r}")

    async def _send(self, method: str, address: str, kind: str, body: bytes = b"", more: str = "") -> bytes:
        """One request, on a connection of its own; the whole answer."""
        base = urlsplit(self.url)
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection(base.hostname, base.port)
            head = f"{method} {base.path}/{address.lstrip('/')} HTTP/1.1\r\nHost: {base.netloc}\r\n"
            head += f"User-Agent: {self.name}\r\nConnection: close\r\nContent-Type: {kind}\r\n{more}"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            answer = b""
            with contextlib.suppress(ConnectionResetError):  # it answered, and would not hear the rest
                while part := await reader.read(2**16):
                    answer += part
            writer.close()
        return answer


FOLLOW = ("ui_output_strip_strip", "ui_output_network_network")  # components that follow a pad, and may ask by address
STAGES = ("pages_interpolate_walk_walk", "pages_latent_map_board_board", "ui_output_strip_strip")
BELOW = "ui_output_below_below"  # a component of what stands below a stage: ui/output/below
