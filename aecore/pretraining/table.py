"""Test errors with few labels and with many, and what pretraining is worth to deep networks: measured.

`benchmarks/few_labels.py` writes it.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat

from aecore import records
from aecore.engine import Engine
from aecore.pretraining.labels import COUNTS

AGAIN = "python -m benchmarks.few_labels --save"
SCRATCH, TUNED, PIXELS, NEIGHBOURS = "scratch", "tuned", "pixels", "neighbours"
STACK = "stack"  # the checkpoint, whose frozen code is a method of this name, as every encoder's is
WAYS = ("greedy", "greedy + together", "together")  # how the stack is trained as an autoencoder


@dataclass(frozen=True)
class Cell:
    """One way to train a deep autoencoder. code, init: of aecore.models.stacked; pretrained: whether its layers learned
    one by one first; epochs: over all digits, both phases; errors: test squared error summed over a digit's pixels,
    one a seed."""

    code: str
    init: str
    pretrained: bool
    epochs: int
    errors: list[FiniteFloat]


@dataclass(frozen=True)
class Measured:
    """errors: method -> labels -> test errors in percent, one a seed; settings: the same, how it was chosen to be
    trained, in words; layers: one of WAYS -> test squared errors a pixel, one a
    seed; depths: those of the greedy stack through its first layer, two, three; factors: the deep
    autoencoder's eight ways; deep: its best, summed squared test errors, one a seed; deep_epochs: of those; pca:
    of as many numbers; sha256: of the checkpoints whose codes were used; tested: test digits."""

    errors: dict[str, dict[str, list[FiniteFloat]]]
    settings: dict[str, dict[str, str]]
    layers: dict[str, list[FiniteFloat]]
    depths: list[FiniteFloat]
    factors: list[Cell]
    deep: list[FiniteFloat]
    deep_epochs: int
    pca: FiniteFloat
    sha256: dict[str, str]
    tested: int

    def stale(self, engine: Engine) -> list[str]:
        """Networks whose checkpoint at hand is another one than the measured one, or missing."""
        return engine.changed(self.sha256)

    def encoders(self) -> list[str]:
        """The methods that are a linear classifier on a network's frozen codes."""
        return [method for method in self.errors if method not in (SCRATCH, TUNED, PIXELS, NEIGHBOURS)]


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "few_labels.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What few labels are worth", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    labels = {str(count) for count in COUNTS}
    return {SCRATCH, TUNED, PIXELS, NEIGHBOURS, STACK} <= set(table.errors) and all(
        set(row) == labels and all(row.values()) for row in table.errors.values()
    )
