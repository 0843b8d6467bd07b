"""What all tests of pages share: workers that see the project's own folders."""

import atexit
import os

import pytest

from ui.server import jobs
from ui.server.job_queue import JobQueue


@pytest.fixture(autouse=True)
def workers_of_its_own(monkeypatch):
    """A worker lives on with the environment it was started in: one begun with a test's folders ends with the test."""
    before, there = folders(), [*jobs._queue.workers]
    yield  # monkeypatch puts the environment back after this fixture
    if folders() != before and any(worker not in there for worker in jobs._queue.workers):
        jobs._queue.close()
        monkeypatch.undo()
        jobs._queue = JobQueue(jobs.sizes(), jobs._is_here)
        atexit.register(jobs._queue.close)


def folders() -> dict[str, str]:
    """What the environment says about the lab."""
    return {name: value for name, value in os.environ.items() if name.startswith("AECORE_")}
