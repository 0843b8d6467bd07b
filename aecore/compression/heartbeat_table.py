"""What each way to store a minute of heartbeats takes and loses: measured by `benchmarks/heartbeat.py`."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat

from aecore import records

AGAIN = "python -m benchmarks.heartbeat --save"
STEPS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # in tenths of a millivolt
LEARNT, WAVELET = "learnt", "wavelet"


@dataclass(frozen=True)
class Point:
    """One step. size: bytes of each strip; prd: percent, of each."""

    step: FiniteFloat
    size: list[int]
    prd: list[FiniteFloat]


@dataclass(frozen=True)
class Curve:
    """One way, from fine to coarse."""

    points: list[Point]


@dataclass(frozen=True)
class Measured:
    """curves: LEARNT and WAVELET -> Curve; records: whose strips, in order."""

    curves: dict[str, Curve]
    records: list[int]


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "heartbeat.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How small heartbeats can be", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    return set(table.curves) == {LEARNT, WAVELET} and all(
        curve.points and all(len(point.size) == len(point.prd) == len(table.records) for point in curve.points)
        for curve in table.curves.values()
    )
