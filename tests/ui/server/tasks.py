"""Work for the tests of the job queue: what a worker may meet. Gates are files: the work is in another process."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np


def count(n: int) -> Iterator[int]:
    """Yield 1 to n."""
    yield from range(1, n + 1)


def until(gate: str, log: str = "") -> Iterator[object]:
    """Yield until the gate is there, then say so; the log gets a line when it begins and one however it ends."""
    if log:
        with Path(log).open("a") as file:
            file.write("begun\n")
    try:
        while not Path(gate).exists():
            yield 0.5
            time.sleep(0.005)
        yield "through"
    finally:
        if log:
            with Path(log).open("a") as file:
                file.write("ended\n")


def stubborn(mark: str) -> Iterator[None]:
    """Never get to a yield again."""
    yield None
    Path(mark).touch()
    while True:
        time.sleep(1)


def echo(*values: object) -> Iterator[object]:
    """Give back what was given."""
    yield values


def die() -> Iterator[float]:
    """End as the system's out-of-memory killer ends a process."""
    yield 0.5
    os.kill(os.getpid(), signal.SIGKILL)


def grow(megabytes: int) -> Iterator[int]:
    """Take so much memory."""
    yield int(np.ones(megabytes * 2**20, np.uint8).max())


def grow_torch(megabytes: int) -> Iterator[int]:
    """Take so much memory through torch."""
    import torch

    yield int(torch.ones(megabytes * 2**20, dtype=torch.uint8).max())


_pins: list[np.ndarray] = []


def litter(megabytes: int) -> Iterator[int]:
    """Take so much memory in small pieces, and hold on to one of fifty: what lies between them is free, yet taken."""
    pieces = [np.ones(100_000, np.uint8) for _ in range(10 * megabytes)]
    _pins.extend(pieces[::50])
    yield len(pieces)


def big(megabytes: int) -> Iterator[np.ndarray]:
    """A result of that size."""
    yield np.zeros(megabytes * 2**20, np.uint8)


def refuse() -> Iterator[float]:
    """Fail in words."""
    from aecore.errors import ImageError

    yield 0.1
    raise ImageError("The picture is too small. Use a larger one.")


def crash() -> Iterator[float]:
    """Fail with a bug."""
    yield 0.1
    raise ZeroDivisionError("a bug")


def plain(a: int, b: int) -> int:
    """A function that is no generator."""
    return a + b


def where() -> Iterator[dict]:
    """What the work is surrounded by."""
    yield {
        "pid": os.getpid(),
        "nice": os.nice(0),
        "threads": os.environ["OMP_NUM_THREADS"],
        "streamlit": "streamlit" in sys.modules,
        "main": sys.modules["__main__"].__file__,
    }
