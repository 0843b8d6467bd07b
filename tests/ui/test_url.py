"""ui.url: the session and the URL agree, whoever of them knows better."""

import pytest
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from ui import url

KEYS = ("one", "two")


def page():
    import streamlit as st

    from ui import url

    if not st.session_state.get("fragment"):
        st.session_state["changed"] = url.read("one", "two")
    url.put(st.session_state.get("put", {}))
    st.session_state["read"] = list(url.get("one", "two"))


@pytest.fixture
def at() -> AppTest:
    """The page, to which a visitor came by a link."""
    at = AppTest.from_function(page)
    at.query_params["one"] = "1"
    return run(at, came=True)


def run(at: AppTest, came: bool = False, fragment: bool = False, url: dict[str, str] | None = None) -> AppTest:
    at.session_state["_came"], at.session_state["fragment"] = came, fragment
    if url is not None:
        at.query_params.clear()
        at.query_params.update(url)
    at.run()
    assert not at.exception
    return at


def address(at: AppTest) -> dict[str, str]:
    flat = {key: at.query_params.get(key) for key in KEYS if key in at.query_params}
    return {key: value[0] if isinstance(value, list) else value for key, value in flat.items()}


def test_a_link_says_what_is_kept(at):
    assert at.session_state["read"] == ["1", None] and not at.session_state["changed"]
    assert address(at) == {"one": "1"}


def test_who_comes_back_from_another_page_finds_what_they_had(at):
    run(at, came=True, url={})
    assert at.session_state["read"] == ["1", None] and not at.session_state["changed"]
    assert address(at) == {"one": "1"}


def test_who_comes_back_by_a_link_gets_the_link_s_and_nothing_else(at):
    run(at, came=True, url={"two": "2"})
    assert at.session_state["read"] == [None, "2"] and at.session_state["changed"]


@pytest.mark.parametrize("there", [{}, {"one": "0"}, {"two": "2"}])
@pytest.mark.parametrize("came", [False, True])
def test_going_back_in_the_history_goes_back(at, there, came, monkeypatch):
    monkeypatch.setattr(url, "_went_back", lambda: True)
    run(at, came=came, url=there)
    assert at.session_state["read"] == [there.get(key) for key in KEYS] and at.session_state["changed"]
    assert address(at) == there


@pytest.mark.parametrize("there", [{}, {"one": "0"}, {"one": "1", "two": "2"}])
@pytest.mark.parametrize("fragment", [False, True])
def test_a_url_that_lags_is_set_right(at, there, fragment):
    at.session_state["changed"] = False
    run(at, fragment=fragment, url=there)
    assert at.session_state["read"] == ["1", None] and not at.session_state["changed"]
    assert address(at) == {"one": "1"}


@pytest.mark.parametrize(("value", "there"), [(None, {}), ("0", {"one": "0"})])
def test_a_change_is_sent_though_the_url_that_came_says_so_already(at, value, there, monkeypatch):
    sent = []
    real = QueryParams._send_query_param_msg
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", lambda self: (sent.append(1), real(self)))
    at.session_state["put"] = {"one": value}
    run(at, fragment=True, url=there)
    assert len(sent) == 1 and address(at) == there
    run(at, fragment=True)
    assert len(sent) == 1  # and once is enough


def test_several_keys_are_one_step_of_the_history(at, monkeypatch):
    sent = []
    monkeypatch.setattr(QueryParams, "_send_query_param_msg", lambda self: sent.append(1))
    at.session_state["put"] = {"one": "3", "two": "4"}
    run(at, fragment=True)
    assert len(sent) == 1 and at.session_state["read"] == ["3", "4"]
