"""The server's log: the same error not more than once a minute, and one JSON line an event where that is asked for.

A log for people shows tracebacks. The log of a public server, AECORE_LOG=json, holds no visitor's data: of an error it
tells the type and the places in the code, and not its message, which may quote what a visitor has sent.
"""

import json
import logging
import os
import threading
import time
import traceback
from collections import Counter

QUIET = 60.0  # seconds in which the same error is logged once
_MOST_KINDS = 1_000  # that are told apart
_MOST_PLACES = 12  # of an error, the innermost
log = logging.getLogger("autoencoder_lab")


class Quiet(logging.Filter):
    """Lets an error pass once a minute, with how often it came since; what is no error passes as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._logged: dict[tuple, float] = {}  # kind of error -> when it was logged last
        self._silent: Counter[tuple] = Counter()  # kind -> how often it came since
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to log this one. A record that passes several handlers counts once."""
        kind = kind_of(record)
        if kind is None:
            return True
        if not hasattr(record, "again"):
            record.again = self._again(kind)
            if record.again:
                record.msg = f"{record.msg} ({record.again} times more since)"
        return record.again is not None

    def _again(self, kind: tuple) -> int | None:
        """How often this kind came since it was logged; None if that was less than a minute ago."""
        now = time.monotonic()
        with self._lock:
            if now - self._logged.get(kind, -QUIET) < QUIET:
                self._silent[kind] += 1
                return None
            if len(self._logged) >= _MOST_KINDS:
                self._logged.clear()
                self._silent.clear()
            self._logged[kind] = now
            return self._silent.pop(kind, 0)


class Lines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event; of an error its type and where it came about."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        event = {"time": f"{moment}.{int(record.msecs):03d}Z", "level": record.levelname.lower(), "logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return json.dumps(event | {"event": record.getMessage()})
        frames = traceback.extract_tb(error.__traceback__)[-_MOST_PLACES:]
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        # the text before its arguments are filled in: they may quote the error
        return json.dumps(event | {"event": str(record.msg), "error": type(error).__name__, "places": places})


def kind_of(record: logging.LogRecord) -> tuple | None:
    """What makes two errors the same: the type, and the line where it was raised. None: no error is logged."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return None
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return type(error).__name__, place and place.tb_frame.f_code.co_filename, place and place.tb_lineno


def report(error: Exception, what: str = "A part of the page failed") -> None:
    """Log an error with its traceback; one of the same kind at the same place once a minute, with how often it came."""
    log.error(what, exc_info=error)


def install() -> None:
    """Let all that this process logs pass here: its own, Streamlit's, Uvicorn's. Call it when the server has begun.

    $AECORE_LOG chooses: "json" for one object a line; else as it was.
    """
    quiet, lines = Quiet(), os.environ.get("AECORE_LOG", "").strip().lower() == "json"
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    loggers = [root, *(logging.getLogger(name) for name in list(root.manager.loggerDict))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        handler.addFilter(quiet)
        if lines:
            handler.setFormatter(Lines())
    if lines:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)  # below it names visitors' addresses


log.addFilter(Quiet())  # workers and tests, too
