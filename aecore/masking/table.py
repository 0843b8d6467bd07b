"""How well hidden patches are guessed, and what the encoder is worth to a classifier: measured.

`benchmarks/masked.py` writes it.
"""

from dataclasses import dataclass
from itertools import product
from pathlib import Path

from pydantic import FiniteFloat

from aecore import records
from aecore.engine import Engine
from aecore.masking.patches import SHARES, WAYS

AGAIN = "python -m benchmarks.masked --save"
MASKED, UNET, SHIPPED, BIHARMONIC, MEAN, BLACK = "masked", "unet", "inpainter", "biharmonic", "mean", "black"
LONGER = "longer"  # the masked autoencoder's network after more epochs, with several seeds; may be missing
NORMALISED, FRESH = "normalised", "fresh"  # beside MASKED, where an encoder can come from; the first may be missing
LABELS = ("100", "1000")
PHOTOS = (MASKED, BIHARMONIC, MEAN)


@dataclass(frozen=True)
class Cell:
    """One method at one share. psnr: dB of the hidden pixels of all digits together, one a training; low, high: 95 % of
    the first one's, by drawing digits again; read: digits read right by the judge, in percent, one a training."""

    psnr: list[FiniteFloat]
    low: FiniteFloat
    high: FiniteFloat
    read: list[FiniteFloat]


@dataclass(frozen=True)
class Measured:
    """fill: method -> way (patches.WAYS) -> share in percent -> Cell; clean: whole digits read right, in percent;
    photos: method -> share in percent -> dB of hidden pixels; frozen, tuned: where an encoder comes from -> labels ->
    test errors in percent, one a draw of labels; settings: "frozen SOURCE LABELS" -> what held-out digits chose;
    weights: method -> how many; epochs: method -> of training; digits, crops: tested; sha256: of the networks."""

    fill: dict[str, dict[str, dict[str, Cell]]]
    clean: FiniteFloat
    photos: dict[str, dict[str, FiniteFloat]]
    frozen: dict[str, dict[str, list[FiniteFloat]]]
    tuned: dict[str, dict[str, list[FiniteFloat]]]
    settings: dict[str, str]
    weights: dict[str, int]
    epochs: dict[str, int]
    digits: int
    crops: int
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def percent(share: float) -> str:
    """A share as a key of the table."""
    return f"{100 * share:.0f}"


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "masked.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How well hidden patches are guessed", AGAIN, _whole)


def _whole(measured: Measured) -> bool:
    shares = set(map(percent, SHARES))
    methods = (MASKED, UNET, SHIPPED, BIHARMONIC, MEAN, BLACK)
    return (
        all(set(measured.fill.get(name, {}).get(way, {})) == shares for name, way in product(methods, WAYS))
        and all(measured.fill[name][way][share].psnr for name, way, share in product(methods, WAYS, shares))
        and all(set(measured.photos.get(name, {})) == shares for name in PHOTOS)
        and all(set(measured.frozen.get(name, {})) == set(LABELS) for name in (MASKED, FRESH))
        and all(set(measured.tuned.get(name, {})) == set(LABELS) for name in (MASKED, FRESH))
    )
