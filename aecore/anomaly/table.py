"""How well each score finds what is odd: measured by `benchmarks/anomalies.py`."""

import functools
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import torch
from pydantic import FiniteFloat
from safetensors import SafetensorError
from safetensors.torch import load as tensors_in
from safetensors.torch import save as to_bytes
from torch import Tensor

from aecore import intervals, records, storage
from aecore.anomaly.normal import NORMALS, Normal
from aecore.engine import Engine
from aecore.errors import DataError
from aecore.intervals import interval

AGAIN = "python -m benchmarks.anomalies --save"
MEAN, NEAREST, PCA_16, PCA_32 = "mean", "nearest", "pca-16", "pca-32"  # nothing in them is random
AE, DAE, BOTH, VAE, ELBO = "ae", "dae", "both", "vae", "elbo"
ONE_CLASS = (MEAN, NEAREST, PCA_16, PCA_32, AE, DAE, BOTH, VAE, ELBO)
STEPS = 200  # a distribution is its 201 quantiles, each half a percent one
NORMAL = "normal"  # the set of pictures that are normal


@dataclass(frozen=True)
class Reversal:
    """A VAE trained on one set of pictures, and shown another. auroc: percent, one number a seed, of -ELBO, by which
    the other set should be found; own, other: mean -ELBO in nats, one a seed."""

    auroc: list[FiniteFloat]
    own: list[FiniteFloat]
    other: list[FiniteFloat]


@dataclass(frozen=True)
class Measured:
    """All numbers of the page.

    one_class: way -> for each of ten classes AUROC in percent, one number a seed: trained on one class's training
    digits, tested on all 10,000; strangers: set -> score -> AUROC in percent against all test digits, by the shipped
    networks; counts: set -> pictures; nats: set -> mean -ELBO; reversals: what it was trained on -> Reversal; sha256:
    of the shipped networks.
    """

    one_class: dict[str, list[list[FiniteFloat]]]
    strangers: dict[str, dict[str, FiniteFloat]]
    counts: dict[str, int]
    nats: dict[str, FiniteFloat]
    reversals: dict[str, Reversal]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)

    def mean(self, way: str) -> tuple[float, float | None]:
        """AUROC over the ten classes: mean over seeds, and half of its 95 % interval."""
        by_seed = zip(*self.one_class[way], strict=True)
        return interval([mean(classes) for classes in by_seed])

    def worst(self, way: str) -> tuple[int, float]:
        """The class that a way finds worst, and its AUROC."""
        means = [mean(seeds) for seeds in self.one_class[way]]
        return means.index(min(means)), min(means)


def results_file() -> Path:
    """Where the measured table lives; beside it, with another ending, the distributions of scores."""
    return records.RESULTS / "anomalies.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What the scores find", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    ways = [table.one_class.get(way, []) for way in ONE_CLASS]
    return all(
        len(way) == 10 and len({len(seeds) for seeds in way}) == 1 and 0 < len(way[0]) <= intervals.MOST for way in ways
    )


# ---- distributions


def quantiles(scores: Tensor) -> Tensor:
    """The distribution of scores, (N,) -> (STEPS + 1,) quantiles in half precision, from the least to the greatest."""
    return torch.quantile(scores.double(), torch.linspace(0, 1, STEPS + 1, dtype=torch.float64)).half()


def save_distributions(distributions: dict[str, Tensor], path: Path | None = None) -> Path:
    """Write quantiles by "NORMAL/SCORE/SET", see `key`."""
    path = path or results_file().with_suffix(".safetensors")
    storage.write_whole(path, to_bytes(distributions))
    return path


def key(normal: str, score: str, pictures: str) -> str:
    """Of the distribution that a score has over a set of pictures, "normal" for the normal ones."""
    return f"{normal}/{score}/{pictures}"


def load_distributions(path: Path | None = None) -> dict[str, Tensor]:
    """What `save_distributions` wrote. Raises: DataError: it is missing, damaged, or lacks scores of normal digits."""
    path = path or results_file().with_suffix(".safetensors")
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@functools.lru_cache(maxsize=1)
def _read(path: Path, changed: int) -> dict[str, Tensor]:
    try:
        tensors = tensors_in(path.read_bytes())
    except FileNotFoundError as error:
        raise DataError(
            f"The scores of normal digits are missing: there is no {path.name}. Measure: {AGAIN}"
        ) from error
    except (OSError, SafetensorError) as error:
        raise DataError(f"The file of scores {path.name} is damaged. Measure again: {AGAIN}") from error
    if not all(tensor.shape == (STEPS + 1,) and tensor.isfinite().all() for tensor in tensors.values()):
        raise DataError(f"The file of scores {path.name} is damaged. Measure again: {AGAIN}")
    wanted = {key(name, score, NORMAL) for name in NORMALS for score in Normal(name).scores}
    if lacking := sorted(wanted - tensors.keys()):
        raise DataError(f"The file of scores {path.name} lacks {lacking[0]}. Measure again: {AGAIN}")
    return tensors
