"""A trace from a file of a visitor's: CSV or WAV of any loudness, cut to the length that the networks know."""

import csv
import io
import wave
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aecore.data import signals
from aecore.errors import DataError

MOST_BYTES = 10_000_000
LEAST = 50  # samples
LEVEL = 0.1  # mV that the trace is given
ADVICE = "Bring numbers in one column as CSV, or an uncompressed WAV file."


@dataclass(frozen=True)
class File:
    """x: (1, 1, LENGTH) around 0.5, of RMS LEVEL; samples: of the file; begin: the first of them that x shows; gain:
    factor from the file's numbers to x; mean: of the part shown, which was taken off."""

    x: Tensor
    samples: int
    begin: int
    gain: float
    mean: float


def read(data: bytes, name: str = "") -> File:
    """A file's loudest LENGTH samples; a shorter one has silence behind it.

    Args:    data: its bytes; name: for the messages.
    Raises:  DataError: it is neither, or holds no signal; the message says what to do.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{_called(name)} is larger than 10 MB. Cut it to the part that holds the pulse.")
    values = _wav(data, name) if data[:4] == b"RIFF" else _csv(data, name)
    if len(values) < LEAST:
        raise DataError(f"{_called(name)} holds {len(values)} samples, and {LEAST} are the least. {ADVICE}")
    if not np.isfinite(values).all() or np.abs(values).max() > 1e30:
        raise DataError(f"{_called(name)} holds numbers that are not finite, or too large. Take them out first.")
    begin = _loudest(values)
    part = values[begin : begin + signals.LENGTH]
    mean = float(part.mean())
    part = part - mean
    rms = float(np.sqrt(np.mean(part**2)))
    if rms <= 1e-12 * max(abs(mean), 1e-300):
        raise DataError(f"{_called(name)} is flat: all of its samples are alike. Choose another one.")
    whole = np.zeros(signals.LENGTH)
    whole[: len(part)] = part * (LEVEL / rms)
    x = torch.from_numpy(signals.MIDDLE + whole).float()[None, None]
    return File(x, len(values), begin, LEVEL / rms, mean)


def _called(name: str) -> str:
    return f"“{name}”" if name else "The file"


def _loudest(values: np.ndarray) -> int:
    """The first sample of the part to show: around the largest one."""
    if len(values) <= signals.LENGTH:
        return 0
    place = int(np.abs(values - values.mean()).argmax())
    return min(max(place - signals.LENGTH // 2, 0), len(values) - signals.LENGTH)


def _wav(data: bytes, name: str) -> np.ndarray:
    """Samples of a WAV file's first channel."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, n = file.getnchannels(), file.getsampwidth(), file.getnframes()
            raw = file.readframes(n)
    except (wave.Error, EOFError, ValueError, OSError) as error:
        raise DataError(f"{_called(name)} is a WAV file that cannot be read. Save it as 16-bit PCM.") from error
    raw = raw[: len(raw) // (channels * width) * channels * width]
    if width == 1:
        values = np.frombuffer(raw, np.uint8).astype(float) - 128
    elif width == 3:
        bytes_ = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
        values = ((bytes_[:, 0] << 8 | bytes_[:, 1] << 16 | bytes_[:, 2] << 24) >> 8).astype(float)
    elif width in (2, 4):
        values = np.frombuffer(raw, f"<i{width}").astype(float)
    else:
        raise DataError(f"{_called(name)} is a WAV file of {8 * width} bits a sample. Save it as 16-bit PCM.")
    return values[::channels]


def _csv(data: bytes, name: str) -> np.ndarray:
    """The last column of numbers of a text file; lines of words are passed over."""
    try:
        text = data.decode("utf-8-sig")
        delimiter = ";" if ";" in text[:2000] else "\t" if "\t" in text[:2000] else ","
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{_called(name)} is neither CSV nor WAV. {ADVICE}") from error
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    numbers = [[_number(cell, delimiter) for cell in row] for row in cells]
    if len([row for row in numbers if row]) == 1:  # all in one line
        values = [value for row in numbers for value in row if value is not None]
    else:
        values = [row[-1] for row in numbers if row and row[-1] is not None]
    words = sum(1 for row in numbers if row and row[-1] is None)
    if not values or words > 20 + len(values):
        raise DataError(f"{_called(name)} holds no column of numbers. {ADVICE}")
    return np.array(values, dtype=float)


def _number(cell: str, delimiter: str) -> float | None:
    try:
        return float(cell.replace(",", ".") if delimiter != "," else cell)
    except ValueError:
        return None
