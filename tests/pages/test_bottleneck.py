"""The Bottleneck page in Streamlit's own test runner, and the words that it makes of numbers."""

import base64
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import checkpoints, metrics
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.latent import capacity
from aecore.latent.capacity import LINEAR, MEMORISER, NETWORK, PCA, name_of
from aecore.recipes import BOTTLENECKS
from pages.bottleneck import line, linear, measured, stage, story, try_next
from pages.bottleneck.stage import Column
from tests.aecore.latent.test_capacity import table
from tests.visits import settled, shown, sound, visit
from ui.input.digit import FIRST_EXAMPLE, Chosen, all_test_digits, example_digit, first_digit
from ui.input.pad.strokes import stroke

PAGE = "bottleneck"
needs_models = pytest.mark.skipif(
    not {*map(name_of, BOTTLENECKS), LINEAR, MEMORISER} <= set(checkpoints.names()), reason="no trained models here"
)


def columns(at: AppTest) -> list[Column]:
    return at.session_state["_bottleneck"].columns


@needs_models
def test_it_opens_with_four_pictures_through_every_size_and_both_ways():
    at = shown(PAGE)
    assert [column.id for column in columns(at)] == ["digit", "letter", "face", "static"]
    for column in columns(at):
        assert list(column.recon[NETWORK]) == list(column.recon[PCA]) == list(BOTTLENECKS)
    digit = columns(at)[0]
    assert torch.equal(digit.x, example_digit(FIRST_EXAMPLE))
    torch.testing.assert_close(digit.recon[NETWORK][8], get_engine().reconstruct("bottleneck-8", digit.x))
    assert not at.warning


@needs_models
def test_the_size_the_letter_and_the_static_stand_in_the_url_and_nonsense_does_no_harm():
    at = sound(visit(PAGE, bottleneck_size="1000", bottleneck_letter="W", bottleneck_seed="7"))
    assert any(text.value.startswith("1,000 numbers: digits") for text in at.header)
    plain = columns(shown(PAGE))
    assert not torch.equal(columns(at)[1].x, plain[1].x) and not torch.equal(columns(at)[3].x, plain[3].x)
    for nonsense in ("7", "٣"):
        at = sound(visit(PAGE, bottleneck_size=nonsense, bottleneck_letter="ä"))
        assert any(text.value.startswith("8 numbers: digits") for text in at.header), nonsense
        assert torch.equal(columns(at)[1].x, plain[1].x)


def test_what_the_browser_says_of_the_slider_is_checked():
    assert [stage.chosen(place) for place in (0, 10)] == [1, 1000]
    assert [stage.chosen(place) for place in (11, -1, "2", True, None, 1.0, [1])] == [None] * 7


@needs_models
def test_a_drawing_and_a_picked_digit_go_through():
    at = visit(PAGE)
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert columns(at)[0].label == "Your drawing"
    sound(at.segmented_control(key="bottleneck_source").select("example").run())
    sound(at.number_input(key="bottleneck_digit").set_value(42).run())
    assert torch.equal(columns(at)[0].x, example_digit(42))


@needs_models
def test_bets_are_decided_by_what_comes_back():
    at = sound(visit(PAGE, bottleneck_size="2"))
    made = columns(at)
    face = next(column for column in made if column.id == "face")
    digits = all_test_digits()[0].float() / 255
    best = max(float(metrics.psnr(digits[[i]], face.recon[NETWORK][2])) for i in range(0, len(digits), 50))
    said = try_next.face(made)
    assert said.option == 1 and float(said.sentence.split(" at ")[1].split()[0]) >= round(best, 1)
    assert f"the face at {metrics.psnr(face.x, face.recon[NETWORK][2]).item():.1f} dB." in said.sentence
    swapped = {NETWORK: {500: made[0].x * 0.9}, PCA: {500: made[0].x * 0.5}}
    assert try_next.keep([Column("digit", "An example", made[0].x, swapped)]).option == 0
    alike = {NETWORK: {500: made[0].x * 0.9}, PCA: {500: made[0].x * 0.9}}
    assert try_next.keep([Column("digit", "An example", made[0].x, alike)]).option == 2
    assert try_next.keep([Column("digit", "An example", made[0].x, {NETWORK: {}, PCA: {}})]) is None
    assert try_next.line_holds(get_engine()).sentence.startswith("100 of the 100")


@needs_models
def test_under_the_hood_shows_the_source_that_ran():
    at = visit(PAGE)
    assert not at.code
    at.session_state["bottleneck_equations_open"] = True
    sound(at.run())
    source = "\n".join(code.value for code in at.code)
    assert "torch.addmm(self.pixel_bias, z, self.weight)" in source
    assert "def tied_error" in source and "def angles" in source
    psnr = columns(at)[0].psnr(NETWORK, 8)
    assert any(f"{psnr:.1f}" in text.value for text in at.latex)


@needs_models
def test_a_training_of_ones_own_finds_pcas_subspace():
    at = visit(PAGE, bottleneck_start="5")
    sound(at.button(key="bottleneck_train").click().run())
    at = settled(at)
    assert any("Yours, start 5, step 800 of 800" in text.value for text in at.markdown)


def test_the_message_holds_every_size_at_hand_and_both_psnrs():
    x = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    recon = {NETWORK: {8: x * 0.5}, PCA: dict.fromkeys(BOTTLENECKS, x)}
    message = stage.message(Column("digit", "An example", x, recon))
    network = message["ways"][NETWORK]
    assert network["places"] == [3] and [dB is None for dB in network["psnr"]] == [place != 3 for place in range(11)]
    assert network["psnr"][3] == pytest.approx(float(metrics.psnr(x, x * 0.5)), abs=0.01)
    pixels = np.frombuffer(base64.b64decode(network["pictures"]), np.uint8)
    assert np.abs(pixels / 255 - 0.5 * x.flatten().numpy()).max() < 0.5 / 255 + 1e-6
    assert len(base64.b64decode(message["ways"][PCA]["pictures"])) == 11 * 784
    assert message["ways"][PCA]["psnr"] == [capacity.MOST] * 11


@needs_models
def test_what_is_missing_is_named_and_the_rest_stays(monkeypatch):
    whole = capacity.through

    def without(engine, way, x, size):
        if way == NETWORK and size == 16:
            raise checkpoints.CheckpointError("no bottleneck-16")
        return whole(engine, way, x, size)

    monkeypatch.setattr(capacity, "through", without)
    x = first_digit()
    made, problems = stage.columns(get_engine(), x, "A", 0)
    assert problems == {NETWORK: "no bottleneck-16"}
    assert made[0].psnr(NETWORK, 16) is None and made[0].psnr(NETWORK, 8) is not None
    assert isinstance(x, Chosen)


def test_the_words_say_what_the_table_says():
    made = table()
    assert measured.headline(made, 8) == "8 numbers: digits 10.0 dB, strangers 8.0. PCA's digits: 10.0."
    said = measured.copying(made)
    assert "letters 10.0 dB, pieces of photos 10.0 dB, static 4.0 dB" in said and "Nonlinear is not always" not in said
    assert "Static never passes it: it comes back at 8.0 dB" in said and "static at 9.2 (2 seeds, 0.5 dB apart)" in said
    high = replace(made.curves[NETWORK]["static"], mean=[4.0, 24.0])
    curves = made.curves | {NETWORK: made.curves[NETWORK] | {"static": high}}
    curves[PCA] = curves[PCA] | {"digits": replace(made.curves[PCA]["digits"], mean=[9.0, 21.0])}
    said = measured.copying(replace(made, curves=curves))
    assert "Static passes it at 1,000 numbers, and comes back at 24.0 dB from 1,000" in said
    assert "From 1,000 numbers on PCA keeps digits better (21.0 against 20.0 dB)" in said
    rows = measured.table_csv(made).splitlines()
    assert len(rows) == 1 + 2 * 4 * 2 and rows[1] == "network,digits,8,10.000,8.000,12.000"
    claim = linear.claim(made)
    assert "falls to 0.01°" in claim and "At step 40" in claim and "60° off" in claim and "is 0.50 on average" in claim


@pytest.mark.parametrize(
    ("scale", "says"), [(0.0, "below the 10.8"), (0.6, "above the 10.8"), (0.98, "can copy what it has never seen")]
)
def test_the_story_says_what_became_of_static(scale, says):
    x = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    made = [Column(name, name, x, {NETWORK: {8: x * scale}, PCA: {8: x * 0.5}}) for name in ("digit", "static")]
    text = story.through(made, 8)
    assert says in text and ("curves hurt" in text) == (scale < 0.5) and ("curves help" in text) == (scale > 0.5)
    assert f"at {float(metrics.psnr(x, x * scale)):.1f} dB" in text
    assert story.through(made, 16) == ""


def test_numbers_of_other_checkpoints_are_called_so(monkeypatch):
    monkeypatch.setattr(capacity, "load", lambda: replace(table(), sha256={"bottleneck-8": "0"}))
    assert any("benchmarks.bottleneck --save" in caption.value for caption in sound(visit(PAGE)).caption)


@needs_models
def test_the_line_holds_the_learnt_digits_in_order():
    x, y, z, recon = line.by_heart(get_engine())
    images, labels = load_digits("train")
    assert len(x) == 100 and (z.diff() >= 0).all() and sorted(y.tolist()) == sorted(labels[:100].tolist())
    assert float((recon - x).square().mean()) == pytest.approx(
        get_engine().card(MEMORISER).metrics["mse_train"].value, rel=0.01
    )
    learnt = {picture.numpy().tobytes() for picture in (images[:100].float() / 255)}
    assert learnt == {picture.numpy().tobytes() for picture in x}
