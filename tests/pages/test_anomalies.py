"""The Anomalies page in Streamlit's own test runner, its arithmetic in node, and the words that it makes of numbers."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from aecore import anomaly_scores, checkpoints
from aecore.anomaly import normal, rank, roc, scores, table
from aecore.anomaly.normal import BOTH, DAE, DIGITS, DOUBT, ELBO, INK
from aecore.engine import get_engine
from pages.anomalies import measured, stage, try_next
from pages.anomalies.stage import Marked, Settings
from tests import node
from tests.visits import shown, sound, visit
from ui.input.digit import SCRATCHES, example_digit
from ui.input.pad.strokes import stroke

PAGE = "anomalies"
pytestmark = pytest.mark.skipif("one-class-4" not in checkpoints.names(), reason="no trained models here")


def marked(at: AppTest) -> Marked:
    return at.session_state["_anomalies"].shown


def test_it_opens_with_the_scores_that_the_engine_gives():
    at = shown(PAGE)
    x = example_digit(stage.EXAMPLE)
    expected = anomaly_scores(x, normal=4)
    assert torch.equal(marked(at).x, x) and marked(at).settings == Settings()
    assert marked(at).marks == pytest.approx({key: float(value) for key, value in expected.items()}, rel=1e-4)
    assert not at.warning


def test_settings_stand_in_the_url_and_nonsense_does_no_harm():
    at = sound(
        visit(PAGE, anomalies_normal=DIGITS, anomalies_score=ELBO, anomalies_pass="90.5", anomalies_thing="empty")
    )
    assert marked(at).settings == Settings(DIGITS, ELBO, 90.5, "empty")
    assert not marked(at).x.any()
    assert marked(at).below(ELBO) < 5 and marked(at).below(INK) == 100  # the failure, and its repair
    at = sound(visit(PAGE, anomalies_normal="11", anomalies_score="ae", anomalies_pass="nan", anomalies_thing="<b>"))
    assert marked(at).settings == Settings()


@pytest.mark.parametrize(
    "said", [(None,) * 5, ([], {}, True, 1, "x"), ("4", "ae", float("nan"), "", ""), ("٣", "", 12, 0, 0)]
)
def test_what_the_browser_says_is_checked(said):
    assert stage.checked(*said) == Settings()
    assert stage.checked("digits", "ae", 99.6, "shoe", "USPS") == Settings(DIGITS, "ae", 99.5, "shoe", "USPS")


def test_another_digit_takes_the_place_of_the_shoe():
    at = sound(visit(PAGE, anomalies_thing="shoe"))
    assert torch.equal(marked(at).x, stage.thing("shoe"))
    strokes = [stroke([(0.25, 0.25), (0.75, 0.25), (0.45, 0.8)])]
    at.session_state["pad"] = {"drawing": {"seq": 1, "nonce": 0, "final": True, "strokes": strokes}}
    sound(at.run())
    assert marked(at).settings.thing == "" and not torch.equal(marked(at).x, stage.thing("shoe"))


def test_a_picked_digit_is_scratched_on_the_pad_and_another_one_is_clean():
    at = sound(visit(PAGE, anomalies_source="Pick", anomalies_digit="7"))
    assert torch.equal(marked(at).x, example_digit(7))
    line, rubbed = stroke([(0.02, 0.9), (0.3, 0.9)]), stroke([(0.5, 0.2), (0.5, 0.8)]) | {"erase": True}
    message = {"seq": 1, "nonce": 0, "final": True, "strokes": [line, rubbed]}
    at.session_state[SCRATCHES] = {"drawing": message}
    sound(at.run())
    x, bare = marked(at).x[0, 0], example_digit(7)[0, 0]
    assert x[25, 4] == 1 and not x[8:20, 14].any() and bare[8:20, 14].any()
    assert torch.equal(x[:20, :10], bare[:20, :10])  # where no stroke is, nothing has changed
    sound(at.number_input(key="anomalies_digit").set_value(8).run())
    assert torch.equal(marked(at).x, example_digit(8))


MARKS = """async (load, x, recon, features, usual, mu, logvar, noise, p, packed, at) => {
    const marks = await load("/pages/anomalies/stage/marks.js")
    const quantiles = marks.quantilesFrom(packed)
    return {
        error: marks.errorOf(x, recon), ink: marks.errorPerInk(x, recon),
        both: marks.oddness(x, recon, features, usual),
        elbo: marks.negativeElbo(x, { mu, logvar }, () => p, noise),
        below: at.map((score) => marks.shareBelow(score, quantiles)),
        quantile: [0, 12.3, 50, 100].map((percent) => marks.quantile(percent, quantiles)),
        roc: marks.rocOf(quantiles, Float64Array.from(quantiles, (value) => value + 0.5)),
        density: marks.densityOf(quantiles, quantiles[0], quantiles[200] + 1, 30).reduce((a, b) => a + b),
    }
}"""


def test_the_browser_scores_as_python_does():
    rng = torch.Generator().manual_seed(0)
    x, recon = torch.rand(1, 1, 28, 28, generator=rng), torch.rand(1, 1, 28, 28, generator=rng)
    features, usual = torch.randn(1, 5, generator=rng), [20.0, 3.0, 5.0, 2.0]
    mu, logvar = torch.randn(1, 3, generator=rng), torch.randn(1, 3, generator=rng)
    quantiles = torch.randn(table.STEPS + 1, generator=rng).sort().values.half().double().numpy()
    noise = scores.draws(3)

    class Fixed:
        """Decodes everything to recon."""

        posterior = staticmethod(lambda x: (mu, logvar))
        decode_logits = staticmethod(lambda z: torch.logit(recon))

    at = [-9.0, 9.0, 0.1, float(quantiles[7])]
    said = node.run(
        MARKS, x.flatten().tolist(), recon.flatten().tolist(), features[0].tolist(), usual, mu[0].tolist(),
        logvar[0].tolist(), noise.flatten().tolist(), recon.flatten().tolist(), stage._packed(quantiles), at,
    )  # fmt: skip
    error = float(scores.error(x, recon))
    assert said["error"] == pytest.approx(error, rel=1e-5)
    assert said["ink"] == pytest.approx(float(scores.error_per_ink(x, recon)), rel=1e-5)
    assert said["both"] == pytest.approx((error - 20) / 3 + (float(features.square().sum()) - 5) / 2, rel=1e-5)
    assert said["elbo"] == pytest.approx(float(scores.negative_elbo(Fixed(), x, noise)), rel=1e-4)
    assert said["below"] == pytest.approx([rank.share_below(score, quantiles) for score in at], abs=0.1)
    assert said["quantile"] == pytest.approx(np.quantile(quantiles, [0, 0.123, 0.5, 1]).tolist(), abs=1e-3)
    curve = np.array(said["roc"])
    area = np.trapezoid(curve[:, 1], curve[:, 0]) / 100
    assert area == pytest.approx(roc.auroc(quantiles, quantiles + 0.5), abs=1.0)
    assert said["density"] == pytest.approx(1)


BELOW = """async (load, packed, at) => {
    const { quantilesFrom, shareBelow } = await load("/pages/anomalies/stage/marks.js")
    const quantiles = quantilesFrom(packed)
    return at.map((score) => shareBelow(score, quantiles))
}"""


def test_of_equal_quantiles_the_first_counts_in_python_and_in_the_browser():
    quantiles = rank.distributions(normal.Normal("2"))[DOUBT]
    sure = 1 - torch.arange(9) * 2.0**-24  # the largest floats: the judge is as sure as this of most 2s
    doubts = scores.doubt(sure[:, None].expand(-1, 10), 2).double().numpy()
    equal = np.unique(np.concatenate([doubts, quantiles]))
    between = (quantiles[1:] + quantiles[:-1])[np.diff(quantiles) > 1e-5] / 2
    less = [100 * int((quantiles < score).sum()) / table.STEPS for score in equal.astype(np.float16)]
    assert max(np.unique(quantiles, return_counts=True)[1]) > 50  # or this tests nothing
    at = [*equal, *between, -1.0, 99.0]
    below = [rank.share_below(score, quantiles) for score in at]
    stored = np.isin(equal.astype(np.float16), quantiles)
    assert np.array(below[: len(equal)])[stored] == pytest.approx(np.array(less)[stored], abs=0.01)
    assert below[-2:] == [0, 100]
    assert node.run(BELOW, stage._packed(quantiles), at) == pytest.approx(below, abs=1e-9)


def test_the_browser_is_told_scores_and_quantiles_as_they_are():
    at = shown(PAGE)
    (element,) = (part for part in at.get("bidi_component") if "anomalies_stage" in part.proto.component_name)
    told = json.loads(element.proto.json)
    assert told["marks"] == marked(at).marks
    for key, values in marked(at).usual.items():
        assert np.array_equal(np.frombuffer(base64.b64decode(told["usual"][key]), "<f2"), values)


def test_one_class_networks_beat_nearest_neighbours_where_the_page_says_so():
    made = table.load()
    assert made.mean(BOTH)[0] > made.mean(table.NEAREST)[0]
    assert [len(seeds) for seeds in made.one_class[BOTH]] == [len(made.one_class[DAE][0])] * 10
    shipped = get_engine().card("one-class-8").metrics["auroc"].value
    assert made.one_class[BOTH][8][0] == pytest.approx(shipped, abs=0.2)


def test_the_words_say_what_the_table_says():
    made = table.load()

    def with_means(**areas):
        ways = {way: [[areas.get(way, 90.0)] * 2] * 10 for way in table.ONE_CLASS}
        return replace(made, one_class=ways)

    said = measured.one_class(with_means(both=97.0, nearest=95.0))
    assert (
        said.startswith(
            "**Best of the networks is “Denoiser: error and code”, AUROC 97.0 ± 0.0%; nearest neighbours have 95"
        )
        and "does not reach" in said
    )
    assert "No network here surely beats nearest neighbours" in measured.one_class(with_means(both=94.0, nearest=95.0))
    assert "does reach" in measured.one_class(with_means(both=95.1, ae=95.0, nearest=95.0))
    rows = measured.class_by_class(with_means(both=97.0)).splitlines()
    assert len(rows) == 12 and rows[2].startswith("| :small[0s] | :small[**97.0 ± 0.0**] | :small[90.0")
    lines = measured.classes_table(with_means(both=97.0)).splitlines()
    assert len(lines) == 2 + len(measured.WAYS) and "97.0 ± 0.0%" in lines[2]
    turned = replace(made.reversals["fashion"], auroc=[60.0, 61.0])
    assert "does not prefer digits" in measured.reversal(replace(made, reversals=made.reversals | {"fashion": turned}))


def test_bets_are_decided_by_the_scores():
    at = sound(visit(PAGE, anomalies_normal=DIGITS, anomalies_score=ELBO, anomalies_thing="empty"))
    assert try_next.empty(marked(at)).option == 2 and try_next.upside_down(marked(at)) is None
    at = sound(visit(PAGE, anomalies_thing="four"))
    odd = marked(at).mark > rank.threshold(5, marked(at).usual[DAE])
    assert try_next.upside_down(marked(at)).option == (0 if odd else 1) and try_next.empty(marked(at)) is None


def test_under_the_hood_shows_the_source_that_ran():
    at = visit(PAGE)
    assert not at.code
    at.session_state["anomalies_equations_open"] = True
    sound(at.run())
    source = "\n".join(code.value for code in at.code)
    assert "def error_per_ink" in source and "def auroc" in source and "kl_standard_normal" in source
    assert any(f"{marked(at).marks[DAE]:.1f}" in text.value for text in at.latex)


def test_normal_is_digits_or_a_class():
    with pytest.raises(ValueError, match="from 0 to 9"):
        normal.Normal("10")
