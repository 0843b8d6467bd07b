"""A process that has imported what servers and workers need, and forks them: they share its memory, and start at once.

Torch, Streamlit and what pages bring are 400 MB that every process would have for itself. Only Linux forks here:
elsewhere libraries do not stand it. The nursery has begun no device and no thread (pandas brings one, of an allocator
that knows of forks), so that a fork meets no lock of another thread. The networks are loaded here, too, where the
processor runs them, and what is measured once is measured here: each server would need 280 MB for that, for seconds.

    a question   a JSON message {"task": "module:function", "arguments": [...], "environment": {...}} and descriptors;
                 the child calls function(*descriptors, *arguments) and ends when that returns
    its answer   {"pid": number} and a descriptor of the process (pidfd), or {"errno": number}
    {}           is answered by {} once it is ready

Each child may ask, too: its channel is the descriptor that AECORE_NURSERY names. A server that no nursery has forked
has one for its workers alone.
"""

import contextlib
import errno
import gc
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from ui.server import garbage

CHANNEL = "AECORE_NURSERY"
ROOT = Path(__file__).parents[2]
HEAVY = (  # modules, and functions that prepare what all processes share
    "streamlit.web.cli",
    "pages.home.strip",
    "aecore.engine",
    "aecore.restore.baselines",
    "aecore.intake.files",
    "ui.serving:share",
    "pages.search.stage:training_digits",
    "pandas",  # which Streamlit imports when a page has a table or a chart
    "plotly.graph_objects",
    "pages:load",
)
WORKERS = ("aecore.engine", "aecore.intake.files", "aecore.restore.baselines")  # the same for a server's workers alone
_LONGEST = 65_536  # bytes of a message
_asking = threading.Lock()
_for_workers: list[subprocess.Popen] = []  # the nursery of this server's workers, if it has one


# ---- whoever asks


class Child:
    """A process that the nursery has forked, for whoever asked for it: what subprocess.Popen offers, but no exit code.

    Args: pid: its number; descriptor: its pidfd, which is readable once it has ended.
    """

    def __init__(self, pid: int, descriptor: int):
        self.pid, self.descriptor = pid, descriptor

    def poll(self) -> int | None:
        """None while it runs."""
        return 0 if self._ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises: subprocess.TimeoutExpired: it runs on.
        """
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired("a process of the nursery", timeout)
        return 0

    def kill(self) -> None:
        """End it, whatever it does."""
        self.send(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send(signal.SIGTERM)

    def send(self, signum: int) -> None:
        """A signal, unless it has ended."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signum)

    def _ended(self, timeout: float | None) -> bool:
        watch = select.poll()  # it needs no descriptor of its own, of which there may be none left
        watch.register(self.descriptor, select.POLLIN)
        return bool(watch.poll(None if timeout is None else 1000 * timeout))

    def __del__(self):
        os.close(self.descriptor)


def fork(
    task: str, descriptors: Sequence[int] = (), arguments: Sequence = (), environment: dict[str, str] | None = None
) -> Child | None:
    """A new process that does the task; None where no nursery is there.

    Args:   task: "module:function"; descriptors: its first arguments, duplicated there; arguments: the others, as JSON
            holds them; environment: variables to set.
    Raises: OSError: the machine cannot start one more process.
    """
    channel = os.environ.get(CHANNEL)
    if not channel:
        return None
    question = {"task": task, "arguments": list(arguments), "environment": environment or {}}
    with _asking:
        answer, given = _ask(int(channel), question, descriptors)
    if answer is None:
        _forget()
        return None
    problem = answer.get("errno", 0 if given else errno.EMFILE)  # the child's descriptor found no place here
    if problem:
        raise OSError(problem, os.strerror(problem))
    return Child(answer["pid"], given[0])


def begin(imports: Sequence[str] = HEAVY) -> subprocess.Popen | None:
    """Start a nursery for this process; None where this system has none.

    Args: imports: what it does meanwhile: a "module" is imported, a "module:function" called.
    """
    if sys.platform != "linux":
        return None
    _forget()
    process, channel = _start(imports)
    os.environ[CHANNEL] = str(channel)
    return process


def for_workers(imports: Sequence[str] = WORKERS) -> None:
    """Start a nursery for the workers of this process, which no nursery has forked, and wait until it can fork.

    Until then, and where this system has none, each worker imports for itself.
    """
    if os.environ.get(CHANNEL) or sys.platform != "linux":
        return
    process, channel = _start(imports)
    _for_workers[:] = [process]
    answer, _ = _ask(channel, {}, [])
    if answer is None:
        os.close(channel)
    else:
        os.environ[CHANNEL] = str(channel)


def _start(imports: Sequence[str]) -> tuple[subprocess.Popen, int]:
    """A nursery, and the descriptor of our end of its channel."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno()), *imports],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            env=os.environ | threads,
        )
    return process, ours.detach()


def _ask(channel: int, question: dict, descriptors: Sequence[int]) -> tuple[dict | None, list[int]]:
    """A nursery's answer, None if it has gone; and the descriptors that came with it."""
    try:
        with socket.socket(fileno=os.dup(channel)) as nursery:
            socket.send_fds(nursery, [json.dumps(question).encode()], list(descriptors))
            packed, given, _, _ = socket.recv_fds(nursery, _LONGEST, 1)
    except ConnectionError:
        packed, given = b"", []
    return (json.loads(packed) if packed else None), given


def end(process: subprocess.Popen, seconds: float) -> None:
    """Let a nursery of this process go: it asks its children to end, and has so long for that."""
    _forget()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()


def _forget() -> None:
    """No longer ask the nursery that there was."""
    if channel := os.environ.pop(CHANNEL, ""):
        os.close(int(channel))


# ---- the nursery


def main() -> None:
    """Import, then fork for whoever asks, until the process that began it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is told to the servers by whoever began us
    master = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        if select.select([master], [], [], 0)[0] and not master.recv(1, socket.MSG_PEEK):
            return  # whoever began us has gone
        module, _, function = name.partition(":")
        found = import_module(module)
        if function:
            getattr(found, function)()
    gc.collect()
    gc.freeze()  # a collection in a child would write into every page that it shares
    garbage.trim()  # what is free here would be taken in every child
    task = _tend(master)
    if task is not None:  # this is a child
        task()


def _tend(master: socket.socket) -> Callable[[], object] | None:
    """Answer questions; in a child: what it is to do; None once the master has gone."""
    selector = selectors.DefaultSelector()
    selector.register(master, selectors.EVENT_READ)
    children: dict[int, int] = {}  # pidfd -> pid
    while True:
        for key, _ in selector.select():
            if key.fd in children:
                os.waitpid(children.pop(key.fd), 0)
                selector.unregister(key.fd)
                os.close(key.fd)
                continue
            try:
                packed, descriptors, _, _ = socket.recv_fds(key.fileobj, _LONGEST, 8)
            except OSError:
                packed, descriptors = b"", []
            if packed:
                question = json.loads(packed)
                task = _fork(key.fileobj, question, descriptors, selector, children) if question else None
                if task is not None:
                    return task
                if not question:
                    with contextlib.suppress(OSError):
                        key.fileobj.send(b"{}")
                continue
            selector.unregister(key.fileobj)
            key.fileobj.close()
            if key.fileobj is master:
                for descriptor in children:
                    with contextlib.suppress(ProcessLookupError):
                        signal.pidfd_send_signal(descriptor, signal.SIGTERM)
                return None


def _fork(
    asker: socket.socket,
    question: dict,
    descriptors: list[int],
    selector: selectors.BaseSelector,
    children: dict[int, int],
) -> Callable[[], object] | None:
    """One more child, with a channel of its own; a child that cannot be watched is none."""
    pid, opened = None, []
    try:
        opened = [*socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)]
        ours, theirs = opened
        pid = os.fork()
        if pid == 0:
            for key in [*selector.get_map().values()]:
                os.close(key.fd) if isinstance(key.fileobj, int) else key.fileobj.close()
            selector.close()
            ours.close()
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.environ |= question["environment"] | {CHANNEL: str(theirs.detach())}
            module, _, name = question["task"].partition(":")
            Path("/proc/self/comm").write_text(f"lab {module.rpartition('.')[2]}"[:15])  # what `ps` and `top` show
            return lambda: getattr(import_module(module), name)(*descriptors, *question["arguments"])
        descriptor = os.pidfd_open(pid)
    except OSError as error:
        for end in opened:
            end.close()
        _close(descriptors)
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        with contextlib.suppress(OSError):  # whoever asked has gone
            asker.send(json.dumps({"errno": error.errno}).encode())
        return None
    theirs.close()
    _close(descriptors)
    selector.register(ours, selectors.EVENT_READ)
    children[descriptor] = pid
    selector.register(descriptor, selectors.EVENT_READ)
    with contextlib.suppress(OSError):
        socket.send_fds(asker, [json.dumps({"pid": pid}).encode()], [descriptor])
    return None


def _close(descriptors: Sequence[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


if __name__ == "__main__":
    main()
