"""What takes how much noise off heartbeats, and what tells odd beats: measured by `benchmarks/heartbeats.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from pydantic import FiniteFloat

from aecore import records
from aecore.data.beats import Beats
from aecore.engine import Engine
from aecore.heartbeats.filters import METHODS
from aecore.heartbeats.scores import NOISES, ODD, aurocs

AGAIN = "python -m benchmarks.heartbeats --save"
NETWORK, BEATS, PCA = "heartbeats", "beats", "pca"
DRAWS = 1000  # of people, for an interval


@dataclass(frozen=True)
class Share:
    """An AUROC in percent, and its 95 % interval over draws of the people tested."""

    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """gains: method -> noise -> dB, one number a person tested (of the network the mean over seeds); auroc: BEATS or
    PCA -> kind -> how well its error tells such beats; counts: kind -> test beats; seeds: of each network; sha256: of
    the shipped ones."""

    gains: dict[str, dict[str, list[FiniteFloat]]]
    auroc: dict[str, dict[str, Share]]
    counts: dict[str, int]
    seeds: int
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def shares(errors: Sequence[np.ndarray], test: Beats, seed: int = 0) -> dict[str, Share]:
    """AUROC by kind, the mean over seeds of a network, with intervals over draws of people, whole people at a time.

    Args: errors: one array (N,) a seed, of the test beats.
    """
    rng, people = np.random.default_rng(seed), np.unique(test.record)
    rows = {person: np.flatnonzero(test.record == person) for person in people}
    values: dict[str, list[float]] = {kind: [] for kind in ODD}
    for _ in range(DRAWS):
        drawn = np.concatenate([rows[person] for person in rng.choice(people, len(people))])
        some = Beats(test.x[:0], test.kind[drawn], test.record[drawn])
        if set(some.kind) >= {"N", *ODD}:
            for kind in ODD:
                values[kind].append(mean(aurocs(error[drawn], some)[kind] for error in errors))
    whole = [aurocs(error, test) for error in errors]
    return {
        kind: Share(mean(one[kind] for one in whole), *np.percentile(values[kind], [2.5, 97.5]).tolist())
        for kind in ODD
    }


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "heartbeats.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "Noise on heartbeats", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    methods: Mapping = table.gains
    return all(set(NOISES) <= set(methods.get(name, {})) for name in (*METHODS, NETWORK)) and all(
        set(ODD) <= set(table.auroc.get(name, {})) for name in (BEATS, PCA)
    )
