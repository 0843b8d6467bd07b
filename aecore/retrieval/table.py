"""What each way to look digits up finds, and what it costs: measured by `benchmarks/search.py`."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat

from aecore import intervals, records
from aecore.engine import Engine
from aecore.retrieval.base import LENGTHS

AGAIN = "python -m benchmarks.search --save"
PIXELS, VAE, PLANES, ITQ, HASHING, CONTROL = "pixels", "vae", "planes", "itq", "hashing", "control"
BY_BITS = (PLANES, ITQ, CONTROL, HASHING)


@dataclass(frozen=True)
class Row:
    """One way. size: bytes a digit; ms: of one query among 60,000, one thread, from its code on; precision, average:
    percent, one number a seed (scores.py)."""

    size: int
    ms: FiniteFloat
    precision: list[FiniteFloat]
    average: list[FiniteFloat]


@dataclass(frozen=True)
class Measured:
    """rows: a way's name, for bits "NAME BITS" -> Row; libraries: name -> ms a query by 64 bits; queries: test digits
    that were looked up; sha256: of the networks."""

    rows: dict[str, Row]
    libraries: dict[str, FiniteFloat]
    queries: int
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def key(way: str, bits: int) -> str:
    """Of the row of a way that makes bits."""
    return f"{way} {bits}"


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "search.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How well bits find digits", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    keys = {PIXELS, VAE, *(key(way, bits) for way in BY_BITS for bits in LENGTHS)}
    return keys <= set(table.rows) and all(
        row.precision and len(row.precision) == len(row.average) <= intervals.MOST for row in table.rows.values()
    )
