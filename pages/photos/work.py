"""Slow work on pictures, beside the pages' scripts: a few workers, results that all visitors share, bounded memory."""

import atexit
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from aecore.errors import AecoreError, ImageError

WORKERS = 2
MOST_WAITING = 24  # jobs; more are refused, kindly
KEPT_BYTES = 160 * 2**20  # of pictures, for all visitors together; the least recently used go first
KEPT = 2_000  # pictures and numbers at most
PATIENCE = 8.0  # seconds after which a job that nobody asks for any more is given up

Picture = TypeVar("Picture")  # an array, or what carries arrays
Work = Callable[[], Iterator[object]]  # yields the share done (a float) now and then, at last the picture

log = logging.getLogger("autoencoder_lab")


@dataclass
class Job:
    """One picture being computed. done: share in [0, 1]; error: in words, once it failed."""

    name: tuple
    work: Work | None = field(repr=False)
    done: float = 0.0
    error: str = ""
    wanted: float = field(default_factory=time.monotonic)  # when somebody last asked
    ended: bool = False

    def forgotten(self) -> bool:
        """Whether its visitor has gone, or wants something else by now."""
        return _ending.is_set() or time.monotonic() - self.wanted > PATIENCE


_pictures: OrderedDict[tuple, object] = OrderedDict()
_jobs: dict[tuple, Job] = {}  # waiting, running, or failed a short while ago
_queue: list[Job] = []
_workers: list[threading.Thread] = []
_changed = threading.Condition()
_ending = threading.Event()  # the process ends


def kept(name: tuple, make: Callable[[], Picture] | None = None) -> Picture | None:
    """A picture, or what carries one, from the memory that all visitors share.

    Args:    make: makes it now if it is not there.
    Returns: None if it is not there and there is no `make`.
    """
    with _changed:
        if name in _pictures:
            _pictures.move_to_end(name)
            return _pictures[name]
    return None if make is None else _keep(name, make())


def ask(name: tuple, work: Work) -> Job | None:
    """Have a picture computed, unless it is there: the job, or None if `kept(name)` has it.

    Asking again says that it is still wanted; a job that nobody asks for ends by itself.

    Raises: ImageError: the work failed, or too many visitors wait.
    """
    with _changed:
        if name in _pictures:
            return None
        for job in [job for job in _jobs.values() if job.error and job.forgotten()]:
            del _jobs[job.name]
        job = _jobs.get(name)
        if job is not None and job.error:
            raise ImageError(job.error)
        if job is None or job.ended:
            if len(_queue) >= MOST_WAITING:
                raise ImageError("Many visitors are having pictures restored just now. Try again in a minute.")
            job = _jobs[name] = Job(name, work)
            _queue.append(job)
            while len(_workers) < WORKERS:
                _workers.append(threading.Thread(target=_run, name=f"photos-{len(_workers)}", daemon=True))
                _workers[-1].start()
            _changed.notify()
        job.wanted = time.monotonic()
        return job


def touch(names: Iterable[tuple]) -> None:
    """Say that these are still wanted."""
    with _changed:
        for job in (_jobs[name] for name in names if name in _jobs):
            if not job.error:
                job.wanted = time.monotonic()


def release(name: tuple) -> None:
    """Say that this visitor no longer wants a picture; others who do ask again while they wait."""
    with _changed:
        if name in _jobs and not _jobs[name].error:
            _jobs[name].wanted -= PATIENCE


def _keep(name: tuple, picture: Picture) -> Picture:
    with _changed:
        _pictures[name] = picture
        while len(_pictures) > 1 and (len(_pictures) > KEPT or sum(map(_size, _pictures.values())) > KEPT_BYTES):
            _pictures.popitem(last=False)
    return picture


def _size(picture: object) -> int:
    """Bytes of an array, or of the arrays that an object carries."""
    arrays = [picture] if isinstance(picture, np.ndarray) else vars(picture).values()
    return sum(each.nbytes for each in arrays if isinstance(each, np.ndarray))


@atexit.register
def _close() -> None:
    """End the workers with the process: a thread that is killed inside torch would abort it."""
    _ending.set()
    with _changed:
        _changed.notify_all()
    for worker in _workers:
        worker.join(timeout=10)


def _run() -> None:
    while True:
        with _changed:
            while not _queue and not _ending.is_set():
                _changed.wait()
            if _ending.is_set():
                return
            job = _queue.pop(0)
        try:
            _finish(job)
        except AecoreError as error:
            job.error = str(error)
        except Exception:
            if _ending.is_set():
                return
            log.exception("A picture could not be computed")
            job.error = "This picture could not be restored, and the details were logged. Try another one."
        with _changed:
            job.ended, job.work = True, None  # the work holds pictures
            if not job.error and _jobs.get(job.name) is job:
                del _jobs[job.name]


def _finish(job: Job) -> None:
    if job.forgotten():
        return
    for each in job.work():
        if not isinstance(each, float):
            _keep(job.name, each)
            return
        job.done = each
        if job.forgotten():
            return
