"""A process that forks others: what they are given reaches them, who asked hears of their end, and nobody is left."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from ui.server import nursery

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks")
ROOT = Path(__file__).parents[3]
CHILDREN = "tests.ui.server.children"  # what they do
MINUTE = 60.0  # s


@pytest.fixture
def cradle(monkeypatch):
    """A nursery of this process that imports nothing of weight."""
    monkeypatch.setenv(nursery.CHANNEL, "")  # so that it is put back
    process = nursery.begin(imports=[CHILDREN])
    yield process
    with contextlib.suppress(OSError, KeyError):
        os.close(int(os.environ[nursery.CHANNEL]))
    assert process.wait(MINUTE) is not None


@pytest.fixture
def one_network(tmp_path, monkeypatch):
    """All that a host loads before it is ready."""
    (tmp_path / "ae-linear-32.safetensors").symlink_to(ROOT / "checkpoints/ae-linear-32.safetensors")
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))


def ask(task, *arguments, **environment) -> tuple[nursery.Child, int]:
    """A child, and what it writes."""
    ours, theirs = os.pipe()
    child = nursery.fork(f"{CHILDREN}:{task}", [theirs], arguments, environment)
    os.close(theirs)
    return child, ours


def test_a_child_gets_what_it_was_given_and_its_end_is_heard(cradle):
    child, ours = ask("say", "häuser", WORD="given")
    assert child.wait(MINUTE) == 0 and child.poll() == 0
    said = json.loads(os.read(ours, 1000))
    assert said == {"word": "häuser", "variable": "given", "pid": child.pid, "parent": cradle.pid}
    assert os.read(ours, 1) == b""  # nobody else holds the other end


def test_a_child_may_have_children(cradle):
    child, ours = ask("have_a_child")
    child.wait(MINUTE)
    said = json.loads(os.read(ours, 1000))
    assert said["word"] == "grandchild" and said["parent"] == cradle.pid != said["pid"] != child.pid


def test_a_child_is_killed_and_a_second_kill_hurts_nobody(cradle):
    child, ours = ask("stay")
    assert os.read(ours, 4) == b"here" and child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    child.kill()
    child.wait(MINUTE)
    child.kill()


def test_a_look_at_a_child_needs_no_descriptor(cradle):
    import resource

    child, ours = ask("stay")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))  # none is free
    try:
        assert child.poll() is None
        with pytest.raises(OSError, match="Too many open files"):
            nursery.fork(f"{CHILDREN}:say")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    child.kill()
    os.close(ours)
    another, ours = ask("say", "here again")  # the nursery was not given up for that
    another.wait(MINUTE)
    assert b"here again" in os.read(ours, 1000)


def test_children_end_with_whoever_began_the_nursery(cradle):
    child, ours = ask("stay")
    assert os.read(ours, 4) == b"here"
    os.close(int(os.environ.pop(nursery.CHANNEL)))
    child.wait(MINUTE)
    assert os.read(ours, 1) == b""


def test_a_server_that_none_has_forked_has_one_for_its_workers(monkeypatch):
    monkeypatch.setenv(nursery.CHANNEL, "")
    monkeypatch.setattr(nursery, "_for_workers", [])
    nursery.for_workers([CHILDREN])
    (process,) = nursery._for_workers
    try:
        child, ours = ask("say", "forked")
        said = json.loads(os.read(ours, 1000))
        assert (said["word"], said["parent"]) == ("forked", process.pid) and child.wait(MINUTE) == 0
        nursery.for_workers([CHILDREN])  # there is one
        assert nursery._for_workers == [process]
    finally:
        nursery.end(process, MINUTE)
    nursery.for_workers(["no.such.module"])  # it ends before it can fork, and workers start by themselves
    assert not os.environ.get(nursery.CHANNEL) and nursery.fork(f"{CHILDREN}:say") is None


def test_without_a_nursery_there_is_no_child(cradle):
    cradle.kill()
    cradle.wait(MINUTE)
    assert nursery.fork(f"{CHILDREN}:say") is None  # it has gone
    assert nursery.fork(f"{CHILDREN}:say") is None  # and that is known now


def test_a_machine_without_room_for_processes_says_so(monkeypatch):
    monkeypatch.setenv(nursery.CHANNEL, "")
    monkeypatch.setenv("NO_ROOM", "1")
    process = nursery.begin(imports=[CHILDREN])
    with pytest.raises(OSError, match="temporarily"):
        nursery.fork(f"{CHILDREN}:say")
    os.close(int(os.environ[nursery.CHANNEL]))
    process.wait(MINUTE)


@pytest.mark.usefixtures("one_network")
def test_a_host_that_ends_while_it_starts_leaves_nobody():
    host = subprocess.Popen(
        [sys.executable, "-m", "ui.server.hosting", "2", "127.0.0.1", "0"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    _until(lambda: _children(host.pid))  # the nursery, which imports now
    host.terminate()
    assert host.wait(2 * MINUTE) == 0
    _until(lambda: not [entry for entry in Path("/proc").glob("[0-9]*") if _session(int(entry.name)) == host.pid])


@pytest.mark.usefixtures("one_network")
def test_host_serves_starts_again_what_ends_and_leaves_nobody():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "aecore",
        "host",
        "--processes",
        "1",
        "--port",
        str(port),
        "--address",
        "127.0.0.1",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as host:
        try:
            state = _until(lambda: _ready(port))
            assert state["workers"]["alive"] == 1
            (cradle,) = _children(host.pid)
            assert "torch" not in _libraries(host.pid) and "torch" in _libraries(cradle)  # the door is small
            (server,) = [pid for pid in _children(cradle) if _name(pid) == "lab hosting"]
            os.kill(server, signal.SIGKILL)
            _until(lambda: not _alive(server))
            assert _until(lambda: _ready(port))["workers"]["alive"] == 1  # another one
            family = [cradle, *_children(cradle)]
        finally:
            host.terminate()
            host.wait(MINUTE)
        _until(lambda: not any(map(_alive, family)))


def _until(condition) -> object:
    deadline = time.monotonic() + 3 * MINUTE
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


def _ready(port: int) -> dict | None:
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=MINUTE) as answer,
    ):
        return json.load(answer)
    return None


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _libraries(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


def _session(pid: int) -> int:
    """Of a process that runs, 0 of another one."""
    with contextlib.suppress(OSError):
        state, _, _, session, *_ = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(session) * (state != "Z")
    return 0


def _alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not heard of yet does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
