"""Every loss measured under every other, and recirculation: what `benchmarks/losses.py` measured."""

import base64
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import FiniteFloat

from aecore import records

AGAIN = "python -m benchmarks.losses --save"


@dataclass(frozen=True)
class Rounds:
    """One way to learn: runs: (rate, seed) of each; curve: (step, half the squared error a test digit of each run,
    cosine of recirculation's change of the encoder with the gradient's of each run); None where it was not finite."""

    runs: list[tuple[FiniteFloat, int]]
    curve: list[tuple[int, list[FiniteFloat | None], list[FiniteFloat | None]]]

    def best(self) -> tuple[float, list[float]]:
        """The rate whose runs end with the least mean error, and these errors, one a seed."""
        last: dict[float, list[float]] = {}
        for (rate, _), error in zip(self.runs, self.curve[-1][1], strict=True):
            last.setdefault(rate, []).append(float("inf") if error is None else error)
        return min(last.items(), key=lambda item: sum(item[1]))


@dataclass(frozen=True)
class Measured:
    """losses: "LOSS/d" -> numbers of each seed, see aecore.learning.measure; pictures: "LOSS/d" -> ten digits' means
    and drawn pixels, see `unpacked`; rounds: of METHODS; seeds, epochs: of each training; device: that it ran on."""

    losses: dict[str, list[dict[str, FiniteFloat]]]
    pictures: dict[str, dict[str, str]]
    rounds: dict[str, Rounds]
    seeds: int
    epochs: int
    device: str

    def mean(self, row: str, number: str) -> float:
        """Over the seeds."""
        values = [seed[number] for seed in self.losses[row]]
        return sum(values) / len(values)

    def spread(self, row: str, number: str) -> float:
        """Standard deviation over the seeds."""
        mean = self.mean(row, number)
        values = [seed[number] for seed in self.losses[row]]
        return (sum((value - mean) ** 2 for value in values) / max(len(values) - 1, 1)) ** 0.5


def unpacked(packed: str) -> np.ndarray:
    """Pictures of the table: (N, 28, 28) uint8."""
    pairs = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    return (17 * np.stack([pairs >> 4, pairs & 15], 1)).astype(np.uint8).reshape(-1, 28, 28)


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "losses.json"


def load() -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, results_file(), "What losses are worth", AGAIN, lambda table: True)
