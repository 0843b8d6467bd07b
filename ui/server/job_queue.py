"""The queue behind `ui.server.jobs`: who wants what, which worker does it, and when it is too long or too late.

One thread runs it: it starts workers, hands out work, hears what comes back, and looks four times a second whether the
visitors are still here. Nothing is computed in the server's own process.
"""

import itertools
import logging
import multiprocessing
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Literal, TypeVar

import numpy as np
from cachetools import LRUCache

from aecore.errors import AecoreError
from ui.log import report
from ui.server import elsewhere, wire
from ui.server.worker import Worker

LOOK = 0.25  # seconds between two looks at who is still here and what takes too long
AWAY = 0.4  # seconds without a connection, after which a visitor has left
GRACE = 0.7  # seconds that work has to get to its next yield once nobody wants it
AGAIN = 10.0  # seconds after a failure, in which the same question gets the same answer
LOST = "The connection to the lab was lost, and this work ended with it. Start it again."  # to who comes back
START = 300.0  # seconds that a worker may take to import what it needs
Value = TypeVar("Value")
Seat = tuple[str, str]  # visitor, name on their page
log = logging.getLogger("autoencoder_lab")


class JobError(AecoreError):
    """Slow work was refused or failed, or its process died."""


class JobRefused(JobError):
    """The work itself said no, to what it was given: whoever asks again hears the same."""


class JobBusy(JobError):
    """Too much is under way, of `own`, whoever asks, or of all visitors: the same question may be asked again later."""

    def __init__(self, problem: str, own: bool):
        super().__init__(problem)
        self.own = own


@dataclass(frozen=True)
class Sizes:
    """How much slow work may take; AECORE_JOBS_WORKERS and so on in the environment override each.

    workers: processes for long work; one more does what is urgent. queue: jobs that may wait. seconds: of one job.
    memory_mb: of one job, beyond what its idle process has. idle_seconds: after which a worker without work ends.
    cache_mb: of results, for all visitors together. visitor, address: jobs that one of them may want at
    a time.
    """

    workers: int = 2
    queue: int = 24
    seconds: int = 300
    memory_mb: int = 2048
    idle_seconds: int = 600
    cache_mb: int = 160
    visitor: int = 12
    address: int = 20


@dataclass(eq=False)
class Job:
    """One piece of work as those see it who asked for it.

    state: "waiting", "running", "done", "failed" or "cancelled"; ahead: how many jobs of other visitors wait before
    it; news: what it yielded last; result: once it is done; problem: in words, once it failed; refused: for
    what it was given; busy: for what else is under way, of "all" or of the visitor's "own" network; wide: it takes all
    cores and much memory, so that one such is done at a time.
    """

    key: tuple
    state: str = "waiting"
    ahead: int = 0
    news: object = None
    result: object = None
    problem: str = ""
    refused: bool = False
    busy: Literal["", "all", "own"] = ""
    number: int = 0
    arguments: tuple | None = field(default=None, repr=False)
    urgent: bool = False
    wide: bool = False
    begins: float = 0.0  # not before
    ended: float = 0.0
    seats: set[Seat] = field(default_factory=set, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in ("done", "failed", "cancelled")

    def wait(self, seconds: float | None) -> bool:
        """Whether it is over, be it after a wait."""
        return self.over or self._over.wait(seconds)

    def value(self) -> object:
        """The result, None before there is one. Raises: JobError: it failed; JobRefused, JobBusy: that is why."""
        if self.busy:
            raise JobBusy(self.problem, self.busy == "own")
        if self.problem:
            raise (JobRefused if self.refused else JobError)(self.problem)
        return self.result

    def end(self, state: str, result: object = None, problem: str = "") -> None:
        """Nothing more will come, and what it was given is let go."""
        self.result, self.problem, self.arguments, self.ended = result, problem, None, time.monotonic()
        self.state = state
        self._over.set()


class JobQueue:
    """Jobs, the workers that do them, and their results; a process has one, see `ui.server.jobs`.

    Args: sizes: see there; here: whether a visitor is still connected.
    """

    def __init__(self, sizes: Sizes, here: Callable[[str], bool]):
        self.sizes, self._here = sizes, here
        self.workers: list[Worker] = []
        self._lock = threading.RLock()
        self._waiting: list[Job] = []  # in the order in which they came
        self._active: dict[tuple, Job] = {}  # waiting or running, and wanted
        self._seats: dict[Seat, Job] = {}  # what is wanted, and what failed a short while ago
        self._addresses: dict[str, str] = {}  # visitor -> address, of those who have a seat
        self._away: dict[str, float] = {}  # visitor -> since when
        self._gone: deque[str] = deque()  # contents whose results nobody may have any more
        self._results = LRUCache(sizes.cache_mb * 2**20, getsizeof=lambda entry: entry[1])  # key -> (value, bytes)
        self._numbers = itertools.count(1)
        self._alarm, self._ring = multiprocessing.Pipe(duplex=False)
        self._rung = self._closed = False
        self._thread: threading.Thread | None = None

    # ---- for the pages' threads

    def ask(
        self, visitor: str, seat: str, task: str, arguments: tuple, key: tuple, urgent: bool, rest: float,
        address: str = "", wide: bool = False,
    ) -> Job:  # fmt: skip
        """As `ui.server.jobs.ask`. address: from which the visitor comes, "" where nobody can tell."""
        key = (task, *key)
        with self._lock:
            self._clear()
            held = self._seats.get((visitor, seat))
            if held is not None and held.key == key and not (held.over and time.monotonic() - held.ended > AGAIN):
                return held
            self.release(visitor, seat)
            if key in self._results:
                return Job(key, "done", result=self._results[key][0])
            job = self._active.get(key)
            if job is None:
                if refusal := self._too_much(visitor, address):
                    problem, whose = refusal
                    return Job(key, "failed", problem=problem, busy=whose)
                job = Job(key, number=next(self._numbers), arguments=arguments, urgent=urgent, wide=wide)
                job.begins = time.monotonic() + rest
                self._active[key] = job
                self._waiting.append(job)
            job.seats.add((visitor, seat))
            self._seats[visitor, seat] = job
            self._addresses[visitor] = address
            self._tell_places()
            self._wake()
        return job

    def release(self, visitor: str, seat: str, problem: str = "") -> None:
        """A visitor no longer wants what they asked for on a seat, or cannot, as the problem says."""
        with self._lock:
            job = self._seats.pop((visitor, seat), None)
            if job is None:
                return
            job.seats.discard((visitor, seat))
            if not job.seats and not job.over:
                self._give_up(job, problem)

    def at(self, visitor: str, seat: str) -> Job | None:
        """As `ui.server.jobs.at`."""
        with self._lock:
            return self._seats.get((visitor, seat))

    def seats(self, visitor: str) -> set[str]:
        """The seats on which a visitor wants something."""
        with self._lock:
            return {seat for owner, seat in self._seats if owner == visitor}

    def cached(self, key: tuple, make: Callable[[], Value] | None = None) -> Value | None:
        """As `ui.server.jobs.cached`."""
        with self._lock:
            self._clear()
            if key in self._results:
                return self._results[key][0]
        if make is None:
            return None
        value = make()
        self._remember(key, value, _bytes(value))
        return value

    def forget(self, content: str) -> None:
        """As `ui.server.jobs.forget`; it comes from the collector of garbage, in any thread, so it only notes it."""
        self._gone.append(content)

    def status(self) -> dict[str, int]:
        """As `ui.server.jobs.status`."""
        with self._lock:
            self._clear()
            alive = [worker for worker in self.workers if worker.process.poll() is None]
            busy = sum(worker.job is not None for worker in alive)
            ready = sum(worker.ready for worker in alive)
            return {"alive": ready, "busy": busy, "waiting": len(self._waiting), "most": self.sizes.queue}

    @property
    def crowded(self) -> bool:
        """Whether half of the places are taken."""
        return len(self._waiting) >= self.sizes.queue / 2

    def start(self) -> None:
        """Have a worker ready before the first question."""
        with self._lock:
            if all(worker.urgent for worker in self.workers):
                self._hire(urgent=False)
            self._wake()

    def close(self) -> None:
        """End the queue and all workers."""
        with self._lock:
            self._closed = True
            for worker in self.workers:
                worker.kill()
            self.workers.clear()
            self._wake()

    # ---- the queue's own thread: it alone speaks with workers

    def _wake(self) -> None:
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()
        if not self._rung:
            self._rung = True
            self._ring.send_bytes(b"!")

    def _run(self) -> None:
        while not self._closed:
            try:
                self._turn()
            except Exception as error:  # a bug: it may cost somebody their work, never everybody the queue
                report(error, "The queue of slow work failed")
                time.sleep(LOOK)

    def _turn(self) -> None:
        """Do what is due, then wait for news."""
        pause = self._look()
        workers = {worker.connection: worker for worker in self.workers}
        for connection in wait([self._alarm, *workers], pause):
            if connection is self._alarm:
                self._alarm.recv_bytes()
                self._rung = False
            else:
                self._hear(workers[connection])

    def _look(self) -> float | None:
        """Do what is due; seconds until there is something to look at again, None for ever."""
        with self._lock:
            if self._closed:
                return 0
            now = time.monotonic()
            self._clear()
            self._see_who_left(now)
            self._end_what_takes_too_long(now)
            messages = [*self._cancellations(now), *self._assignments(now)]
            self._tell_places()
            pause = self._pause(now)
        for worker, message in messages:
            self._send(worker, message)
        return pause

    def _pause(self, now: float) -> float | None:
        if self._seats or any(worker.job or not worker.ready for worker in self.workers):
            return min([LOOK, *(job.begins - now for job in self._waiting if job.begins > now)])
        return min((worker.since + self.sizes.idle_seconds - now for worker in self.workers), default=None)

    def _too_much(self, visitor: str, address: str) -> tuple[str, Literal["all", "own"]] | None:
        """Why one more job is refused, in words that say when to come back, and whose work is in its way."""
        if len(self._waiting) >= self.sizes.queue:
            return "Many visitors are having long work done just now. Try again in a minute.", "all"
        own = {owner for owner, other in self._addresses.items() if address and other == address}
        for owners, most, whose in (({visitor}, self.sizes.visitor, "you"), (own, self.sizes.address, "your network")):
            mine = [job for job in self._active.values() if any(owner in owners for owner, _ in job.seats)]
            if len(mine) >= most:
                return (
                    f"{len(mine)} pieces of long work are under way for {whose}. Try again when one of them is done.",
                    "own",
                )
        return None

    def _clear(self) -> None:
        """Drop the results of contents that are to be forgotten."""
        while self._gone:
            content = self._gone.popleft()
            for key in [key for key in self._results if content in key]:
                del self._results[key]

    def _see_who_left(self, now: float) -> None:
        visitors = {visitor for visitor, _ in self._seats}
        self._addresses = {visitor: address for visitor, address in self._addresses.items() if visitor in visitors}
        self._away = {visitor: self._away.get(visitor, now) for visitor in visitors if not self._here(visitor)}
        for visitor, seat in list(self._seats):
            if now - self._away.get(visitor, now) >= AWAY:
                self.release(visitor, seat, LOST)

    def _end_what_takes_too_long(self, now: float) -> None:
        for worker in list(self.workers):
            spent = now - worker.since
            if worker.job is None:
                if spent >= (self.sizes.idle_seconds if worker.ready else START):
                    self._dismiss(worker)
            elif worker.given_up and now - worker.given_up > GRACE:
                self._dismiss(worker)
            elif spent > self.sizes.seconds:
                limit = f"The work took more than {self.sizes.seconds} seconds and was stopped."
                self._dismiss(worker, f"{limit} Try something smaller.")

    def _cancellations(self, now: float) -> list[tuple[Worker, list]]:
        """For workers whose work nobody wants any more."""
        messages = []
        for worker in self.workers:
            if worker.job is not None and worker.job.over and not worker.given_up:
                worker.given_up = now
                messages.append((worker, ["cancel", worker.job.number]))
        return messages

    def _assignments(self, now: float) -> list[tuple[Worker, list]]:
        """Waiting jobs for idle workers; starts as many workers as there are jobs left for."""
        messages, left = [], []
        wide = any(worker.job is not None and worker.job.wide for worker in self.workers)
        for job in [job for job in self._waiting if job.begins <= now]:
            if job.wide and wide:
                continue
            wide |= job.wide
            idle = [w for w in self.workers if w.urgent == job.urgent and w.ready and w.job is None]
            if not idle:
                left.append(job.urgent)
                continue
            worker = max(idle, key=lambda worker: worker.since)  # so that the others may end
            worker.job, worker.since, worker.given_up = job, now, 0.0
            self._waiting.remove(job)
            messages.append((worker, ["run", job.number, job.key[0], list(job.arguments)]))
            job.state, job.ahead = "running", 0
        for urgent, most in ((True, 1), (False, self.sizes.workers)):
            lane = [worker for worker in self.workers if worker.urgent == urgent]
            starting = sum(not worker.ready for worker in lane)
            for _ in range(min(left.count(urgent) - starting, most - len(lane))):
                self._hire(urgent)
        return messages

    def _hire(self, urgent: bool) -> None:
        try:
            if not self._closed:
                self.workers.append(Worker(urgent, self.sizes.memory_mb, elsewhere.begin))
        except OSError as error:
            log.warning("No worker could be started: %s", error)
            self._nobody_came(urgent)

    def _nobody_came(self, urgent: bool) -> None:
        """A worker could not be started: whoever waits first hears of it, for the others another one is tried."""
        job = next((job for job in self._waiting if job.urgent == urgent), None)
        if job is not None:
            job.busy = "all"  # the machine is: it may be asked again, and a program hears 503
            self._fail(job, "No process could be started for this work. Try again in a minute.")

    def _send(self, worker: Worker, message: list) -> None:
        try:
            wire.send(worker.connection, message)
        except OSError:
            pass  # it has died, and will be heard of
        except TypeError as error:
            report(error, f"{message[2]} could not be handed over")
            with self._lock:
                self._fail(worker.job, "The work could not be handed over, and the details were logged.")
                worker.job = None

    def _hear(self, worker: Worker) -> None:
        """One message of a worker, or its end."""
        try:
            (kind, *content), size = wire.receive(worker.connection)
        except (EOFError, OSError):
            kind, content, size = "died", [], 0
        except Exception as error:
            report(error, "A worker sent what is no message")
            kind, content, size = "died", [], 0
        with self._lock:
            job = worker.job
            if self._closed:
                return
            if kind == "ready":
                worker.ready, worker.since = True, time.monotonic()
            elif kind == "died" or job is None or content[0] != job.number:
                self._dismiss(worker, "The process that did this work ended unexpectedly. Try once more.")
            elif kind == "exhausted":
                self._dismiss(worker, content[1])
            elif kind == "news":
                job.news = content[1]
            else:
                worker.job, worker.since = None, time.monotonic()
                self._end(job, kind, content[1:], size)

    def _end(self, job: Job, kind: str, content: list, size: int) -> None:
        if kind in ("failed", "refused"):
            job.refused = kind == "refused"
            self._fail(job, *content)
        elif kind == "result":
            try:
                self._remember(job.key, content[0], size)
            except JobError as error:
                self._fail(job, str(error))
            if not job.over:  # nor given up meanwhile
                self._forget(job)
                for seat in job.seats:
                    del self._seats[seat]
                job.end("done", result=content[0])

    def _fail(self, job: Job, problem: str) -> None:
        """Its seats keep it, so that whoever asks again at once hears the same."""
        if not job.over:
            self._forget(job)
            job.end("failed", problem=problem)

    def _give_up(self, job: Job, problem: str) -> None:
        self._forget(job)
        job.end("failed" if problem else "cancelled", problem=problem)
        self._wake()

    def _forget(self, job: Job) -> None:
        del self._active[job.key]
        if job in self._waiting:
            self._waiting.remove(job)
            self._tell_places()

    def _dismiss(self, worker: Worker, problem: str = "") -> None:
        """End a worker; problem: what those hear who wait for its work."""
        self.workers.remove(worker)
        worker.kill()
        worker.connection.close()
        if worker.job is not None:
            self._fail(worker.job, problem)
        elif not worker.ready:
            self._nobody_came(worker.urgent)

    def _remember(self, key: tuple, value: object, size: int) -> None:
        with self._lock:
            try:
                self._results[key] = value, size
            except ValueError as error:  # larger than the whole cache
                raise JobError("The result is too large to be kept here. Try something smaller.") from error

    def _tell_places(self) -> None:
        for place, job in enumerate(self._waiting):
            own = {visitor for visitor, _ in job.seats}
            before = [other for other in self._waiting[:place] if other.urgent == job.urgent]
            job.ahead = sum(own.isdisjoint(visitor for visitor, _ in other.seats) for other in before)


def _bytes(value: object) -> int:
    """Of an array, or of the arrays that an object carries, and something for each."""
    parts = [value] if isinstance(value, np.ndarray) else getattr(value, "__dict__", {}).values()
    return 200 + sum(part.nbytes for part in parts if isinstance(part, np.ndarray))
