"""The pages' way to the engine, and what the process prepares once for all visitors."""

import contextlib
import functools
import os
import threading
import time

import torch
from streamlit import runtime

from aecore import referee
from aecore.engine import Engine, get_engine
from aecore.errors import AecoreError
from aecore.latent.linear import digits_axes
from aecore.restore import baselines
from ui.input.digit import all_test_digits
from ui.server import jobs, nursery

PAUSE = 1.5  # s in which the first visitor's browser has the machine to itself
engine = get_engine


@functools.cache
def warm_up() -> threading.Thread:
    """Load the remaining models and filters, and start a worker, once a process; call it when the page stands.

    It ends with the garbage collector's freeze (Engine.preload), which takes some 100 ms from every rerun. Threads
    of pages are daemons, this one is not: Torch aborts a process that ends in the middle of it.
    """
    thread = threading.Thread(target=_prepare, args=(get_engine(),), name="warm-up", daemon=False)
    thread.start()
    return thread


def _prepare(engine: Engine) -> None:
    time.sleep(PAUSE)
    baselines.warm_up()
    engine.preload(engine.names())
    _measure(engine)
    threading.Thread(target=_have_workers, name="workers", daemon=True).start()  # nobody who ends waits for it


def _have_workers() -> None:
    if runtime.exists():
        with contextlib.suppress(OSError):  # then each worker imports for itself
            nursery.for_workers()
    jobs.warm_up()


def share() -> None:
    """Load what all processes of a host have in common, before they are forked; never what begins a device."""
    all_test_digits()
    if os.environ.get("AECORE_DEVICE", "").strip().lower() not in ("", "cpu") or torch.cuda.is_available():
        return
    engine = get_engine()
    for name in engine.names():
        with contextlib.suppress(AecoreError):  # the pages say what is missing
            engine.model(name)
    baselines.warm_up()
    _measure(engine)


def _measure(engine: Engine) -> None:
    """What a process measures once, unless something is missing: then the pages say so."""
    with contextlib.suppress(AecoreError):
        for measure in (referee.distance, referee.loss):
            referee.limit(engine, measure)  # three seconds that the first visitor need not wait
        digits_axes()  # and a second for the first of Bottleneck


def available(engine: Engine, *names: str) -> list[str]:
    """Those of the names whose checkpoint is there and has a sound card, in the order given."""
    sound = []
    for name in names:
        try:
            engine.card(name)
        except AecoreError:
            continue
        sound.append(name)
    return sound
