"""Fair comparisons: the same digit, damage and measures for everybody, and facts that follow from the numbers."""

import math

import pytest
import torch

from aecore import checkpoints, metrics
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import CheckpointError
from aecore.restore import baselines, inpainting, masks, upscaling
from aecore.restore.compare import (
    Comparison,
    Damage,
    Entry,
    Hole,
    compare_denoising,
    compare_inpainting,
    compare_upscaling,
    sweep,
    with_search,
)
from aecore.restore.upscaling import BIASED, CLASSICAL, FULL, METHODS

needs_models = pytest.mark.skipif(not {"judge", "dae", "vae"} <= set(checkpoints.names()), reason="no trained models")


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:1].float() / 255


class Stub(Engine):
    """Networks that double the brightness of what they see; the judge reads 7 in much ink, else 0, 80% sure."""

    def __init__(self, families, missing=()):
        super().__init__("cpu")
        self.families, self.missing = families, missing

    def restorers(self, task):
        return {name: self.card(name) for name in self.families if name not in self.missing}

    def card(self, name):
        if name in self.missing or name not in self.families:
            raise CheckpointError(f"no {name}")
        return Card(name, f"Title of {name}", "", self.families[name], {}, {})

    def takes_mask(self, name):
        return False

    def reconstruct(self, name, x, mask=None, y=None):
        self.card(name)
        return (2 * (upscaling.nearest(x) if x.shape[-1] < 28 else x)).clamp(0, 1)

    def classify(self, x):
        if "judge" in self.missing:
            raise CheckpointError("no judge")
        p = torch.full((len(x), 10), 0.2 / 9)
        reads = torch.where(x.sum((1, 2, 3)) > 100, 7, 0)
        return p.scatter(1, reads[:, None], 0.8)


UPSCALERS = {FULL: "upscaler", BIASED: "upscaler"}
INPAINTERS = {method.model: "inpainter" for method in inpainting.METHODS.values() if method.model}


def compared(task: str, x, engine: Engine) -> Comparison:
    if task == "denoise":
        return compare_denoising(x, Damage("dropout", 0.5), engine=engine)
    if task == "inpaint":
        return compare_inpainting(x, Hole(masks.make("half", x), "half"), engine=engine)
    return compare_upscaling(x, 7, engine=engine)


@pytest.mark.parametrize("task", ["denoise", "inpaint", "upscale"])
def test_everybody_is_measured_against_the_clean_digit_and_judged(x, task):
    families = {
        "upscale": UPSCALERS,
        "denoise": {"new": "denoiser"},
        "inpaint": INPAINTERS,
    }
    engine = Stub(families[task])
    comparison = compared(task, x, engine)
    assert torch.equal(comparison.clean.x, x) and comparison.clean.psnr == math.inf
    assert {"classical"} < {entry.kind for entry in comparison.methods}
    for entry in [comparison.corrupted, *comparison.methods]:
        assert entry.psnr == pytest.approx(float(metrics.psnr(x, entry.x)))
        assert entry.ssim == pytest.approx(float(metrics.ssim(x, entry.x)))
        p = engine.classify(entry.x)[0]
        assert (entry.reads, entry.sure) == (int(p.argmax()), pytest.approx(float(p.max())))
        if comparison.mask is not None:
            assert entry.missing == pytest.approx(float(metrics.psnr_missing(x, entry.x, comparison.mask)))
        if task == "upscale":
            low = upscaling.lower(entry.x, 7)
            assert entry.fits == pytest.approx(float(metrics.psnr(comparison.given, low)), rel=1e-3)
    assert comparison.problems == {} and comparison.method("none") is None


def test_the_same_damage_for_everybody_and_again(x):
    damage = Damage("gaussian", 0.5, seed=3)
    comparison = compare_denoising(x, damage, ["new"], ["median"], engine=Stub({"new": "denoiser"}))
    x_noisy, mask = damage.apply(x)
    assert torch.equal(comparison.given, x_noisy) and torch.equal(comparison.corrupted.x, x_noisy) and mask is None
    assert torch.equal(comparison.damage.draw(x).apply(x)[0], x_noisy)
    assert [entry.id for entry in comparison.methods] == ["new", "median"]
    assert torch.equal(comparison.methods[0].x, (2 * x_noisy).clamp(0, 1))
    assert torch.equal(comparison.methods[1].x, baselines.restore("median", x_noisy, None, "gaussian", 0.5))


def test_unless_asked_all_that_fit_are_compared(x):
    engine = Stub({"new": "denoiser", "dae": "denoiser", "inpainter": "inpainter", **UPSCALERS})
    comparison = compare_denoising(x, Damage("stripes", 0.5), engine=engine)
    assert [entry.id for entry in comparison.methods] == [*engine.families, *baselines.applicable("stripes")]
    engine = Stub(INPAINTERS | {"new": "inpainter"})
    comparison = compare_inpainting(x, Hole(masks.make("patch", x)), engine=engine)
    learned, classical = ([n for n, m in inpainting.METHODS.items() if bool(m.model) == own] for own in (True, False))
    quick = [name for name in learned if name != inpainting.SEARCH]
    assert [entry.id for entry in comparison.methods] == [*quick, "new", *classical]
    comparison = compare_upscaling(x, 4, engine=Stub(UPSCALERS | {"new": "upscaler"}))
    assert [entry.id for entry in comparison.methods] == [FULL, BIASED, "new", *CLASSICAL]


@pytest.mark.parametrize("paste", [False, True])
def test_known_pixels_are_put_back_where_asked(x, paste):
    comparison = compare_denoising(x, Damage("dropout", 0.5), ["new"], [], paste, Stub({"new": "denoiser"}))
    known = comparison.mask == 0
    assert torch.equal(comparison.methods[0].x[known], x[known]) == paste


def test_no_method_sees_what_is_under_the_mask(x):
    hole = Hole(masks.make("half", x), "half")
    engine = Stub(INPAINTERS)
    one, other = (compare_inpainting(masks.hide(x, hole.mask, ink), hole, engine=engine) for ink in (0.0, 1.0))
    assert torch.equal(one.given, other.given)
    assert all(torch.equal(a.x, b.x) for a, b in zip(one.methods, other.methods, strict=True))


def test_what_is_missing_is_left_out_and_named(x):
    comparison = compare_upscaling(x, 7, METHODS, Stub(UPSCALERS, missing=(BIASED, "judge")))
    assert [entry.id for entry in comparison.methods] == [FULL, *CLASSICAL]
    assert comparison.problems == {BIASED: f"no {BIASED}", "judge": "no judge"}
    assert comparison.clean.reads is None and comparison.bias.outcome == "untold"
    engine = Stub(INPAINTERS, missing=("dae",))
    comparison = compare_inpainting(x, Hole(masks.make("patch", x)), engine=engine)
    assert comparison.problems == {"dae": "no dae"}  # one model, though two methods need it


def test_a_sentence_is_not_needed_for_a_table(x):
    comparison = compare_upscaling(x, 7, ["bicubic", FULL], engine=Stub(UPSCALERS))
    head, clean, low, first, second = str(comparison).splitlines()
    assert repr(comparison) == str(comparison)
    assert head.split()[:3] == ["Low", "resolution,", "7"] and head.rstrip().endswith("judge reads")
    assert clean.startswith("The truth") and low.startswith("Corrupted")
    best = {"bicubic": first, FULL: second}[comparison.best.id]
    assert " * " in best and f"{comparison.best.psnr:.2f}" in best and "(80%)" in best
    assert "missing" not in head and "fits the input" in head


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (torch.zeros(2, 1, 28, 28), "of one digit: use x"),
        (torch.zeros(28, 28), "must be a float tensor"),
        (torch.full((1, 1, 28, 28), 255.0), "divide by 255"),
    ],
)
def test_a_comparison_is_of_one_digit(bad, why):
    for compare in (
        lambda: compare_denoising(bad, Damage("gaussian", 0.5), [], []),
        lambda: compare_inpainting(bad, Hole(torch.ones(1, 1, 28, 28)), []),
        lambda: compare_upscaling(bad, 7, []),
    ):
        with pytest.raises(ValueError, match=why):
            compare()


# ---- facts


def entry(name: str, kind: str, number: float, reads: int | None = 3) -> Entry:
    x = torch.zeros(1, 1, 28, 28)
    return Entry(name, name, kind, x, number, 0.5, reads, 0.9, missing=number)


def of(*methods: Entry, corrupted: float = 10.0, mask: torch.Tensor | None = None) -> Comparison:
    x, clean = torch.zeros(1, 1, 28, 28), entry("clean", "", math.inf)
    low, decides = entry("corrupted", "", corrupted), "psnr" if mask is None else "missing"
    return Comparison(Damage("patch", 0.5), x, clean, low, list(methods), mask, decides)


NET, FILTER = entry("net", "dae", 20.0), entry("filter", "classical", 15.0)
HALF = torch.zeros(1, 1, 28, 28).index_fill(2, torch.arange(14), 1)


@pytest.mark.parametrize(
    ("comparison", "outcome", "gain"),
    [
        (of(), "no method", None),
        (of(NET, FILTER, corrupted=61.0), "undamaged", None),
        (of(NET, FILTER, mask=0 * HALF), "undamaged", None),
        (of(NET, FILTER, mask=0 * HALF + 1), "nothing left", None),
        (of(NET, FILTER, corrupted=21.0), "leave it", -1.0),
        (of(NET, FILTER, corrupted=21.0, mask=HALF), "lead", 5.0),  # nobody leaves a hole
        (of(NET, entry("other", "ae", 18.0)), "no rival", 10.0),
        (of(FILTER, mask=HALF), "no rival", 5.0),
        (of(entry("net", "dae", 46.0), FILTER, mask=HALF), "background", None),
        (of(entry("net", "dae", 46.0), FILTER), "lead", 31.0),
        (of(NET, entry("filter", "classical", 19.6)), "tie", 0.4),
        (of(NET, entry("filter", "classical", 19.4)), "lead", 0.6),
        (of(FILTER, NET, entry("better", "vae", 19.0)), "lead", 5.0),  # over the other sort, not over the next
    ],
)
def test_facts_follow_from_the_numbers(comparison, outcome, gain):
    facts = comparison.facts
    assert facts.outcome == outcome
    assert gain is None or facts.gain == pytest.approx(gain)
    if outcome == "lead":
        assert (facts.best.kind == "classical") != (facts.rival.kind == "classical")


def test_facts_say_who_is_misread():
    facts = of(entry("net", "dae", 20.0, reads=5), entry("filter", "classical", 15.0, reads=None)).facts
    assert facts.misread and facts.rival_misread
    facts = of(NET, FILTER).facts
    assert not facts.misread and not facts.rival_misread


def test_of_equal_fillings_the_one_that_spares_the_rest_is_best():
    x = torch.zeros(1, 1, 28, 28)
    blind, pasted = (Entry(name, name, "dae", x, psnr, 0.5, missing=12.0) for name, psnr in (("a", 20.0), ("b", 21.0)))
    assert of(blind, pasted, mask=HALF).best is pasted and of(pasted, blind, mask=HALF).best is pasted


# ---- with the shipped models


@needs_models
def test_a_notebook_needs_no_engine_of_its_own(x):
    for comparison in (
        compare_denoising(x, Damage("dropout", 0.5)),
        compare_inpainting(x, Hole(masks.make("half", x), "half")),
        compare_upscaling(x),
    ):
        assert comparison.facts.outcome == "lead" and comparison.facts.best.kind != "classical"
        assert comparison.best.label in str(comparison)


@needs_models
def test_the_search_joins_in_its_place(x):
    comparison = compare_inpainting(x, Hole(masks.make("patch", x)))
    joined = with_search(comparison, x)
    assert [entry.id for entry in joined.methods] == list(inpainting.METHODS)
    assert joined.method(inpainting.SEARCH).psnr == math.inf and joined.best.id == inpainting.SEARCH
    assert comparison.method(inpainting.SEARCH) is None


@needs_models
def test_the_sweep_passes_through_the_comparison(x):
    damage = Damage("patch", 0.5, center=(0.4, 0.3))
    names, filters = ["dae", "vae"], ["telea", "biharmonic"]
    for paste in (False, True):
        comparison, curves = (
            compare_denoising(x, damage, names, filters, paste),
            sweep(x, damage, names, filters, paste),
        )
        assert list(curves) == ["corrupted", *names, *filters]
        for point in [comparison.corrupted, *comparison.methods]:
            assert curves[point.id][10] == pytest.approx(point.psnr, abs=1e-3)
