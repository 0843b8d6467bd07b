"""The digits that the Training page's visitors train on, in one file for their browsers."""

import functools
import gzip
import hashlib

from aecore.data import load_digits

TRAINING, TEST = 10_000, 1_000  # the first ones of each set


@functools.cache
def packed() -> bytes:
    """Gzipped: pixels of the training digits, of the test digits, then the classes of both, a byte each.

    Raises: DataError: the digits cannot be read.
    """
    (x_test, y_test), (x, y) = load_digits("test"), load_digits("train")
    parts = (x[:TRAINING], x_test[:TEST], y[:TRAINING].byte(), y_test[:TEST].byte())
    return gzip.compress(b"".join(part.numpy().tobytes() for part in parts), 6, mtime=0)


@functools.cache
def sha256() -> str:
    """Of that file."""
    return hashlib.sha256(packed()).hexdigest()
