"""The referee: real digits pass, taps and strangers do not, and where nobody reads nobody leads."""

import json

import pytest
import torch

from aecore import checkpoints, referee
from aecore.data import load_digits, strangers
from aecore.engine import Engine, get_engine
from aecore.errors import CheckpointError
from aecore.latent import realism
from aecore.restore import masks
from aecore.restore.compare import Damage, Hole, compare_denoising, compare_inpainting, compare_upscaling
from benchmarks import judge as benchmark

needs_judge = pytest.mark.skipif("judge" not in checkpoints.names(), reason="no trained models")


def refused(x: torch.Tensor) -> float:
    return sum(why is not None for why in referee.refusals(get_engine(), x)) / len(x)


@needs_judge
def test_at_most_one_test_digit_of_a_hundred_is_refused():
    images = load_digits("test")[0][::3]  # benchmarks/judge.py takes all
    assert refused(images.float() / 255) <= 0.01


@needs_judge
def test_a_hand_s_digits_pass():
    rng = benchmark.np.random.default_rng(1)
    assert refused(torch.cat([benchmark.hand(label % 10, rng) for label in range(100)])) == 0


@needs_judge
@pytest.mark.parametrize(
    ("kind", "least"),
    [(benchmark.tap, 0.9), (benchmark.scribble, 0.7), (benchmark.zigzag, 0.7)],
    ids=lambda given: getattr(given, "__name__", None),
)
def test_what_a_hand_draws_besides_is_refused(kind, least):
    assert refused(benchmark.drawn(kind, 60)) >= least


@needs_judge
def test_pictures_of_something_else_are_refused():
    assert refused(strangers.photo_pieces(100)) >= 0.9
    assert refused(strangers.static(20)) == 1 and refused(strangers.face()) == 1


def test_a_dot_is_little_ink_and_a_stroke_is_not():
    blank, dot, line, ring = torch.zeros(4, 1, 28, 28).unbind()
    dot[:, 4:24, 4:24] = 1
    line[:, 4:24, 12:15] = 1
    ring[:, 4:24, 4:24], ring[:, 7:21, 7:21] = 1, 0
    ring[:, 7:21, 7:21] = 0
    assert referee.little_ink(torch.stack([blank, dot, line, ring])).tolist() == [True, True, False, False]
    faint = torch.zeros(1, 1, 28, 28)
    faint[..., 5, 5] = 1
    assert referee.little_ink(faint).tolist() == [True]


@needs_judge
def test_where_nobody_reads_nobody_leads():
    x = benchmark.drawn(benchmark.tap, 1)
    for comparison in (
        compare_denoising(x, Damage("gaussian", 0.5)),
        compare_inpainting(x, Hole(masks.make("half", x), "half")),
        compare_upscaling(x),
    ):
        assert comparison.refused == "little ink" and comparison.facts.outcome == "refused"
        assert comparison.methods and not any(comparison.leads(entry) for entry in comparison.methods)
        assert {entry.reads for entry in (comparison.clean, comparison.corrupted, *comparison.methods)} == {None}
    assert compare_upscaling(x).bias.outcome == "refused"
    assert referee.read(get_engine(), x, x) == [None, None]


@needs_judge
def test_a_digit_and_what_became_of_it_are_read():
    x, y = load_digits("test")
    assert referee.read(get_engine(), x[:1].float() / 255, x[1:2].float() / 255) == y[:2].tolist()


def test_without_a_judge_ink_alone_counts(monkeypatch):
    def missing(self, name):
        raise CheckpointError("no judge")

    monkeypatch.setattr(Engine, "model", missing)
    engine = Engine("cpu")
    assert referee.refusals(engine, torch.cat([strangers.static(1), torch.zeros(1, 1, 28, 28)])) == [None, "little ink"]
    assert referee.read(engine, strangers.static(1)) == [None]


@needs_judge
@pytest.mark.parametrize("measure", [referee.distance, referee.loss])
def test_the_limits_in_the_table_are_those_of_the_shipped_networks(measure, tmp_path, monkeypatch):
    engine = get_engine()
    computed = referee.measured_limit(engine, measure)
    table = json.loads(referee.results_file().read_text())
    assert table[measure.__name__] == {
        "value": pytest.approx(computed, rel=1e-4),
        "sha256": referee.sha256(engine, measure),
    }
    monkeypatch.setattr(referee, "measured_limit", lambda *_: 7.0)
    limit = referee.limit.__wrapped__  # without what was remembered
    assert limit(engine, measure) == table[measure.__name__]["value"]
    path = tmp_path / "judge.json"
    monkeypatch.setattr(referee, "results_file", lambda: path)
    for name in table:
        table[name]["sha256"] = "of another network"
    for content in (json.dumps(table), "{}", "["):
        path.write_text(content)
        assert limit(engine, measure) == 7
    path.unlink()
    assert limit(engine, measure) == 7


@needs_judge
def test_engines_with_the_same_judge_share_the_real_digits():
    assert realism.real_digits(Engine("cpu")) is realism.real_digits(get_engine())
