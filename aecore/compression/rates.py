"""Bits against quality: what digits, and pictures that are none, cost and keep by each code and each format.

`benchmarks/compress.py` measures it; the page Compress shows it.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import FiniteFloat
from torch import Tensor

from aecore import metrics, records
from aecore.compression import coder, codes, formats
from aecore.compression.codes import DCT, LEVELS, PCA, STEPS, Code
from aecore.compression.formats import JPEG, PNG, QUALITIES, WEBP
from aecore.engine import Engine

AGAIN = "python -m benchmarks.compress --save"
LOSSY = (JPEG, WEBP)
DIGITS = "digits"
LINEAR = (PCA, DCT)  # on test digits only
SETS = (DIGITS, "letters", "font letters", "clothes", "faces", "photos", "static")
MOST = 99.0  # dB: a perfect copy
MOST_BITS = 4000  # where crossings are looked for
NORMAL = 1.96  # of the standard error: 95 %


@dataclass(frozen=True)
class Point:
    """One setting of one way, on a set of pictures.

    at: the level, or the quality; bits: mean of real bytes times 8, of a format the whole file; bare: without the empty
    file, of a code the same; psnr: mean in dB; spread: half of psnr's 95 % interval over the pictures.
    """

    at: int
    bits: FiniteFloat
    bare: FiniteFloat
    psnr: FiniteFloat
    spread: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """curves: set -> way -> Points, bits growing; seeds: the wide code on test digits, one curve a further seed; count:
    set -> pictures; weight: network -> bytes of its decoder in half precision and of its tables; sha256: of networks.
    """

    curves: dict[str, dict[str, list[Point]]]
    seeds: list[list[Point]]
    count: dict[str, int]
    weight: dict[str, int]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def ways_of(kind: str) -> tuple[str, ...]:
    """The codes and formats that are measured on a set."""
    return (*codes.NETWORKS, *(LINEAR if kind == DIGITS else ()), *LOSSY, PNG)


def of_code(code: Code, x: Tensor, levels: Iterable[int] = range(LEVELS)) -> list[Point]:
    """A code's points, by real bytes, each decoded again."""
    points = []
    for level in levels:
        files = code.write(x, level)
        symbols = np.array([coder.decode(data, code.tables[level]) for data in files])
        points.append(_point(level, files, 0, x, code.pictures(symbols, level)))
    return points


def of_format(form: str, x: Tensor) -> list[Point]:
    """A format's points, a file for each picture."""
    points = []
    for quality in QUALITIES[form]:
        files = [formats.write(one, form, quality) for one in x]
        recon = torch.stack([formats.read(data) for data in files])
        points.append(_point(quality, files, formats.empty(form, quality), x, recon))
    return points


def _point(at: int, files: list[bytes], head: int, x: Tensor, recon: Tensor) -> Point:
    bits = 8 * sum(map(len, files)) / len(files)
    psnr = metrics.psnr(x, recon.clamp(0, 1)).clamp(max=MOST).double()
    spread = NORMAL * float(psnr.std()) / len(psnr) ** 0.5
    return Point(at, round(bits, 2), round(bits - 8 * head, 2), round(float(psnr.mean()), 3), round(spread, 3))


# ---- reading curves


def psnr_at(points: list[Point], bits: float, bare: bool = False) -> float | None:
    """PSNR of a curve at so many bits, straight between two points; None outside of them."""
    return _at(points, bits, (lambda point: point.bare) if bare else (lambda point: point.bits), _psnr)


def best_within(points: list[Point], bits: float, bare: bool = False) -> float:
    """The PSNR that a curve has to offer for at most so many bits: a finer step may cost more and keep no more."""
    return float(_best_within(points, np.array([bits]), bare)[0])


def _best_within(points: list[Point], bits: np.ndarray, bare: bool = False) -> np.ndarray:
    """The same for many numbers of bits, (B,)."""
    cost = np.array([point.bare if bare else point.bits for point in points])
    psnr = np.array([point.psnr for point in points])
    within = np.where(cost <= bits[:, None], psnr, 0.0).max(1)
    if len(points) < 2:
        return within
    low, high = cost[:-1], cost[1:]
    between = (low <= bits[:, None]) & (bits[:, None] <= high) & (low < high)  # (B, points - 1)
    left = between.argmax(1)
    share = (bits - low[left]) / np.maximum(high - low, 1e-9)[left]
    return np.where(between.any(1), np.maximum(within, psnr[left] + (psnr[left + 1] - psnr[left]) * share), within)


def bits_for(points: list[Point], psnr: float, bare: bool = False) -> float | None:
    """Bits of a curve for a PSNR, straight between two points; None outside of them."""
    return _at(points, psnr, _psnr, (lambda point: point.bare) if bare else (lambda point: point.bits))


def crossing(first: list[Point], second: list[Point], bare: bool = False) -> float | None:
    """Bits at which the second curve overtakes the first, for good; None if it never does, or is ahead all along.

    Args: bare: count the second without its empty file.
    """
    bits = np.arange(1, MOST_BITS)
    behind = bits[_best_within(second, bits, bare) <= _best_within(first, bits)]
    return float(behind[-1] + 1) if len(behind) and behind[-1] + 1 < MOST_BITS else None


def pays_after(measured: Measured, network: str, form: str, psnr: float, bare: bool = False) -> float | None:
    """Digits after which a network's decoder and tables have paid for themselves beside a format, at a PSNR."""
    own, other = (measured.curves[DIGITS][way] for way in (network, form))
    cost, rival = bits_for(own, psnr), bits_for(other, psnr, bare)
    if cost is None or rival is None or rival <= cost:
        return None
    return 8 * measured.weight[network] / (rival - cost)


def _psnr(point: Point) -> float:
    return point.psnr


def _at(points: list[Point], where: float, of: Callable[[Point], float], wanted: Callable) -> float | None:
    for left, right in itertools.pairwise(points):
        low, high = of(left), of(right)
        if low <= where <= high and high > low:
            return wanted(left) + (wanted(right) - wanted(left)) * (where - low) / (high - low)
    return None


def decoder_bytes(engine: Engine, name: str) -> int:
    """What a receiver must have once: the decoder in half precision, and the tables. Raises: CheckpointError."""
    numbers = sum(tensor.numel() for tensor in engine.model(name).decoder.state_dict().values())
    return 2 * numbers + codes.path(name).stat().st_size


# ---- the file


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "compress.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What digits cost", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    return (
        set(table.curves) == set(table.count) == set(SETS)
        and all(set(ways_of(kind)) <= set(curves) and all(curves.values()) for kind, curves in table.curves.items())
        and all(len(curves[way]) == LEVELS for curves in table.curves.values() for way in codes.NETWORKS)
        and set(codes.NETWORKS) <= set(table.weight)
    )


def step_of(point: Point) -> float:
    """The step of a code's point."""
    return STEPS[point.at]
