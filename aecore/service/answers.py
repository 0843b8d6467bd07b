"""A question of a program in bytes, and its answer in bytes: what the server hands to a worker, see ui/server/api.

All that costs something happens here, in the worker: reading JSON and pictures, the work itself, writing PNG and JSON.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from pydantic_core import from_json

from aecore.engine import get_engine
from aecore.errors import AecoreError, CheckpointError
from aecore.service import verbs
from aecore.service.questions import Question
from aecore.service.verbs import VERBS, Made, Refused

JSON, PNG = "application/json", "image/png"


@dataclass(frozen=True)
class Reply:
    """What goes back. status: of HTTP; kind: media type of the body; detail: what is wrong, in words, where status says
    that something is; errors: the single fields that are wrong, as {"where", "what"}."""

    status: int = 200
    kind: str = JSON
    body: bytes = b""
    detail: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)


class _NoJson(ValueError):
    """A body that is no JSON object."""


def answer(
    verb: str, said: dict[str, str], body: bytes, files: dict[str, bytes], kind: str, patient: bool
) -> Reply | Iterator[float | Reply] | None:
    """One question.

    Args:    verb: a key of VERBS; said: fields from the address or a form; body: the others as a JSON object, or b"";
             files: field -> a file's bytes; kind: JSON, or PNG of a verb that draws; patient: also if it takes seconds.
    Returns: the reply; None if it takes seconds and nobody is patient; to who is, shares done and at last the reply.
    """
    engine = get_engine()
    try:
        asked = verbs.ask(verb, _fields(said, body, files), engine)
        if patient:
            return _patiently(verb, asked, kind)
        return None if VERBS[verb].long(asked, engine) else _done(verbs.make(verb, asked, engine), kind)
    except (AecoreError, _NoJson) as error:
        return _refused(error)


def models() -> Reply:
    """The list of models."""
    return Reply(body=json.dumps({"models": verbs.models(get_engine())}).encode())


def _patiently(verb: str, asked: Question, kind: str) -> Iterator[float | Reply]:
    try:
        for step in verbs.making(verb, asked, get_engine()):
            yield _done(step, kind) if isinstance(step, Made) else step
    except AecoreError as error:
        yield _refused(error)


def _done(made: Made, kind: str) -> Reply:
    return Reply(kind=PNG, body=made.png) if kind == PNG else Reply(body=to_json(made))


def _refused(error: AecoreError | _NoJson) -> Reply:
    status = 400 if isinstance(error, _NoJson) else 503 if isinstance(error, CheckpointError) else 422
    errors = error.errors if isinstance(error, Refused) else ()
    return Reply(status, detail=str(error), errors=[{"where": where, "what": what} for where, what in errors])


def to_json(made: Made) -> bytes:
    """All of an answer, its digits as numbers and its picture as base64."""
    whole = made.answer.model_dump()
    if made.digits is not None:
        whole["digits"] = np.round(made.digits[:, 0].double().numpy(), 4).tolist()
    if made.png:
        whole["picture"] = base64.b64encode(made.png).decode()
    return json.dumps(whole, allow_nan=False).encode()


def _fields(said: dict[str, str], body: bytes, files: dict[str, bytes]) -> dict:
    """All fields of a question. Raises: _NoJson; Refused: one is said twice."""
    fields: dict = {**said, **files}
    twice = said.keys() & files.keys()
    if body:
        try:
            given = from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise _NoJson(f'The body is no JSON: {error}. Send an object, such as {{"text": "2026"}}.') from error
        if not isinstance(given, dict):
            raise _NoJson('The body is JSON, but no object. Send one, such as {"text": "2026"}.')
        twice = twice | (fields.keys() & given.keys())
        fields |= given
    if twice:
        raise Refused(f"{', '.join(sorted(twice))}: said twice, in the address and in the body. Say it once.")
    return fields
