"""Heartbeats as bytes: a learnt code and a wavelet's, with the same entropy coder, and what they lose.

    coder = Learnt(read())                     # or Wavelet()
    data = coder.encode(strip, step=1.0)       # strip: int16 (L,), in steps of the recorder
    recon = coder.decode(data, len(strip), step=1.0)
    prd(strip, recon)                          # percent

Both round their numbers to multiples of a step, nearest 0 a little more often than fairly (`offset`), and write them by
one table a channel or band, made at the same step of the six training strips; `coder.py` turns them into bytes. The
mean of a strip goes first, 2 bytes. Whoever decodes has the tables, the network or the wavelet, as JPEG's readers do.
"""

import functools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pywt
import torch

from aecore.compression import coder
from aecore.compression.coder import Table
from aecore.compression.heartbeat_net import UNIT, HeartbeatNet, pad
from aecore.data.heartbeats import NATIVE_BITS, TRAIN, strips

HEADER = 2  # bytes: the mean


def prd(x: np.ndarray, recon: np.ndarray) -> float:
    """Percent root-mean-square difference, the strip's mean removed: 100 |x - recon| / |x - mean(x)|.

    Without removing it a recorder's offset alone (1,024 in this database's files) makes any code look good; papers that
    do so are not comparable. Source: Blanco-Velasco et al. 2005, "On the use of PRD and CR parameters for ECG
    compression", Med. Eng. Phys. 27(9).
    """
    x, recon = x.astype(np.float64), recon.astype(np.float64)
    return float(100 * np.linalg.norm(x - recon) / np.linalg.norm(x - x.mean()))


def ratio(samples: int, size: int) -> float:
    """How many times fewer bits than the recorder's 11 a sample."""
    return samples * NATIVE_BITS / (8 * size)


class Transform(Protocol):
    """Bands of numbers from a strip and back. offset: see `rounded`."""

    offset: float

    def analyse(self, x: np.ndarray) -> list[np.ndarray]:
        """x float (L,), in UNITs, about 0 -> bands, each float (n,)."""
        ...

    def synthesise(self, bands: Sequence[np.ndarray], length: int, step: float) -> np.ndarray:
        """The reverse, of rounded bands."""
        ...


@dataclass(frozen=True)
class Wavelet:
    """A discrete wavelet transform: Daubechies 1988, PyWavelets' implementation (Lee et al. 2019, JOSS 4(36))."""

    name: str = "bior4.4"
    levels: int = 6
    offset: float = 0.25

    def analyse(self, x: np.ndarray) -> list[np.ndarray]:
        """Coarsest band first."""
        return pywt.wavedec(x, self.name, mode="periodization", level=self.levels)

    def synthesise(self, bands: Sequence[np.ndarray], length: int, step: float) -> np.ndarray:
        """Any step is the same to it."""
        return pywt.waverec(list(bands), self.name, mode="periodization")[:length]


@dataclass(frozen=True, eq=False)
class Learnt:
    """The convolutional code; a band is a channel."""

    net: HeartbeatNet
    offset: float = 0.3

    def analyse(self, x: np.ndarray) -> list[np.ndarray]:
        """CODE bands of L / STRIDE numbers."""
        with torch.inference_mode():
            return list(self.net.encode(pad(torch.from_numpy(x).float()[None, None]))[0].double().numpy())

    def synthesise(self, bands: Sequence[np.ndarray], length: int, step: float) -> np.ndarray:
        """It is told the step: coarse codes want a smoother hand."""
        with torch.inference_mode():
            z = torch.from_numpy(np.stack(bands)).float()[None]
            return self.net.decode(z, torch.tensor([step]))[0, 0, :length].double().numpy()


def rounded(numbers: np.ndarray, step: float, offset: float) -> np.ndarray:
    """Whole multiples of the step; with an offset below 0.5 small numbers become 0 sooner, which saves bits."""
    return (np.sign(numbers) * np.floor(np.abs(numbers) / step + offset)).astype(np.int64)


@dataclass(frozen=True)
class Model:
    """What both sides know at one step: of each band its table, and how far from a whole multiple its numbers lie."""

    tables: tuple[Table, ...]
    shift: tuple[float, ...]


@functools.lru_cache(maxsize=64)
def fitted(transform: Transform, step: float) -> Model:
    """The tables of the training strips, and the mean way from the whole multiple to what was rounded to it, in steps;
    what was rounded to 0 does not count."""
    bands = [transform.analyse(_centred(strips()[record])[0]) for record in TRAIN]
    tables, shifts = [], []
    for band in zip(*bands, strict=True):
        numbers = np.concatenate(band)
        symbols = rounded(numbers, step, transform.offset)
        tables.append(coder.fit(symbols))
        there = symbols != 0
        shifts.append(float((np.abs(numbers) / step - np.abs(symbols))[there].mean()) if there.any() else 0.0)
    return Model(tuple(tables), tuple(shifts))


def encode(transform: Transform, x: np.ndarray, step: float) -> bytes:
    """A strip as bytes. Args: x: int16 (L,), in steps of the recorder; step: of rounding, in UNITs."""
    line, mean = _centred(x)
    symbols = [rounded(band, step, transform.offset) for band in transform.analyse(line)]
    return struct.pack("<h", mean) + coder.encode(np.concatenate(symbols), _tables(transform, step, symbols))


def decode(transform: Transform, data: bytes, length: int, step: float) -> np.ndarray:
    """The strip again, float64 (L,), from these bytes alone. Raises: DataError: they cannot come from `encode`."""
    model = fitted(transform, step)
    shapes = transform.analyse(np.zeros(length))
    flat = np.array(coder.decode(data[HEADER:], _tables(transform, step, shapes)), np.float64)
    symbols = np.split(flat, np.cumsum([len(band) for band in shapes])[:-1])
    bands = [step * (band + np.sign(band) * shift) for band, shift in zip(symbols, model.shift, strict=True)]
    (mean,) = struct.unpack("<h", data[:HEADER])
    return UNIT * transform.synthesise(bands, length, step) + mean


def bound(transform: Transform, x: np.ndarray, step: float) -> float:
    """Bytes that the tables say a strip costs, Shannon's bound for any coder with these tables."""
    bits = 8.0 * HEADER
    for band, table in zip(transform.analyse(_centred(x)[0]), fitted(transform, step).tables, strict=True):
        bits += float(coder.ideal_bits(rounded(band, step, transform.offset)[:, None], [table]).sum())
    return bits / 8


def _tables(transform: Transform, step: float, bands: Sequence[np.ndarray]) -> list[Table]:
    tables = fitted(transform, step).tables
    return [table for table, band in zip(tables, bands, strict=True) for _ in range(len(band))]


def _centred(x: np.ndarray) -> tuple[np.ndarray, int]:
    mean = round(float(x.mean()))
    return (x.astype(np.float64) - mean) / UNIT, mean
