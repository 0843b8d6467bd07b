"""The one way to run slow work: a bounded queue, a few worker processes, and results that all visitors share.

    job = jobs.ask("map", "aecore.maps.shipped:fit", "umap", x, key=("umap", 500))   # in a page, in every run
    job.state, job.news, job.ahead, job.result, job.problem                           # how it stands now

A page says in every run what it wants on each of its seats, names of its own choice. Whoever asks for something else
on a seat no longer wants what was asked for there before; whoever goes to another page or closes the tab leaves all
seats. Two visitors who ask for the same, by task and key, share one job, which ends when nobody wants it any more.

Work is a function of the engine, most often a generator: what it yields is its news, what it yields last its result.
It may be given up at every yield; work that does not get there soon is killed with its process.
"""

import asyncio
import atexit
import hashlib
import ipaddress
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import fields
from typing import TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import messages, shell
from ui.server import rates
from ui.server.job_queue import Job, JobBusy, JobError, JobQueue, JobRefused, Sizes

__all__ = [
    "Job",
    "JobBusy",
    "JobError",
    "JobRefused",
    "answer",
    "ask",
    "at",
    "cached",
    "digest",
    "failed",
    "follow",
    "forget",
    "give_way",
    "later",
    "only",
    "release",
    "status",
    "warm_up",
    "whole",
    "words",
]
Value = TypeVar("Value")
FIRST_LOOK, LAST_LOOK = 0.004, 0.05  # s between two looks whether a program's answer is there
PATIENCE = 5.0  # s in which a program waits for a place in the queue
log = logging.getLogger("autoencoder_lab")


def sizes() -> Sizes:
    """The sizes, as the environment sets them."""
    return Sizes(**{size.name: whole(f"AECORE_JOBS_{size.name.upper()}", size.default) for size in fields(Sizes)})


def whole(name: str, default: int) -> int:
    """A number of the environment; what is no whole number from 1 on is not heard, and the log says so."""
    text = os.environ.get(name, "").strip()
    if text.isdecimal() and 0 < int(text) < 10**6:
        return int(text)
    if text:
        log.warning("%s is '%s', no whole number from 1 to 999999: it stays %d", name, text, default)
    return default


_programs: set[str] = set()  # that wait for an answer


def _is_here(visitor: str) -> bool:
    """Whether a visitor's browser is connected; without a server (a test, a notebook) everybody is here."""
    if visitor in _programs:
        return True
    try:
        return not runtime.exists() or runtime.get_instance().is_active_session(visitor)
    except RuntimeError:  # it has just ended
        return True


_queue = JobQueue(sizes(), _is_here)
atexit.register(_queue.close)


def _visitor() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def _address() -> str:
    """Where the visitor of now comes from."""
    return _network(st.context.ip_address or "")


def _network(address: str) -> str:
    """Whom a limit holds for; "" for this machine, so also for a proxy on it that is not told apart."""
    try:
        return "" if ipaddress.ip_address(address).is_loopback else rates.network(address)
    except ValueError:
        return rates.network(address)


def ask(
    seat: str,
    task: str,
    *arguments: object,
    key: tuple[Hashable, ...],
    urgent: bool = False,
    rest: float = 0,
    wide: bool = False,
) -> Job:
    """Say what the visitor wants on a seat: it begins, is shared with others who want it, or is there already.

    Call it in every run of the page. A failure is told again for ten seconds, then the next question tries anew.

    Args:    seat: names a place of the page; task: "module:function"; arguments: what `ui.server.wire` can carry;
             key: the content of the question, which tells it from all others of the task; urgent: a moment's work,
             which does not wait behind long work; rest: seconds in which the visitor may still ask otherwise;
             wide: it uses all cores and much memory: one at a time, while other work has the other workers.
    Returns: the job; refused work comes as a job that failed. Keep it beyond the run only if its result is small: the
             cache that holds results is bounded, what pages keep is not.
    """
    return _queue.ask(_visitor(), seat, task, arguments, key, urgent, rest, _address(), wide)


def at(seat: str) -> Job | None:
    """What the visitor wants on a seat and has not got yet."""
    return _queue.at(_visitor(), seat)


def release(seat: str) -> None:
    """The visitor no longer wants what they asked for on a seat."""
    _queue.release(_visitor(), seat)


def only(*wanted: str) -> None:
    """The visitor wants nothing any more but what they asked for on these seats."""
    for seat in _queue.seats(_visitor()) - set(wanted):
        release(seat)


def cached(key: tuple, make: Callable[[], Value] | None = None) -> Value | None:
    """What was made before under this key; else what `make` makes, here and now, for the memory that all share."""
    return _queue.cached(key, make)


def later(seat: str, task: str, *arguments: object, key: tuple[Hashable, ...]) -> Callable[[], object]:
    """What asks as `ask` does, for the visitor of now, and waits for the result: for a download button's data.

    It raises JobError where the work failed, and gives None where the visitor has left.
    """
    visitor, address = _visitor(), _address()

    def result() -> object:
        job = _queue.ask(visitor, seat, task, arguments, key, False, 0, address)
        job.wait(None)
        return job.value()

    return result


def give_way() -> None:
    """Let this run end here if its visitor wants something else, as every element does; but nothing is sent for it.

    For whoever waits in a run: Streamlit looks whenever a script reads its session's state.
    """
    st.session_state.get("_")


@messages.fragment(run_every=0.5)
def follow(*seats: str) -> None:
    """Runs the page again when what the visitor wants on one of these seats is over."""
    if any((job := at(seat)) is None or job.over for seat in seats):
        st.rerun()


def forget(content: str) -> None:
    """Drop all results whose key names this content, at the queue's next turn: what a visitor brought has gone."""
    _queue.forget(content)


def digest(data: bytes) -> str:
    """What tells one content from another, for a key."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


async def answer(
    task: str, *arguments: object, address: str, urgent: bool, gone: Callable[[], Awaitable[bool]]
) -> object:
    """What a program gets that asks once and waits, by the same queue and limits as visitors; nothing of it is kept.

    Programs leave half of the queue's places to visitors: where these are taken, they wait outside for a while.

    Args:    task, arguments, urgent: as `ask`; address: where it comes from; gone: whether it has left.
    Raises:  JobError: the work failed, or the program has left. JobBusy: too much is under way.
    """
    program, pause = f"program {secrets.token_hex(8)}", FIRST_LOOK
    _programs.add(program)
    try:
        job, began = None, time.monotonic()
        while job is None or not job.over:
            if job is None and not _queue.crowded:
                job, pause = (
                    _queue.ask(program, "", task, arguments, (program,), urgent, 0, _network(address)),
                    FIRST_LOOK,
                )
                continue
            if job is None and time.monotonic() - began > PATIENCE:
                raise JobBusy("Many are having long work done just now.", own=False)
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, LAST_LOOK)
            if await gone():
                raise JobError("The program that asked has left.")
        return job.value()
    finally:
        _programs.discard(program)
        _queue.release(program, "")
        _queue.forget(program)


def warm_up() -> None:
    """Have a worker ready before the first question."""
    _queue.start()


def status() -> dict[str, int]:
    """How the queue stands: workers alive and busy, jobs waiting, and how many may wait."""
    return _queue.status()


def words(job: Job) -> str:
    """Where a job that waits stands, for the visitor."""
    return f"Waiting, {job.ahead} ahead of you" if job.ahead else "Waiting, you are next"


def failed(job: Job) -> bool:
    """Whether a job that is over has no result; the page then says why."""
    if job.problem:
        st.warning(job.problem, icon=":material/info:")
    elif job.state == "cancelled":
        st.caption(":material/info: Cancelled.")
    return job.state != "done"


shell.leaving.append(only)
