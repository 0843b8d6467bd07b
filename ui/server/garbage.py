"""When garbage is collected: every few seconds while visitors do something, and not after every run.

Streamlit collects after each run of a script (runner.postScriptGC), with all other visitors' runs waiting: with twenty
visitors more than half of the time in which the interpreter can do something went there. Never to collect is no choice:
what a visitor leaves behind lies in cycles, and its memory would come back late. What is old is collected least often:
it takes longest, and everybody waits.
"""

import contextlib
import ctypes
import gc
import sys
import threading
import time

EVERY = 5.0  # s
_ALL = 6  # times between two collections of all; between them it is the young objects'
_ARENAS = 2  # of the allocator: each thread that gets one of its own keeps some free memory for itself
_M_ARENA_MAX = -8  # glibc's name for it


def begin() -> None:
    """Collect from now on, in a thread of its own, as long as something happens."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        _libc().mallopt(_M_ARENA_MAX, _ARENAS)
    threading.Thread(target=_run, name="garbage", daemon=True).start()


def _run() -> None:
    seen = due = 0
    while True:
        time.sleep(EVERY)
        now = _young()
        if now == seen:
            if due:  # it has become quiet
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
    with contextlib.suppress(OSError, AttributeError):
        _libc().malloc_trim(0)
    return 0


def _young() -> int:
    """How often the youngest objects were collected: it grows with every few hundred new ones."""
    return gc.get_stats()[0]["collections"]


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL("libc.so.6" if sys.platform == "linux" else None)
