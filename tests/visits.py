"""Pages in Streamlit's own test runner, opened as a visitor opens them."""

from functools import cache

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.util import calc_hash

from pages import PAGES
from ui import serving, shell
from ui.server import jobs
from ui.server.jobs import Job

VISITOR = "test session id"  # what Streamlit's test runner calls everybody
ALONE = {"vector_field"}  # pages that need neither checkpoints nor digits: they train their own networks
shell.HEAD_START = 0.0  # there is no browser to be given one
serving.warm_up = lambda: None  # of all models, for visitors to come


def _wait(runner: LocalScriptRunner, timeout: float) -> None:
    """As the test runner waits for a script, which looks through all its events a thousand times a second."""
    runner._script_thread.join(timeout)
    if runner._script_thread.is_alive():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"The page has not come in {timeout} s.")


local_script_runner.require_widgets_deltas = _wait


def visit(page: str, timeout: float = 300, theme: str = "light", **params: str) -> AppTest:
    """A page, named by its folder, with these query parameters, run once; timeout: seconds, of every run."""
    at = AppTest.from_file("../pages/lab.py", default_timeout=timeout)
    at._bidi_component_manager = components()
    at.context["theme"] = theme
    for name, value in params.items():
        at.query_params[name] = value
    if page != PAGES[0].folder:
        # as a link to the page opens it; `switch_page` knows it only after a run of the first page
        at._page_hash = calc_hash(page)
    return at.run()


@cache
def components() -> BidiComponentManager:
    """What a server has one of, for all visits: the test runner would look anew through all that is installed."""
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager


@cache
def shown(page: str) -> AppTest:
    """A page as it opens, run once for all tests that only look at it."""
    return sound(visit(page))


def sound(at: AppTest) -> AppTest:
    """The same page; it shows no exception and no error."""
    assert not at.exception
    assert not at.error, [element.value for element in at.error]
    return at


def wanted(seat: str) -> Job | None:
    """The job that the page has asked for on a seat, None if it is done or was never asked for."""
    return jobs._queue.at(VISITOR, seat)


def slow_work_is_wanted() -> bool:
    """Whether the page has asked for slow work, be it done or not."""
    return bool(jobs._queue.seats(VISITOR))


def settled(at: AppTest) -> AppTest:
    """The same page once all slow work that it asked for is over and on it; it is sound."""
    for _ in range(9):
        waiting = [job for seat in sorted(jobs._queue.seats(VISITOR)) if (job := wanted(seat)) and not job.over]
        for job in waiting:
            assert job.wait(300), job
        at.run()  # also where nothing waits: it may have come after the run had looked for it
        if not waiting:
            return sound(at)
    raise AssertionError("the page never settles")
