"""What four decoders of one autoencoder reach, and the checkerboards they draw: by `benchmarks/upsampling.py`."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat

from aecore import records
from aecore.engine import Engine
from aecore.recipes import UPSAMPLED

AGAIN = "python -m benchmarks.upsampling --save"
SEEDS = 3


@dataclass(frozen=True)
class Row:
    """One decoder, one seed, over the test digits.

    mse, psnr: of the reconstruction; read: percent that the judge still reads right; trained: percent of the output's
    energy at period 2 (checkerboard.py), before clipping; seen: the same after clipping to [0, 1]; error: percent of
    the energy of the error at period 2.
    """

    mse: FiniteFloat
    psnr: FiniteFloat
    read: FiniteFloat
    trained: FiniteFloat
    seen: FiniteFloat
    error: FiniteFloat


@dataclass(frozen=True)
class Places:
    """What the places of the maxima are worth to unpooling, one seed: squared errors of the reconstruction.

    corners: all places are the upper left corners; strangers: those of another digit; alone: right places, but the
    mean of all codes; by_places, by_code: percent of digits, drawn from one digit's code and the places of a digit of
    another class, in which the judge reads the class of the places, or of the code.
    """

    corners: FiniteFloat
    strangers: FiniteFloat
    alone: FiniteFloat
    by_places: FiniteFloat
    by_code: FiniteFloat


@dataclass(frozen=True)
class Moment:
    """A decoder at a step of its training: percent of energy at period 2 before clipping, and squared error."""

    step: int
    period_two: FiniteFloat
    mse: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """rows: recipe -> one row a seed, the first of the shipped checkpoint; untrained: recipe -> percent of the output's
    energy at period 2 with random weights, one number a seed; places: of unpooling, one a seed; curves:
    recipe -> of the second seed; digits: percent of the test digits' own energy at period 2; mean_mse: squared error
    of the mean test digit, for scale; queries: test digits; sha256: of the shipped checkpoints."""

    rows: dict[str, list[Row]]
    untrained: dict[str, list[FiniteFloat]]
    places: list[Places]
    curves: dict[str, list[Moment]]
    digits: FiniteFloat
    mean_mse: FiniteFloat
    queries: int
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "upsampling.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How decoders enlarge", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    rows = [table.rows.get(name, []) for name in UPSAMPLED]
    others = [series.get(name) for series in (table.curves, table.untrained) for name in UPSAMPLED]
    return all(len(row) == SEEDS for row in rows) and all(others)
