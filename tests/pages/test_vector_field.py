"""The Vector field page in Streamlit's test runner: its link is its state, and what the browser sends is checked."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from aecore.data.plane import CURVES
from aecore.field import KINDS
from pages.vector_field import board, controls, equations, try_next
from tests.node import run
from tests.visits import shown, sound, visit


def data(at: AppTest) -> dict:
    """What the board was told last."""
    (element,) = (each for each in at.get("bidi_component") if "board" in each.proto.component_name)
    return json.loads(element.proto.json)


def test_it_opens_on_a_denoiser_of_two_branches():
    told = data(shown("vector_field"))
    assert (told["shape"], told["dim"], told["drawn"], told["walk"]) == ("branches", 2, None, None)
    assert told["recipe"] == {
        "kind": "denoising", "sigma": 0.2, "lr": 0.005, "widths": [64, 64], "batch": 128, "seed": 0,
    }  # fmt: skip


@pytest.mark.parametrize("shape", controls.SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_data_set_and_every_training_is_reached_by_a_link(shape, kind):
    link = {"field_shape": controls.SHAPES[shape], "field_kind": kind.capitalize(), "field_seed": "5"}
    told = data(sound(visit("vector_field", **link, field_width="16", field_sigma="0.1")))
    assert (told["shape"], told["dim"]) == (shape, 1 if shape == "line" else 2)
    assert (told["recipe"]["kind"], told["recipe"]["seed"], told["recipe"]["widths"]) == (kind, 5, [16, 16])
    assert set(CURVES) | {"own", "line"} == set(controls.SHAPES)


def sent(at: AppTest, **message: object) -> AppTest:
    """The page after the board has sent a message."""
    at.session_state[board.KEY] = {"made": message}
    return sound(at.run())


def test_what_is_drawn_and_dropped_stands_in_the_link():
    at = sent(sound(visit("vector_field")), seq=1, dim=2, drawn="WMJjsA", walk="wander.U9E")
    assert (data(at)["shape"], data(at)["drawn"], data(at)["walk"]) == ("own", "WMJjsA", "wander.U9E")
    assert dict(at.query_params) | {"field_drawn": "WMJjsA", "field_walk": "wander.U9E"} == dict(at.query_params)
    again = data(sound(visit("vector_field", field_shape="Your own", field_drawn="WMJjsA", field_walk="wander.U9E")))
    assert again == data(at)


def test_points_on_the_line_have_a_place_of_their_own():
    at = sent(sound(visit("vector_field", field_shape="On a line")), seq=1, dim=1, drawn="WMJjsA.", walk=None)
    assert (data(at)["shape"], data(at)["drawn"]) == ("line", "WMJjsA.")
    assert "field_drawn" not in at.query_params


@pytest.mark.parametrize("drawn", ["<script>", "A" * 2_000, 7, None, ["AAA"]])
@pytest.mark.parametrize("walk", ["fly.AAA", "settle.AA", "settle" + 9 * ".AAA", 3.5])
def test_what_no_board_would_send_changes_nothing(drawn, walk):
    at = sent(visit("vector_field"), seq=1, dim=2, drawn=drawn, walk=walk)
    assert data(at) == data(shown("vector_field"))


def test_a_link_that_says_nonsense_is_the_page_as_it_opens():
    at = sound(visit("vector_field", field_drawn="<b>", field_walk="fly", field_shape="Cube", field_kind="1"))
    assert data(at) == data(shown("vector_field"))


FOUND = {"on_data": 0.03, "data_best": 0.04, "before": 0.15, "after": 0.05, "cosine": 0.99}


@pytest.mark.parametrize(
    ("place", "changed", "option", "says"),
    [
        (0, {}, 0, "ends 0.050"), (0, {"after": 0.149}, 1, "ends 0.149"),
        (1, {}, 0, "move 0.03 on"), (1, {"on_data": 0.18}, 1, "moves them 0.04"),
        (2, {}, 0, "is 0.99"), (2, {"cosine": 0.3}, 1, "is 0.30"),
    ],
)  # fmt: skip
def test_bets_are_decided_by_what_the_board_finds(place, changed, option, says):
    answer = try_next.BETS[place].answer(board.FieldNumbers(**FOUND | changed))
    assert answer.option == option and says in answer.sentence
    assert try_next.BETS[place].answer(None) is None


def test_a_bet_asks_the_board_and_hears_its_own_question_alone():
    at = sound(visit("vector_field", bet="2", field_lr="0.02", field_seed="7"))
    before = data(at)["asked"]
    sound(at.button(key="vector_field_option_1").click().run())
    told = data(at)
    assert (told["shape"], told["asked"]) == ("moons", before + 1)
    assert (told["recipe"]["sigma"], told["recipe"]["lr"], told["recipe"]["seed"]) == (0.4, 0.005, 0)
    plays = at.session_state["_bets"].plays
    for nonsense in (FOUND | {"asked": before}, {"asked": before + 1}, FOUND | {"asked": before + 1, "cosine": "1"}, 7):
        at.session_state[board.KEY] = {"found": nonsense}
        sound(at.run())
        assert plays["vector_field"].answer is None
    at.session_state[board.KEY] = {"found": FOUND | {"asked": before + 1}}
    sound(at.run())
    assert "They move 0.03 on average" in plays["vector_field"].answer.sentence


def test_under_the_hood_shows_the_very_script():
    def app():
        from aecore.field import FieldRecipe
        from pages.vector_field import equations

        equations.show(FieldRecipe("contractive"))

    shown_codes = [code.value for code in AppTest.from_function(app).run(timeout=60).code]
    text = (equations._TRAINER / "training.js").read_text() + (equations._SHARED / "adam.js").read_text()
    scripts = [code for code in shown_codes if "def " not in code]
    assert [code.split("(")[0] for code in scripts] == ["function bestDenoiser", "step", "loss", "descend", "step"]
    for code in scripts[1:]:
        assert all(line.strip() in text for line in code.splitlines())
    assert any("def train_field" in code for code in shown_codes)


def test_places_survive_the_link():
    script = """async (load, points) => {
        const { packed, unpacked } = await load("/pages/vector_field/board/link.js")
        const flat = Float64Array.from(points)
        return [[...unpacked(packed(flat), 2)], [...unpacked(packed(flat.slice(1)), 1)], [...unpacked("<b>A", 2)]]
    }"""
    points = [0.5, -0.25, 1.5, -1.5]
    plane, line, nonsense = run(script, points)
    assert plane == pytest.approx(points, abs=0.006)
    assert line == pytest.approx(points[1:], abs=0.006)
    assert nonsense == []
