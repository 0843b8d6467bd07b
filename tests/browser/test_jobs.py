"""Slow work of a real server: it ends with its visitor, and its processes with the server."""

import os
import time
from pathlib import Path

import pytest

from tests.browser.conftest import start_streamlit
from tests.ui.server.test_jobs import dead, eventually
from ui.server import job_queue

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="no way here to see a server's children"),
]
APP = "tests/browser/apps/slow_work.py"


def children(pid: int) -> list[int]:
    """Processes that a process has started and that live."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    pids = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return [child for child in pids if not dead(child)]


def lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def test_work_ends_when_the_tab_closes_and_is_shared_until_then(serve, open_page, tmp_path):
    url, log = serve(APP), tmp_path / "log"
    address = f"{url}?gate={tmp_path / 'gate'}&log={log}"
    one, two = open_page(address), open_page(address)
    for page in (one, two):
        page.get_by_text("It is").wait_for()
    eventually(lambda: lines(log) == ["begun"])
    two.reload()  # a new session: the old one has left, but another wants the same
    two.get_by_text("It is").wait_for()
    one.close()
    time.sleep(job_queue.AWAY + 2 * job_queue.LOOK)  # until that was seen
    assert lines(log) == ["begun"]
    left = time.monotonic()
    two.close()
    eventually(lambda: lines(log) == ["begun", "ended"])
    print(f"ended {time.monotonic() - left:.2f} s after the tab was closed")


def test_the_page_shows_the_result_by_itself(serve, open_page, tmp_path):
    page = open_page(f"{serve(APP)}?gate={tmp_path / 'gate'}&log={tmp_path / 'log'}")
    page.get_by_text("It is").wait_for()
    (tmp_path / "gate").touch()
    page.get_by_text("It is through.").wait_for()


@pytest.mark.parametrize("moment", ["starting", "working"])
def test_no_process_outlives_a_server_that_is_terminated(open_page, tmp_path, moment):
    server, log = start_streamlit(APP), tmp_path / "log"
    try:
        page = open_page(f"{server.url}?gate={tmp_path / 'gate'}&log={log}")
        page.get_by_text("It is").wait_for()
        workers = eventually(lambda: children(server.process.pid))
        if moment == "working":
            eventually(lambda: lines(log) == ["begun"])
    finally:
        server.stop()
    assert server.process.returncode is not None
    eventually(lambda: all(map(dead, workers)), seconds=20)
    with pytest.raises(ProcessLookupError):
        os.kill(server.process.pid, 0)
