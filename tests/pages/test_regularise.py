"""The Regularise page in Streamlit's own test runner, and the words that it makes of numbers."""

from dataclasses import replace

import pytest
import torch

from aecore import checkpoints
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.features import table
from aecore.sparse import fista, objective
from pages.regularise import measured, shake, stage, story, try_next, wall
from tests.node import run
from tests.visits import shown, sound, visit
from ui.input.digit import all_test_digits, first_digit

PAGE = "regularise"
NAMES = {*wall.NAMES, "psd", "dae-tanh-500"}
pytestmark = pytest.mark.skipif(not set(checkpoints.names()) >= NAMES, reason="no trained models here")


def said(at) -> str:
    return "\n".join(str(part.value) for part in [*at.markdown, *at.caption, *at.warning])


def test_it_opens_with_a_digit_and_every_part():
    at = shown(PAGE)
    assert len(at.title) == 1 and "500 units" in at.main.markdown[0].value
    assert [header.value for header in at.header] == [
        "Shake it: who stays calm?", "Was it worth it? All test digits", "A sparse code, exact or guessed",
        "What will happen? Take a guess",
    ]  # fmt: skip
    assert torch.equal(at.session_state["_regularise_digit"], first_digit().x) and not at.warning
    assert "times** as fast" in said(at) and "The best code for" in said(at) and "this is true" in said(at)


def test_a_bet_chooses_a_network_and_the_table_decides_it():
    at = visit(PAGE, bet="2")
    sound(at.button(key="regularise_option_2").click().run())
    assert at.query_params["regularise_network"] == "wide-sparse" and at.query_params["regularise_all"] == "1"
    now = table.load()
    few = {**now.rows, "wide-sparse": replace(now.rows["wide-sparse"], unlearned=3, moves={"small": (0.9, 0.9)})}
    other = replace(now, rows=few)
    assert try_next.unlearned(now).option == 2 and try_next.unlearned(other).option == 0
    assert try_next.calmest(now).option == 2 and try_next.calmest(other).option != 2
    assert try_next.best_code(now).sentence.count("%") == 3
    assert try_next.unlearned(replace(now, rows={})) is None


def test_the_story_counts_the_units_of_this_digit():
    x = first_digit().x
    text = story.lit(get_engine(), x)
    for name in ("wide", "wide-sparse"):
        h = get_engine().encode(name, x)[0].abs()
        assert f" {int((h > 0.1 * h.max()).sum())} " in text, name


@pytest.mark.parametrize("value", ["nonsense", "-1", "500", "9" * 40, "٣", ""])
def test_nonsense_in_a_link_does_no_harm(value):
    sound(visit(PAGE, regularise_network=value, regularise_unit=value, regularise_all=value))


def test_every_group_and_every_sort_of_numbers_has_a_table():
    now = table.load()
    for group in measured.GROUPS:
        keys = measured.rows_of(now, group)
        assert len(keys) == len(set(keys)) >= 5, group
        for what in measured.COLUMNS:
            lines = measured.markdown(now, keys, what).splitlines()
            assert len(lines) - 2 - len(keys) == (what != "Code")
            assert len({line.count("|") for line in lines}) == 1
    at = visit(PAGE)
    sound(at.button_group(key="regularise_group").set_value("Contractive").run())
    assert "λ = 1" in said(at)


def test_every_constraint_stands_beside_its_control():
    now = table.load()
    for constraint in ("dropout", "l1", "rate", "k", "contractive"):
        rows = [row for row in now.rows.values() if row.constraint == constraint]
        assert len(rows) == 4 and len({row.control for row in rows}) == 1
        assert now.rows[rows[0].control].strength == 0 and now.rows[rows[0].control].constraint == ""
    (group,) = (group for group, constraints in measured.GROUPS.items() if constraints == ("l1",))
    assert measured.rows_of(now, group)[0] == "rectified"


def test_the_words_follow_the_numbers(monkeypatch):
    now = table.load()
    rows = dict(now.rows)
    rows["wide-contractive"] = replace(rows["wide-contractive"], jacobian=rows["wide"].jacobian / 2, directions=12.0)
    rows["wide-noise"] = replace(rows["wide-noise"], moves={"small": (0.5, 0.5), "large": (0.5, 0.9)})
    rows["wide-contractive"] = replace(rows["wide-contractive"], moves={"small": (0.01, 0.5), "large": (0.5, 0.4)})
    rows["wide"] = replace(rows["wide"], moves={"small": (0.2, 0.5), "large": (0.5, 0.5)})
    other = replace(now, rows=rows)
    assert "50% smaller" in measured.takeaway(other) and "12 of" in measured.takeaway(other)
    monkeypatch.setattr(table, "load", lambda: other)
    words = shake.verdict()
    assert "this is **not** true: the denoiser's picture" in words and "this is true: the contractive code" in words


def test_a_unit_has_a_past_and_digits_that_excite_it():
    images = all_test_digits()[0].float() / 255
    for name in wall.NAMES:
        model = checkpoints.load(name)
        answer = wall.history({"network": name, "unit": 3})
        assert [kernel["about"] for kernel in answer["kernels"]] == ["untrained", "1 epoch", "3 epochs"]
        best = model.encode(images)[:, 3].topk(8).indices
        assert answer["labels"] == all_test_digits()[1][best].tolist(), name


@pytest.mark.parametrize("question", [None, [], {}, {"network": "judge", "unit": 1}, {"network": "wide", "unit": 500},
                                      {"network": "wide", "unit": -1}, {"network": "wide", "unit": "1"}])  # fmt: skip
def test_a_question_about_no_unit_is_refused(question):
    with pytest.raises(ValueError, match="no such unit"):
        wall.history(question)


def test_missing_kernels_cost_the_past_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(table, "kernels_file", lambda: tmp_path / "none.safetensors")
    with pytest.raises(DataError, match=r"benchmarks\.regularise"):
        table.load_kernels()
    answer = wall.history({"network": "wide", "unit": 3})
    assert len(answer["kernels"]) == 1 and answer["labels"] == []
    assert "none.safetensors" in said(sound(visit(PAGE)))


def test_the_search_in_the_browser_is_fista():
    model = checkpoints.load("psd")
    x, atoms = all_test_digits()[0][5:8].flatten(1).float() / 255, model.dictionary
    script = """async (load, atoms, penalty, pictures, steps) => {
        const { searcher } = await load("/pages/regularise/psd/psd.js")
        const search = searcher(Float32Array.from(atoms), penalty)
        return pictures.map((x) => [...search(Float32Array.from(x), steps)])
    }"""
    codes = torch.tensor(run(script, atoms.flatten().tolist(), model.config.penalty, x.tolist(), 2000))
    exact = fista(x, atoms, model.config.penalty, 2000)
    assert 3 < float((exact > 0.01).sum(1).float().mean()) < 60
    torch.testing.assert_close(codes, exact, rtol=0, atol=2e-2)
    gaps = [objective(x, atoms, z, model.config.penalty) for z in (codes, exact)]
    torch.testing.assert_close(*gaps, rtol=1e-4, atol=0)


def test_the_link_of_a_far_unit_shows_the_whole_wall(monkeypatch):
    monkeypatch.setattr(stage.url, "get", lambda *keys: ("wide-noise", "437", None))
    assert stage.chosen() | {"stamp": 0} == {"network": "wide-noise", "unit": 437, "all": True, "stamp": 0}
