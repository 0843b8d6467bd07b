"""The GANs page in Streamlit's own test runner, its arithmetic in node, and the words that it makes of numbers."""

import json
from dataclasses import replace

import pytest
import torch
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from aecore.data.galaxies import CLASSES
from aecore.engine import get_engine
from aecore.galaxies import drawn
from aecore.gans import ring, table
from aecore.gans.games import GAMES
from aecore.gans.measures import Worth
from aecore.gans.plane import SHAPES, PlaneRecipe
from aecore.gans.recipes import COLLAPSING, GANS
from pages.gans import board, controls, equations, film, galaxies, measured, quiz, story, try_next, twenty
from pages.gans.galaxies import measured as galaxies_measured
from tests.node import run
from tests.visits import shown, sound, visit


def data(at: AppTest, name: str = "board") -> dict:
    """What a component of the page was told last."""
    (element,) = (part for part in at.get("bidi_component") if f"pages_gans_{name}" in part.proto.component_name)
    return json.loads(element.proto.json)


def test_it_opens_on_the_first_game_on_a_ring():
    told = data(shown("gans"))
    recipe = told["recipe"]
    assert (recipe["game"], recipe["shape"], recipe["lr"], recipe["criticLr"]) == ("minimax", "ring", 0.005, 0.005)
    assert told["label"] == "Minimax, ring of 8"


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_game_and_knob_is_reached_by_a_link(game, shape):
    link = {"gans_game": controls.NAMES[game], "gans_shape": controls.SHAPE_NAMES[shape], "gans_steps": "3"}
    told = data(sound(visit("gans", **link, gans_lr="0.001", gans_noise="0.1", gans_width="16", gans_seed="5")))
    recipe = told["recipe"]
    assert (recipe["game"], recipe["shape"], recipe["criticSteps"]) == (game, shape, 3)
    assert (recipe["lr"], recipe["noise"], recipe["width"], recipe["seed"]) == (0.001, 0.1, 16, 5)
    if game in controls.FIRST:
        assert recipe["strength"] == controls.FIRST[game]
    assert told["label"].endswith("rates 0.001 and 0.005, 3 critic steps, noise 0.10, 16 units")


FOUND = {"all": 8, "modes": [8] * 12 + [2] * 8}


@pytest.mark.parametrize(
    ("place", "modes", "option", "says"),
    [
        (0, [8] * 12 + [2] * 8, 1, "12 of 20 seeds found all 8, and 8 found 2 or fewer"),
        (0, [7] * 20, 0, "0 of 20 seeds found all 8."),
        (1, [1] * 11 + [8] * 9, 0, "11 found 2"), (1, [3] * 20, 1, "0 of 20"),
        (2, [0] * 20, 1, "20 found 2"), (2, [8] * 11 + [7] * 9, 0, "11 of 20"),
    ],
)  # fmt: skip
def test_bets_are_decided_by_what_twenty_seeds_find(place, modes, option, says):
    answer = try_next.BETS[place].answer(board.TwentySeeds(8, tuple(modes)))
    assert answer.option == option and says in answer.sentence
    assert try_next.BETS[place].answer(None) is None


def test_a_bet_sets_the_board_and_hears_its_own_question_alone():
    at = sound(visit("gans", bet="3", gans_lr="0.01", gans_seed="7"))
    before = data(at)["asked"]
    sound(at.button(key="gans_option_1").click().run())
    told = data(at)
    assert told["asked"] == before + 1
    assert (told["recipe"]["game"], told["recipe"]["strength"], told["recipe"]["lr"]) == ("wgan-gp", 10.0, 0.005)
    plays = at.session_state["_bets"].plays
    asked = {"asked": before + 1}
    wrong = (FOUND | {"asked": before}, asked, FOUND | asked | {"modes": [9] * 20}, FOUND | asked | {"all": 7}, 7)
    for nonsense in wrong:
        at.session_state[board.KEY] = {"found": nonsense}
        sound(at.run())
        assert plays["gans"].answer is None
    at.session_state[board.KEY] = {"found": FOUND | asked}
    sound(at.run())
    assert "12 of 20 seeds" in plays["gans"].answer.sentence


def test_what_twenty_seeds_found_in_words():
    script = """async (load, runs) => {
        const { said } = await load("/pages/gans/board/seeds.js")
        return runs.map((modes) => said(modes.map((found) => ({ modes: found })), 8))
    }"""
    whole, part, early = run(script, [[8] * 20, [8] * 9 + [6] * 3 + [2] * 5 + [0] * 3, [8] * 4])
    assert whole == "all 8 in 20 of 20 seeds, median 8"
    assert part == "all 8 in 9 of 20 seeds, median 6; 8 collapsed to 2 or fewer"
    assert early == "4 of 20 seeds done"


@pytest.mark.parametrize(("hits", "tries"), [(0, 2), (1, 2), (7, 10), (30, 30)])
def test_the_interval_of_a_hit_rate_is_wilsons(hits, tries):
    script = """async (load, hits, tries) => (await load("/pages/gans/quiz/quiz.js")).wilson(hits, tries)"""
    expected = binomtest(hits, tries).proportion_ci(method="wilson")
    assert run(script, hits, tries) == pytest.approx([hits / tries, expected.low, expected.high], abs=1e-4)


def test_pythons_interval_is_the_same():
    for hits in (0, 7, 20):
        expected = binomtest(hits, 20).proportion_ci(method="wilson")
        assert ring.wilson(hits, 20) == pytest.approx([expected.low, expected.high], abs=1e-4)


def twenty_of(modes, game="minimax", **recipe):
    return ring.Twenty(PlaneRecipe(game=game, **recipe), modes, [80.0] * 20)


def test_what_was_saved_of_twenty_seeds_is_told_by_its_numbers():
    told = ring.load()
    steps = run("""async (load) => (await load("/pages/gans/board/seeds.js")).STEPS""")
    assert steps == ring.STEPS and board.SEEDS == ring.SEEDS
    few, all_eight = [2] * 18 + [8] * 2, [8] * 20
    rows = [twenty_of(all_eight), twenty_of(few, "non-saturating"), *told.rows["ring"][2:]]
    text = twenty.takeaway(replace(told, rows=told.rows | {"ring": rows}))
    assert "minimax beats non-saturating, against the textbook" in text and "from 20 and 2 of 20 seeds" in text
    rows = [twenty_of(few), twenty_of(all_eight, "non-saturating"), *told.rows["ring"][2:]]
    assert "as the textbook says" in twenty.takeaway(replace(told, rows=told.rows | {"ring": rows}))
    rows = [twenty_of(few), twenty_of(few, "non-saturating"), *told.rows["ring"][2:]]
    assert "differ less than 20 seeds can show" in twenty.takeaway(replace(told, rows=told.rows | {"ring": rows}))
    assert twenty_of(few).collapsed == 18 and "| :small[all 8: 2, few: 18]" in twenty.markdown(
        replace(told, rows=told.rows | {"ring": rows})
    )


@pytest.mark.skipif(not drawn.results_file().exists(), reason="no drawn galaxies here")
def test_galaxies_of_a_kind_stand_in_the_link_and_nonsense_does_no_harm():
    told = data(sound(visit("gans", gans_kind="edge_on", gans_galaxy_noise="12")), "galaxies")
    assert (told["kind"], told["noise"]) == (CLASSES.index("edge_on"), 12)
    vae, real = (row["pictures"] for row in told["rows"][1:])
    assert vae == drawn.load().pictures[3] and real == galaxies.real()[3] and len(vae) == len(real) == drawn.SHOWN
    at = visit("gans", gans_kind="<b>", gans_galaxy_noise="1e9")
    for nonsense in (None, {"kind": 7, "noise": 0}, {"kind": 1, "noise": -1}, {"kind": [], "noise": {}}):
        at.session_state[galaxies.KEY] = {"settings": nonsense}
        sound(at.run())
    told = data(at, "galaxies")
    assert (told["kind"], told["noise"]) == (CLASSES.index(galaxies.FIRST), 0)


@pytest.mark.skipif(not drawn.results_file().exists(), reason="no drawn galaxies here")
def test_the_words_on_drawn_galaxies_follow_the_numbers():
    told = drawn.load()
    near, far = ([row(frechet=value, agreement=80.0)] for value in (1.0, 9.0))
    better = replace(told, rows=told.rows | {"gan": near, "by class": far}, copied=[0.1])
    text = galaxies_measured.takeaway(better)
    assert "nearer to real ones than" in text and "It does not copy: 0.1%" in text
    worse = replace(told, rows=told.rows | {"gan": far, "by class": near}, copied=[30.0, 50.0])
    text = galaxies_measured.takeaway(worse)
    assert "farther from real ones than" in text and "**It copies**: 40%" in text


def test_the_pairs_hold_one_real_digit_each_and_the_next_round_is_another():
    engine, names = get_engine(), ("vae", "cvae")
    first, second = (quiz.pairs(engine, names, number) for number in (0, 1))
    assert first.x.shape == (20, 1, 28, 28) and sorted(first.names) == ["cvae"] * 5 + ["vae"] * 5
    assert torch.equal(first.x, quiz.pairs(engine, names, 0).x) and not torch.equal(first.x, second.x)
    assert {*first.real, *second.real} == {0, 1}
    real = first.x[torch.arange(10) * 2 + torch.tensor(first.real)]
    steps = real * 255
    assert torch.allclose(steps, steps.round(), atol=1e-3)  # a picture file's greys; a network's are any
    made = first.x[torch.arange(10) * 2 + 1 - torch.tensor(first.real)] * 255
    assert not torch.allclose(made, made.round(), atol=1e-3)


def test_the_film_shows_all_games_whole():
    told = data(sound(visit("gans", gans_film_open="true")), "film")
    assert [len(one["frames"]) for one in told["films"]] == [table.FRAMES] * len(COLLAPSING)
    assert len(film.sheet()) < 400_000 and set(film.NAMES) == set(COLLAPSING)


def row(**changes):
    return replace(Worth(50.0, 10, 2.29, 85.0, 50.0, None, 5.0), **changes)


def measured_with(**rows):
    plain = {name: [row(agreement=99.0 if name in ("acgan", "cvae") else None)] for name in measured.NAMES}
    return table.Measured(plain | rows, row(frechet=5.0), 4.4, {}, {})


def test_the_words_say_what_the_table_says():
    apart = measured_with(
        gan=[row(sure=97.0, recall=20.0)], vae=[row(sure=80.0, recall=60.0, frechet=40.0)], acgan=[row(agreement=99.0)]
    )
    text = measured.takeaway(apart)
    assert "Sharp is not varied" in text and "the GAN is sharpest: the judge is sure of 97%" in text
    assert "Most varied is the VAE: the samples reach 60% of the test digits, the GAN's 20%" in text
    assert "the VAE comes nearest to real digits, at 40" in text and "no GAN lies too near" in text
    both = measured.takeaway(measured_with(gan=[row(sure=97.0, recall=70.0, nearest=1.0)]))
    assert "the sharpest are the most varied, too" in both and "Too near to training digits on average: GAN." in both


def test_who_leads_only_by_chance_does_not_lead_alone():
    near, apart = ([row(sure=value) for value in values] for values in ((86.0, 85.9, 85.7), (86.7, 85.6, 86.3)))
    rows = {"wgan-gp": [row(sure=value) for value in (83.6, 82.8, 82.0)], "vae": [row(sure=81.6)]}
    told = measured_with(gan=near, **{"wgan-div": apart}, **rows)
    assert measured.leaders(told, ["gan", "wgan-gp", "wgan-div", "vae"], "sure") == ["gan", "wgan-div"]
    assert "the GAN and the WGAN-div are sharpest" in measured.takeaway(told)


def test_cells_carry_their_interval():
    cells = measured.cells([row(frechet=value) for value in (10.0, 12.0, 14.0)])
    assert cells[0] == "12.0 ± 5.0" and cells[5] == "–"  # 4.303 * 2 / sqrt(3) = 4.97
    assert measured.cells([row()])[0] == "50.0"


def test_what_was_measured_are_the_shipped_networks():
    told = table.load()
    assert not told.stale(get_engine())
    assert set(told.rows) == set(measured.NAMES) and all(len(told.rows[name]) == table.SEEDS for name in GANS)


def test_the_story_follows_the_knobs():
    assert "mode collapse" in story.game(PlaneRecipe(critic_lr=0.0005))
    assert "mode collapse" not in story.game(PlaneRecipe())
    assert "far too stiff" in story.game(PlaneRecipe(game="wgan-gp", strength=10.0))


@pytest.mark.parametrize("game", GAMES)
def test_under_the_hood_shows_the_very_script(game):
    def app(game):
        from aecore.gans.plane import PlaneRecipe
        from pages.gans import equations

        equations.show(PlaneRecipe(game=game))

    at = sound(AppTest.from_function(app, args=(game,)).run(timeout=60))
    text = (equations._TRAINER / "duel.js").read_text()
    scripts = [code.value for code in at.code if "def " not in code.value]
    assert [code.split("(")[0] for code in scripts] == ["criticise", "penalise", "generate"]
    assert all(line.strip() in text for code in scripts for line in code.splitlines())
