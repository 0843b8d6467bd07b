"""How well galaxies fit into fifty numbers: measured by `benchmarks/galaxies.py`."""

import functools
from dataclasses import dataclass
from pathlib import Path

from pydantic import FiniteFloat
from safetensors import SafetensorError
from safetensors.torch import load as tensors_in
from safetensors.torch import save as to_bytes
from torch import Tensor

from aecore import records, storage
from aecore.data.galaxies import CLASSES
from aecore.engine import Engine
from aecore.errors import DataError
from aecore.galaxies.directions import COUNT

AGAIN = "python -m benchmarks.galaxies measure --save"
NETWORK, SORTER, REVIEW = "galaxy-vae", "galaxy-sorter", "galaxy-vae-wide"
BLACK, MEAN, PCA, PCA_TURNED = "black", "mean", "pca", "pca turned"  # nothing in them is random
WIDE, STILL, SMALL = "wide", "still", "small"
PLAIN, TRAINED = (BLACK, MEAN, PCA, PCA_TURNED), (WIDE, STILL, SMALL)
PICTURES = 940


@dataclass(frozen=True)
class Row:
    """One way to redraw galaxies. mse, train: mean squared error a pixel and colour, test and training galaxies; kl:
    nats; active: numbers of the code whose mean KL is above 0.1 nats; one of each a seed; parameters: how many were
    learnt."""

    mse: list[FiniteFloat]
    train: list[FiniteFloat]
    kl: list[FiniteFloat]
    active: list[int]
    parameters: int


@dataclass(frozen=True)
class Curve:
    """Errors while a network learnt: epochs, and mean squared error of training and test galaxies after each."""

    epochs: list[int]
    train: list[FiniteFloat]
    test: list[FiniteFloat]


@dataclass(frozen=True)
class Turn:
    """Mean squared errors halfway along a turn, each with half of its 95 % interval over test galaxies: see
    aecore.galaxies.turning."""

    code: tuple[FiniteFloat, FiniteFloat]
    fade: tuple[FiniteFloat, FiniteFloat]
    known: tuple[FiniteFloat, FiniteFloat]
    still: tuple[FiniteFloat, FiniteFloat]


@dataclass(frozen=True)
class Kinds:
    """The classifier. accuracy, code: percent of test galaxies named right, from pictures and from codes, one a seed;
    redrawn: from what the network redraws; confusion: test galaxies, label by answer; kept: percent of walks between
    two galaxies of one class whose middle is still of it, by code and by fade; third: percent of walks between classes
    whose middle is of neither, by code and by fade."""

    accuracy: list[FiniteFloat]
    code: list[FiniteFloat]
    redrawn: FiniteFloat
    confusion: list[list[int]]
    kept: dict[str, FiniteFloat]
    third: dict[str, FiniteFloat]


@dataclass(frozen=True)
class Review:
    """The wide VAE, whose weights stay out of the repository. card: what its checkpoint would say; curve: one seed;
    names, pictures: of eight test galaxies, and what it makes of them, WebP in base64."""

    card: dict
    curve: Curve
    names: list[str]
    pictures: list[str]


@dataclass(frozen=True)
class Measured:
    """All numbers of the page.

    rows: way -> Row; curve: of the small network; turns: degrees -> Turn; kinds: of the classifier; review: of the wide
    VAE; correlations: of each direction, property -> r; share: of the codes' variance along each; odd: score -> AUROC
    in percent for frames with missing columns; device: on which the networks were trained; sha256: of those shipped.
    """

    rows: dict[str, Row]
    curve: Curve
    turns: dict[str, Turn]
    kinds: Kinds
    review: Review
    correlations: list[dict[str, FiniteFloat]]
    share: list[FiniteFloat]
    odd: dict[str, FiniteFloat]
    device: str
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def results_file() -> Path:
    """Where the measured table lives; beside it, with another ending, what is known of every galaxy."""
    return records.RESULTS / "galaxies.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How well galaxies are redrawn", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    rows = [table.rows.get(way) for way in (*PLAIN, *TRAINED)]
    return (
        all(row is not None and row.mse and len(row.mse) == len(row.train) for row in rows)
        and len(table.kinds.confusion) == len(CLASSES)
        and len(table.correlations) == len(table.share) == COUNT
        and len(table.review.names) == len(table.review.pictures)
    )


# ---- what is known of every galaxy, training galaxies first, in the order of aecore.data.galaxies


def save_sky(sky: dict[str, Tensor], path: Path | None = None) -> Path:
    """Write what is known of every galaxy, see `load_sky`."""
    path = path or results_file().with_suffix(".safetensors")
    storage.write_whole(path, to_bytes(sky))
    return path


def load_sky(path: Path | None = None) -> dict[str, Tensor]:
    """codes (PICTURES, 50), places (PICTURES, 2) on the map in [0, 1], and by score (PICTURES,): error, line, median.

    Raises: DataError: it is missing or damaged.
    """
    path = path or results_file().with_suffix(".safetensors")
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> dict[str, Tensor]:
    try:
        tensors = {name: tensor.float() for name, tensor in tensors_in(path.read_bytes()).items()}
    except FileNotFoundError as error:
        raise DataError(f"The codes of the galaxies are missing: there is no {path.name}. Measure: {AGAIN}") from error
    except (OSError, SafetensorError) as error:
        raise DataError(f"The file of codes {path.name} is damaged. Measure again: {AGAIN}") from error
    wanted = {"codes", "places", "error", "line", "median"}
    if wanted - set(tensors) or any(len(value) != PICTURES or not value.isfinite().all() for value in tensors.values()):
        raise DataError(f"The file of codes {path.name} is damaged. Measure again: {AGAIN}")
    return tensors
