"""What fits through a code: the ways through, the measured table, and what its numbers must say."""

import json
from dataclasses import asdict, replace

import pytest
import torch

from aecore import checkpoints, metrics, records
from aecore.data import strangers
from aecore.engine import get_engine
from aecore.errors import DataError
from aecore.latent import capacity
from aecore.latent.capacity import DIGITS, LINEAR, NETWORK, PCA, STRANGERS, TEXTBOOK, Curve, Measured, Trace, name_of
from aecore.latent.linear import digits_axes
from aecore.recipes import BOTTLENECKS

needs_models = pytest.mark.skipif(
    not {*map(name_of, BOTTLENECKS), LINEAR} <= set(checkpoints.names()), reason="no trained models here"
)


def table() -> Measured:
    """A table in which nothing is true but its form."""
    curve = Curve([10.0, 20.0], [8.0, 18.0], [12.0, 22.0])
    kinds = dict.fromkeys((DIGITS, *STRANGERS), curve) | {"static": Curve([4.0, 8.0], [4.0, 8.0], [4.0, 8.0])}
    trace = Trace([40, 80], [60.0, 0.01], [0.004, 0.0], 0.5, 0.0168)
    mse = {"pca": 0.0168, "pca, cut off": 0.0152, LINEAR: 0.0152, capacity.NONLINEAR: 0.012, TEXTBOOK: 0.0093}
    usual = {kind: [9.0, 9.5] for kind in kinds}
    return Measured(
        [8, 1000], {NETWORK: kinds, PCA: kinds}, usual, [trace], {"hurried": [trace], "patient": [trace]}, mse, {}
    )


def test_the_table_comes_back_as_it_was_and_strangers_count_alike(tmp_path):
    path = records.write_table(table(), tmp_path / "table.json")
    assert capacity.load(path) == table()
    assert table().strangers(NETWORK) == [8.0, 16.0]


@pytest.mark.parametrize(
    "change",
    [{"curves": {}}, {"sizes": [8]}, {"exact": []}, {"batches": {}}, {"mse": {}}, {"usual": {}}, {"extra": 1}],
)
def test_a_table_without_a_part_is_refused(change, tmp_path):
    path = tmp_path / "table.json"
    path.write_text(json.dumps(asdict(table()) | change))
    with pytest.raises(DataError, match=r"python -m benchmarks\.bottleneck --save"):
        capacity.load(path)
    with pytest.raises(DataError, match="not measured here yet"):
        capacity.load(tmp_path / "none.json")


def test_pca_of_all_numbers_is_a_copy_and_of_few_is_cut_off():
    x = strangers.face()
    assert float(metrics.psnr(x, capacity.through(get_engine(), PCA, x, 1000))) > 80
    recon = capacity.through(get_engine(), PCA, x, 8)
    assert recon.min() >= 0 and recon.max() <= 1
    assert torch.equal(recon, digits_axes().reconstruct(x, 8).clamp(0, 1))


@needs_models
def test_what_was_measured_is_of_these_networks_and_says_what_their_cards_say():
    measured, engine = capacity.load(), get_engine()
    assert measured.sizes == list(BOTTLENECKS) and measured.stale(engine) == []
    for size, psnr in zip(measured.sizes, measured.curves[NETWORK][DIGITS].mean, strict=True):
        assert psnr == pytest.approx(engine.card(name_of(size)).metrics["psnr"].value, abs=0.02)
    stale = replace(measured, sha256=measured.sha256 | {LINEAR: "0"})
    assert stale.stale(engine) == [LINEAR]


@needs_models
def test_a_wide_net_copies_noise_and_a_narrow_one_does_not_even_copy_a_face():
    measured = capacity.load()
    for way in (NETWORK, PCA):
        digits, others = measured.curves[way][DIGITS].mean, measured.strangers(way)
        assert digits == sorted(digits) and all(a >= b for a, b in zip(digits, others, strict=True))
    assert all(
        ours > pca
        for ours, pca, size in zip(
            measured.curves[NETWORK][DIGITS].mean, measured.curves[PCA][DIGITS].mean, measured.sizes, strict=True
        )
        if size <= 64
    )
    flat = 10.8  # dB, a grey page
    static = measured.curves[NETWORK]["static"].mean
    assert max(static[: measured.sizes.index(64)]) < flat < 20 < static[-1]


@needs_models
def test_the_angle_tells_and_the_error_does_not():
    measured = capacity.load()
    assert max(trace.angle[-1] for trace in measured.exact) < 0.1
    assert max(trace.angle[-1] for trace in measured.batches["patient"]) < 3
    hurried = measured.batches["hurried"]
    assert max(trace.excess[-1] for trace in hurried) < 0.01 and min(trace.angle[-1] for trace in hurried) > 10
    assert measured.mse["pca"] == pytest.approx(0.0168, abs=0.0001)
    assert measured.mse[TEXTBOOK] < measured.mse[capacity.NONLINEAR] < measured.mse["pca, cut off"]
    assert measured.mse[LINEAR] == pytest.approx(measured.mse["pca, cut off"], rel=0.005)
