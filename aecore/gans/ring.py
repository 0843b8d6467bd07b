"""Two players in the plane from twenty beginnings each: measured by `benchmarks/ring.py`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median

from pydantic import FiniteFloat

from aecore import records
from aecore.gans import plane
from aecore.gans.plane import PlaneRecipe

AGAIN = "python -m benchmarks.ring --save"
SEEDS = 20
STEPS = 1500  # of the generator
SLOW = 5e-4  # of a critic that learns ten times more slowly than its generator
_GAMES = (
    PlaneRecipe(game="minimax"),
    PlaneRecipe(game="non-saturating"),
    PlaneRecipe(game="wgan-gp", strength=0.1),
    PlaneRecipe(game="wgan-div", strength=2.0),
)
SETTINGS = {  # name of the setting -> recipes, one a game
    "ring": _GAMES,
    "grid": tuple(PlaneRecipe(**{**asdict(recipe), "shape": "grid"}) for recipe in _GAMES),
    "slow critic": tuple(PlaneRecipe(**{**asdict(recipe), "critic_lr": SLOW}) for recipe in (_GAMES[1], _GAMES[3])),
    "three critic steps": tuple(PlaneRecipe(**{**asdict(recipe), "critic_steps": 3}) for recipe in _GAMES[2:]),
    "stiff": (PlaneRecipe(game="wgan-gp", strength=10.0),),
}


class Seeds:
    """What several seeds find. all: centres that there are; modes: those that each seed finds."""

    all: int
    modes: Sequence[int]

    @property
    def whole(self) -> int:
        """Seeds that find all."""
        return sum(modes == self.all for modes in self.modes)

    @property
    def collapsed(self) -> int:
        """Seeds that find a quarter or fewer."""
        return sum(modes <= self.all // 4 for modes in self.modes)


@dataclass(frozen=True)
class Twenty(Seeds):
    """What SEEDS seeds of one recipe find in the end. modes: centres; good: percent of the samples near one."""

    recipe: PlaneRecipe
    modes: list[int]
    good: list[FiniteFloat]

    @property
    def all(self) -> int:
        """Centres that there are."""
        return len(plane.centres(self.recipe.shape))

    @property
    def middle(self) -> float:
        """Median of the modes."""
        return median(self.modes)

    @property
    def near(self) -> float:
        """Mean of `good`."""
        return mean(self.good)


@dataclass(frozen=True)
class Measured:
    """rows: name of the setting, of SETTINGS -> what its recipes find."""

    rows: dict[str, list[Twenty]]


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """95 % interval of a share, in [0, 1]; it holds for few tries and for none missed, too.

    Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    share, square = hits / tries, 1.96**2 / tries
    middle = (share + square / 2) / (1 + square)
    half = 1.96 / (1 + square) * (share * (1 - share) / tries + square / (4 * tries)) ** 0.5
    return middle - half, middle + half


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "ring.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What twenty seeds find", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    return set(SETTINGS) <= set(table.rows) and all(
        len(row.modes) == len(row.good) == SEEDS for rows in table.rows.values() for row in rows
    )
