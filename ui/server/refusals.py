"""How the server says no: in words to browsers, as problem+json (RFC 9457) to programs that asked the interface."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

PREFIX = "api"  # of the interface for programs: see ui.server.api


def for_programs(path: str) -> bool:
    """Whether this is an address of the interface for programs, wherever the lab is served."""
    return f"/{PREFIX}/" in f"{path}/"


def refusal(scope: Scope, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to what is refused. detail: what happened, and what to do next."""
    if for_programs(scope.get("path", "")):
        return problem(status, detail, headers)
    return PlainTextResponse(detail, status, headers=headers)


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None, errors: list[dict[str, str]] | None = None
) -> Response:
    """The same to a program. errors: the single fields that are wrong."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    body = json.dumps(said | ({"errors": errors} if errors else {}))
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return Response(body, status, headers, media_type="application/problem+json")
