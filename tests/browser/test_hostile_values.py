"""What no browser of ours would send: widget values of another type, over the websocket, in a real server."""

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.browser.visitor import DESK, idle, repeated

pytestmark = pytest.mark.browser
OTHERS = [
    {"string_value": "x"},
    {"int_value": 2**62},
    {"double_value": float("nan")},
    {"json_value": "{"},
    {"bytes_value": b"\xff"},
]


def disturbed(packed: bytes, other: dict, spoiled: list[str]) -> bytes:
    """A browser's message in which every widget has another value; `spoiled` hears of each."""
    message = BackMsg.FromString(packed)
    for widget in message.rerun_script.widget_states.widgets:
        spoiled.append(widget.id)
        widget.CopyFrom(WidgetState(id=widget.id, **other))
    return message.SerializeToString()


def test_a_value_of_another_type_costs_no_more_than_a_reload(serve, open_page):
    page = open_page("about:blank", **DESK)
    other: list[dict] = []  # what is sent instead, while there is something
    spoiled: list[str] = []

    def between(socket) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda packed: server.send(disturbed(packed, other[0], spoiled) if other else packed))

    page.route_web_socket("**/_stcore/stream", between)
    page.goto(f"{serve('app.py')}/denoise")
    for value in OTHERS:
        page.get_by_role("heading", level=1).wait_for()
        idle(page)
        other[:] = [value]
        spoiled.clear()
        # Streamlit's own key for a run, which is not heard while one is under way
        repeated(page, lambda: page.keyboard.press("r"), lambda: spoiled, lambda: "nothing was asked")
        idle(page)
        assert page.get_by_test_id("stException").count() == 0, value
        other.clear()
        page.reload()
    page.get_by_role("heading", level=1).wait_for()
    idle(page)
    assert page.get_by_test_id("stException").count() == 0 and page.get_by_test_id("stAlert").count() == 0
