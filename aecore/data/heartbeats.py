"""One-minute strips of electrocardiograms, from fourteen people. Not for diagnosis.

Source: G. B. Moody, R. G. Mark, "The impact of the MIT-BIH Arrhythmia Database", IEEE Eng. Med. Biol. 20(3):45-50,
2001; A. Goldberger et al., PhysioNet, Circulation 101(23):e215-e220, 2000. Open Data Commons Attribution License 1.0.
Lead MLII, one minute of each recording; each recording is of another person.
"""

import functools
import zipfile
from pathlib import Path

import numpy as np

from aecore.errors import DataError

RATE = 360  # samples a second
PER_MILLIVOLT = 200  # steps of the recorder
NATIVE_BITS = 11  # of a sample, as recorded
MINUTE = 60 * RATE
# de Chazal et al. 2004, "Automatic classification of heartbeats": nobody is on both sides
TRAIN = (101, 106, 119, 201, 203, 208)
TEST = (100, 103, 200, 213, 221, 228, 231, 233)
CREDIT = (
    "MIT-BIH Arrhythmia Database (Moody & Mark 2001; PhysioNet, Goldberger et al. 2000), "
    "Open Data Commons Attribution License 1.0."
)


@functools.cache
def strips() -> dict[int, np.ndarray]:
    """Recording -> one minute, int16 (MINUTE,), in steps of the recorder.

    Raises: DataError: the file is missing or damaged.
    """
    try:
        with np.load(Path(__file__).parent / "heartbeats.npz", allow_pickle=False) as file:
            x, record = file["x"], file["record"]
        minutes = {int(number): strip for number, strip in zip(record, x, strict=True)}
        if x.shape != (len(TRAIN + TEST), MINUTE) or x.dtype != np.int16 or set(minutes) != {*TRAIN, *TEST}:
            raise ValueError("other strips")
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            "The heartbeats are missing or damaged. Restore aecore/data/heartbeats.npz from the repository."
        ) from error
    return minutes
