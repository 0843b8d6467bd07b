"""What the GANs' digits are worth, beside two VAEs' and real ones: measured by `benchmarks/gans.py`."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat

from aecore import records
from aecore.engine import Engine
from aecore.gans.measures import Worth
from aecore.gans.recipes import COLLAPSING, GANS

AGAIN = "python -m benchmarks.gans --work FOLDER --save"
SEEDS = 3
OTHERS = ("vae", "cvae")
FRAMES, PICTURES = 24, 8  # of a film, and digits a frame


@dataclass(frozen=True)
class Frame:
    """A moment of a training. step; seconds: of training so far; classes, entropy: as in `Worth`, of 1,000 samples;
    apart: mean distance of two of them, as pictures."""

    step: int
    seconds: FiniteFloat
    classes: int
    entropy: FiniteFloat
    apart: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """rows: a model's name -> its numbers, one a seed; real: of 10,000 training digits; unseen: median distance from a
    test digit to the nearest training digit; films: a game -> its frames; sha256: of the networks."""

    rows: dict[str, list[Worth]]
    real: Worth
    unseen: FiniteFloat
    films: dict[str, list[Frame]]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "gans.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What GANs draw", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    return (
        {*GANS, *OTHERS} <= set(table.rows)
        and all(table.rows.values())
        and set(COLLAPSING) <= set(table.films)
        and all(len(frames) == FRAMES for frames in table.films.values())
    )
