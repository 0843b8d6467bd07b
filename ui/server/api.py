"""The REST interface: what the pages do, for programs; docs/api.md shows it.

    POST /api/v1/VERB            a verb of aecore.service.verbs; JSON, a form or a picture in, JSON or PNG out
    GET  /api/v1/models          which models can do what
    GET  /api/v1/openapi.json    all of this as OpenAPI has it
    GET  /api/v1/health          as /ready

Nothing is computed here: a question goes to a worker as it came, through the queue that the pages' slow work takes, and
its answer comes back as it goes out. What takes a moment goes the short way, all else waits behind other long work.
"""

import functools
import os
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ui import shell
from ui.log import report
from ui.server import ask, bodies, ready
from ui.server.bodies import JSON, Refused
from ui.server.refusals import PREFIX, problem

VERSION = "v1"
ORIGINS = "AECORE_API_ORIGINS"  # sites whose pages may ask, as "https://course.example", or *; none by default
AGAIN = 10  # s until who met a full lab may ask again
PNG = "image/png"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
HELP = f"/{PREFIX}/{VERSION}/openapi.json lists what there is."


async def any_of(request: Request) -> Response:
    """Every question to the interface, whatever its address."""
    origin, allowed = request.headers.get("origin", ""), origins()
    if ask.foreign(request) and origin not in allowed and "*" not in allowed:
        return problem(403, f"Pages of other sites may not ask here. Ask from a program, or see {ORIGINS} in the docs.")
    try:
        response = await _answered(request)
    except Refused as error:
        response = error.response
    except ClientDisconnect:  # or it sends too slowly, which ui.server.patience tells it
        response = problem(400, "The body ended before it was whole. Send it again.")
    except Exception as error:
        report(error, "A program's question could not be answered")
        response = problem(500, "The lab could not answer, and the details were logged. Try another setting.")
    if origin and (origin in allowed or "*" in allowed):
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers.add_vary_header("Origin")
    return response


@functools.cache
def origins() -> frozenset[str]:
    """The sites whose pages may ask."""
    return frozenset(origin.rstrip("/") for origin in os.environ.get(ORIGINS, "").split())


async def _answered(request: Request) -> Response:
    address = request.path_params.get("address", "")
    version, _, name = address.strip("/").partition("/")
    if version != VERSION:
        return problem(404, f"There is no version '{version[:20]}' here. Ask /{PREFIX}/{VERSION}/ instead.")
    verbs = await run_in_threadpool(_verbs)
    looked_up = {"": _index, "models": _models, "openapi.json": _openapi, "health": ready.get}
    if name not in looked_up and name not in verbs:
        return problem(404, f"There is no '{name[:40]}' here. The verbs are {', '.join(verbs)}; {HELP}")
    method = "GET" if name in looked_up else "POST"
    if request.method == "OPTIONS":
        headers = {"Allow": f"{method}, OPTIONS", "Access-Control-Allow-Methods": method}
        return Response(None, 204, headers | {"Access-Control-Allow-Headers": "Content-Type"})
    if request.method != method and not (method == "GET" and request.method == "HEAD"):
        detail = f"/{PREFIX}/{address} takes {method}, not {request.method}. {HELP}"
        return problem(405, detail, {"Allow": f"{method}, OPTIONS"})
    return await looked_up[name](request) if name in looked_up else await _verb(request, name, verbs[name].draws)


def _verbs() -> dict:
    """The table of verbs; the first to ask waits for the imports."""
    shell.import_torch()
    from aecore.service.verbs import VERBS
    from ui.server import jobs  # noqa: F401  that it is there when a worker is asked

    return VERBS


# ---- what is looked up


async def _index(request: Request) -> Response:
    from aecore import __version__
    from aecore.service.verbs import VERBS

    here = _address(request)
    verbs = {verb.name: {"address": f"{here}/{verb.name}", "about": verb.about} for verb in VERBS.values()}
    others = {name: f"{here}/{name}" for name in ("models", "openapi.json", "health")}
    return JSONResponse({"name": "Autoencoder Lab", "version": __version__, "verbs": verbs} | others)


async def _models(request: Request) -> Response:
    return await _worked(request, "aecore.service.answers:models")


async def _openapi(request: Request) -> Response:
    from aecore.service.openapi import description

    return JSONResponse(description(_address(request)))


def _address(request: Request) -> str:
    """Of the interface, below the path that the lab is served below."""
    before, _, _ = request.url.path.rpartition(f"/{PREFIX}/{VERSION}")
    return f"{before}/{PREFIX}/{VERSION}"


# ---- verbs


async def _verb(request: Request, name: str, draws: bool) -> Response:
    kind, task = _wanted(request, name, draws), "aecore.service.answers:answer"
    async with bodies.whole(request) as body:
        sent = await bodies.sent(request, body)
        question = (task, name, sent.said, sent.json, sent.files, kind)
        return await _worked(request, *question, False) or await _worked(request, *question, True, urgent=False)


async def _worked(request: Request, task: str, *arguments: object, urgent: bool = True) -> Response | None:
    """What a worker answers; None if it says that this takes seconds."""
    from aecore.service.answers import Reply
    from ui.server import jobs

    address = request.client.host if request.client else ""
    try:
        reply: Reply | None = await jobs.answer(
            task, *arguments, address=address, urgent=urgent, gone=request.is_disconnected
        )
    except jobs.JobError as error:
        if isinstance(error, jobs.JobBusy):
            text = f"{error if error.own else 'The lab is full just now.'} Ask again after {AGAIN} seconds."
            return problem(429 if error.own else 503, text, {"Retry-After": str(AGAIN)})
        return problem(500, str(error))
    if reply is None:
        return None
    if reply.status == HTTPStatus.OK:
        return Response(reply.body, media_type=reply.kind, headers={"Cache-Control": "no-store", "Vary": "Accept"})
    later = {"Retry-After": str(AGAIN)} if reply.status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return problem(reply.status, reply.detail, later, reply.errors)


def _wanted(request: Request, name: str, draws: bool) -> str:
    """The media type of the answer: JSON, unless PNG is liked better. Raises: Refused: neither is wanted."""
    has = (JSON, PNG) if draws else (JSON,)
    accepted = request.headers.get("accept", "") or "*/*"
    liked = {kind: _liking(accepted, kind) for kind in has}
    best = max(has, key=lambda kind: liked[kind])
    if liked[best] <= 0:
        raise Refused(problem(406, f"{name} answers with {' or '.join(has)}. Ask for one of these with Accept."))
    return best


def _liking(accepted: str, kind: str) -> float:
    """How much a media type is wanted, from 0 to 1: what names it most closely counts (RFC 9110, 12.5.1)."""
    closest, liking = 0, 0.0
    for part in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        closeness = (name == "*/*") + 2 * (name == f"{kind.partition('/')[0]}/*") + 3 * (name == kind)
        if closeness > closest:
            weights = [piece.partition("=")[2] for piece in parameters if piece.startswith("q=")]
            try:
                closest, liking = closeness, float(weights[0]) if weights else 1.0
            except ValueError:
                closest, liking = closeness, 0.0
    return liking


ROUTES = [Route(path, any_of, methods=METHODS) for path in (f"/{PREFIX}", f"/{PREFIX}/{{address:path}}")]
