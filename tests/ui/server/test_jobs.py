"""The one way to run slow work: shared, bounded, cancelled, capped; and no process is left behind."""

import asyncio
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import Pipe
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.runtime.state import SafeSessionState, SessionState, session_state_proxy

from aecore.checkpoints import Metric
from aecore.maps.shipped import Step
from ui import shell
from ui.server import job_queue, jobs, nursery, wire
from ui.server.job_queue import Job, JobBusy, JobQueue, Sizes

TASKS = "tests.ui.server.tasks"
SIZES = Sizes(workers=1, queue=3, seconds=60)


class Visits:
    """A queue, and visitors who can leave it."""

    def __init__(self, sizes: Sizes):
        self.gone: set[str] = set()
        self.queue = JobQueue(sizes, lambda visitor: visitor not in self.gone)

    def ask(
        self, task: str, *arguments: object, by="ann", seat="seat", key=(), urgent=False, rest=0.0, address=""
    ) -> Job:
        return self.queue.ask(by, seat, f"{TASKS}:{task}", arguments, key or arguments, urgent, rest, address)

    def pids(self) -> list[int]:
        return [worker.process.pid for worker in self.queue.workers]


@pytest.fixture(scope="module")
def held():
    """A queue whose one worker is warm; tests leave it empty."""
    visits = Visits(SIZES)
    visits.queue.start()
    yield visits
    visits.queue.close()


@pytest.fixture(scope="module", autouse=True)
def nest(held):
    """The first worker starts by itself, all others are forked, as a server's are."""
    eventually(held.pids)
    nursery.for_workers()
    yield
    if nursery._for_workers:
        nursery.end(nursery._for_workers.pop(), 0)


@pytest.fixture
def no_nest(monkeypatch):
    """Workers start by themselves."""
    monkeypatch.delenv(nursery.CHANNEL, raising=False)


@pytest.fixture
def visits(held):
    yield held
    for visitor in {visitor for visitor, _ in held.queue._seats}:
        for seat in held.queue.seats(visitor):
            held.queue.release(visitor, seat)
    held.gone.clear()
    eventually(lambda: all(worker.job is None for worker in held.queue.workers))


@pytest.fixture
def other():
    """other(sizes) makes a queue of those sizes."""
    made = []

    def make(sizes: Sizes) -> Visits:
        made.append(Visits(sizes))
        return made[-1]

    yield make
    for queued in made:
        queued.queue.close()


def eventually(condition: Callable[[], object], seconds: float = 90) -> object:
    """What the condition comes to once it holds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
    return value


def result(job: Job) -> object:
    assert job.wait(90), job
    assert job.state == "done", job
    return job.value()


def running(job: Job) -> Job:
    """The job, once its first news has come."""
    eventually(lambda: job.state == "running" and job.news is not None)
    return job


def dead(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z" if os.name == "posix" else False


# ---- what crosses


@pytest.mark.parametrize(
    "message",
    [
        [None, True, 3, -0.5, float("inf"), "ä\n", b"\0\xff", (1, (2,)), [], {"a": 1, 3: (None,)}],
        [
            np.zeros((2, 0, 3), np.float32),
            np.arange(6, dtype=np.int64).reshape(2, 3)[:, ::2],
            np.float32(0.1),
            np.True_,
        ],
        [torch.rand(2, 3), torch.arange(5), torch.tensor(7.5), torch.zeros(3, 3).t()[1:]],
        [Step(0.5, "computing", torch.rand(3, 2), {"a": Metric(1.0, "dB", "higher", "how")})],
        [Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)), Image.new("I;16", (3, 2), 40_000)],
    ],
    ids=["plain", "arrays", "tensors", "dataclasses", "pictures"],
)
def test_what_is_sent_arrives(message):
    ours, theirs = Pipe()
    wire.send(ours, message)
    arrived, size = wire.receive(theirs)
    assert alike(message, arrived) and size > 0


def alike(a: object, b: object) -> bool:
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b)
    if isinstance(a, Image.Image):
        return a.mode == b.mode and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, Step):
        return type(b) is Step and all(alike(value, getattr(b, name)) for name, value in vars(a).items())
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("value", [object(), print, {1, 2}, np.array([object()]), Sizes(), 1j])
def test_what_cannot_cross_is_a_mistake_before_a_byte_is_sent(value):
    ours, theirs = Pipe()
    with pytest.raises(TypeError, match="cannot cross"):
        wire.send(ours, [value])
    assert not theirs.poll()


@pytest.mark.parametrize(
    "text",
    [
        b"no json",
        b"[]",
        b'{"message": {"class": "os:system", "fields": {"command": "true"}}, "arrays": []}',
        b'{"message": {"class": "aecore.engine:get_engine", "fields": {}}, "arrays": []}',
        b'{"message": {"class": "aecore.engine:Engine", "fields": {"device": "cpu"}}, "arrays": []}',
        b'{"message": {"call": "print"}, "arrays": []}',
        b'{"message": null, "arrays": [["O", [1]]]}',
    ],
)
def test_nothing_but_data_is_taken_in(text):
    ours, theirs = Pipe()
    ours.send_bytes(text)
    with pytest.raises((ValueError, TypeError, KeyError)):
        wire.receive(theirs)


# ---- work and its result


def test_work_is_done_in_a_process_of_low_priority_that_knows_no_screen(visits):
    surroundings = result(visits.ask("where", key=("first",)))
    assert surroundings["pid"] in visits.pids() and surroundings["pid"] != os.getpid()
    assert surroundings["nice"] >= 10 and surroundings["threads"] == "1" and not surroundings["streamlit"]
    assert surroundings["main"].endswith("worker.py")  # and no page
    again = result(visits.ask("where", key=("second",)))
    assert again["pid"] == surroundings["pid"]  # it stays warm


def test_news_comes_on_the_way_and_the_last_yield_is_the_result(visits, tmp_path):
    gate = tmp_path / "gate"
    job = running(visits.ask("until", str(gate)))
    assert job.news == 0.5 and job.result is None and not job.over
    gate.touch()
    assert result(job) == "through"
    assert result(visits.ask("count", 1000)) == 1000
    assert result(visits.ask("plain", 2, 3)) == 5
    assert result(visits.ask("count", 0)) is None


def test_who_asks_again_gets_the_result_at_once(visits):
    x = torch.rand(3, 2)
    first = result(visits.ask("echo", x, key=("content",)))
    again = visits.ask("echo", torch.zeros(1), by="bob", key=("content",))
    assert again.state == "done" and torch.equal(again.result[0], x) and again.result is first
    assert torch.equal(result(visits.ask("echo", torch.zeros(1), key=("other content",)))[0], torch.zeros(1))


def test_two_visitors_with_one_question_share_the_work_until_the_last_has_left(visits, tmp_path):
    gate, log = tmp_path / "gate", tmp_path / "log"
    one = visits.ask("until", str(gate), str(log), by="ann")
    two = visits.ask("until", str(gate), str(log), by="bob")
    assert one is two
    running(one)
    visits.queue.release("ann", "seat")
    assert not one.over
    visits.queue.release("bob", "seat")
    assert one.state == "cancelled"
    eventually(lambda: log.read_text() == "begun\nended\n")
    fresh = visits.ask("until", str(gate), str(log), by="cat")  # who comes later gets it anew
    assert fresh is not one
    gate.touch()
    assert result(fresh) == "through"


# ---- the queue


def test_places_are_told_and_a_full_queue_refuses_in_words(visits, tmp_path):
    first = running(visits.ask("until", str(tmp_path / "0"), by="ann"))
    waiting = [visits.ask("until", str(tmp_path / str(i)), by=f"visitor {i}") for i in (1, 2, 3)]
    assert [job.ahead for job in waiting] == [0, 1, 2]
    assert [jobs.words(job) for job in waiting[:2]] == ["Waiting, you are next", "Waiting, 1 ahead of you"]
    refused = visits.ask("count", 3, by="late")
    assert refused.state == "failed" and "Try again in a minute" in refused.problem
    with pytest.raises(jobs.JobError, match="Many visitors"):
        refused.value()
    assert visits.ask("until", str(tmp_path / "2"), by="late", seat="shares") is waiting[1]  # that is no more work
    visits.queue.release("visitor 1", "seat")
    assert [job.ahead for job in waiting[1:]] == [0, 1] and waiting[0].state == "cancelled"
    assert not visits.ask("count", 3, by="late").over
    for i in range(4):
        (tmp_path / str(i)).touch()
    assert result(first) == result(waiting[1]) == result(waiting[2]) == "through"


@pytest.mark.parametrize("whose", ["visitor", "address"])
def test_a_visitor_and_an_address_may_ask_for_so_much_at_a_time(visits, tmp_path, monkeypatch, whose):
    monkeypatch.setattr(visits.queue, "sizes", replace(SIZES, **{whose: 2}))

    def ask(number: int, by: str, address: str) -> Job:
        return visits.ask(
            "until", str(tmp_path / "gate"), key=(str(tmp_path), number), seat=f"{number}", by=by, address=address
        )

    visitors = ["ann", "ann", "ann"] if whose == "visitor" else ["ann", "bob", "eve"]
    first, second, third = [ask(i, by, "192.0.2.1") for i, by in enumerate(visitors)]
    assert third.state == "failed" and "Try again when one of them is done" in third.problem
    assert not ask(3, "dan", "192.0.2.2").over  # others are not refused for it
    (tmp_path / "gate").touch()
    assert result(first) == result(second) == "through"
    assert not ask(4, visitors[2], "192.0.2.1").problem  # it is told when to come back, and may


def test_what_a_visitor_brought_is_forgotten_when_it_goes(visits):
    """Results whose key names it; the others stay."""
    for content in ("theirs", "others"):
        assert result(visits.ask("count", 3, key=("file", content))) == 3
    visits.queue.forget("theirs")
    task = f"{TASKS}:count"
    assert visits.queue.cached((task, "file", "theirs")) is None
    assert visits.queue.cached((task, "file", "others")) == 3


def test_own_jobs_are_not_counted_as_ahead(visits, tmp_path):
    running(visits.ask("until", str(tmp_path / "0"), by="ann"))
    mine = [visits.ask("until", str(tmp_path / str(i)), by="bob", seat=str(i)) for i in (1, 2)]
    assert [job.ahead for job in mine] == [0, 0]


def test_what_is_urgent_does_not_wait_behind_long_work(other, tmp_path):
    visits = other(SIZES)  # its own: the other tests count one worker
    long = running(visits.ask("until", str(tmp_path / "gate")))
    assert result(visits.ask("plain", 1, 1, seat="urgent", urgent=True)) == 2
    assert not long.over


def test_wide_work_is_done_one_at_a_time_and_holds_up_no_other(monkeypatch):
    queue, hired = JobQueue(replace(SIZES, workers=3, queue=9), lambda visitor: True), []
    monkeypatch.setattr(queue, "_wake", lambda: None)  # no thread: its turns are taken here
    monkeypatch.setattr(queue, "_hire", hired.append)
    first, second, third, plain = (
        queue.ask(name, "seat", "some:work", (), (name,), False, 0, wide=name != "dan")
        for name in ("ann", "bob", "eve", "dan")
    )
    queue._assignments(time.monotonic())
    assert hired == [False, False]  # for the first and the plain one
    queue.workers += [SimpleNamespace(urgent=False, ready=True, job=None, since=0.0, given_up=0.0) for _ in range(3)]
    queue._assignments(time.monotonic())
    assert [job.state for job in (first, second, third, plain)] == ["running", "waiting", "waiting", "running"]
    queue._tell_places()
    assert [second.ahead, third.ahead] == [0, 1] and len(hired) == 2
    next(worker for worker in queue.workers if worker.job is first).job = None
    queue._assignments(time.monotonic())
    assert [job.state for job in (second, third)] == ["running", "waiting"]


def test_a_fault_of_the_queue_itself_does_not_end_it(other, monkeypatch, caplog):
    visits = other(SIZES)
    assert result(visits.ask("count", 3)) == 3
    look, failures = visits.queue._see_who_left, iter([True])

    def fail_once(now: float) -> None:
        if next(failures, False):
            raise ValueError("a bug")
        look(now)

    monkeypatch.setattr(visits.queue, "_see_who_left", fail_once)
    assert result(visits.ask("count", 4)) == 4
    assert next(failures, None) is None and "The queue of slow work failed" in caplog.text


def test_work_that_may_rest_begins_later_and_a_change_of_mind_costs_nothing(visits, tmp_path):
    log = tmp_path / "log"
    asked = time.monotonic()
    first = visits.ask("until", str(log), str(log), rest=30)
    second = visits.ask("count", 2, rest=0.3)
    assert first.state == "cancelled" and not log.exists()
    assert result(second) == 2 and time.monotonic() - asked >= 0.3


# ---- leaving


def test_another_question_on_the_same_seat_cancels_the_old_one(visits, tmp_path):
    log = tmp_path / "log"
    old = running(visits.ask("until", str(tmp_path / "gate"), str(log)))
    worker = visits.pids()
    assert result(visits.ask("count", 7)) == 7
    assert old.state == "cancelled" and old.value() is None
    assert log.read_text() == "begun\nended\n"
    assert visits.pids() == worker  # it came to its next yield: the process lives on


def test_work_ends_within_two_seconds_after_its_visitor_has_left(visits, tmp_path):
    log = tmp_path / "log"
    job = running(visits.ask("until", str(tmp_path / "gate"), str(log), by="ann"))
    other = visits.ask("until", str(tmp_path / "gate"), "", by="ann", seat="waits")
    left = time.monotonic()
    visits.gone.add("ann")
    eventually(lambda: "ended" in log.read_text())
    print(f"ended {time.monotonic() - left:.2f} s after the visitor left")
    assert job.problem == other.problem == job_queue.LOST  # nobody has cancelled it
    assert job.ended - left < 2 and not visits.queue.seats("ann")


def test_a_connection_that_is_lost_for_a_moment_is_no_leaving(visits, tmp_path, monkeypatch):
    looks = []
    job = running(visits.ask("until", str(tmp_path / "gate"), by="ann"))
    monkeypatch.setattr(visits.queue, "_here", lambda visitor: bool(looks.append(1)) or len(looks) != 2)
    eventually(lambda: len(looks) > 4)
    assert not job.over


def test_work_that_does_not_listen_is_killed(visits, tmp_path):
    mark = tmp_path / "mark"
    job = visits.ask("stubborn", str(mark), by="ann")
    eventually(mark.exists)
    (pid,) = visits.pids()
    left = time.monotonic()
    visits.gone.add("ann")
    eventually(lambda: dead(pid))
    print(f"killed {time.monotonic() - left:.2f} s after the visitor left")
    assert job.problem == job_queue.LOST
    looks = 1 + math.ceil(job_queue.AWAY / job_queue.LOOK) + math.ceil(job_queue.GRACE / job_queue.LOOK)
    assert looks * job_queue.LOOK < 2  # whatever this machine has to do beside it
    assert result(visits.ask("count", 3, by="bob")) == 3  # another worker has come


def test_a_run_that_waits_gives_way_without_an_element(monkeypatch):
    looks = []
    state = SafeSessionState(SessionState(), lambda: looks.append("here Streamlit may end the run"))
    monkeypatch.setattr(session_state_proxy, "get_session_state", lambda: state)
    jobs.give_way()
    assert looks


def test_who_goes_to_another_page_leaves_all_seats(monkeypatch):
    left = []
    monkeypatch.setattr(
        jobs, "_queue", type("", (), {"seats": lambda _, v: {"a", "b"}, "release": lambda _, *s: left.append(s)})()
    )
    for leave in shell.leaving:
        leave()
    assert sorted(left) == [("", "a"), ("", "b")]
    left.clear()
    jobs.only("b")
    assert left == [("", "a")]


# ---- failures


def test_errors_for_people_come_through_and_bugs_become_a_sentence(visits, monkeypatch):
    job = visits.ask("refuse")
    eventually(lambda: job.over)
    assert job.problem == "The picture is too small. Use a larger one."
    assert visits.ask("refuse") is job  # for a while
    monkeypatch.setattr(job_queue, "AGAIN", 0.0)
    assert visits.ask("refuse") is not job
    bug = visits.ask("crash")
    eventually(lambda: bug.over)
    assert bug.problem == "The work failed, and the details were logged. Try another setting."
    assert job.refused and not bug.refused  # the one is about what was given, the other is not
    with pytest.raises(jobs.JobRefused):
        job.value()
    with pytest.raises(jobs.JobError):
        bug.value()


def test_a_worker_that_dies_costs_its_own_work_only(visits, tmp_path):
    job = visits.ask("die")
    after = visits.ask("count", 5, by="bob")
    eventually(lambda: job.over)
    assert job.state == "failed" and job.problem.endswith("ended unexpectedly. Try once more.")
    assert result(after) == 5
    victim = running(visits.ask("until", str(tmp_path / "gate")))
    os.kill(visits.pids()[0], signal.SIGKILL)
    eventually(lambda: victim.over)
    assert victim.problem == job.problem
    assert result(visits.ask("count", 6)) == 6


def test_what_cannot_be_handed_over_fails_and_the_worker_lives_on(visits):
    job = visits.ask("echo", object(), key=("bad",))
    eventually(lambda: job.over)
    assert "could not be handed over" in job.problem
    assert result(visits.ask("count", 4)) == 4


def test_work_has_its_time(other):
    visits = other(replace(SIZES, seconds=1))
    job = visits.ask("until", "/no such gate")
    eventually(lambda: job.over)
    assert job.state == "failed" and "more than 1 seconds" in job.problem
    assert result(visits.ask("count", 2)) == 2


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no limits here")
def test_work_has_its_memory(other):
    visits = other(replace(SIZES, memory_mb=300, cache_mb=1))
    for task in ("grow", "grow_torch"):
        assert result(visits.ask(task, 100)) > 0
        job = visits.ask(task, 1000)
        eventually(lambda job=job: job.over)
        assert "more memory than one job may take" in job.problem
    large = visits.ask("big", 2)  # more than the whole cache
    eventually(lambda: large.over)
    assert "too large to be kept" in large.problem


@pytest.mark.skipif(sys.platform != "linux", reason="its way to say how much a process has")
def test_a_worker_that_rests_gives_back_what_its_work_took(visits):
    result(visits.ask("where", key=("warm",)))
    (pid,) = visits.pids()
    before = resident(pid)
    result(visits.ask("litter", 200))
    eventually(lambda: resident(pid) < before + 50)


def resident(pid: int) -> int:
    """MB of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def test_where_no_process_can_be_started_people_hear_of_it(other, no_nest, monkeypatch):
    def refuse(*given, **more):
        raise BlockingIOError("Resource temporarily unavailable")

    visits = other(SIZES)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    job = visits.ask("count", 3)
    eventually(lambda: job.over)
    assert "No process could be started" in job.problem
    with pytest.raises(JobBusy):
        job.value()


def test_a_worker_that_dies_before_its_first_work_is_told_and_not_tried_for_ever(other, no_nest, monkeypatch):
    visits = other(SIZES)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    questions = [visits.ask("count", n, by=str(n)) for n in (1, 2)]
    for job in questions:
        eventually(lambda job=job: job.over)
        assert "No process could be started" in job.problem
    eventually(lambda: not visits.queue.workers)


# ---- bounds


def test_results_are_bounded_and_the_least_recently_used_go_first(other):
    queue = other(replace(SIZES, cache_mb=1)).queue
    for i in range(8):
        queue.cached(("each", i), lambda: np.zeros(300_000, np.uint8))
        queue.cached(("each", 0))
    assert set(queue._results) == {("each", 6), ("each", 7), ("each", 0)}
    assert queue._results.currsize <= 2**20
    assert queue.cached(("each", 5)) is None
    with pytest.raises(jobs.JobError, match="too large"):
        queue.cached(("large",), lambda: np.zeros(2**20 + 1, np.uint8))


def test_results_of_workers_fill_the_same_memory(other):
    visits = other(replace(SIZES, cache_mb=3))
    for n in (1, 2):
        result(visits.ask("big", n))
    assert visits.queue._results.currsize > 2**21 and list(visits.queue._results) == [(f"{TASKS}:big", 2)]


def test_workers_without_work_end_after_a_while(other):
    visits = other(replace(SIZES, workers=2, idle_seconds=1))
    both = [visits.ask("count", n, by=str(n)) for n in (1, 2)]
    for job in both:
        result(job)
    pids = visits.pids()
    eventually(lambda: not visits.queue.workers)
    eventually(lambda: pids and all(map(dead, pids)))
    assert result(visits.ask("count", 3)) == 3


def test_the_sizes_are_the_environments(monkeypatch, caplog):
    assert jobs.sizes() == Sizes()
    for name, text in {"WORKERS": "5", "QUEUE": " 7 ", "SECONDS": "9", "MEMORY_MB": "700", "CACHE_MB": "1"}.items():
        monkeypatch.setenv(f"AECORE_JOBS_{name}", text)
    monkeypatch.setenv("AECORE_JOBS_IDLE_SECONDS", "")
    assert jobs.sizes() == Sizes(5, 7, 9, 700, 600, 1) and not caplog.records
    for text in ("0", "-1", "two", "1e3", "9" * 30, "inf"):
        monkeypatch.setenv("AECORE_JOBS_WORKERS", text)
        caplog.clear()
        assert jobs.sizes().workers == Sizes().workers
        assert len(caplog.records) == 1 and "AECORE_JOBS_WORKERS" in caplog.text


# ---- nothing is left behind


SERVER = """
import sys, time
from ui.server.job_queue import JobQueue, Sizes
queue = JobQueue(Sizes(workers=2), lambda visitor: True)
gate = sys.argv[1]
jobs = [queue.ask("ann", "a", "tests.ui.server.tasks:stubborn", (gate,), (1,), False, 0)]
while jobs[0].news is None and jobs[0].state != "running": time.sleep(0.01)
queue.ask("ann", "b", "tests.ui.server.tasks:count", (1,), (2,), True, 0)  # its worker is only starting
while len(queue.workers) < 2: time.sleep(0.01)
print(*(worker.process.pid for worker in queue.workers), flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_server_however_it_ends(end, no_nest, tmp_path):
    command = [sys.executable, "-c", SERVER, str(tmp_path / "mark")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert len(pids) == 2 and not any(map(dead, pids))
        server.send_signal(end)
        server.wait()
    eventually(lambda: all(map(dead, pids)), seconds=30)


def asked_by_a_program(visits: Visits, monkeypatch, task: str, *arguments: object, gone: Callable[[], bool]) -> object:
    """What a program gets, in a loop of its own: the tests' own may have one, of Playwright's."""
    monkeypatch.setattr(jobs, "_queue", visits.queue)

    async def has_left() -> bool:
        return gone()

    with ThreadPoolExecutor(1) as thread:
        answer = jobs.answer(f"{TASKS}:{task}", *arguments, address="10.0.0.1", urgent=False, gone=has_left)
        return thread.submit(asyncio.run, answer).result()


def test_nothing_is_kept_of_what_a_program_gets(visits, monkeypatch):
    assert asked_by_a_program(visits, monkeypatch, "echo", 1, "two", gone=lambda: False) == (1, "two")
    visits.queue.cached(())  # the next question of anybody
    assert not [key for key in visits.queue._results if key[-1:] and str(key[-1]).startswith("program")]
    assert not visits.queue._seats and not jobs._programs


def test_the_work_of_a_program_ends_when_it_leaves(visits, monkeypatch, tmp_path):
    log = tmp_path / "log"
    with pytest.raises(jobs.JobError, match="left"):
        asked_by_a_program(visits, monkeypatch, "until", str(tmp_path / "gate"), str(log), gone=log.exists)
    eventually(lambda: log.read_text().endswith("ended\n"))


@pytest.mark.parametrize(("sizes", "own"), [(replace(SIZES, address=0), True), (replace(SIZES, queue=0), False)])
def test_a_program_hears_whose_work_is_in_its_way(other, monkeypatch, sizes, own):
    monkeypatch.setattr(jobs, "PATIENCE", 0)
    with pytest.raises(jobs.JobBusy) as error:
        asked_by_a_program(other(sizes), monkeypatch, "echo", gone=lambda: False)
    assert error.value.own == own
