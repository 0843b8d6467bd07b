"""JSON that may come from anybody, read into our dataclasses: what does not fit is refused, never guessed.

pydantic checks types, depth and missing or unknown fields. A number that must be finite is annotated FiniteFloat.
"""

import functools
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


def read(kind: type[T], text: str | bytes) -> T:
    """What `kind` describes, from JSON.

    Args:    kind: a dataclass, or a type such as dict[str, int].
    Raises:  ValueError: no JSON, nested too deep, or of another shape; its message says where and what, in one line.
    """
    try:
        return _adapter(kind).validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error


@functools.cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(kind)
