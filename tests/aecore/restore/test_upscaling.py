"""Super-resolution: averaging, enlarging, comparing and measuring, against other libraries and by hand."""

import json

import cv2
import numpy as np
import pytest
import torch
from skimage.transform import downscale_local_mean
from typer.testing import CliRunner

from aecore import checkpoints, metrics, records
from aecore.__main__ import app
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import CheckpointError, DataError
from aecore.restore import upscaling
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, METHODS, SIDES, TRUTH, Measured, Score

LEARNED = {FULL, BIASED, "judge"}
needs_networks = pytest.mark.skipif(not set(checkpoints.names()) >= LEARNED, reason="no trained models here")


@pytest.fixture(scope="module")
def digits():
    return load_digits("test")[0][:40].float() / 255


class Stub(Engine):
    """Networks that are known functions: FULL knows the truth of `x`, BIASED doubles the coarse pixels' brightness.

    The judge reads 7 in whatever holds more than 100 pixels' worth of ink, else 0, and is 80% sure.
    """

    def __init__(self, x, missing=()):
        super().__init__("cpu")
        self.x, self.missing = x, missing

    def restorers(self, task):
        return {}

    def card(self, name):
        if name in self.missing:
            raise CheckpointError(f"no {name}")
        return Card(name, f"Title of {name}", "", "upscaler", {}, {}, sha256=f"sha of {name}")

    def reconstruct(self, name, x, mask=None, y=None):
        self.card(name)
        if name == FULL:
            at = [int((upscaling.lower(self.x, x.shape[-1]) - low).abs().sum((1, 2, 3)).argmin()) for low in x]
            return self.x[at]
        return (2 * upscaling.nearest(x)).clamp(0, 1)

    def classify(self, x):
        self.card("judge")
        p = torch.full((len(x), 10), 0.2 / 9)
        reads = torch.where(x.sum((1, 2, 3)) > 100, 7, 0)
        return p.scatter(1, reads[:, None], 0.8)


@pytest.mark.parametrize("side", [1, 2, *SIDES, 28])
def test_lower_is_the_mean_of_each_cell(digits, side):
    x_low = upscaling.lower(digits, side)
    assert x_low.shape == (40, 1, side, side)
    for x, low in zip(digits[:4, 0].numpy(), x_low[:4, 0].numpy(), strict=True):
        assert np.allclose(low, downscale_local_mean(x, (28 // side, 28 // side)), atol=1e-6)


@pytest.mark.parametrize(("shape", "side"), [((1, 1, 28, 28), 5), ((1, 1, 28, 28), 0), ((1, 1, 28, 14), 7)])
def test_lower_refuses_what_it_cannot_divide(shape, side):
    with pytest.raises(ValueError, match="must divide"):
        upscaling.lower(torch.zeros(shape), side)


@pytest.mark.parametrize("side", SIDES)
def test_nearest_draws_each_pixel_as_a_square(digits, side):
    x_low = upscaling.lower(digits, side)
    x = upscaling.nearest(x_low)
    assert np.array_equal(x[3, 0].numpy(), np.kron(x_low[3, 0].numpy(), np.ones((28 // side, 28 // side), "f")))
    assert torch.allclose(upscaling.lower(x, side), x_low, atol=1e-6)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("name", "flag"), [("bicubic", cv2.INTER_CUBIC), ("lanczos", cv2.INTER_LANCZOS4)])
def test_interpolation_is_opencvs_on_the_coarse_picture_itself(digits, side, name, flag):
    x_low = upscaling.lower(digits, side)
    upscaled = upscaling.upscale(Stub(digits), name, x_low)
    assert upscaled.shape == digits.shape and upscaled.dtype == torch.float32
    for low, recon in zip(x_low[:6, 0].numpy(), upscaled[:6, 0].numpy(), strict=True):
        assert np.allclose(recon, cv2.resize(low, (28, 28), interpolation=flag).clip(0, 1), atol=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_back_projection_agrees_with_its_input_and_beats_plain_interpolation(digits, side):
    x_low = upscaling.lower(digits, side)
    psnr, fits = {}, {}
    for name in CLASSICAL:
        recon = upscaling.upscale(Stub(digits), name, x_low)
        assert float(recon.min()) >= 0 and float(recon.max()) <= 1
        psnr[name] = float(metrics.psnr(digits, recon).mean())
        fits[name] = float(metrics.mse(x_low, upscaling.lower(recon, side)).mean())
    assert psnr["back_projection"] > max(psnr["lanczos"], psnr["bicubic"]) > psnr["nearest"]
    assert fits["nearest"] < 1e-9 < fits["back_projection"] < fits["bicubic"]


@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (1, 1, 28, 28), (1, 1, 7, 14), (1, 7, 7)])
def test_other_sizes_are_refused(digits, shape):
    with pytest.raises(ValueError, match="x_low must be"):
        upscaling.upscale(Stub(digits), "bicubic", torch.zeros(shape))


def test_only_sizes_that_both_networks_were_trained_on_are_offered(monkeypatch):
    engine, factors = Stub(None), {FULL: [2, 4, 7], BIASED: [2, 4, 7]}
    monkeypatch.setattr(engine, "card", lambda name: Card(name, "", "", "upscaler", {"factors": factors[name]}, {}))
    assert upscaling.sides(engine) == (4, 7, 14)
    factors[BIASED] = [4]
    assert upscaling.sides(engine) == (7,)
    assert upscaling.sides(Stub(None, missing=(FULL, BIASED))) == SIDES


def test_scores_are_means_over_digits_not_over_classes():
    reads = [[0] * 10 for _ in range(10)]
    for y in range(10):
        reads[y][y] = 10 * (y + 1) - 5
        reads[y][(y + 3) % 10] = 5
    score = Score(reads, psnr=[float(y) for y in range(10)])
    every = np.repeat(np.arange(10), [10 * (y + 1) for y in range(10)])  # one entry a digit: its class
    assert score.count() == len(every) == 550
    assert score.mean(score.psnr) == pytest.approx(every.mean())
    assert score.mean(score.psnr, [2, 9]) == pytest.approx(every[np.isin(every, [2, 9])].mean())
    assert score.agreement() == pytest.approx(1 - 50 / 550)
    assert score.agreement([7]) == pytest.approx(75 / 80)
    assert score.mistakes(7) == [(0, 5)]


def test_measuring_counts_what_the_judge_reads_and_averages_by_class(digits):
    y = torch.arange(40) % 10
    shares = []
    engine = Stub(digits)
    scores, trust = upscaling.measure(engine, digits, y, 7, (TRUTH, FULL, BIASED, "nearest"), shares.append)
    assert list(scores) == [TRUTH, FULL, BIASED, "nearest"]
    assert scores[TRUTH].psnr == [] and scores[FULL].reads == scores[TRUTH].reads
    reads = engine.classify(digits).argmax(1)
    for k in range(10):
        assert scores[TRUTH].reads[k][7] == int((reads[y == k] == 7).sum())
        assert sum(scores[BIASED].reads[k]) == 4
    recon = engine.reconstruct(BIASED, upscaling.lower(digits, 7))
    assert scores[BIASED].psnr[3] == pytest.approx(float(metrics.psnr(digits, recon)[y == 3].mean()), abs=1e-3)
    assert scores["nearest"].fits == [99.0] * 10
    assert trust["nearest"].shape == (40,)
    assert torch.allclose(trust[BIASED], engine.classify(recon)[torch.arange(40), y])
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)


def test_the_most_misled_are_those_whose_class_the_judge_lets_go():
    y = torch.arange(30) % 10
    trust = {FULL: torch.ones(30), BIASED: torch.linspace(1, 0, 30)}
    trust[FULL][27] = 0  # the full network fails there, too: nothing was lost
    misled = upscaling.most_misled(trust, y, count=2)
    assert misled[0] == [20, 10] and misled[9] == [29, 19] and misled[7] == [17, 7]


WRONG_ROWS = [
    {"reads": [[1] * 10] * 9},
    {"reads": [[1] * 9] * 10},
    {"reads": [[0] * 10] * 10},
    {"reads": [[-1] * 10] * 10},
    {"reads": [[0.5] * 10] * 10},
    {"psnr": [20.0] * 9},
    {"psnr": [float("nan")] * 10},
    {"ssim": None},
    {"fits": ["a"] * 10},
]


def test_the_table_survives_the_disk(tmp_path):
    score = Score([[1] * 10] * 10, [20.0] * 10, [0.5] * 10, [30.0] * 10)
    measured = Measured({7: {FULL: score}}, {7: [[1, 2]] * 10}, {FULL: f"sha of {FULL}", BIASED: "another"})
    path = records.write_table(measured, tmp_path / "deep" / "upscaling.json")
    assert upscaling.load(path) == measured
    assert measured.stale(Stub(None)) == [BIASED]
    assert measured.stale(Stub(None, missing=(FULL,))) == [FULL, BIASED]
    whole = json.loads(path.read_text())
    row = {"reads": [[1] * 10] * 10, "psnr": [20.0] * 10, "ssim": [0.5] * 10, "fits": [30.0] * 10}
    wrong = [
        *({"scores": {"7": {"a": row | change}}} for change in WRONG_ROWS),
        *({"scores": scores} for scores in ([], {"7": []}, {"seven": {}}, {"5": {"a": row}}, {"7": {"a": {"b": 1}}})),
        *({"misled": misled} for misled in ({"7": [[1]] * 9}, {"7": [[]] * 10}, {"7": [[10_000]] * 10}, {"7": "a"})),
        *({"checkpoints": checkpoints} for checkpoints in (None, {"a": 1}, [])),
        {"surprise": 1},
    ]
    for text in ("{", "[]", "[" * 5000, *(json.dumps(whole | change) for change in wrong)):
        path.write_text(text)
        with pytest.raises(DataError, match="is damaged"):
            upscaling.load(path)
    with pytest.raises(DataError, match=r"benchmarks\.upscaling --save"):
        upscaling.load(tmp_path / "none.json")


@needs_networks
@pytest.mark.skipif(not upscaling.results_file().exists(), reason="nothing was measured yet")
def test_the_shipped_table_is_of_the_shipped_networks_and_can_be_repeated():
    measured, engine = upscaling.load(), Engine("cpu")
    assert measured.stale(engine) == []
    images, y = load_digits("test")
    assert [measured.scores[7][FULL].count([k]) for k in range(10)] == y.bincount().tolist()
    sevens = images[y == 7].float() / 255
    recon = upscaling.upscale(engine, BIASED, upscaling.lower(sevens, 7))
    reads = engine.classify(recon).argmax(1).bincount(minlength=10)
    assert reads.tolist() == pytest.approx(measured.scores[7][BIASED].reads[7], abs=3)
    assert float(metrics.psnr(sevens, recon).mean()) == pytest.approx(measured.scores[7][BIASED].psnr[7], abs=0.01)


@needs_networks
def test_the_networks_beat_every_classical_method_and_the_hole_in_the_training_costs_7s_only():
    images, y = load_digits("test")
    psnr = {}
    for group, chosen in (("sevens", y == 7), ("others", y != 7)):
        x = images[chosen][:100].float() / 255
        x_low, engine = upscaling.lower(x, 7), Engine("cpu")
        psnr[group] = {name: float(metrics.psnr(x, upscaling.upscale(engine, name, x_low)).mean()) for name in METHODS}
        assert psnr[group][FULL] > 3 + max(psnr[group][name] for name in CLASSICAL)
    assert psnr["sevens"][FULL] - psnr["sevens"][BIASED] > 0.5
    assert psnr["others"][FULL] - psnr["others"][BIASED] < 0.3


def test_the_command_line_writes_one_row_a_method(tmp_path):
    from PIL import Image

    picture, out = tmp_path / "in.png", tmp_path / "out.png"
    Image.fromarray(load_digits("test")[0][0, 0].numpy()).save(picture)
    done = CliRunner().invoke(app, ["upscale", str(picture), "--side", "14", "-o", str(out)], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    at_hand = len(CLASSICAL) + len({FULL, BIASED} & set(checkpoints.names()))
    with Image.open(out) as result:
        assert result.size == (112, 112 * (1 + at_hand))
    done = CliRunner().invoke(app, ["upscale", str(picture), "--side", "9"])
    assert done.exit_code == 2 and "--side is one of" in done.output


@pytest.mark.parametrize("side", SIDES)
def test_real_digits_are_rarely_called_strange_and_white_blocks_always(side):
    known = upscaling.known(side)
    x = load_digits("test")[0][2000:5000].float() / 255  # neither compared with, nor calibrated on
    far = known.distance(upscaling.lower(x, side)) > known.far
    assert float(far.float().mean()) <= 0.01
    white = torch.zeros(1, 1, 4, 4)
    for row, column in ((0, 0), (0, 1), (0, 2), (0, 3), (1, 3), (2, 2), (3, 1)):  # a 7 in full cells
        white[0, 0, row, column] = 1
    blocks = white.repeat_interleave(7, 2).repeat_interleave(7, 3)
    assert known.distance(upscaling.lower(blocks, side)) > known.far
    one = upscaling.lower(x[:1], side)
    nearest = (known.x_low.flatten(1).numpy() / 255.0 - one.flatten(1).numpy()) ** 2
    assert float(known.distance(one)) == pytest.approx(np.sqrt(nearest.mean(1).min()), rel=1e-4)
