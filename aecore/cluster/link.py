"""This process's connection to a Ray cluster, made by a thread of its own: it may take long, and Ray has only one."""

import contextlib
import logging
import os
import threading
from types import ModuleType

AUTO = "ray://auto"
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


def lost() -> None:
    """The connection is of no use any more: whoever reaches for the cluster next makes a new one."""
    global _attempt
    with _lock:
        if _attempt is not None and _attempt.over.is_set():
            _attempt = None


def _connect(address: str) -> None:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_CLIENT_RECONNECT_GRACE_PERIOD", "3")  # s: calls hang meanwhile, by default for 30
    import ray

    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    with contextlib.suppress(Exception):
        ray.shutdown()  # what is left of a connection that was lost
    ray.init("auto" if address == AUTO else address, log_to_driver=False, logging_level=logging.ERROR)
