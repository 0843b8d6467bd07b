"""A second process for slow work: maps are laid out and UMAP places digits there, and it can be killed at once.

Why a process: UMAP's and scikit-learn's loops cannot be interrupted, and compiling UMAP would hold up every visitor
of this one. Both ends are in this file: `Worker` here, `main` there. They exchange frames: eight bytes of length,
then a safetensors file with a JSON message in its header. Not multiprocessing: that pickles, and it would run the
page's script again in the child.
"""

import json
import logging
import os
import queue
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from aecore.errors import AecoreError, ProjectionError
from aecore.maps import methods

IDLE = 600  # seconds without work after which the process ends and gives its memory back
PREPARE_SECONDS, PLACE_SECONDS = 180, 30  # after which UMAP's process is given up
AGAIN = 60  # seconds after a failure before the next try
HEARTBEAT = 0.25  # seconds between two signs of life to the caller, so that it can leave
Arrays = dict[str, np.ndarray]
log = logging.getLogger(__name__)


class Worker:
    """The caller's end: a process that answers one request at a time.

    Closing the generator that `ask` returns before its end kills the process.
    Raises: ProjectionError: the machine cannot start one more process.
    """

    def __init__(self):
        limits = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "aecore.maps.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=Path(__file__).parents[2],
                env=os.environ | limits,
            )
        except OSError as error:
            raise ProjectionError(
                f"No process could be started for the maps ({error}). Free some memory, then try once more."
            ) from error
        self._replies: queue.Queue[tuple[dict, Arrays] | None] = queue.Queue()
        threading.Thread(target=self._listen, name="background-replies", daemon=True).start()

    @property
    def alive(self) -> bool:
        """False once the process has ended, by itself or killed."""
        return self.process.poll() is None

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        self.process.wait()

    def ask(self, message: dict, arrays: Arrays, limit: float) -> Iterator[tuple[dict, Arrays] | None]:
        """Send a request; yields each (message, arrays) that comes back, and None as a sign of life between them.

        Args:   limit: seconds after which the process is killed.
        Raises: ProjectionError: the process ended, took too long, or says why it cannot.
        """
        end, finished = time.monotonic() + limit, False
        try:
            self._send(message, arrays)
            while not finished:
                try:
                    reply = self._replies.get(timeout=HEARTBEAT)
                except queue.Empty:
                    if time.monotonic() > end:
                        raise ProjectionError(
                            f"The work took more than {limit:.0f} seconds and was stopped. Take fewer digits."
                        ) from None
                    yield None
                    continue
                if reply is None:
                    raise ProjectionError("The process behind the maps ended unexpectedly. Try once more.")
                finished = reply[0]["kind"] != "progress"
                if reply[0]["kind"] == "error":
                    raise ProjectionError(reply[0]["text"])
                yield reply
        finally:
            if not finished:
                self.kill()

    def _send(self, message: dict, arrays: Arrays) -> None:
        try:
            _write(self.process.stdin, message, arrays)
        except OSError as error:
            raise ProjectionError("The process behind the maps has ended. Try once more.") from error

    def _listen(self) -> None:
        """Hand on what comes back until the process ends; then None."""
        try:
            while (reply := _read(self.process.stdout)) is not None:
                self._replies.put(reply)
        except (OSError, ValueError, SafetensorError):
            log.warning("a reply of the background process could not be read")
        self._replies.put(None)


class Pool:
    """At most `size` workers at a time, kept warm between requests; who comes later waits, and `queue` may wait.

    So no number of visitors can start more work than the machine was meant to do: the rest costs a sleeping
    generator each.
    """

    def __init__(self, size: int, queue: int):
        self.queue = queue
        self._slots = threading.BoundedSemaphore(size)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._waiting = 0

    def ask(self, message: dict, arrays: Arrays, limit: float) -> Iterator[tuple[dict, Arrays] | None]:
        """As `Worker.ask`; while it waits for a free worker it yields {"kind": "waiting"}.

        Raises: ProjectionError: too many wait already, or as `Worker.ask`.
        """
        with self._lock:
            if self._waiting >= self.queue:
                raise ProjectionError("Too many maps are being computed right now. Try again in a minute.")
            self._waiting += 1
        try:
            while not self._slots.acquire(timeout=HEARTBEAT):
                yield {"kind": "waiting"}, {}
        finally:
            with self._lock:
                self._waiting -= 1
        # nothing may come between the slot and this try
        try:
            worker = self._take()
            try:
                yield from worker.ask(message, arrays, limit)
            finally:
                if worker.alive:
                    self._idle.append(worker)
        finally:
            self._slots.release()

    def _take(self) -> Worker:
        while True:
            try:
                worker = self._idle.pop()
            except IndexError:
                return Worker()
            if worker.alive:
                return worker


class Placer:
    """A worker in which UMAP places digits: started when first wanted, ended by itself after ten idle minutes.

    Args: request: gives what the map is rebuilt from: parameters and seed; x, coordinates and a first "new" digit.
    """

    def __init__(self, request: Callable[[], tuple[dict, Arrays]]):
        self._request = request
        self._worker: Worker | None = None
        self._failure: tuple[float, AecoreError] | None = None  # when, what
        self._lock = threading.Lock()  # one request at a time

    @property
    def ready(self) -> bool:
        """True when `place` answers at once, be it with an error: after a failure nobody tries again for a minute."""
        failed_lately = self._failure is not None and time.monotonic() - self._failure[0] < AGAIN
        return failed_lately or (self._worker is not None and self._worker.alive)

    def prepare(self) -> None:
        """Start the worker if there is none; returns at once."""
        if not self.ready and not self._lock.locked():
            threading.Thread(target=self._prepare, name="umap-prepare", daemon=True).start()

    def place(self, new: np.ndarray) -> np.ndarray:
        """new (M, D) -> (M, 2), after starting the worker if there is none. Raises: ProjectionError."""
        with self._lock:
            self._start()
            *_, (_, arrays) = self._worker.ask({"kind": "place"}, {"new": new}, PLACE_SECONDS)
        return arrays["coordinates"]

    def _prepare(self) -> None:
        try:
            with self._lock:
                self._start()
        except AecoreError as error:
            log.warning("UMAP could not be made ready: %s", error)

    def _start(self) -> None:
        if self.ready:
            if self._failure is not None:
                raise self._failure[1]
            return
        try:
            message, arrays = self._request()
            worker = Worker()
            for _ in worker.ask(message | {"kind": "prepare"}, arrays, PREPARE_SECONDS):
                pass
        except AecoreError as error:
            self._failure = time.monotonic(), error
            raise
        self._worker, self._failure = worker, None


def _write(stream: BinaryIO, message: dict, arrays: Arrays) -> None:
    body = safetensors.numpy.save(
        {key: np.ascontiguousarray(a) for key, a in arrays.items()}, {"m": json.dumps(message)}
    )
    stream.write(struct.pack("<Q", len(body)) + body)
    stream.flush()


def _read(stream: BinaryIO) -> tuple[dict, Arrays] | None:
    """The next frame, or None where the stream ends, be it inside a frame: the other end was killed."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    (size,) = struct.unpack("<Q", head)
    body = stream.read(size)
    if len(body) < size:
        return None
    (length,) = struct.unpack("<Q", body[:8])
    return json.loads(json.loads(body[8 : 8 + length])["__metadata__"]["m"]), safetensors.numpy.load(body)


def main() -> None:
    """The process's end: answer requests until there are none for ten minutes, or until the caller is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's, whose end closes our input
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not get between the frames
    os.nice(10)  # pages come first
    placers: dict[str, methods.UmapPlacer] = {}
    while select.select([sys.stdin.buffer], [], [], IDLE)[0]:
        request = _read(sys.stdin.buffer)
        if request is None:
            return
        message, arrays = request
        try:
            if message["kind"] == "lay out":
                _lay_out(replies, message, arrays)
                continue
            if message["kind"] == "prepare":
                placers["umap"] = methods.UmapPlacer(
                    arrays["x"], arrays["coordinates"], message["parameters"], message["seed"]
                )
            _write(replies, {"kind": "done"}, {"coordinates": placers["umap"].place(arrays["new"])})
        except BrokenPipeError:
            return
        except AecoreError as error:
            _write(replies, {"kind": "error", "text": str(error)}, {})
        except ImportError as error:
            text = f"{error.name} is not installed here. Install what requirements.txt lists, then start again."
            _write(replies, {"kind": "error", "text": text}, {})
        except Exception:  # the process lives on, the visitor gets a sentence, the log gets the rest
            log.exception("background work failed")
            text = "The map could not be computed. Try another digit or setting."
            _write(replies, {"kind": "error", "text": text}, {})


def _lay_out(replies: BinaryIO, message: dict, arrays: Arrays) -> None:
    """Lay digits out and measure the map, with word of the progress ten times a second at most."""
    from torch import from_numpy

    from aecore.maps import metrics as map_metrics

    last = 0.0

    def report(share: float, phase: str, coordinates: np.ndarray | None) -> None:
        nonlocal last
        if time.monotonic() - last > 0.1:
            last = time.monotonic()
            map_so_far = {} if coordinates is None else {"coordinates": coordinates}
            _write(replies, {"kind": "progress", "share": round(share, 4), "phase": phase}, map_so_far)

    x = arrays["x"]
    coordinates = methods.lay_out(message["method"], x, message["parameters"], message["seed"], report)
    last = 0.0
    report(1.0, "measuring", coordinates)
    digits = from_numpy(x).unflatten(1, (1, -1, message["width"]))
    found = map_metrics.measure(
        digits, from_numpy(arrays["y"]) if "y" in arrays else None, from_numpy(coordinates), message["seed"]
    )
    metrics = {name: vars(metric) for name, metric in found.items()}
    _write(replies, {"kind": "done", "metrics": metrics}, {"coordinates": coordinates})


if __name__ == "__main__":
    main()
