"""JSON that may come from anybody, read into our dataclasses: what does not fit is refused, never guessed.

pydantic checks types, depth and missing or unknown fields. A number that must be finite is annotated FiniteFloat.
"""

import functools
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from aecore.errors import DataError

T = TypeVar("T")
RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"  # where benchmarks write their tables


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


def read_table(kind: type[T], path: Path, what: str, again: str, whole: Callable[[T], bool]) -> T:
    """A table that a benchmark measured and wrote as JSON.

    Args:    kind: as for `read`; what: was measured, as the beginning of a sentence; again: the command that measures
             it; whole: whether all is there that its readers look up.
    Raises:  DataError: it is not there, or not of this shape; the message names the file and the command.
    """
    remedy = f"Measure it again with: {again}"
    try:
        table = read(kind, path.read_bytes())
    except FileNotFoundError as error:
        raise DataError(f"{what} was not measured here yet: there is no {path.name}. {remedy}") from error
    except (ValueError, OSError) as error:
        raise DataError(f"The table {path.name} is damaged. {remedy}") from error
    if not whole(table):
        raise DataError(f"The table {path.name} is damaged: a part of it is missing. {remedy}")
    return table


def write_table(measured: object, path: Path) -> Path:
    """Write a table, a dataclass, as JSON for `read_table`; returns the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(measured), separators=(",", ":")) + "\n", encoding="utf-8")
    return path


@functools.cache
def _adapter(kind: type) -> TypeAdapter:
    return TypeAdapter(kind)
