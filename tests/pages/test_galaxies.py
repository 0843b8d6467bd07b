"""The Galaxies page in Streamlit's test runner: settings, what the browser is told, words made of numbers."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import chelsea

from aecore import checkpoints
from aecore.data.galaxies import TITLES, load_galaxies
from aecore.engine import get_engine
from aecore.galaxies import table
from aecore.galaxies.own import open_framed
from aecore.galaxies.table import NETWORK, PCA, SMALL, STILL, WIDE
from pages.galaxies import measured, own, pull, stage, story, try_next, turn
from pages.galaxies.stage import FIRST, Settings, numbers
from pages.galaxies.state import State
from tests.visits import shown, sound, visit

PAGE = "galaxies"
pytestmark = pytest.mark.skipif(
    NETWORK not in checkpoints.names() or not table.results_file().exists(), reason="no trained models here"
)


@pytest.fixture(scope="module")
def results():
    return table.load()


def settings_of(at):
    return at.session_state["_galaxies"].walk.settings


def test_it_opens_with_a_walk_between_two_unseen_galaxies():
    at = shown(PAGE)
    a, b = (numbers()[name] for name in FIRST)
    assert settings_of(at) == Settings(a, b) and stage.is_test(a) and stage.is_test(b)
    assert not at.warning
    walk = at.session_state["_galaxies"].walk
    code = torch.from_numpy(np.frombuffer(base64.b64decode(walk.a["code"]), "<f4").copy())
    x = load_galaxies("test")[0][a - 752].float() / 255
    torch.testing.assert_close(code, get_engine().encode(NETWORK, x[None])[0], rtol=0.01, atol=0.01)


def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    at = sound(visit(PAGE, galaxies_a="3", galaxies_b="939", galaxies_t="25", galaxies_way="fade", galaxies_odd="line"))
    assert settings_of(at) == Settings(3, 939, 0.25, "fade")
    at = sound(visit(PAGE, galaxies_a="940", galaxies_b="-1", galaxies_t="nan", galaxies_way="<b>", galaxies_odd="x"))
    a, b = (numbers()[name] for name in FIRST)
    assert settings_of(at) == Settings(a, b)


def test_the_words_follow_the_numbers(results):
    text = story.told(results)
    assert "less than [[PCA]]" in text and "Sloan Digital Sky Survey" in text and "1.4 times brighter" in text
    worse = replace(results.rows[SMALL], mse=[2 * results.rows[PCA].mse[0]])
    assert "**more** than [[PCA]]" in story.told(replace(results, rows=results.rows | {SMALL: worse}))


def test_overfitting_is_said_only_of_what_overfits(results):
    row = results.rows[WIDE]
    for times, said in ((1.1, False), (3.0, True)):
        changed = replace(results, rows=results.rows | {WIDE: replace(row, mse=[times * row.train[0]])})
        assert ("it overfits" in measured.memoriser(changed)) == said
    useless = replace(results.rows[STILL], mse=[0.5 * results.rows[SMALL].mse[0]])
    assert "do **not** help" in measured.memoriser(replace(results, rows=results.rows | {STILL: useless}))


def test_turns_and_odd_frames_are_told_by_their_numbers(results):
    worse = {span: replace(one, code=(2 * one.fade[0], 0.0)) for span, one in results.turns.items()}
    assert "nearer to the truth at every span" in measured.turning(replace(results, turns=worse))
    better = {span: replace(one, code=(0.5 * one.fade[0], 0.0)) for span, one in results.turns.items()}
    assert "nearer to the truth than the cross-fade at every span" in measured.turning(replace(results, turns=better))
    assert "the network helps" in measured.oddest(replace(results, odd={"error": 50.0, "line": 99.0, "median": 80.0}))
    assert "No network is needed" in measured.oddest(
        replace(results, odd={"error": 50.0, "line": 90.0, "median": 95.0})
    )
    assert f"{1e4 * results.turns['90'].code[0]:.1f} ±" in turn.told(results, 90)


def test_a_direction_is_named_after_what_goes_with_it():
    r = {"brightness": -0.9, "size": 0.3}
    assert pull.label(r, 0.25) == {"title": "Darker", "note": "r = 0.90, 25% of the variance"}
    assert pull.label({"size": 0.1}, 0.1)["title"] == "No simple name"


def test_the_bets_are_answered_by_what_the_page_shows(results):
    a, b = (numbers()[name] for name in FIRST)
    at = sound(visit(PAGE))
    answer = try_next.halfway(at.session_state["_galaxies"])
    assert answer is not None and answer.option in (0, 1, 2) and "sure" in answer.sentence
    elsewhere = State(walk=stage.Walk(Settings(a, b, 0.3), {}, {}))
    assert try_next.halfway(elsewhere) is None  # the page does not show it yet
    one = results.turns["180"]
    assert try_next.half_turn(State()).option == int(one.code[0] >= one.fade[0])
    rows = results.rows
    assert try_next.by_weights(State()).option == int(rows[SMALL].mse[0] < rows[WIDE].mse[0])


def test_a_cat_comes_back_as_a_galaxy():
    packed = io.BytesIO()
    Image.fromarray(chelsea()).save(packed, "PNG")
    framed = open_framed(packed.getvalue())
    picture = own.encoded(get_engine(), "cat", framed.x, framed.note)
    assert picture.rank > 95 and picture.kind in TITLES.values()
    assert picture.note in own.told(picture)
    back = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture.redrawn))))
    assert back.shape == (128, 128, 3)
    galaxy = load_galaxies("test")[0][:1].float() / 255
    assert own.encoded(get_engine(), "galaxy", galaxy, "").error < picture.error


def test_the_hood_shows_this_walks_numbers(results):
    at = visit(PAGE, galaxies_t="40")
    at.session_state["galaxies_equations_open"] = True
    at = sound(at.run())
    text = " ".join(element.value for element in [*at.latex, *at.markdown])
    assert "z(0.40)" in text and f"{results.review.card['parameters']:,}" in text
    assert any("def halfway" in element.value for element in at.code)
