"""The lab's log: an error with its traceback, the same one not more than once a minute."""

import logging
import threading
import time
from collections import Counter

QUIET = 60.0  # seconds in which the same error is logged once
_MOST_KINDS = 1_000  # that are told apart
log = logging.getLogger("autoencoder_lab")

_logged: dict[tuple, float] = {}  # kind of error -> when it was logged last
_silent: Counter[tuple] = Counter()  # kind -> how often it came since
_lock = threading.Lock()


def report(error: Exception, what: str = "A part of the page failed") -> None:
    """Log an error with its traceback; one of the same kind at the same place once a minute, with how often it came."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    kind = (type(error).__name__, place and place.tb_frame.f_code.co_filename, place and place.tb_lineno)
    now = time.monotonic()
    with _lock:
        if now - _logged.get(kind, -QUIET) < QUIET:
            _silent[kind] += 1
            return
        if len(_logged) >= _MOST_KINDS:
            _logged.clear()
            _silent.clear()
        _logged[kind] = now
        again = _silent.pop(kind, 0)
    log.error("%s%s", what, f" ({again} times more since)" if again else "", exc_info=error)
