"""Errors become words, on whole pages and in fragments that run alone; the log stays short."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from tests.visits import sound, visit
from ui import log, messages, shell


@pytest.fixture(autouse=True)
def nothing_logged_yet(monkeypatch):
    monkeypatch.setattr(log.log, "filters", [log.Quiet()])


def in_a_fragment():
    import streamlit as st

    from ui import messages

    @messages.fragment(key="part")
    def part():
        st.button("Again", key="again")
        raise KeyError("secret detail")

    part()
    st.text("The rest stands.")


def test_an_error_in_a_fragment_is_a_sentence_and_the_rest_of_the_page_stands():
    at = AppTest.from_function(in_a_fragment).run()
    for _ in range(2):
        assert not at.exception
        assert len(at.error) == 1 and "secret" not in at.error[0].value
        assert at.text[0].value == "The rest stands."
        at.button(key="again").click().run()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("denoise_strength", float("nan")),
        ("denoise_strength", [0.5]),
        ("denoise_corruption", None),
        ("denoise_models", "dae"),
    ],
)
def test_odd_values_of_widgets_are_no_exception_box(key, value):
    at = visit("denoise")
    at.session_state[key] = value
    at.run()
    assert not at.exception
    assert len(at.error) <= 1


def test_a_page_that_cannot_be_shown_offers_to_start_over(monkeypatch):
    def broken(name, notice):
        raise TypeError("secret detail")

    with monkeypatch.context() as patched:
        patched.setattr(shell, "title", broken)
        at = visit("denoise", denoise_seed="11")
        assert not at.exception
        (error,) = at.error
        assert "Start over" in error.value and "secret" not in error.value
    sound(at.button(key="start_over").click().run())
    assert at.number_input(key="denoise_seed").value == 7


def test_the_same_error_is_logged_once_a_minute_with_a_count(caplog, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(log.time, "monotonic", lambda: now[0])

    def fail(number):
        try:
            raise ValueError(number)
        except ValueError as error:
            log.report(error)

    with caplog.at_level(logging.ERROR, logger="autoencoder_lab"):
        for number in range(50):
            fail(number)
        assert len(caplog.records) == 1
        now[0] += log.QUIET + 1
        fail(50)
    assert len(caplog.records) == 2
    assert "49 times more" in caplog.records[1].getMessage()
    assert messages.report is log.report
