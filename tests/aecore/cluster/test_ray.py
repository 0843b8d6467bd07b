"""A real Ray on this machine: the engine behind Serve, the queue's workers as its tasks, and what happens when it goes.

Without Ray these tests are skipped, except where the environment variable CI is set: there they fail.
"""

import contextlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
import torch

from aecore.cluster import client
from aecore.cluster.client import Cluster
from aecore.data import load_digits
from aecore.engine import Engine
from benchmarks.served import _family
from tests.aecore.cluster.test_client import all_answers
from tests.browser.conftest import unavailable
from ui.server import elsewhere
from ui.server.job_queue import LOST, Job, JobQueue, Sizes

ROOT = Path(__file__).resolve().parents[3]
PATIENT = 300.0  # s: a machine may be slow, and these tests wait for what comes


@dataclass
class Running:
    """A cluster. port, door: of Ray's client server, and of our HTTP door; end: stops all of it."""

    port: int
    door: int
    processes: list[subprocess.Popen]
    folder: str

    def end(self) -> None:
        """Kill all of it: Ray would take its time. Idempotent."""
        for pid in {pid for process in self.processes for pid in _family(process.pid)} - {os.getpid()}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster():
    """Ray with two cores and a small store, no dashboard, no reports; the engine is up on it."""
    if importlib.util.find_spec("ray") is None:
        unavailable("Ray is not installed: pip install -r requirements-cluster.txt.")
    ports, folder = free_ports(3), tempfile.mkdtemp(prefix="ray", dir="/tmp")
    head, port, door = ports
    own = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0", "AECORE_ENGINE": ""}
    key = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}  # without it strangers are turned away
    patch = pytest.MonkeyPatch()
    for name, value in key.items():
        patch.setenv(name, value)
    start = ["ray.scripts.scripts", "start", "--head", "--block", "--disable-usage-stats", "--include-dashboard=false"]
    start += ["--include-log-monitor=false", "--no-monitor"]  # processes that nobody asks here
    start += ["--num-cpus=2", "--object-store-memory=100000000", f"--port={head}", f"--ray-client-server-port={port}"]
    serve = ["aecore", "serve", "--port", str(door), "--replicas", "1"]
    running = Running(port, door, [], folder)
    try:
        with (Path(folder) / "head.log").open("w") as log:
            command = [sys.executable, "-m", *start, f"--temp-dir={folder}/t"]
            running.processes.append(subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log))
        said = Path(folder) / "head.log"
        until(lambda: "Ray runtime started" in said.read_text() or running.processes[0].poll() is not None)
        with (Path(folder) / "serve.log").open("w+") as log:
            own["RAY_ADDRESS"] = f"127.0.0.1:{head}"
            command = [sys.executable, "-u", "-m", *serve]
            env = os.environ | own
            running.processes.append(subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log))
            said = Path(folder) / "serve.log"
            until(lambda: "engine is up" in said.read_text() or running.processes[1].poll() is not None)
            assert "engine is up" in said.read_text(), said.read_text()[-3000:]
        yield running
    finally:
        running.end()
        patch.undo()
        with contextlib.suppress(ImportError):
            import ray

            ray.shutdown()


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def until(condition, seconds: float = PATIENT):
    """What the condition comes to once it holds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)
    return value


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:40].float() / 255


@pytest.fixture
def patient(monkeypatch):
    """Time limits that a slow machine does not meet."""
    monkeypatch.setattr(client, "SECONDS", PATIENT)
    monkeypatch.setattr(client, "CONNECT", PATIENT)
    monkeypatch.setattr(elsewhere, "REACH", PATIENT)
    monkeypatch.setattr(elsewhere, "CALL", PATIENT)


def retried(there: Cluster, x: torch.Tensor) -> bool:
    """Whether it answers now; on a slow machine Ray's client may give up its first tries to connect."""
    there._again = 0.0
    return there.ask("vae", "", "encode", (x,)) is not None


def by_ray(cluster: Running) -> str:
    return f"ray://127.0.0.1:{cluster.port}"


@pytest.mark.parametrize("way", ["http", "ray"])
def test_every_method_gives_the_same_numbers(way, cluster, x, patient):
    there = Cluster(by_ray(cluster) if way == "ray" else f"http://127.0.0.1:{cluster.door}")
    engine, answered, ask_there = Engine("cpu", cluster=lambda: there), [], there._line.ask
    there._line.ask = lambda *given: answered.append(ask_there(*given)) or answered[-1]
    until(lambda: retried(there, x))
    answered.clear()
    for ours, theirs in zip(all_answers(engine, x), all_answers(Engine("cpu"), x), strict=True):
        torch.testing.assert_close(ours, theirs)
    assert not engine.problems() and len(answered) == 9


def test_many_callers_are_answered_together_with_their_own_numbers(cluster, x, patient):
    there, own = Cluster(f"http://127.0.0.1:{cluster.door}"), Engine("cpu")
    engine = Engine("cpu", cluster=lambda: there)
    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda place: engine.encode("vae", x[place : place + 1]), range(len(x))))
    torch.testing.assert_close(torch.cat(codes), own.encode("vae", x))
    assert not there.problem


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/vae/encode", b"rubbish", 400), ("/vae/encode", b"", 400), ("/vae/open", b"", 404), ("/none/encode", b"", 400)],
)
def test_what_is_no_question_gets_a_status_and_a_sentence(path, body, status, cluster):
    connection = HTTPConnection("127.0.0.1", cluster.door, timeout=PATIENT)
    connection.request("POST", path, body)
    answer = connection.getresponse()
    assert answer.status == status and answer.read().decode().endswith((".", "..."))


@pytest.fixture
def queue(cluster, patient, monkeypatch):
    monkeypatch.setenv("AECORE_WORKERS", by_ray(cluster))
    gone = set()
    made = JobQueue(Sizes(workers=1), lambda visitor: visitor not in gone)
    made.gone = gone
    yield made
    made.close()


def ask(queue: JobQueue, task: str, *arguments: object, by: str = "ann") -> Job:
    return queue.ask(by, "seat", f"tests.ui.server.tasks:{task}", arguments, arguments or (task,), False, 0.0)


def test_slow_work_is_a_task_of_the_cluster_under_the_same_contract(queue, cluster, tmp_path):
    where = ask(queue, "where")
    until(lambda: where.over)
    place = where.value()
    assert place["pid"] in _family(cluster.processes[0].pid) and place["nice"] >= 10

    log = tmp_path / "log"
    job = ask(queue, "until", str(tmp_path / "gate"), str(log))
    until(lambda: job.state == "running" and job.news == 0.5)  # progress
    left = time.monotonic()
    queue.gone.add("ann")
    until(lambda: "ended" in log.read_text())
    assert job.problem == LOST and job.ended - left < 2

    deaf, mark = ask(queue, "stubborn", str(tmp_path / "mark"), by="bob"), tmp_path / "mark"
    until(mark.exists)
    queue.gone.add("bob")
    until(lambda: deaf.over and not alive(place["pid"]))  # killed, over there

    dead = ask(queue, "die", by="cyd")
    until(lambda: dead.over)
    assert dead.problem.endswith("ended unexpectedly. Try once more.")
    after = ask(queue, "count", 5, by="cyd")
    until(lambda: after.over)
    assert after.value() == 5


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_when_the_cluster_goes_all_goes_on_here(cluster, x, monkeypatch):
    """Last: it ends the cluster."""
    ways = [Cluster(f"http://127.0.0.1:{cluster.door}"), Cluster(by_ray(cluster))]
    for there in ways:
        until(lambda there=there: retried(there, x))
    cluster.end()
    monkeypatch.setattr(client, "SECONDS", 2.0)
    own = Engine("cpu").encode("vae", x)
    for there in ways:
        there._again = 0.0
        began, engine = time.monotonic(), Engine("cpu", cluster=lambda there=there: there)
        torch.testing.assert_close(engine.encode("vae", x), own)
        assert engine.problems() == {"cluster": client.AWAY}
        assert time.monotonic() - began < client.SECONDS + PATIENT / 4
    monkeypatch.setenv("AECORE_WORKERS", by_ray(cluster))
    monkeypatch.setattr(elsewhere, "REACH", 1.0)
    queue = JobQueue(Sizes(workers=1), lambda visitor: True)
    try:
        job = ask(queue, "count", 3)
        until(lambda: job.over)
        assert job.value() == 3
    finally:
        queue.close()
