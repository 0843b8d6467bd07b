"""How many bytes one visitor may make the server hold: in the values of a page's controls, its address, its uploads.

Streamlit holds whatever a connection sends: without these caps megabytes in a text, in a list of numbers or in the
address stay in a session for as long as it lives. A browser of ours stays far below; what is beyond is left out, as if
it had not been sent.
"""

import logging
import time
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from google.protobuf.message import DecodeError
from starlette.formparsers import MultiPartParser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from ui.server.front import visitor as browser  # which one sends this

VALUE = 200_000  # bytes of one control's value: the largest drawing has about 60,000
VALUES = 1_000_000  # of all on a page
ADDRESS = 16_000  # characters of a link's settings: two drawings, a mask and all controls need less than 4,000
UPLOADS = 60 * 2**20  # bytes that the uploads of one session may have together, and
ALL_UPLOADS = 2**30  # those of all
TOO_BIG = 1009  # the code with which a connection ends that brought more than server.maxMessageSize (RFC 6455)
UPLOAD = "/_stcore/upload_file/"
MINUTE = 60  # s after which it may be tried again
log = logging.getLogger("autoencoder_lab")
_too_large: dict[str, float] = {}  # browser -> when a message of it was


class Caps:
    """Middleware of the app: cuts questions to size, and refuses uploads beyond what a session may hold."""

    def __init__(self, app: ASGIApp):
        self._app = app
        MultiPartParser.spool_max_size = 16 * 2**20  # else uploads above 1 MB are written to a file on the way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        if scope["type"] == "websocket":
            receive = _cut(receive, browser(scope["headers"]))
        elif scope["type"] == "http" and scope["method"] == "PUT" and UPLOAD in scope["path"]:
            session = scope["path"].rpartition(UPLOAD)[2].partition("/")[0]
            if problem := _too_many(session):
                retry = {"Retry-After": str(MINUTE)}
                await PlainTextResponse(problem, 413, headers=retry)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _cut(receive: Receive, sender: str) -> Receive:
    async def next_message() -> Message:
        message = await receive()
        if message["type"] == "websocket.disconnect" and message.get("code") == TOO_BIG:
            _too_large[sender] = time.monotonic()
        if message["type"] == "websocket.receive" and message.get("bytes") is None:  # a text, which none sends
            return {"type": "websocket.disconnect", "code": 1003}
        packed = message["bytes"] if message["type"] == "websocket.receive" else b""
        return message | {"bytes": cut(packed)} if len(packed) > ADDRESS else message

    return next_message


def too_large(sender: str) -> bool:
    """Whether a browser's last connection ended for a message of more than Streamlit takes; that is told once."""
    now = time.monotonic()
    for old in [name for name, when in _too_large.items() if now - when > MINUTE]:
        _too_large.pop(old, None)
    return _too_large.pop(sender, None) is not None


def cut(packed: bytes) -> bytes:
    """A browser's message without the values that are too large; what is no question stays as it is."""
    message = BackMsg()
    try:
        message.ParseFromString(packed)
    except DecodeError:  # Streamlit has its own answer to that
        return packed
    if message.WhichOneof("type") != "rerun_script":
        return packed
    left_out = _cut_values(message.rerun_script) + _cut_address(message.rerun_script)
    if not left_out:
        return packed
    log.warning("A question had %d values that are too large; they were left out", left_out)
    return message.SerializeToString()


def _cut_values(question: ClientState) -> int:
    """Leave out the largest values of controls until the others fit; how many that were."""
    widgets = question.widget_states.widgets
    fit = _small(((widget, widget.ByteSize()) for widget in widgets), VALUE, VALUES)
    left_out = len(widgets) - len(fit)
    if left_out:
        del widgets[:]
        widgets.extend(fit)
    return left_out


def _cut_address(question: ClientState) -> int:
    """The same for what stands in the address."""
    if len(question.query_string) <= ADDRESS:
        return 0
    pairs = parse_qsl(question.query_string[: 20 * ADDRESS], keep_blank_values=True)
    fit = _small(((pair, len(urlencode([pair]))) for pair in pairs), ADDRESS, ADDRESS)
    question.query_string = urlencode(fit)
    return max(1, len(pairs) - len(fit))


def _small(sized: Iterable[tuple], most: int, together: int) -> list:
    """Those below the limit, the smallest first as long as they fit together, in the order in which they came."""
    sizes = list(sized)
    fit, total = set(), 0
    for place in sorted(range(len(sizes)), key=lambda place: sizes[place][1]):
        total += sizes[place][1]
        if sizes[place][1] > most or total > together:
            break
        fit.add(place)
    return [item for place, (item, _) in enumerate(sizes) if place in fit]


def _too_many(session: str) -> str:
    """Why a session may not bring one more picture, in words that say when it may; "" if it may."""
    if not runtime.exists():
        return ""
    held = runtime.get_instance().uploaded_file_mgr.file_storage  # no public name
    sizes = {owner: sum(len(file.data) for file in list(files.values())) for owner, files in list(held.items())}
    if sizes.get(session, 0) > UPLOADS:
        return "Your session holds as many pictures as it may. Remove some, or reload the page, then try again."
    if sum(sizes.values()) > ALL_UPLOADS:
        return "Many visitors have brought pictures just now. Try again in a minute."
    return ""
