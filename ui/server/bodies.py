"""What programs send: the body of a question, whole or refused, and the settings and files in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from ui.server.refusals import problem

MOST = 12 * 2**20  # bytes of a body; a picture may have 10 MB. deploy/nginx.conf says the same
READ = (
    5 * MOST
)  # bytes that are read of one, so that who sent too much hears it: most clients listen when they have sent
TOGETHER = 192 * 2**20  # bytes of all bodies that are held at a time
MOST_FIELDS, MOST_FILES = 20, 2  # of a form
JSON, FORM, FIELDS = "application/json", "multipart/form-data", "application/x-www-form-urlencoded"
RETRY = 10  # s


class Refused(Exception):
    """A question that is refused, with the answer to it."""

    def __init__(self, response: Response):
        super().__init__()
        self.response = response


@dataclass(frozen=True)
class Sent:
    """What a question says. said: settings, as text; files: setting -> a file's bytes; json: a JSON text, or b""."""

    said: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    json: bytes = b""


class Memory:
    """How many bytes of bodies this process holds."""

    held = 0


@asynccontextmanager
async def whole(request: Request) -> AsyncIterator[bytes]:
    """The body, held until the question is answered. Raises: Refused: it is too large, or all together are."""
    text = f"The body has more than {MOST // 2**20} MB. Send a smaller copy of the picture, or fewer digits."
    too_large = Refused(problem(413, text, {"Connection": "close"}))
    said = request.headers.get("content-length", "")
    if said.isdecimal() and (int(said) > READ or (int(said) > MOST and "expect" in request.headers)):
        raise too_large
    body, size, held = bytearray(), 0, 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > READ:
                break
            if size <= MOST:
                if Memory.held + len(chunk) > TOGETHER:
                    full = f"Many programs send large bodies just now. Try again in {RETRY} seconds."
                    raise Refused(problem(503, full, {"Retry-After": str(RETRY), "Connection": "close"}))
                Memory.held, held = Memory.held + len(chunk), held + len(chunk)
                body += chunk
            else:
                body.clear()
        if size > MOST:
            raise too_large
        yield bytes(body)
    finally:
        Memory.held -= held


async def sent(request: Request, body: bytes) -> Sent:
    """What address and body say. Raises: Refused: another type, no form, or something is said twice."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refused(problem(415, "A compressed body is not read here. Send it as it is."))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    address = list(request.query_params.multi_items())
    if kind == FORM:
        said, files = await _form(request, body)
        return Sent(_once(address, said), _once(files))
    if kind == JSON or kind.endswith("+json") or (kind == FIELDS and body.lstrip()[:1] == b"{"):  # as curl -d calls all
        return Sent(_once(address), json=body.removeprefix(b"\xef\xbb\xbf"))  # a mark that some editors write
    if not body or (kind == FIELDS and _is_text(body)):
        try:
            fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise Refused(problem(400, f"The form has more than {MOST_FIELDS} fields. Send fewer.")) from error
        return Sent(_once(address, fields))
    if kind.startswith("image/") or kind in ("application/octet-stream", FIELDS):  # as curl --data-binary calls all
        return Sent(_once(address), {"picture": body})
    takes = f"{JSON}, {FORM}, or a picture as it is (image/jpeg, image/png ...)"
    raise Refused(problem(415, f"A body of '{kind[:60] or 'no type'}' is not read here. Send {takes}."))


def _is_text(body: bytes) -> bool:
    """Whether it is UTF-8; no picture is."""
    try:
        return body.decode().isprintable()
    except UnicodeDecodeError:
        return False


async def _form(request: Request, body: bytes) -> tuple[list[tuple[str, str]], list[tuple[str, bytes]]]:
    """The fields and the files of a form. Raises: Refused: it is none."""

    async def parts() -> AsyncIterator[bytes]:
        yield body

    try:
        parser = MultiPartParser(
            request.headers, parts(), max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST
        )
        items = (await parser.parse()).multi_items()
    except MultiPartException as error:
        raise Refused(problem(400, f"The form cannot be read: {error.message} Send it as curl -F does.")) from error
    fields = [(name, value) for name, value in items if isinstance(value, str)]
    return fields, [(name, await value.read()) for name, value in items if isinstance(value, UploadFile)]


def _once(*lists: list[tuple]) -> dict:
    """All of some settings. Raises: Refused: one of them is said twice."""
    items = [item for part in lists for item in part]
    said = dict(items)
    if len(said) < len(items):
        raise Refused(problem(422, "A setting is said twice, in the address or in the body. Say each once."))
    return said
