"""The interface for programs where no server is needed: limits, a full lab, which type is wanted."""

import json

import pytest

from tests.requested import requested
from ui.server import api, jobs, patience, rates
from ui.server.descriptors import Descriptors


def told(answer: tuple[int, dict[str, str], bytes], status: int) -> tuple[dict, dict[str, str]]:
    """The problem that an answer tells, and the answer's headers."""
    assert answer[0] == status and answer[1]["content-type"] == "application/problem+json"
    return json.loads(answer[2]), answer[1]


def full(monkeypatch, error: Exception) -> None:
    async def answer(*arguments, **settings):
        raise error

    monkeypatch.setattr(jobs, "answer", answer)


def generate(**more) -> tuple[int, dict[str, str], bytes]:
    return requested(api.ROUTES, "api/v1/generate", method="POST", **more)


@pytest.mark.parametrize(("own", "status"), [(True, 429), (False, 503)])
def test_a_full_lab_says_when_to_come_back(monkeypatch, own, status):
    full(monkeypatch, jobs.JobBusy("Too much is under way. Try again later.", own))
    problem, headers = told(generate(), status)
    assert problem["detail"].startswith("Too much") and headers["retry-after"] == "10"


def test_work_that_failed_is_told_and_a_fault_of_ours_is_not(monkeypatch, caplog):
    full(monkeypatch, jobs.JobError("The work took more than 300 seconds and was stopped. Try something smaller."))
    assert "smaller" in told(generate(), 500)[0]["detail"]
    full(monkeypatch, KeyError("a secret of ours"))
    assert "secret" not in told(generate(), 500)[0]["detail"] and "could not be answered" in caplog.text


def test_limits_of_the_server_are_problems_to_programs(monkeypatch):
    monkeypatch.setattr(rates, "MOST", {"/api/": 0})
    _, headers = told(generate(through=rates.Rates), 429)
    assert headers["retry-after"] == "10"
    monkeypatch.setattr(patience, "BODY", -1.0)
    monkeypatch.setattr(patience, "SLOWEST", 10**9)
    told(generate(through=patience.Patience, body=b"slow"), 408)
    monkeypatch.setattr("ui.server.descriptors.left", lambda: 0)
    told(generate(through=Descriptors), 503)


@pytest.mark.parametrize(
    ("accepted", "draws", "kind"),
    [
        ("", True, api.JSON),
        ("*/*", True, api.JSON),
        ("image/png", True, api.PNG),
        ("image/*;q=0.9, application/json;q=0.8", True, api.PNG),
        ("image/webp, */*;q=0.1", True, api.JSON),
        ("IMAGE/PNG; q=1", True, api.PNG),
        ("text/html, image/*", True, api.PNG),
        ("*/*, application/json;q=0.2", True, api.PNG),
        ("image/png, application/json", False, api.JSON),
    ],
)
def test_the_type_that_is_liked_best_is_sent(monkeypatch, accepted, draws, kind):
    asked = []

    async def answer(task, verb, said, body, files, kind, patient, **settings):
        from aecore.service.answers import Reply

        asked.append(kind)
        return Reply(kind=kind, body=b"here")

    monkeypatch.setattr(jobs, "answer", answer)
    verb = "generate" if draws else "read"
    status, headers, body = requested(
        api.ROUTES, f"api/v1/{verb}", method="POST", headers={"accept": accepted} if accepted else {}
    )
    assert (status, body, asked) == (200, b"here", [kind]) and headers["content-type"] == kind


def test_what_takes_seconds_is_asked_again_for_the_long_queue(monkeypatch):
    asked = []

    async def answer(task, *arguments, urgent, **settings):
        from aecore.service.answers import Reply

        asked.append((arguments[-1], urgent))
        return Reply(body=b"{}") if arguments[-1] else None

    monkeypatch.setattr(jobs, "answer", answer)
    assert generate()[0] == 200 and asked == [(False, True), (True, False)]
