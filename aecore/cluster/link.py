"""This process's connection to a Ray cluster, made by a thread of its own: it may take long, and Ray has only one."""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import ModuleType
from typing import TypeVar

AUTO = "ray://auto"
Value = TypeVar("Value")
log = logging.getLogger(__name__)


class AwayError(Exception):
    """The cluster did not answer, or is not there."""


class Attempt:
    """One try to connect. over: whether it has succeeded or failed; problem: why it failed."""

    def __init__(self, address: str):
        self.address, self.problem, self.over = address, "", threading.Event()
        threading.Thread(target=self._run, name="to the cluster", daemon=True).start()

    def _run(self) -> None:
        try:
            _connect(self.address)
        except ImportError:
            self.problem = "Ray is not installed here: pip install -r requirements-cluster.txt, or name it by http"
        except (Exception, SystemExit) as error:  # Ray's own have no base in common
            self.problem = f"{type(error).__name__}: {error}"
        self.over.set()


_attempt: Attempt | None = None
_lock = threading.Lock()


def reach(address: str, seconds: float) -> ModuleType:
    """The module `ray`, connected to the cluster at this address. Raises: AwayError: not within so many seconds."""
    global _attempt
    if not address.startswith("ray://"):  # Ray would take some words for a cluster of its own
        raise AwayError(f"'{address}' is no address of a Ray cluster: use ray://HOST:PORT or {AUTO}")
    with _lock:
        if _attempt is None or (_attempt.over.is_set() and _attempt.problem):
            _attempt = Attempt(address)
        attempt = _attempt
    if attempt.address != address:
        raise AwayError(f"this process is connected to {attempt.address}, and Ray knows one cluster at a time")
    if not attempt.over.wait(seconds):
        raise AwayError("it has not taken the connection yet")
    if attempt.problem:
        raise AwayError(attempt.problem)
    import ray

    return ray


def within(seconds: float, call: Callable[[], Value]) -> Value:
    """What a call of Ray gives. Raises: AwayError: it failed, or took longer.

    It has a thread of its own: where the cluster has just gone, Ray's client hangs for half a minute.
    """
    came: Future[Value] = Future()

    def run() -> None:
        try:
            came.set_result(call())
        except Exception as error:  # Ray's own have no base in common
            _check()
            came.set_exception(error)

    threading.Thread(target=run, name="to the cluster", daemon=True).start()
    try:
        return came.result(seconds)
    except Exception as error:
        late = isinstance(error, TimeoutError) and not came.done()
        raise AwayError(f"no answer in {seconds:.0f} s" if late else f"{type(error).__name__}: {error}") from error


def _check() -> None:
    """Forget a connection that Ray itself has given up: whoever reaches for the cluster next makes a new one."""
    global _attempt
    import ray

    with _lock:
        if _attempt is not None and _attempt.over.is_set() and not ray.is_initialized():
            _attempt = None


def _connect(address: str) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    with contextlib.suppress(Exception):
        ray.shutdown()  # what is left of a connection that was lost
    ray.init("auto" if address == AUTO else address, log_to_driver=False, logging_level=logging.ERROR)
