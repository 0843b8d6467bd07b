"""What comes too late: a part of a page asks for a run of its own, but its visitor has chosen another page meanwhile.

Streamlit (1.67) would run it after the new page, find nothing to run, and yet tell the browser that the old page is up:
the browser then clears the new one, and the visitor sees an empty page until they reload. Every page whose parts answer
by themselves meets this, since an answer may be under way at any click.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg


class Late:
    """Middleware of the app: drop such questions; all else passes as it is.

    A browser names its page in every question. It alone chooses pages here: no script calls st.switch_page.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request or connection, as ASGI has it."""
        if scope["type"] == "websocket":
            receive = _in_time(receive)
        await self._app(scope, receive, send)


def _in_time(receive: Receive) -> Receive:
    """One connection's messages without those that come too late."""
    page = ""  # its hash, "" while only its address is known

    async def next_message() -> Message:
        nonlocal page
        while True:
            message = await receive()
            question = _question(message)
            if question is None:
                return message
            late = question.fragment_id and page and question.page_script_hash != page
            if not late:
                page = question.page_script_hash
                return message

    return next_message


def _question(message: Message):
    """The run that a message of the browser asks for, a ClientState; None if it asks for none."""
    packed = message.get("bytes") if message["type"] == "websocket.receive" else None
    if not packed:
        return None
    parsed = BackMsg()
    try:
        parsed.ParseFromString(packed)
    except DecodeError:  # Streamlit has its own answer to that
        return None
    return parsed.rerun_script if parsed.WhichOneof("type") == "rerun_script" else None
