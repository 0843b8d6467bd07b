"""The Super-resolution page in Streamlit's own test runner, and the words that it makes of numbers."""

import io
from dataclasses import asdict, replace

import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore import engine as engines
from aecore.checkpoints import Card
from aecore.models import build
from aecore.restore import upscaling
from aecore.restore.compare import Comparison, compare_upscaling
from aecore.restore.upscaling import (
    BIASED,
    CLASSICAL,
    FULL,
    LEFT_OUT,
    METHODS,
    TRUTH,
    Measured,
    Score,
)
from pages.super_resolution import measured, stage, story, try_next
from tests.visits import sound, visit
from ui.input.digit import all_test_digits, example_digit
from ui.input.pad.strokes import stroke
from ui.output import downloads, verdict

PAGE = "super_resolution"

needs_judge = pytest.mark.skipif("judge" not in checkpoints.names(), reason="no trained models here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Checkpoints: both networks, untrained, and the judge."""
    path = tmp_path_factory.mktemp("checkpoints")
    for seed, (name, title) in enumerate(((FULL, "Upscaler"), (BIASED, "Upscaler that never saw a 7"))):
        model = build("upscaler", {}, seed)
        card = Card(name, title, "", "upscaler", asdict(model.config), {}, parameters=1)
        checkpoints.save(model.eval(), card, path / f"{name}.safetensors")
    judge = checkpoints.folder() / "judge.safetensors"
    (path / "judge.safetensors").write_bytes(judge.read_bytes())
    return path


@pytest.fixture
def page(folder, monkeypatch):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(folder))
    monkeypatch.setattr(engines, "_engine", None)
    monkeypatch.setattr(upscaling, "load", some_table)
    return opened


def some_table() -> Measured:
    """A table in which nothing is true but its form."""
    right = [[9 * (k == y) + (k == (y + 2) % 10) for k in range(10)] for y in range(10)]
    wrong = [list(row) for row in right]
    wrong[7][7], wrong[7][9] = 4, 6
    numbers = ([20.0] * 10, [0.8] * 10, [40.0] * 10)
    lower = ([20.0] * 7 + [17.0] + [20.0] * 2, *numbers[1:])
    scores = {TRUTH: Score(right), FULL: Score(right, *numbers), BIASED: Score(wrong, *lower)}
    scores |= {name: Score(right, *numbers) for name in CLASSICAL}
    misled = [(all_test_digits()[1] == k).nonzero()[:10, 0].tolist() for k in range(10)]
    return Measured(
        {4: scores, 7: scores, 14: scores}, {4: misled, 7: misled, 14: misled}, {FULL: "", BIASED: "", "judge": ""}
    )


def opened(**params: str) -> AppTest:
    return sound(visit(PAGE, **params))


def comparison(at: AppTest) -> Comparison:
    return at.session_state["_super"].comparison


@needs_judge
def test_it_opens_with_a_7_every_method_and_one_sentence(page):
    at = page()
    assert len(at.title) == 1 and at.main.markdown[0].value.strip()
    assert comparison(at).given.shape[-1] == stage.FIRST_SIDE
    assert [entry.id for entry in comparison(at).methods] == list(METHODS)
    assert comparison(at).clean.reads == LEFT_OUT
    assert not at.warning


@needs_judge
def test_the_side_stands_in_the_url_and_nonsense_in_it_does_no_harm(page):
    assert comparison(page(super_side="14 × 14")).given.shape == (1, 1, 14, 14)
    assert comparison(page(super_side="9999", super_class="abc", super_sample="-4")).given.shape[-1] == stage.FIRST_SIDE
    at = page()
    sound(at.selectbox(key="super_side").select(14).run())
    assert comparison(at).given.shape[-1] == 14


@needs_judge
def test_a_drawing_and_a_picked_digit_replace_the_example(page):
    at = page()
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert not torch.equal(comparison(at).clean.x, example_digit(stage.FIRST_EXAMPLE))
    sound(at.segmented_control(key="super_source").select("example").run())
    sound(at.number_input(key="super_digit").set_value(42).run())
    assert torch.equal(comparison(at).clean.x, example_digit(42))


@needs_judge
def test_bets_and_story_follow_the_numbers():
    seven, nine = (
        compare_upscaling(example_digit(try_next.SEVEN), 4),
        compare_upscaling(example_digit(try_next.NINE), 4),
    )
    biased = seven.method(BIASED)
    for reads, option in ((7, 0), (9, 1), (4, 2), (None, 2)):
        changed = replace(seven, methods=[replace(biased, reads=reads)])
        assert try_next.drawn(changed).option == option
    full, other = nine.method(FULL), nine.method(BIASED)
    for psnr, option in ((full.psnr - 3, 0), (full.psnr - 0.2, 1), (full.psnr + 2, 1)):
        assert try_next.cost(replace(nine, methods=[full, replace(other, psnr=psnr)])).option == option
    assert try_next.cost(replace(nine, methods=[full])) is None and story.guessed(replace(nine, methods=[full])) == ""
    text = story.guessed(seven)
    assert f"{seven.method(FULL).psnr:.1f} dB" in text and f"{biased.psnr:.1f} dB" in text and "16 pixels" in text
    poor = replace(seven, methods=[seven.method(FULL), replace(biased, fits=12.0)])
    assert "Not all of that fits" in story.guessed(poor) and "Both fit" in text


@needs_judge
def test_the_board_shows_ten_of_the_class_asked_for(page):
    at = page()
    before = measured._sample(7, 0)
    sound(at.button(key="super_others").click().run())
    assert at.session_state[measured.SAMPLE] == 1
    assert measured._sample(7, 1) != before
    for digit in (0, 7):
        places = measured._sample(digit, 3)
        assert len(set(places)) == 10 and bool((all_test_digits()[1][places] == digit).all())
    sound(at.segmented_control(key="super_which").select("Worst mistakes").run())


@needs_judge
def test_under_the_hood_shows_the_source_that_ran(page):
    at = page()
    assert not at.code
    at.session_state["super_equations_open"] = True
    sound(at.run())
    shown = "\n".join(element.value for element in at.code)
    assert "def lower" in shown and "def forward" in shown and "def loss" in shown


def test_without_any_checkpoint_the_page_runs_and_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(engines, "_engine", None)
    at = opened()
    said = [element.value for element in [*at.caption, *at.warning]]
    assert any(f"python -m aecore train {FULL}" in element for element in said)
    assert [entry.id for entry in comparison(at).methods] == list(CLASSICAL)
    assert "are not all here" in verdict.upscaling(comparison(at))[1]


@needs_judge
def test_without_the_table_the_page_says_how_to_measure_it(page, monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setattr(upscaling, "results_file", lambda: tmp_path / "none.json")
    at = opened()
    assert any("benchmarks.upscaling --save" in element.value for element in at.warning)


def test_numbers_of_other_checkpoints_are_called_so(page):
    assert any("python -m benchmarks.upscaling" in element.value for element in page().caption)


def test_the_conclusion_counts_what_was_lost_and_its_control():
    head, body = measured.conclusion(some_table().scores[7], 7)
    assert head.startswith("Of 10 test 7s, 9 are still read as a 7") and "4 from the one" in head
    assert "a 9 (6 times)" in body and "a 7 loses 3.0 dB" in body
    assert "the control: 0.0 dB, 0.0 points" in body


def test_what_fewer_pixels_cost_is_called_a_rule_only_where_it_is_one():
    table = some_table()
    mild = dict(table.scores[7])
    mild[BIASED] = mild[FULL]
    rule = "The fewer pixels, the more the training decides."
    said = measured.fewer_pixels(replace(table, scores={4: table.scores[7], 14: mild}))
    assert said.startswith(rule) and said.endswith("14 × 14: 90.0 against 90.0%; 4 × 4: 90.0 against 40.0%.")
    said = measured.fewer_pixels(replace(table, scores={4: mild, 14: table.scores[7]}))
    assert rule not in said


def test_signs_are_typeset_and_a_zero_has_none():
    assert [measured._signed(value) for value in (0.84, -0.13, 0.04, -0.04)] == [
        "+0.8",
        "−0.1",
        "0.0",
        "0.0",
    ]


def test_downloads_hold_every_method_class_and_size():
    rows = measured.table_csv(some_table()).splitlines()
    assert len(rows) == 1 + 3 * (1 + len(METHODS)) * 10
    shown = stage._without_nearest(compare_upscaling(example_digit(0), 7, CLASSICAL), every=True)
    assert len(downloads.numbers_csv(shown).splitlines()) == 1 + len(CLASSICAL)
    assert Image.open(io.BytesIO(downloads.png(shown))).width > 168 * (1 + len(CLASSICAL))


def test_the_best_interpolation_stands_beside_the_networks_unless_all_are_wanted():
    comparison = compare_upscaling(example_digit(0), 7)
    few = stage._without_nearest(comparison, every=False).methods
    classical = [entry for entry in few if entry.kind == "classical"]
    assert [entry.psnr for entry in classical] == [
        max(entry.psnr for entry in comparison.methods if entry.id in CLASSICAL and entry.id != "nearest")
    ]
    assert len(few) == 1 + sum(entry.kind != "classical" for entry in comparison.methods)


def test_the_board_takes_no_nonsense_from_the_browser(monkeypatch):
    row = measured.Row("a", "", torch.zeros(2, 1, 28, 28), [7, 9], [0.9, 0.8])
    assert measured._tile(row, 1, 7) == {
        "caption": "9 · 80%",
        "wrong": True,
        "alt": "a: a 7, the judge reads 9, 80% sure",
    }
    assert measured._tile(replace(row, reads=None), 1, 8)["alt"] == "a: an 8"
