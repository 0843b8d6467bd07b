"""Answers without a run: they say what the run would say, and what is no question gets none."""

import gc
import json

import pytest
import streamlit as st

from aecore.checkpoints import names
from tests.requested import requested
from tests.visits import sound, visit
from ui.input.pad.strokes import stroke
from ui.output import strip
from ui.server.ask import MAX_BYTES, ROUTES, offer

SEVEN = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
needs_models = pytest.mark.skipif(
    not {"judge", "dae", "ae-conv", "upscaler"} <= set(names()), reason="no trained models here"
)


@pytest.fixture
def state(monkeypatch):
    session = {}
    monkeypatch.setattr(st, "session_state", session)
    return session


def ask(address: str, body: bytes, method: str = "POST") -> tuple[int, bytes]:
    status, _, answer = requested(ROUTES, address, body, method)
    return status, answer


def test_a_question_gets_what_the_page_makes_of_it(state):
    address = offer("a_strip", lambda question: {"sum": sum(question)})
    assert ask(address, b"[1, 2, 3]") == (200, b'{"sum": 6}')
    assert offer("a_strip", lambda question: {"all": question}) == address  # the next run
    assert json.loads(ask(address, b"[1]")[1]) == {"all": [1]}
    assert offer("another", len) != address


def test_what_is_no_question_is_refused_in_numbers(state):
    def answer(question):
        if question == "wrong":
            raise ValueError
        if question == "broken":
            raise RuntimeError
        return question

    address = offer("a_strip", answer)
    assert ask("answers/nobody", b"[]")[0] == 404
    assert ask(address, b"[]", method="GET")[0] == 405
    for body in (b"", b"{", b"\xff\xfe", b'"wrong"', b"[" * 100_000):
        assert ask(address, body)[0] == 400
    assert ask(address, b'"broken"')[0] == 500
    assert ask(address, b" " * (MAX_BYTES + 1))[0] == 413
    assert ask(address, b'"right"') == (200, b'"right"')


def test_one_question_at_a_time(state):
    address = offer("a_strip", lambda question: ask(address, b"2")[0])
    assert ask(address, b"1") == (200, b"429")
    assert ask(address, b"1") == (200, b"429")  # the turn was given back


def test_an_offer_ends_with_its_session(state):
    address = offer("a_strip", lambda question: question)
    assert ask(address, b"1")[0] == 200
    state.clear()
    gc.collect()
    assert ask(address, b"1")[0] == 404


@needs_models
@pytest.mark.parametrize(
    ("page", "key", "params"),
    [
        ("home", "home_strip", {}),
        ("denoise", "denoise_strip", {"theme": "dark"}),
        (
            "denoise",
            "denoise_strip",
            {"denoise_corruption": "patch", "denoise_paste": "true", "denoise_errors": "true"},
        ),
        ("super_resolution", "super_strip", {"super_side": "7"}),
    ],
)
def test_the_answer_to_a_drawing_is_the_runs(monkeypatch, caplog, page, key, params):
    shown = []
    monkeypatch.setattr(strip, "_STRIP", lambda key, data, **_: shown.append(data))
    at = sound(visit(page, **params))
    address = shown[-1]["live"]["answers"]
    caplog.clear()
    status, body = ask(address, json.dumps(SEVEN).encode())
    assert status == 200
    assert not caplog.records  # where no script runs, nothing of Streamlit's may be asked
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": SEVEN}}
    sound(at.run())
    run = shown[-1]
    assert run["live"]["seq"] == 1
    answer = json.loads(body)
    assert answer == json.loads(json.dumps({name: run[name] for name in answer}))
    assert sum(len(group["tiles"]) for group in answer["groups"]) >= 3
    assert ask(address, b"[]")[0] == 200  # an empty sheet shows the example again
    assert ask(address, json.dumps([{"points": [1], "width": 3, "erase": False}]).encode())[0] == 400
