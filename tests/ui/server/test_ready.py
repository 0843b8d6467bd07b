"""/ready says whether pages can be shown, and why not yet."""

import json

import pytest

from aecore.engine import Engine
from tests.requested import requested
from ui.server import jobs, ready


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """An engine without checkpoints at hand, unless a test puts some there."""
    own = Engine("cpu")
    monkeypatch.setattr("aecore.engine._engine", own)
    monkeypatch.setattr(own, "names", lambda: ["ae", "dae"])
    monkeypatch.setattr(ready.shell, "imported", lambda: True)
    monkeypatch.setattr(ready, "_begin", lambda: None)
    monkeypatch.setattr(jobs, "status", lambda: {"alive": 1, "busy": 0, "waiting": 0, "most": 24})
    return own


def asked() -> tuple[int, dict]:
    status, _, body = requested(ready.ROUTES, "ready")
    return status, json.loads(body)


def test_it_waits_for_the_models(engine):
    status, state = asked()
    assert status == 503 and state["waits_for"] == "models" and state["models"]["left"] == ["ae", "dae"]


def test_a_broken_model_is_named_and_holds_nothing_up(engine):
    engine._models["ae"], engine._problems["dae"] = object(), "It is damaged."
    status, state = asked()
    assert status == 200 and state["models"] == {"loaded": 1, "left": [], "broken": ["dae"]}
    assert state["version"] and state["queue"] == {"waiting": 0, "most": 24}


def test_it_waits_for_a_worker(engine, monkeypatch):
    engine._models |= {"ae": object(), "dae": object()}
    monkeypatch.setattr(jobs, "status", lambda: {"alive": 0, "busy": 0, "waiting": 0, "most": 24})
    status, state = asked()
    assert status == 503 and state["waits_for"] == "workers"


def test_whoever_asks_begins_the_preparation(engine, monkeypatch):
    begun = []
    monkeypatch.setattr(ready.shell, "imported", lambda: True)
    monkeypatch.setattr(ready, "_begin", lambda: begun.append(True))
    asked()
    assert begun == [True]


def test_before_the_imports_are_whole_nothing_of_theirs_is_touched(monkeypatch):
    monkeypatch.setattr(ready.shell, "imported", lambda: False)
    monkeypatch.setattr(ready, "_begin", lambda: None)
    assert asked() == (503, {"ready": False, "waits_for": "imports"})
