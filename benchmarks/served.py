"""The lab's server, started for a benchmark, and what it uses: processor, memory, threads."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = 300.0  # s
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Used:
    """cpu: seconds, user and system, of all processes; rss: MB of the servers alone, all_rss: with their workers, each
    page of memory counted once where the system says so; threads: of the servers."""

    cpu: float
    rss: int
    all_rss: int
    threads: int


class Usage:
    """Looks at a process and all that it has started."""

    def __init__(self, pid: int):
        self._pid = pid
        self._gone: dict[int, float] = {}  # what processes had used when they were last seen

    def pids(self) -> list[int]:
        """The servers: processes that run Streamlit, by themselves or as children of `ui.server.nursery`."""
        return [
            pid
            for pid in _family(self._pid)
            if _read(pid, "comm").strip() == b"lab hosting"
            or (b"streamlit" in (command := _read(pid, "cmdline")) and b"ui.server.nursery" not in command)
        ]

    def now(self) -> Used:
        """What it uses now."""
        family = _family(self._pid)
        self._gone |= {pid: _cpu(pid) for pid in family}
        servers = self.pids()
        return Used(
            sum(self._gone.values()),
            sum(map(_memory, servers)),
            sum(map(_memory, family)),
            sum(sum(1 for _ in Path(f"/proc/{pid}/task").iterdir()) for pid in servers),
        )


@contextmanager
def served(processes: int = 1) -> Iterator[tuple[str, Usage]]:
    """A server of the lab on a free port, ready for visitors: its URL and what it uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    options += ["--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    if processes > 1:
        command = [sys.executable, "-m", "aecore", "host", "--processes", str(processes), "--port", str(port)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the server ends with us
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(f"{url}/ready", server)
            yield url, Usage(server.pid)
        finally:
            server.terminate()
            server.wait(timeout=60)
            log.seek(0)
            said = [line for line in log if "Traceback" in line or "Error" in line]
            if said:
                print(f"the server's log has {len(said)} lines about errors, the first: {said[0].strip()}")


def cpu_seconds(pid: int) -> float:
    """Of processor, user and system, that a process and all that it has started have used, those alone that live."""
    return sum(map(_cpu, _family(pid)))


def _wait(url: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit("The server did not become ready.")


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it has ended
        return b""


def _family(pid: int) -> list[int]:
    """A process and those that it has started, and so on."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdecimal()}
    family = [pid]
    for member in family:  # it grows meanwhile
        family += [child for child, parent in parents.items() if parent == member]
    return family


def _fields(pid: int) -> list[bytes]:
    """Of the process's stat, from its state on."""
    return _read(pid, "stat").rpartition(b")")[2].split()


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _cpu(pid: int) -> float:
    fields = _fields(pid)
    return (int(fields[11]) + int(fields[12])) / _TICK if fields else 0.0


def _memory(pid: int) -> int:
    """MB, a page that several processes share in parts."""
    for line in _read(pid, "smaps_rollup").decode().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) // 1024
    return 0
