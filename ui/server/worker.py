"""A worker: a process that does one piece of slow work at a time for the server, and nothing when the server is gone.

Both ends are here: `Worker` in the server, `run` in the process, which has one end of a socket pair: a child of the
nursery where there is one (`ui.server.nursery`), else `python -m ui.server.worker`. Neither multiprocessing nor
concurrent.futures starts it: their spawned children run `__main__` again, which under Streamlit is the page's script.

    from the server    ["run", number, "module:function", [argument, ...]]  and  ["cancel", number]
    to the server      ["ready"], then ["news", number, value] ten times a second at most, and for every piece of work
                       one of ["result", number, value], ["refused", number, text] (by the engine, in words),
                       ["failed", number, text], ["cancelled", number] and ["exhausted", number, text]:
                       what is left of its memory is in pieces, end it

The function is a generator, which yields how far it is and at last what it made, or a plain function.
"""

import contextlib
import gc
import inspect
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from ui.server import garbage, nursery

EVERY = 0.1  # seconds between two pieces of news, at least
REST = 0.5  # seconds without work, after which it gives back what the last one took
NICE = 10  # pages come first
FAILED = "The work failed, and the details were logged. Try another setting."
NO_MEMORY = "The work needed more memory than one job may take. Try something smaller."
ROOT = Path(__file__).parents[2]


class Process(Protocol):
    """A worker's process, as the server sees it."""

    def poll(self) -> int | None:
        """None while it runs."""

    def kill(self) -> None:
        """End it, whatever it does."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises: subprocess.TimeoutExpired: it runs on."""


class Worker:
    """The server's end: a process, the connection to it, and what it does.

    urgent: for which kind of work; ready: whether it has imported what it needs; job: what it was given last, None
    while it is idle; since: when it was given that, or became idle; given_up: when it was told that nobody wants that
    any more, 0 if it was not.

    Args:   begin: starts the process: (descriptor of its end, megabytes) -> what `subprocess.Popen` offers.
    Raises: OSError: the machine cannot start one more process.
    """

    def __init__(self, urgent: bool, megabytes: int, begin: Callable[[int, int], Process]):
        self.urgent, self.ready, self.job, self.since, self.given_up = urgent, False, None, time.monotonic(), 0.0
        self.connection, theirs = multiprocessing.Pipe()
        with theirs:
            self.process = begin(theirs.fileno(), megabytes)

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)


def here(descriptor: int, megabytes: int) -> Process:
    """Start the process on this machine. Raises: OSError: it cannot start one more."""
    own = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    own |= {"AECORE_ENGINE": "", "AECORE_WORKERS": ""}  # it computes what it is given
    return nursery.fork(f"{__name__}:run", [descriptor], [megabytes], own) or subprocess.Popen(
        [sys.executable, "-m", __name__, str(descriptor), str(megabytes)],
        stdin=subprocess.DEVNULL,
        pass_fds=[descriptor],
        cwd=ROOT,
        env=os.environ | own,
    )


class Inbox:
    """The process's ear: a thread of its own, which ends the process at once when the server is gone."""

    def __init__(self, connection: Connection):
        self.work: queue.SimpleQueue[tuple[int, str, list]] = queue.SimpleQueue()
        self.cancelled = 0  # the number of the last work that nobody wants any more
        self.open = False  # whether the server has been told that work is welcome
        self._connection = connection
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            self._connection.poll(None)
            if not self.open:  # no work can have come: this is the server's end, and torch's import would take seconds
                os._exit(0)
            from ui.server import wire

            while True:
                (kind, number, *rest), _ = wire.receive(self._connection)
                if kind == "cancel":
                    self.cancelled = number
                else:
                    self.work.put((number, *rest))
        os._exit(0)


def run(descriptor: int, megabytes: int) -> None:
    """Be a worker, on this end of a socket pair, with so much memory for a job: wait for work and do it, for ever."""
    work(Connection(descriptor), megabytes)


def work(connection: Connection, megabytes: int) -> None:
    """As `run`, on any connection to the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    os.nice(NICE)
    garbage.few_arenas()
    inbox = Inbox(connection)
    from ui.server import wire

    import_module("aecore.engine")  # what nearly all work needs is there before the first one comes
    _limit_memory(megabytes)
    inbox.open = True
    wire.send(connection, ["ready"])
    gc.collect()
    gc.freeze()  # what it has imported is not looked at again
    used = False  # since it was last tidied
    while True:
        try:
            _do(connection, inbox, *inbox.work.get(timeout=REST if used else None))
            used = True
        except queue.Empty:  # it may rest for minutes
            gc.collect()
            garbage.trim()
            used = False


def _do(connection: Connection, inbox: Inbox, number: int, task: str, arguments: list) -> None:
    """Do one piece of work; nothing of it is held when it is done."""
    from ui.server import wire

    kind, *content = _done(connection, inbox, number, task, arguments)
    wire.send(connection, [kind, number, *content])


def _done(connection: Connection, inbox: Inbox, number: int, task: str, arguments: list) -> list:
    """The last message about some work, without its number; news is sent on the way."""
    from aecore.errors import AecoreError
    from ui.log import report
    from ui.server import wire

    told = latest = None
    try:
        module, _, name = task.partition(":")
        steps = getattr(import_module(module), name)(*arguments)
        if not inspect.isgenerator(steps):
            return ["result", steps]
        with contextlib.closing(steps):
            for latest in steps:
                if inbox.cancelled == number:
                    return ["cancelled"]
                if told is None or time.monotonic() - told >= EVERY:
                    told = time.monotonic()
                    wire.send(connection, ["news", number, latest])
        return ["result", latest]
    except AecoreError as error:
        return ["refused", str(error)]
    except ImportError as error:
        return ["failed", f"{error.name} is not installed here. Install what requirements.txt lists, then start again."]
    except Exception as error:
        if isinstance(error, MemoryError) or "allocate" in str(error):  # torch and OpenCV have errors of their own
            return ["exhausted", NO_MEMORY]
        report(error, f"{task} failed")
        return ["failed", FAILED]


def _limit_memory(megabytes: int) -> None:
    """Let this process take so much more than it has now, where the system can hold it to that."""
    with contextlib.suppress(ImportError, OSError, ValueError, StopIteration):
        import resource

        lines = Path("/proc/self/status").read_text().splitlines()
        data = next(int(line.split()[1]) for line in lines if line.startswith("VmData")) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (data + megabytes * 2**20,) * 2)


if __name__ == "__main__":
    run(int(sys.argv[1]), int(sys.argv[2]))
