"""When garbage is collected: every few seconds while visitors do something, and not after every run.

Streamlit collects after each run of a script (runner.postScriptGC), with all other visitors' runs waiting: with twenty
visitors more than half of the time in which the interpreter can do something went there. Never to collect is no choice:
what a visitor leaves behind lies in cycles, and its memory would come back late. What is old is collected least often:
it takes longest, and everybody waits.
"""

import asyncio
import contextlib
import ctypes
import gc
import sys
import threading
import time

EVERY = 5.0  # s
_ALL = 6  # times between two collections of all; between them it is the young objects'
_ARENAS = 2  # of the allocator: each thread that gets one of its own keeps some free memory for itself
# Bytes: what takes so many goes back to the system at once. Left to itself the allocator soon holds on to 32 MB each,
# and a crowd's arrays and messages leave holes for good: 40 visitors took 1.7 GB, and with this 1.2
_LARGE = 2**20
_SPARE = 8 * 2**20  # bytes that are free at the end of its memory, from which on they go back, too
_M_ARENA_MAX, _M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -8, -3, -1  # glibc's names
_ended = threading.Event()  # sessions have, since all garbage was collected


def begin() -> None:
    """Collect from now on, in a thread of its own, as long as something happens."""
    few_arenas()
    with contextlib.suppress(OSError, AttributeError):
        _libc().mallopt(_M_MMAP_THRESHOLD, _LARGE)
        _libc().mallopt(_M_TRIM_THRESHOLD, _SPARE)
    threading.Thread(target=_run, name="garbage", daemon=True).start()


async def forget_who_left() -> None:
    """End sessions whose visitors have not come back, in the server's own loop, for ever.

    Streamlit holds a session for two minutes after its connection was lost, and looks which of them are due only when
    the next one is lost: what the last visitors of a lesson left would stay until the next lesson.
    """
    from streamlit import runtime  # late: workers need the rest of this module, and no screen

    while True:
        await asyncio.sleep(EVERY)
        if runtime.exists():
            storage = runtime.get_instance()._session_mgr._session_storage  # no public name
            if storage._cache.expire():
                _ended.set()


def few_arenas() -> None:
    """Let the threads of this process share what the allocator holds for them."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        _libc().mallopt(_M_ARENA_MAX, _ARENAS)


def trim() -> None:
    """Give memory that is free back to the system."""
    with contextlib.suppress(OSError, AttributeError):
        _libc().malloc_trim(0)


def _run() -> None:
    seen = due = 0
    while True:
        time.sleep(EVERY)
        now = _young()
        if now == seen:
            if due or _ended.is_set():  # it has become quiet
                _ended.clear()
                due = _all()
            continue
        due += 1
        if due < _ALL:
            gc.collect(1)
        else:
            due = _all()
        seen = _young()


def _all() -> int:
    """Collect all garbage and give free memory back to the system; nothing is due after it."""
    gc.collect()
    trim()
    return 0


def _young() -> int:
    """How often the youngest objects were collected: it grows with every few hundred new ones."""
    return gc.get_stats()[0]["collections"]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL("libc.so.6" if sys.platform == "linux" else None)
