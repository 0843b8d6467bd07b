"""ui.link: the session and the URL agree, whoever of them knows better."""

import pytest
from streamlit.testing.v1 import AppTest

KEYS = ("one", "two")


def page():
    import streamlit as st

    from ui import link

    if not st.session_state.get("fragment"):
        st.session_state["changed"] = link.take("one", "two")
    st.session_state["read"] = [link.get("one"), link.get("two")]


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


def url(at: AppTest) -> dict[str, str]:
    flat = {key: at.query_params.get(key) for key in KEYS if key in at.query_params}
    return {key: value[0] if isinstance(value, list) else value for key, value in flat.items()}


def test_a_link_says_what_is_kept(at):
    assert at.session_state["read"] == ["1", None] and not at.session_state["changed"]
    assert url(at) == {"one": "1"}


def test_who_comes_back_from_another_page_finds_what_they_had(at):
    run(at, came=True, url={})
    assert at.session_state["read"] == ["1", None] and not at.session_state["changed"]
    assert url(at) == {"one": "1"}


def test_who_comes_back_by_a_link_gets_the_link_s_and_nothing_else(at):
    run(at, came=True, url={"two": "2"})
    assert at.session_state["read"] == [None, "2"] and at.session_state["changed"]


@pytest.mark.parametrize("there", [{}, {"one": "0"}, {"two": "2"}])
def test_going_back_in_the_history_goes_back(at, there):
    run(at, url=there)
    assert at.session_state["read"] == [there.get(key) for key in KEYS] and at.session_state["changed"]
    assert url(at) == there


@pytest.mark.parametrize("there", [{}, {"one": "0"}, {"one": "1", "two": "2"}])
def test_a_url_that_lags_is_set_right(at, there):
    run(at, fragment=True, url=there)
    assert at.session_state["read"] == ["1", None]
    assert url(at) == {"one": "1"}
