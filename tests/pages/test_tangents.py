"""The Tangents page in Streamlit's own test runner, and the words that it makes of numbers."""

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints
from aecore.data import patches as photographs
from aecore.engine import get_engine
from aecore.latent import tangents
from aecore.latent.tangents import Dimension, Estimate, Measured, Reach, Spectrum
from pages.tangents import measured, patches, shifted, slots, stage, story, try_next
from pages.tangents.stage import Around
from tests.visits import shown, sound, visit
from ui.input.digit import FIRST_EXAMPLE, example_digit
from ui.input.pad.strokes import stroke

PAGE = "tangents"
needs_models = pytest.mark.skipif(
    not {*stage.MODELS, "judge"} <= set(checkpoints.names()), reason="no trained models here"
)


def around(at: AppTest) -> Around:
    return at.session_state["_tangents"].around


@needs_models
def test_it_opens_with_ten_directions_of_an_example_and_ten_random_ones():
    now = around(shown(PAGE))
    assert torch.equal(now.x, example_digit(FIRST_EXAMPLE)) and now.model == "ae-conv"
    assert now.along.pictures.shape == now.random.shape == (10, 1, 28, 28)
    expected = tangents.decoder_directions(get_engine().model("ae-conv"), now.x)
    torch.testing.assert_close(now.along.pictures, expected.pictures)
    left, right = tangents.reach(get_engine().classify, now.x, now.reads, now.random[0], stage.FURTHEST, stage.STEP)
    assert now.reach_random[0] == pytest.approx([left, right])


@needs_models
def test_network_direction_distance_and_seed_stand_in_the_url_and_nonsense_does_no_harm():
    at = sound(visit(PAGE, tangents_model="Contractive", tangents_seed="3"))
    assert around(at).model == "wide-contractive"
    assert not torch.equal(around(at).random, around(shown(PAGE)).random)
    for direction, far in (("0", "11"), ("11", "nan"), ("٣", "x"), ("-1", "")):
        at = sound(visit(PAGE, tangents_model="judge", tangents_direction=direction, tangents_far=far))
        assert around(at).model == "ae-conv"


def test_what_the_browser_says_is_checked():
    assert stage.said([9, -10]) == (9, -10.0) and stage.said([0, 0.5]) == (0, 0.5)
    nonsense = [[10, 0], [0, 11], [0], "00", None, [True, 0], [0, float("nan")], ["0", 0], [0.5, 0]]
    assert [stage.said(place) for place in nonsense] == [None] * len(nonsense)


@needs_models
def test_a_drawing_has_directions_of_its_own():
    at = visit(PAGE)
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert around(at).name == "Your drawing" and around(at).reads == 7


@needs_models
def test_bets_set_the_page_and_are_decided_by_this_digit():
    at = sound(visit(PAGE, bet="1"))
    sound(at.button(key="tangents_option_0").click().run())
    now = around(at)
    assert now.model == "wide-contractive" and at.session_state["_link"][stage.DIRECTION] == "1"
    for first, option in ((9.0, 0), (2.0, 1), (0.5, 2)):
        changed = replace(now, reach=[[first, first]], reach_random=[[2.0, 2.0]])
        assert try_next.carries(changed).option == option
        assert (story.reaches(changed, None).count("a way that stays") == 1) == (option == 0)
    angle = try_next.turns(now)
    assert angle.option == 2 and 65 <= float(angle.sentence.split()[3].strip("°;")) <= 90


@needs_models
@pytest.mark.parametrize(("model", "source"), [("VAE", "def decoder_directions"), ("Contractive", "def encoder_")])
def test_under_the_hood_shows_what_ran_with_its_numbers(model, source):
    at = visit(PAGE, tangents_model=model)
    assert not at.code
    at.session_state["tangents_equations_open"] = True
    sound(at.run())
    assert any(source in code.value for code in at.code)
    assert any(f"{float(around(at).along.values[0]):.2f}" in text.value for text in at.latex)


def test_packed_directions_come_back():
    u = tangents.random_directions((1, 28, 28), 3, torch.Generator().manual_seed(0))
    message = stage.packed(u)
    steps = np.frombuffer(base64.b64decode(message["bytes"]), np.int8).reshape(3, 784)
    back = steps * np.array(message["most"])[:, None] / 127
    assert np.abs(back - u.flatten(1).numpy()).max() <= max(message["most"]) / 254 + 1e-7


def test_the_surface_is_closed_and_the_circles_lie_on_it():
    v = patches.grid()
    steps = (v[1:] - v[:-1]).norm(dim=-1), (v[:, 1:] - v[:, :-1]).norm(dim=-1)
    assert max(float(step.max()) for step in steps) < 0.2  # no jump where its edges are joined
    for circle in patches.circles():
        assert float(photographs.degrees_away(circle).max()) < 1.5


def test_the_shifted_curve_says_what_a_straight_line_would_not():
    points = torch.linspace(0, 1, shifted.PLACES)[:, None] * torch.ones(784)
    said = shifted.claim(points, torch.ones_like(points), 1.0)
    assert "**0°**" in said and "**1.0 times**" in said and "100%" in said


@needs_models
def test_what_the_autoencoder_can_copy_leaves_static_out():
    furthest, ink = slots.familiar()
    x = torch.rand(50, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    off = (get_engine().reconstruct(slots.COPIER, x) - x).flatten(1).norm(dim=1)
    assert 0.05 < ink < 0.25 and float(off.min()) > 2 * furthest


def test_the_words_say_what_the_table_says():
    made = table()
    assert measured.headline(made) == "Digits have about 14 dimensions, not 784"
    said = measured.claims(made)
    assert "from 8.0 for a 0 to 17.0 for a 9" in said and "Networks use 12 to 40" in said
    assert "Not every tangent carries further" in said and "AE 9.0 (8.0 to 10.0)" in said and "random 2.0" in said
    assert "Tangents do not carry further" in measured.reach_claim(replace(made, random=reach(12.0)))
    assert "**Tangents carry further" in measured.reach_claim(replace(made, random=reach(0.5)))
    assert "less** far" not in said
    short = replace(made, random=Reach(estimate(5.0), estimate(5.0), 3.0))
    assert "Measured so, AE and VAE carry **less** far" in measured.reach_claim(short)
    rows = measured.table_csv(made).splitlines()
    assert len(rows) == 1 + 2 * 20 + 2 + 2 * 10 + 2 + 2 * 11 and rows[1] == "singular_value,ae-conv,1,5,4,6"


def test_the_patches_claim_follows_the_densest():
    assert "where patches are dense" in patches.claim(table())
    assert "do **not** show" in patches.claim(replace(table(), densest=estimate(15.0)))


def test_numbers_of_other_checkpoints_are_called_so(monkeypatch):
    monkeypatch.setattr(tangents, "load", lambda: replace(table(), sha256={"vae": "0"}))
    assert any("benchmarks.tangents --save" in caption.value for caption in sound(visit(PAGE)).caption)


def estimate(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 1)


def reach(value: float) -> Reach:
    return Reach(estimate(value), estimate(2.0), 3.0)


def table() -> Measured:
    """A made-up one."""
    spectra = {
        name: Spectrum("decoder", [5.0] * 20, [4.0] * 20, [6.0] * 20, [1.0] * 20, estimate(directions))
        for name, directions in (("ae-conv", 12.0), ("vae", 40.0))
    }
    dimensions = {str(digit): Dimension(100, estimate(8.0 + digit), estimate(7.0)) for digit in range(10)}
    return Measured(
        digits=100,
        reached=10,
        furthest=10.0,
        spectra=spectra,
        reaches={"ae-conv": [reach(9.0)] * 10, "vae": [reach(3.0)] * 10},
        random=reach(5.0),
        nearest=reach(4.0),
        dimensions={"all": Dimension(1000, estimate(13.7), estimate(12.0))} | dimensions,
        sure={kind: estimate(1.0) for kind in ("uniform", "shuffled", "digits")},
        patches=estimate(13.0),
        control=estimate(34.0),
        densest=estimate(11.0),
        densest_control=estimate(32.0),
        sha256={},
    )
