"""How well each way hears pulses: measured by `benchmarks/signals.py`."""

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from pydantic import FiniteFloat

from aecore import intervals, records
from aecore.data import signals
from aecore.engine import Engine

AGAIN = "python -m benchmarks.signals --save"
RAW, BAND, WAVELET, WIENER, MATCHED, RAIL = "raw", "band", "wavelet", "wiener", "matched", "rail"
UNET, REVIEW = "unet", "review"
NETWORK = "signals"  # the U-Net's checkpoint; the review's are named after their noises
REVIEWS = {noise: f"{NETWORK}-{noise}" for noise in signals.NOISES}
OPEN = {  # sets of unclipped traces: name -> noise and its colour
    "white": ("background", 0.0),
    "galactic": ("background", 1.0),
    "uniform": ("uniform", 0.0),
    "cosine": ("cosine", 0.0),
}
METHODS = (RAW, BAND, WAVELET, WIENER, MATCHED, UNET)
PUBLISHED = {"background": 69, "uniform": 95, "cosine": 98}  # %, the review's own score
SNRS = (1.0, 6.0)  # of the pulses of OPEN
BINS = 10  # of SNR
FALSE = 1.0  # % of traces without a pulse that may sound an alarm


@dataclass(frozen=True)
class Score:
    """One way on one of OPEN; lists hold one number a seed.

    found: % at the right place; gain: mean output SNR, dB; told: % that are louder than all but FALSE % of traces
    without a pulse; alarms: % of other traces without a pulse that are; found_by, gain_by: by SNR, means over seeds.
    """

    found: list[FiniteFloat]
    gain: list[FiniteFloat]
    told: list[FiniteFloat]
    alarms: list[FiniteFloat]
    found_by: list[FiniteFloat]
    gain_by: list[FiniteFloat]


@dataclass(frozen=True)
class Review:
    """One way on the review's own traces, one number a seed.

    found: % of pulses at the right place; silent: % of traces without one that stay below the alarm; score: the
    review's, both together; whole: `found` in the same noise that is not clipped; planted: % of traces without a pulse
    in which it hears one where a few samples were made to stick (methods.planted), empty where nothing is clipped.
    """

    found: list[FiniteFloat]
    silent: list[FiniteFloat]
    score: list[FiniteFloat]
    whole: list[FiniteFloat]
    planted: list[FiniteFloat]


@dataclass(frozen=True)
class Filters:
    """First layers, one number a seed: see `responses.Shape`; fresh: of the same layers before training."""

    inside: list[FiniteFloat]
    wide: list[FiniteFloat]
    fresh_inside: list[FiniteFloat]
    fresh_wide: list[FiniteFloat]


@dataclass(frozen=True)
class Measured:
    """open: set -> way -> Score; review: noise -> way -> Review; filters: checkpoint -> Filters; traces: of each set,
    with a pulse and again without; sha256: of the networks of the first seed."""

    open: dict[str, dict[str, Score]]
    review: dict[str, dict[str, Review]]
    filters: dict[str, Filters]
    traces: int
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def edges() -> list[float]:
    """Bounds of the BINS of SNR, BINS + 1 of them."""
    low, high = SNRS
    return [low + (high - low) * place / BINS for place in range(BINS + 1)]


def interval(scores: list[float], traces: int) -> tuple[float, float]:
    """Mean over seeds of a share in %, and half of its 95 % interval: the traces', and the seeds' by Student's t."""
    middle = mean(scores)
    share = min(max(middle / 100, 0.5 / traces), 1 - 0.5 / traces)
    half = 196 * math.sqrt(share * (1 - share) / traces)
    return middle, max(half, of_seeds(scores))


def of_seeds(scores: list[float]) -> float:
    """Half of the 95 % interval of a mean over seeds by Student's t; 0 for one number."""
    return intervals.half(scores) or 0.0


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "signals.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How well pulses are heard", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    rows = [score for ways in table.open.values() for score in ways.values()]
    return (
        set(OPEN) <= set(table.open)
        and all(set(METHODS) <= set(ways) for ways in table.open.values())
        and set(signals.NOISES) <= set(table.review)
        and all({RAW, MATCHED, REVIEW} <= set(ways) for ways in table.review.values())
        and {NETWORK, REVIEWS["background"]} <= set(table.filters)
        and all(len(row.found_by) == len(row.gain_by) == BINS for row in rows)
        and all(0 < len(row.found) <= intervals.MOST for row in rows)
    )
