"""Every constraint at every strength over the test digits: what `benchmarks/regularise.py` measured."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from aecore import records
from aecore.engine import Engine
from aecore.errors import DataError

LABELS = ("100", "1000", "60000")  # how many labels the linear classifier sees, as JSON names them
NOISES = {"small": ("gaussian", 0.05), "large": ("dropout", 0.5)}  # in `Row.moves`: corruption and strength
AGAIN = "python -m benchmarks.regularise --save"


@dataclass(frozen=True)
class Row:
    """One network.

    constraint, strength: of aecore.models.constrained, or a name of its own; control: key of the same network without
    the constraint, "" for none; mse: a pixel, on the test digits; active, jacobian, directions: means over test digits,
    see aecore.features.measures; spectrum: singular values, each the mean over some digits, over the largest;
    inside, outside: standard deviation of the kernels where digits are and where they never are; unlearned: kernels
    that look as before training; probe: labels -> accuracies in percent, one a draw; moves: of
    NOISES -> how far the code and the reconstruction move.
    """

    constraint: str
    strength: FiniteFloat
    control: str
    units: int
    mse: FiniteFloat
    active: FiniteFloat
    jacobian: FiniteFloat
    directions: FiniteFloat
    spectrum: list[FiniteFloat]
    inside: FiniteFloat
    outside: FiniteFloat
    unlearned: int
    probe: dict[str, list[FiniteFloat]]
    moves: dict[str, tuple[FiniteFloat, FiniteFloat]]


@dataclass(frozen=True)
class Sparse:
    """Exact and predicted sparse codes of the test digits.

    digits: how many; exact_ms, predicted_ms: for all of them, one thread; steps: of the exact code; gap: how far
    the predicted code's objective is above the exact one's, as a share; exact_mse, predicted_mse: a pixel;
    exact_active, predicted_active: atoms in use a digit; agree: largest difference from scikit-learn's exact code.
    """

    digits: int
    steps: int
    exact_ms: FiniteFloat
    predicted_ms: FiniteFloat
    gap: FiniteFloat
    exact_mse: FiniteFloat
    predicted_mse: FiniteFloat
    exact_active: FiniteFloat
    predicted_active: FiniteFloat
    agree: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """rows: key -> Row; sparse; fresh: sd of untrained kernels; pixels: the probe on pixels; checkpoints: SHA-256s."""

    rows: dict[str, Row]
    sparse: Sparse
    fresh: FiniteFloat
    pixels: dict[str, list[FiniteFloat]]
    tested: int
    checkpoints: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Networks whose checkpoint at hand is another one than the measured one, or missing."""
        return engine.changed(self.checkpoints)


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "regularise.json"


def load() -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, results_file(), "What the constraints do", AGAIN, _whole)


def kernels_file() -> Path:
    """Where kernels of what is not shipped live, and those of shipped networks after some epochs."""
    return records.RESULTS / "regularise.safetensors"


def load_kernels() -> dict[str, Tensor]:
    """Kernels as bytes around 127.5, each scaled to its own largest weight: key -> uint8 (kernels, pixels).

    Keys are a row's, the first few of its kernels; "NAME@EPOCH" for a shipped network on its way; "NAME^" for int16
    (D, digits): the test digits that excite each of its units most, in order.
    Raises: DataError: the file is not there, or damaged.
    """
    try:
        return load_file(kernels_file())
    except (OSError, SafetensorError, ValueError) as error:
        text = f"The kernels in {kernels_file().name} cannot be read. Measure them again with: {AGAIN}"
        raise DataError(text) from error


def _whole(table: Measured) -> bool:
    return bool(table.rows) and all(
        set(row.probe) == set(LABELS) and all(row.probe.values()) and (row.control in table.rows or not row.control)
        for row in table.rows.values()
    )
