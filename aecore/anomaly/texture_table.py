"""How well scratches and stains on textures are marked: measured by `benchmarks/textures.py`."""

from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from pydantic import FiniteFloat

from aecore import records
from aecore.anomaly.texture import KINDS, SCORES
from aecore.data.textures import TEXTURES
from aecore.engine import Engine

AGAIN = "python -m benchmarks.textures --save"
NETWORK, PCA = WAYS = ("network", "pca")
SURE = 1.99  # 97.5 % point of Student's t for 80 faults


@dataclass(frozen=True)
class Row:
    """One way and score on one texture. held: mean AUROC over faults of the held-out part, by which the score is
    chosen; areas: AUROC in percent, one a fault of the test part, scratches and stains in turn; top: percent of each
    fault's pixels that are among the oddest 5 % of the picture; middle: median of the unharmed held-out part's heat."""

    held: FiniteFloat
    areas: list[FiniteFloat]
    top: list[FiniteFloat]
    middle: FiniteFloat

    @property
    def auroc(self) -> tuple[float, float]:
        """Mean over faults, and half of its 95 % interval."""
        return interval(self.areas)

    def of_kind(self, kind: str) -> tuple[float, float]:
        """As `auroc`, scratches or stains alone."""
        return interval(self.areas[KINDS.index(kind) :: len(KINDS)])


@dataclass(frozen=True)
class Measured:
    """rows: texture -> way -> score -> Row; sha256: of the networks."""

    rows: dict[str, dict[str, dict[str, Row]]]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of networks that are no longer those that were measured."""
        return engine.changed(self.sha256)

    def chosen(self, texture: str, way: str = NETWORK) -> str:
        """The score that found faults best on the held-out part."""
        rows = self.rows[texture][way]
        return max(SCORES, key=lambda score: rows[score].held)

    def lead(self, texture: str) -> tuple[float, float]:
        """By how many points the network finds the same faults better than PCA, each by its chosen score: mean, and
        half of the 95 % interval."""
        own, other = (self.rows[texture][way][self.chosen(texture, way)].areas for way in WAYS)
        return interval([a - b for a, b in zip(own, other, strict=True)])


def interval(values: list[float]) -> tuple[float, float]:
    """Mean over faults, and half of its 95 % interval."""
    return mean(values), SURE * stdev(values) / len(values) ** 0.5


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "textures.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How faults of textures are marked", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    rows = [table.rows.get(name, {}).get(way, {}).get(score) for name in TEXTURES for way in WAYS for score in SCORES]
    return all(row is not None and len(row.areas) == len(row.top) >= 2 * len(KINDS) for row in rows)
