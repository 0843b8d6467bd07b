"""Single heartbeats of 44 recordings, cut around their R peaks. Not for diagnosis.

Source and licence: as aecore/data/heartbeats.py. Patients are split as in P. de Chazal, M. O'Dwyer, R. B. Reilly,
"Automatic classification of heartbeats using ECG morphology and heartbeat interval features", IEEE Trans. Biomed. Eng.
51(7):1196-1206, 2004: nobody is on both sides, but that 201 (train) and 202 (test) are one person, as in that paper.
"""

import functools
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aecore.errors import DataError

RATE = 180  # samples a second: two of the recorder's in one
LENGTH = 128  # samples of a beat
PEAK = 50  # of them, where its R peak is
PER_MILLIVOLT = 100  # steps of the file
RANGE = 6.4  # millivolts from 0 to 1 of what networks get
KINDS = {
    "N": "normal, or with bundle branch block",
    "V": "premature ventricular",
    "F": "fusion of a normal and a ventricular one",
    "S": "premature atrial, or other supraventricular",
}


@dataclass(frozen=True)
class Beats:
    """Beats of one side. x: float32 (N, 1, LENGTH), millivolts, each beat's median removed; kind: (N,) of KINDS;
    record: int (N,), the recording, each of another person but for 201 and 202."""

    x: Tensor
    kind: np.ndarray
    record: np.ndarray

    def of(self, kind: str) -> Tensor:
        """The beats of one kind, (M, 1, LENGTH)."""
        return self.x[torch.from_numpy(self.kind == kind)]


def path() -> Path:
    """Where they lie."""
    return Path(__file__).parent / "beats.npz"


@functools.cache
def beats(split: str) -> Beats:
    """Beats of "train", all of them normal, or of "test". Raises: DataError: the file is missing or damaged."""
    try:
        with np.load(path(), allow_pickle=False) as file:
            x = file["steps"].astype(np.int64).cumsum(1)
            kind, record, test = file["kind"], file["record"], file["test"]
        if x.shape[1:] != (LENGTH,) or not len(x) == len(kind) == len(record) == len(test) or set(kind) != set(KINDS):
            raise ValueError("other beats")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(
            "The single heartbeats are missing or damaged. Restore aecore/data/beats.npz from the repository."
        ) from error
    side = test == (split == "test")
    return Beats(torch.from_numpy(x[side]).float()[:, None] / PER_MILLIVOLT, kind[side], record[side])


def beat_bytes(split: str) -> tuple[Tensor, Tensor]:
    """Normal beats as recipes want them: uint8 (N, 1, LENGTH), 0 to 255 for RANGE millivolts about 0, and y all 0."""
    x = to_unit(beats(split).of("N"))
    return (255 * x).round().clamp(0, 255).byte(), torch.zeros(len(x), dtype=torch.long)


def to_unit(millivolts: Tensor) -> Tensor:
    """Millivolts about 0 -> what networks get, about 0.5, cut off beyond [0, 1]."""
    return (millivolts / RANGE + 0.5).clamp(0, 1)


def to_millivolts(x: Tensor) -> Tensor:
    """The way back."""
    return (x - 0.5) * RANGE
