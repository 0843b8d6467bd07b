"""What routes of the server answer, asked without a server."""

import asyncio
import threading
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.routing import Route


def requested(
    routes: Sequence[Route], path: str, body: bytes = b"", method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; the question comes in pieces, as from a browser."""
    app = Starlette(routes=routes)
    sent = []
    pieces = [body[at : at + 50_000] for at in range(0, len(body), 50_000)] or [b""]
    messages = [
        {"type": "http.request", "body": piece, "more_body": i + 1 < len(pieces)} for i, piece in enumerate(pieces)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "path": f"/{path}", "headers": [], "query_string": b""}
    server = threading.Thread(target=lambda: asyncio.run(app(scope, receive, send)))  # Playwright's loop may run here
    server.start()
    server.join()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])
