"""What routes of the server answer, asked without a server."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp


def run_alone(coroutine: Coroutine) -> object:
    """What a coroutine returns, in a loop and a thread of its own: Playwright's loop may run in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


def requested(
    routes: Sequence[Route],
    path: str,
    body: bytes = b"",
    method: str = "GET",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    through: Callable[[ASGIApp], ASGIApp] = lambda app: app,
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; the question comes in pieces, as from a browser. through: a middleware."""
    app = through(Starlette(routes=routes))
    given = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    sent = []
    pieces = [body[at : at + 50_000] for at in range(0, len(body), 50_000)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": i + 1 < len(pieces)} for i, piece in enumerate(pieces)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": f"/{path}", "headers": given, "query_string": query.encode()}
    run_alone(app(scope, receive, send))
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:])
