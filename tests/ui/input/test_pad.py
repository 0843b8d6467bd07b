"""The drawing pad's Python side: strokes to pictures, and messages from a client that may send anything."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from ui.input.pad import SIDE, Drawing, _receive, _State, rasterise
from ui.input.pad.strokes import MAX_POINTS, MAX_STROKES, parse_strokes, stroke

ONE = stroke([(0.5, 0.2), (0.5, 0.8)])
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def fresh() -> _State:
    drawing = Drawing(np.zeros((SIDE, SIDE), np.uint8), (), True, True, 0)
    return _State(drawing, nonce=0, start={"seq": 0, "strokes": []})


def message(**changes) -> dict:
    return {"seq": 1, "nonce": 0, "final": True, "strokes": [ONE], **changes}


# ---- pictures


@pytest.mark.parametrize("width", [0.04, 0.08, 0.16])
def test_a_line_covers_a_capsule(width):
    image = rasterise([stroke([(0.5, 0.2), (0.5, 0.8)], width)])
    area = (0.6 * width + np.pi * (width / 2) ** 2) * SIDE**2
    assert image.dtype == np.uint8 and image.shape == (SIDE, SIDE)
    assert image.sum() / 255 == pytest.approx(area, rel=0.05)
    rows, columns = np.nonzero(image)
    assert rows.mean() == pytest.approx(SIDE / 2, abs=1) and columns.mean() == pytest.approx(SIDE / 2, abs=1)


def test_a_point_is_a_disc():
    image = rasterise([stroke([(0.25, 0.75)], 0.2)])
    assert image.sum() / 255 == pytest.approx(np.pi * (0.1 * SIDE) ** 2, rel=0.05)
    assert image[round(0.75 * SIDE), round(0.25 * SIDE)] == 255


def test_the_edge_is_smooth():
    image = rasterise([stroke([(0.2, 0.3), (0.8, 0.7)])])
    assert len(np.unique(image)) > 8


def test_the_curve_runs_through_midpoints_and_cuts_corners():
    corner = rasterise([stroke([(0.2, 0.2), (0.8, 0.2), (0.8, 0.8)], 0.02)])

    def at(x, y):
        row, column = round(y * SIDE), round(x * SIDE)
        return corner[row - 2 : row + 2, column - 2 : column + 2]

    assert at(0.2, 0.2).any() and at(0.8, 0.8).any()  # the ends
    assert at(0.5, 0.2).any() and at(0.8, 0.5).any()  # the midpoints
    assert at(0.725, 0.275).any()  # the quadratic's middle: (start + 2 control + end) / 4
    assert not at(0.8, 0.2).any()  # the corner itself


def test_pressure_varies_the_width():
    pressed = {
        "points": [400, 1000, 800, 1000, 1200, 1000, 1600, 1000],
        "width": [40, 40, 300, 300],
        "erase": False,
    }
    columns = (rasterise([pressed]) > 127).sum(0)
    assert columns[round(0.25 * SIDE)] == pytest.approx(40 / 2000 * SIDE, abs=1.5)
    assert columns[round(0.75 * SIDE)] == pytest.approx(300 / 2000 * SIDE, abs=1.5)


def test_the_eraser_takes_ink_away_and_later_strokes_cover_it():
    wipe = stroke([(0.2, 0.5), (0.8, 0.5)], 0.2, erase=True)
    half = rasterise([ONE, wipe])
    assert 0 < half.sum() < rasterise([ONE]).sum()
    assert half[SIDE // 2].max() == 0
    assert rasterise([ONE, wipe, ONE])[SIDE // 2].max() == 255


def test_ink_outside_the_sheet_is_cut():
    assert not rasterise([stroke([(-0.4, -0.4), (-0.2, -0.4)])]).any()
    assert rasterise([stroke([(-0.4, 0.5), (1.2, 0.5)])])[:, [0, -1]].max() == 255


# ---- messages


def test_a_good_message_is_taken():
    state = fresh()
    _receive(state, message())
    assert (state.drawing.seq, state.drawing.final, state.drawing.empty) == (1, True, False)
    assert state.start == {"seq": 1, "strokes": [ONE]}
    np.testing.assert_array_equal(state.drawing.image, rasterise([ONE]))
    assert not state.drawing.image.flags.writeable


def test_a_message_during_a_stroke_leaves_what_a_new_pad_starts_from():
    state = fresh()
    _receive(state, message(final=False))
    assert not state.drawing.final and not state.drawing.empty
    assert state.start == {"seq": 0, "strokes": []}


def test_old_messages_change_nothing():
    state = fresh()
    _receive(state, message(seq=5))
    after = state.drawing
    for old in [message(seq=5, strokes=[]), message(seq=4, strokes=[])]:
        _receive(state, old)
        assert state.drawing is after
    state.nonce = 1  # Python has set the drawing since
    _receive(state, message(seq=6, strokes=[]))
    assert state.drawing is after
    _receive(state, message(seq=6, nonce=1, strokes=[]))
    assert state.drawing.empty


BAD_STROKES = [
    None,
    "ink",
    {"points": []},
    [None],
    [[]],
    [{}],
    [{**ONE, "points": []}],
    [{**ONE, "points": [1]}],
    [{**ONE, "points": [1, 2, 3]}],
    [{**ONE, "points": [1, 2.5]}],
    [{**ONE, "points": [True, False]}],
    [{**ONE, "points": ["1", "2"]}],
    [{**ONE, "points": [10**9, 0]}],
    [{**ONE, "points": [float("nan"), 0]}],
    [{**ONE, "points": "12"}],
    [{**ONE, "width": 0}],
    [{**ONE, "width": -3}],
    [{**ONE, "width": 10**6}],
    [{**ONE, "width": None}],
    [{**ONE, "width": [100]}],
    [{**ONE, "width": [100, "100"]}],
    [{**ONE, "erase": 1}],
    [ONE] * (MAX_STROKES + 1),
    [{**ONE, "points": [0] * (2 * MAX_POINTS + 2)}],
    [{**ONE, "points": [0] * MAX_POINTS}] * 3,
]


@pytest.mark.parametrize("strokes", BAD_STROKES, ids=range(len(BAD_STROKES)))
def test_bad_strokes_are_refused_and_the_drawing_stays(strokes):
    with pytest.raises(ValueError):
        parse_strokes(strokes)
    state = fresh()
    _receive(state, message())
    before = state.drawing
    _receive(state, message(seq=2, strokes=strokes))
    assert state.drawing is before


@pytest.mark.parametrize(
    "changes",
    [
        *({"seq": bad} for bad in ("2", 2.0, True, -1, 2**60)),
        *({"nonce": bad} for bad in (None, -1, 2**40)),
        *({"final": bad} for bad in (1, None)),
    ],
)
def test_bad_headers_are_ignored(changes):
    state = fresh()
    before = state.drawing
    _receive(state, message(**changes))
    assert state.drawing is before


@given(JSON)
def test_any_json_is_survived(anything):
    state = fresh()
    _receive(state, anything)
    _receive(state, message(strokes=anything))
    _receive(state, message(strokes=[{**ONE, "points": anything}]))
    _receive(state, message(strokes=[{**ONE, "width": anything}]))
    assert state.drawing.image.shape == (SIDE, SIDE)


def test_unknown_fields_are_dropped():
    (parsed,) = parse_strokes([{**ONE, "evil": "x" * 1000}])
    assert parsed == ONE


def test_the_largest_drawing_is_taken():
    points = [(0.5 + 0.4 * np.cos(a), 0.5 + 0.4 * np.sin(a)) for a in np.linspace(0, 60, MAX_POINTS)]
    state = fresh()
    _receive(state, json.loads(json.dumps(message(strokes=[stroke(points)]))))
    assert not state.drawing.empty


# ---- in an app, without a browser


def app() -> None:
    """A pad with initial strokes, buttons that set the drawing, and what Python sees."""
    import streamlit as st

    from ui.input.pad import pad, set_strokes
    from ui.input.pad.strokes import stroke

    line = [stroke([(0.5, 0.2), (0.5, 0.8)])]
    st.button("clear", on_click=set_strokes, args=("ink",))
    st.button("load", on_click=set_strokes, args=("ink", line * 2))
    drawing = pad("ink", initial=line)
    st.text(f"{drawing.seq} {len(drawing.strokes)} {drawing.empty}")


def test_python_sets_the_drawing():
    at = AppTest.from_function(app, default_timeout=30).run()
    assert at.text[0].value == "0 1 False"  # the initial strokes, before any browser has answered
    at.session_state["ink"] = {"drawing": message(seq=7, strokes=[copy.deepcopy(ONE)] * 3)}
    assert at.run().text[0].value == "7 3 False"
    assert at.button[0].click().run().text[0].value == "8 0 True"
    assert at.button[1].click().run().text[0].value == "9 2 False"
    assert at.run().text[0].value == "9 2 False"
    assert not at.exception
