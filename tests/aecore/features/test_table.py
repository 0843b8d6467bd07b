"""The table that the page shows: it is about the checkpoints at hand, and reaches the lab's bars."""

import pytest
import torch

from aecore import checkpoints, sparse
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.features import measures, table
from aecore.features.probe import interval
from aecore.models import build

SHIPPED = ("wide", "wide-noise", "wide-sparse", "wide-contractive")
pytestmark = pytest.mark.skipif(not set(SHIPPED) <= set(checkpoints.names()), reason="no trained models here")


@pytest.fixture(scope="module")
def measured():
    return table.load()


def best(measured, labels: str) -> float:
    return max(interval(row.probe[labels], measured.tested)[0] for row in measured.rows.values())


def test_it_was_measured_on_these_checkpoints(measured):
    assert measured.stale(get_engine()) == [] and set(SHIPPED) <= set(measured.checkpoints)


def test_the_best_code_reaches_the_bars_and_pixels_do_not(measured):
    for labels, bar in (("1000", 91.5), ("60000", 96.4)):
        assert interval(measured.pixels[labels], measured.tested)[0] < bar <= best(measured, labels)


def test_the_contractive_price_does_what_it_is_for(measured):
    held, control = measured.rows["wide-contractive"], measured.rows["wide"]
    assert held.jacobian <= 0.7 * control.jacobian and held.directions <= 35 < control.directions
    assert held.control == "wide" and control.constraint == ""


def test_what_one_sees_outside_of_the_digits_is_the_initialisation(measured):
    assert measured.rows["untied"].outside == pytest.approx(measured.fresh, rel=0.05)
    assert measured.rows["dae-tanh-500"].outside < 0.85 * measured.fresh


@pytest.mark.parametrize("name", SHIPPED)
def test_a_row_is_what_its_checkpoint_does(measured, name):
    model, row = checkpoints.load(name), measured.rows[name]
    x = load_digits("test")[0][:300].float() / 255
    active = float(measures.active_units(model.encode(x)).float().mean())
    assert active == pytest.approx(row.active, rel=0.15)
    assert float((model(x) - x).square().mean()) == pytest.approx(row.mse, rel=0.15)
    jacobian = measures.jacobians(model.encode, x[:20])
    assert float(measures.jacobian_norms(jacobian).mean()) == pytest.approx(row.jacobian, rel=0.2)
    images, _ = load_digits("train")
    inside, outside = measures.regions(images)
    kernels, first = measures.kernels_of(model), measures.kernels_of(build("constrained", model.card.config))
    assert float(kernels[:, outside].std()) == pytest.approx(row.outside, abs=2e-4)
    assert measures.never_learned(kernels, first, inside) == pytest.approx(row.unlearned, abs=3)


def test_the_kernels_kept_are_those_of_the_rows(measured):
    kernels = table.load_kernels()
    assert set(measured.rows) <= set(kernels)
    own = measures.kernels_of(checkpoints.load("wide"))[:36]
    shown = kernels["wide"].float() / 127.5 - 1
    torch.testing.assert_close(shown, own / own.abs().amax(1, keepdim=True), rtol=0, atol=0.02)


def test_the_guess_of_psd_is_faster_and_nearly_as_good(measured):
    model, x = checkpoints.load("psd"), load_digits("test")[0][:100].float() / 255
    exact, guess = model.infer(x, 300), model.encode(x)
    above = [sparse.objective(x.flatten(1), model.dictionary, z, model.config.penalty).mean() for z in (exact, guess)]
    assert float(above[1] / above[0]) - 1 == pytest.approx(measured.sparse.gap, rel=0.3)
    assert 0 < measured.sparse.gap < 0.3
    assert measured.sparse.exact_ms > 20 * measured.sparse.predicted_ms and measured.sparse.agree < 1e-2
