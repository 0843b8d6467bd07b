"""A value that its control cannot have is its default: one place checks, for every control of every page."""

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.testing.v1 import AppTest

from ui.server import values

OTHER = [
    {"string_value": "x"}, {"int_value": 2**62}, {"double_value": float("nan")}, {"json_value": "{"},
    {"bytes_value": b"\xff"}, {"double_array_value": {"data": [float("nan")]}}, {"string_array_value": {"data": []}},
]  # fmt: skip


def page() -> None:
    import streamlit as st

    from ui.server import values

    values.check()
    shown = [
        st.slider("a", 0.0, 1.0, 0.5, key="a"),
        st.number_input("b", 0, 9, 3, key="b"),
        st.selectbox("c", ["x", "y"], key="c"),
        st.toggle("d", key="d"),
        st.segmented_control("e", ["x", "y"], default="x", key="e", required=True),
        st.text_input("f", "words", key="f"),
    ]
    st.button("g", on_click=lambda: None)
    st.text(repr(shown))


@pytest.mark.parametrize("other", OTHER, ids=lambda other: next(iter(other)))
def test_a_value_of_another_type_is_the_default(other):
    at = AppTest.from_function(page).run()
    default = at.text[0].value
    controls = at.session_state._state._state._new_widget_state.widget_metadata
    assert len(controls) == 7
    kind = next(iter(other))
    sent = [
        WidgetState(id=key, **other)
        for key, control in controls.items()
        if control.value_type != kind or "nan" in str(other)
    ]
    assert sent
    at._run(WidgetStates(widgets=sent))
    assert not at.exception and at.text[0].value == default


def test_what_is_not_offered_is_the_default():
    at = AppTest.from_function(page).run()
    default = at.text[0].value
    controls = at.session_state._state._state._new_widget_state.widget_metadata
    other = {"string_value": {"string_value": "z"}, "string_array_value": {"string_array_value": {"data": ["z"]}}}
    choosing = [key for key in controls if key.endswith(("-c", "-e"))]
    assert len(choosing) == 2
    at._run(WidgetStates(widgets=[WidgetState(id=key, **other[controls[key].value_type]) for key in choosing]))
    assert not at.exception and at.text[0].value == default
    at.selectbox(key="c").set_value("y").run()
    assert "'y'" in at.text[0].value  # and what is offered is heard


def test_a_whole_number_that_a_link_has_set_is_heard():
    at = AppTest.from_function(page).run()
    (key,) = (key for key in at.session_state._state._state._new_widget_state.widget_metadata if key.endswith("-b"))
    at._run(WidgetStates(widgets=[WidgetState(id=key, int_value=7)]))
    assert not at.exception and at.number_input(key="b").value == 7


def test_it_is_logged_once(caplog):
    values._tell.cache_clear()
    for _ in range(3):
        test_a_value_of_another_type_is_the_default(OTHER[0])
    assert [record.name for record in caplog.records].count("autoencoder_lab") == 1


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('{"a": [1, 2.5, null, {"b": ""}]}', True), ("3", True), ("{", False), ("", False), ("[NaN]", False),
        ('{"a": -Infinity}', False), ("[" * 100 + "]" * 100, False), ("[" * 100_000, False),
    ],
)  # fmt: skip
def test_what_is_readable(text, good):
    assert values.readable(text) == good


def test_a_component_s_state_is_an_object():
    assert values.readable('{"a": 1}', (dict,)) and not values.readable('"x"', (dict,))


def test_a_callback_that_cannot_make_sense_of_a_message_changes_nothing(caplog):
    heard = []

    def picked(message: object = []) -> None:
        heard.append(message in {"a", "b"})

    values._tell_of.cache_clear()
    call = values.forgiving(picked)
    call("a")
    call()
    call([])
    assert heard == [True] and len(caplog.records) == 1
