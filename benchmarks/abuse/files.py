"""Picture files: seeded mutations of real ones of every accepted format, and the bombs, through both ways in."""

import functools
import io
import multiprocessing
import resource
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np

from aecore.errors import ImageError
from benchmarks.abuse.tally import Tally, kind_of, save, saved
from tests.hostile_files import hostile, mutated, seeds, with_right_checksums

CHUNK = 100  # mutations that one call of a process tries
MEMORY_MB = 2048  # that a worker of the lab may take beyond what it has: ui.server.job_queue.Sizes


def read_digits(data: bytes) -> None:
    """As Denoise and the other pages of digits read an upload. Raises: ImageError."""
    from aecore.intake.files import digits_from_bytes

    for digit in digits_from_bytes(data):
        if digit.x.shape != (1, 1, 28, 28) or not (
            digit.x.isfinite().all() and 0 <= digit.x.min() <= digit.x.max() <= 1
        ):
            raise AssertionError("a digit that keeps no contract")


def read_picture(data: bytes) -> None:
    """As Photos reads an upload and hands it back. Raises: ImageError."""
    from aecore.pictures.io import read_photo

    read_photo(data).image().save(io.BytesIO(), "PNG", compress_level=0)


WAYS: dict[str, Callable[[bytes], None]] = {"digits": read_digits, "photo": read_picture}


def mutations(tries: int, seed: int) -> dict[str, Tally]:
    """Mutated files, every format in turn, each through both ways in: a file is one try.

    What was tried before with this seed counts, and every round is saved: it may be stopped at any time, and goes on.
    """
    names = sorted(seeds())
    tallies = {name: saved("files", seed).get(name, Tally()) for name in names}
    each = -(-tries // len(names))
    calls = [(name, seed, start, min(start + CHUNK, each)) for start in range(0, each, CHUNK) for name in names]
    left = [(name, seed, max(start, tallies[name].tried), stop) for name, seed, start, stop in calls]
    left = [call for call in left if call[2] < call[3]]
    for number, (name, tally) in enumerate(_in_processes(_mutations, left, 1_000_000), 1):
        tallies[name].add(tally)
        if number % len(names) == 0:
            save("files", tallies, seed)
    return tallies


def bombs() -> dict[str, Tally]:
    """Files that claim much or cost much, each in a process of its own."""
    return dict(_in_processes(_bomb, [(name,) for name in hostile()], 1))


def _in_processes(work: Callable, calls: list[tuple], calls_each: int) -> Iterator[tuple[str, Tally]]:
    """The tally of every call, by the name that it begins with; a process that dies counts as one fault."""
    spawn = multiprocessing.get_context("spawn")
    left = list(calls)
    while left:
        with ProcessPoolExecutor(1, spawn, _limited, max_tasks_per_child=calls_each) as pool:
            try:
                for tally in pool.map(work, *zip(*left, strict=True)):
                    name, *_ = left.pop(0)
                    yield name, tally
            except BrokenProcessPool:
                name, *rest = left.pop(0)
                died = Tally(tried=rest[2] - rest[1] if len(rest) > 2 else 1)
                died.fault("the process died", f"{name} {rest}")
                yield name, died


@functools.cache
def _seeds() -> dict[str, bytes]:
    return seeds()


def _limited() -> None:
    warnings.simplefilter("ignore")  # Pillow warns of odd files; the answer is what counts
    for read in WAYS.values():
        read(_seeds()["png"])  # what any picture needs
    lines = Path("/proc/self/status").read_text().splitlines()
    data = next(int(line.split()[1]) for line in lines if line.startswith("VmData")) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (data + MEMORY_MB * 2**20,) * 2)


def _mutations(name: str, seed: int, start: int, stop: int) -> Tally:
    file, tally = _seeds()[name], Tally()
    for number in range(start, stop):
        rng = np.random.default_rng([seed, number, *name.encode()])
        data = mutated(file, rng)
        if "png" in name and number % 2:  # the other half a reader turns away by its checksums
            data = with_right_checksums(data)
        _try(data, f"{name}, seed {seed}, number {number}", tally)
    return tally


def _bomb(name: str) -> Tally:
    tally = Tally()
    _try(hostile()[name], name, tally)
    return tally


def _try(data: bytes, example: str, tally: Tally) -> None:
    """One file through every way in."""
    tally.tried += 1
    refused = False
    for way, read in WAYS.items():
        before, began = _memory(), time.process_time()
        try:
            read(data)
        except ImageError as error:
            refused = True
            if not 10 < len(str(error)) < 250:
                tally.fault("a refusal that is no sentence", f"{example}, {way}: {error}")
        except Exception as error:
            tally.fault(kind_of(error), f"{example}, {way}")
        tally.worst_seconds = max(tally.worst_seconds, time.process_time() - began)
        tally.worst_mb = max(tally.worst_mb, _memory() - before)
    tally.refused += refused


def _memory() -> float:
    """The most that this process ever had, in MB: what a try adds to it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
