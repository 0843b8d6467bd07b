"""The heartbeats of the Signals page: settings, the browser's arithmetic in node, the words made of numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from aecore import checkpoints
from aecore.data import beats, quiet_strips
from aecore.data.heartbeats import TEST
from aecore.heartbeats import scores, table
from aecore.heartbeats.filters import band_pass
from aecore.heartbeats.table import BEATS, NETWORK, PCA, Share
from pages.signals import tabs, tour
from pages.signals.heartbeats import measured, odd, strip, try_next
from tests import node
from tests.pages.test_teach import keys
from tests.visits import sound, visit

needs_models = pytest.mark.skipif(not {NETWORK, BEATS} <= set(checkpoints.names()), reason="no trained models here")


@needs_models
def test_heartbeats_are_the_pages_second_part_and_say_that_they_are_not_for_diagnosis():
    at = sound(visit("signals", signals_of="Heartbeats", heart_person="213", heart_wander="0.25", heart_kind="S"))
    assert sum("ot for diagnosis" in element.value for element in [*at.markdown, *at.caption]) == 2
    assert strip.KEY in at.session_state and odd.KEY in at.session_state
    assert not at.warning
    sound(visit("signals", signals_of="Heartbeats", heart_person="1e400", heart_muscle="nan", heart_kind="<b>"))


@pytest.mark.parametrize("said", [None, 3, {"person": "100", "wander": True, "muscle": float("nan")}, {"wander": 9}])
def test_what_the_browser_says_is_checked(said):
    assert strip.checked(said) == {"person": TEST[0], **strip.FIRST}
    assert strip.checked({"person": 213.0, "wander": 1, "muscle": 0}) == {"person": 213, "wander": 1.0, "muscle": 0.0}


NUMBERS = """async (load, text, scale, x, before, after, mean, axes) => {
    const { seriesFrom, decibels, squaredError, byPrincipal } = await load("/pages/signals/heartbeats/strip/numbers.js")
    const one = new Float32Array(x)
    return {
        series: [...seriesFrom(text, scale)],
        gain: decibels(one, new Float32Array(before), new Float32Array(after)),
        none: decibels(one, one, new Float32Array(after)),
        error: squaredError(one, byPrincipal(one, new Float32Array(mean), new Float32Array(axes))),
    }
}"""


def test_the_browser_computes_what_python_computes():
    x = beats.beats("test").x[5]
    before, after = x + 0.1, x + 0.03 * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
    mean, axes = scores.principal()
    lists = [part.flatten().tolist() for part in (x, before, after, mean, axes)]
    said = node.run(NUMBERS, strip.packed(x.numpy(), strip.SCALE), strip.SCALE, *lists)
    np.testing.assert_allclose(said["series"], x.flatten(), atol=strip.SCALE / 2)
    assert said["gain"] == pytest.approx(scores.gain(x.numpy(), before.numpy(), after.numpy()), abs=1e-4)
    assert said["none"] is None  # NaN: there was no noise
    assert said["error"] == pytest.approx(float(scores.principal_errors(x[None])[0]), rel=1e-3)


def test_the_band_pass_of_a_sum_is_the_sum_that_the_browser_forms():
    x, rng = quiet_strips.reference(100), torch.Generator().manual_seed(0)
    noise = quiet_strips.muscle(1, len(x), rng)[0, 0].double().numpy()
    np.testing.assert_allclose(band_pass(x + 0.1 * noise), band_pass(x) + 0.1 * band_pass(noise), atol=1e-9)


def test_the_words_follow_the_numbers():
    gains = {name: {noise: [1.0 + k / 10 for k in range(8)] for noise in scores.NOISES} for name in measured.NAMES}
    better = gains | {NETWORK: {noise: [9.0 + k / 10 for k in range(8)] for noise in scores.NOISES}}
    auroc = {name: {kind: Share(90, 80, 95) for kind in scores.ODD} for name in (BEATS, PCA)}
    low = auroc | {BEATS: auroc[BEATS] | {"S": Share(51, 38, 63)}}
    made = table.Measured(better, low, dict.fromkeys(beats.KINDS, 100), 3, {})
    assert "what beats look like" in measured.story(made) and "look normal" in measured.takeaway(made)
    worse = replace(made, gains=gains | {NETWORK: {noise: [0.0, 0.1] * 4 for noise in scores.NOISES}}, auroc=auroc)
    assert "no better than the filter" in measured.story(worse) and "look normal" not in measured.takeaway(worse)


def test_the_tab_has_a_tour_of_its_own_and_its_title_speaks_of_heartbeats():
    at = sound(visit("signals", signals_of="Heartbeats"))
    there = keys(at)
    assert 4 <= len(tour.HEARTBEATS) <= 6
    for step in tour.HEARTBEATS:
        assert step.at in there and len(step.text) <= 140 and len(step.then) <= 140, step
    assert any(tabs.NOTICE[tabs.HEARTBEATS] == element.value for element in at.markdown)
    (card,) = (
        json.loads(part.proto.json) for part in at.get("bidi_component") if "ui_teach_tour" in part.proto.component_name
    )
    assert [step["text"] for step in card["steps"]] == [step.text for step in tour.HEARTBEATS]


def test_bets_on_heartbeats_are_decided_by_what_was_measured():
    at = sound(visit("signals", signals_of="Heartbeats", bet="1"))
    for bet in try_next.BETS:
        sound(at.button(key="heartbeats_option_0").click().run())
        answer = at.session_state["_bets"].plays["heartbeats"].answer
        assert 0 <= answer.option < len(bet.options) and any(answer.sentence in text.value for text in at.markdown)
        sound(at.button(key="heartbeats_bet_next").click().run())
    gains = {name: {noise: [1.0, 1.2] * 4 for noise in scores.NOISES} for name in measured.NAMES}
    auroc = {name: {kind: Share(90, 80, 95) for kind in scores.ODD} for name in (BEATS, PCA)}
    made = table.Measured(gains, auroc, dict.fromkeys(beats.KINDS, 100), 3, {})
    assert (try_next.muscle(made).option, try_next.early(made).option, try_next.ventricular(made).option) == (1, 0, 2)
    apart = replace(made, auroc=auroc | {BEATS: auroc[BEATS] | {"V": Share(60, 59, 61), "S": Share(50, 40, 60)}})
    assert (try_next.early(apart).option, try_next.ventricular(apart).option) == (1, 1)
