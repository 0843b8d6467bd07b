"""Answers without a run of the script: a component posts JSON to an address of its own, and gets JSON back.

A run costs the visitor more than its computation: Streamlit pauses before it sends, and the browser renders all
elements of the fragment again. What must follow the hand at once takes this way, and the run comes after it.

    address = offer("denoise_strip", answer)   # in a page; answer(question) -> what json.dumps takes
    app = st.App("pages/lab.py", routes=ROUTES)      # in the server; elsewhere the address leads nowhere

An address is a secret of one session and dies with it. Whoever asks must do without an answer: there is none behind
a proxy that lets only the websocket through, in a test without a server, or while the last question is being answered.
"""

import json
import secrets
import threading
from collections.abc import Callable
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui import theme
from ui.log import report

MAX_BYTES = 200_000  # of a question; the largest drawing has about 60,000
PREFIX = "answers"


class Offer:
    """What one component of one session may ask for. The session keeps it; when the session goes, so does the offer."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(16)
        self.answer: Callable[[object], object]
        self.mode: str  # of the page's colours
        self.turn = threading.Lock()


_offers: WeakValueDictionary[str, Offer] = WeakValueDictionary()


def offer(key: str, answer: Callable[[object], object]) -> str:
    """Let the browser ask: from now on `answer` is what the questions to this address get.

    Args:    key: of the component, the same in every run; answer: takes and returns what JSON can say. It runs in
             another thread and outside of a script: it may read what it closes over and the theme, but no session
             state. It raises
             ValueError for a question that makes no sense.
    Returns: the address, relative to the page's.
    """
    name = f"_answers:{key}"
    if name not in st.session_state:
        st.session_state[name] = Offer()
    offered = st.session_state[name]
    offered.answer, offered.mode = answer, theme.mode()
    _offers[offered.token] = offered
    return f"{PREFIX}/{offered.token}"


async def post(request: Request) -> Response:
    """One question: 200 with the answer; 404 for a session that is no more, 403 (another site asks), 413, 400, 429 (one
    at a time) or 500."""
    if foreign(request):
        return Response(status_code=403)
    asked = _offers.get(request.path_params["token"])
    if asked is None:
        return Response(status_code=404)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return Response(status_code=413)
    if not asked.turn.acquire(blocking=False):
        return Response(status_code=429)
    try:
        return await run_in_threadpool(_answer, asked, bytes(body))
    finally:
        asked.turn.release()


def foreign(request: Request) -> bool:
    """Whether a page of another site asks; browsers say where a question comes from, programs need not."""
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return bool(origin) and origin not in (request.headers.get("host"), request.headers.get("x-forwarded-host"))


def _answer(asked: Offer, body: bytes) -> Response:
    try:
        with theme.seen(asked.mode):
            text = json.dumps(asked.answer(json.loads(body)))
    except (ValueError, RecursionError):  # JSON's own errors are ValueErrors
        return Response(status_code=400)
    except Exception as error:
        report(error, "A question could not be answered")  # the run that follows tells the visitor
        return Response(status_code=500)
    return Response(text, media_type="application/json", headers={"Cache-Control": "no-store"})


ROUTES = [Route(f"/{PREFIX}/{{token}}", post, methods=["POST"])]
