"""The log: the same error once a minute with a count, and JSON lines that hold no visitor's data."""

import io
import json
import logging

import pytest

from ui import log


def failing(text: str) -> None:
    raise ValueError(text)


def failed(text: str = "a secret") -> ValueError:
    try:
        failing(text)
    except ValueError as error:
        return error


@pytest.fixture
def logged():
    """A logger with a filter and the lines that it writes: (logger, lines())."""
    stream, logger = io.StringIO(), logging.Logger("a.library")
    handler = logging.StreamHandler(stream)
    handler.addFilter(log.Quiet())
    handler.setFormatter(log.Lines())
    logger.addHandler(handler)
    return logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_error_is_told_without_what_a_visitor_sent(logged):
    logger, lines = logged
    logger.error("A part failed: %s", "a secret", exc_info=failed())
    (line,) = lines()
    assert line["error"] == "ValueError" and line["level"] == "error" and line["logger"] == "a.library"
    assert line["places"][-1].endswith("failing") and "a secret" not in json.dumps(line)
    assert line["event"] == "A part failed: %s"


def test_other_events_are_one_line_each_whatever_they_hold(logged):
    logger, lines = logged
    logger.warning("%s\nis old", "vae")
    assert [line["event"] for line in lines()] == ["vae\nis old"]


def test_the_same_error_is_logged_once_a_minute_with_a_count(logged, monkeypatch):
    logger, lines = logged
    moment = [1000.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: moment[0])
    for _ in range(5):
        logger.error("A part failed", exc_info=failed())
    logger.error("Another", exc_info=TypeError("elsewhere"))
    assert [line["error"] for line in lines()] == ["ValueError", "TypeError"]
    moment[0] += log.QUIET
    logger.error("A part failed", exc_info=failed())
    assert lines()[-1]["event"] == "A part failed (4 times more since)"


def test_a_record_that_passes_two_handlers_counts_once():
    quiet, record = log.Quiet(), logging.Logger("x").makeRecord(
        "x", logging.ERROR, "", 1, "failed", (), (ValueError, failed(), None)
    )  # fmt: skip
    assert quiet.filter(record) and quiet.filter(record)


def test_what_is_no_error_always_passes():
    record = logging.Logger("x").makeRecord("x", logging.WARNING, "", 1, "hello", (), None)
    quiet = log.Quiet()
    assert all(quiet.filter(record) for _ in range(3))


def test_install_reaches_the_handlers_of_libraries(monkeypatch):
    logger, stream = logging.getLogger("a.library.with.handler"), io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    before = [(h, h.formatter, list(h.filters)) for h in logging.getLogger().handlers]
    level = logging.getLogger("uvicorn.error").level
    monkeypatch.setenv("AECORE_LOG", "json")
    try:
        log.install()
        for _ in range(3):
            logger.error("failed", exc_info=failed())
        (line,) = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert line["event"] == "failed"
    finally:
        logger.removeHandler(handler)
        logging.getLogger("uvicorn.error").setLevel(level)
        for h, formatter, filters in before:
            h.setFormatter(formatter)
            h.filters[:] = filters
