"""The interface for programs where no server is needed: limits, a full lab, which type is wanted."""

import json

import pytest

from tests.requested import requested
from ui.server import api, bodies, jobs, patience, rates
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
    assert problem["detail"].startswith("Too much") == own and headers["retry-after"] == "10"


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


def test_bodies_together_have_a_limit_and_are_let_go(monkeypatch):
    full(monkeypatch, jobs.JobError("No more."))
    told(generate(body=b"text=7", headers={"content-type": bodies.FIELDS}), 500)
    assert bodies.Memory.held == 0
    monkeypatch.setattr(bodies, "TOGETHER", 5)
    assert told(generate(body=b"text=7", headers={"content-type": bodies.FIELDS}), 503)[1]["retry-after"] == "10"
    assert bodies.Memory.held == 0


def test_who_sends_too_much_may_end_before_it_hears_so(monkeypatch):
    monkeypatch.setattr(bodies, "MOST", 60_000)
    told(generate(body=b"x" * 120_000, headers={"content-type": "image/png"}), 413)
    told(generate(body=b"", headers={"content-length": "120000", "expect": "100-continue"}), 413)
    told(generate(body=b"", headers={"content-length": str(10**12)}), 413)


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [
        (bodies.FIELDS, b"text=a+thick+7&seed=1", ({"text": "a thick 7", "seed": "1"}, {}, b"")),
        (bodies.FIELDS, "text=sieben ü".encode(), ({"text": "sieben ü"}, {}, b"")),
        (bodies.FIELDS, b'{"text": "7"}', ({}, {}, b'{"text": "7"}')),  # curl -d without a type
        (bodies.FIELDS, b"\xff\xd8\xff\xe0", ({}, {"picture": b"\xff\xd8\xff\xe0"}, b"")),
        ("image/jpeg", b"\xff\xd8", ({}, {"picture": b"\xff\xd8"}, b"")),
        ("application/json; charset=utf-8", b"\xef\xbb\xbf{}", ({}, {}, b"{}")),
        ("application/geo+json", b"{}", ({}, {}, b"{}")),
        ("", b"", ({}, {}, b"")),
    ],
)
def test_a_body_is_read_as_its_sender_means_it(monkeypatch, kind, body, sent):
    asked = []

    async def answer(task, verb, *question, **settings):
        from aecore.service.answers import Reply

        asked.append(question)
        return Reply(body=b"{}")

    monkeypatch.setattr(jobs, "answer", answer)
    assert generate(body=body, headers={"content-type": kind})[0] == 200
    said, json_text, files, _, _ = asked[0]
    assert (said, files, json_text) == sent


@pytest.mark.parametrize(
    ("status", "body", "headers", "query"),
    [
        (400, b"&".join(b"a%d=1" % n for n in range(30)), {"content-type": bodies.FIELDS}, ""),
        (415, b"x", {"content-type": bodies.JSON, "content-encoding": "gzip"}, ""),
        (415, b"x", {}, ""),
        (422, b"text=7", {"content-type": bodies.FIELDS}, "text=8"),
        (422, b"", {}, "text=7&text=8"),
    ],
)
def test_what_is_no_question_never_reaches_a_worker(monkeypatch, status, body, headers, query):
    monkeypatch.setattr(jobs, "answer", None)
    told(generate(body=body, headers=headers, query=query), status)


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
