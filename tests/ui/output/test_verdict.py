"""Words say what the numbers say: every outcome of every comparison, in a headline and a sentence."""

import math
from dataclasses import replace

import pytest
import torch

from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from aecore.restore import baselines, inpainting
from aecore.restore.compare import Comparison, Damage, Entry, Hole
from aecore.restore.energy import Answer
from aecore.restore.upscaling import BIASED, FULL, METHODS
from ui.output import verdict
from ui.output.verdict import restored

X = torch.zeros(1, 1, 28, 28)


def entry(name: str, kind: str, number: float, reads: int | None = 3, label: str = "") -> Entry:
    return Entry(name, label or name, kind, X, number, 0.5, reads, 0.9, missing=number)


def denoised(*methods: Entry, corrupted: float = 10.0) -> Comparison:
    clean = entry("clean", "", math.inf)
    return Comparison(Damage("gaussian", 0.5), X, clean, entry("corrupted", "", corrupted), list(methods))


def filled(*methods: Entry, mask: torch.Tensor | None = None) -> Comparison:
    mask = torch.zeros(1, 1, 28, 28).index_fill(2, torch.arange(9), 1) if mask is None else mask
    clean = entry("clean", "", math.inf)
    return Comparison(Hole(mask), X, clean, entry("corrupted", "", 5.0), list(methods), mask, "missing")


DAE, AE, VAE = entry("dae", "dae", 20.0), entry("ae", "ae", 20.0), entry("vae", "vae", 20.0)
MEDIAN = entry("median", "classical", 15.0, label="Median filter")
WON = "The dae beats the median filter by 5.0 dB."


@pytest.mark.parametrize(
    ("comparison", "head", "body"),
    [
        (denoised(), "Choose a method.", ""),
        (denoised(DAE, MEDIAN, corrupted=70.0), "Nothing to restore yet.", ""),
        (denoised(DAE, MEDIAN, corrupted=22.5), "Leave it alone: every method loses, by 2.5 dB or more.", "redrawing"),
        (denoised(DAE, MEDIAN, corrupted=20.04), "Leave it alone: no method gains anything.", "redrawing"),
        (denoised(DAE), "The dae gains 10.0 dB over the damaged picture.", "other kind"),
        (denoised(DAE, entry("median", "classical", 19.6)), "A tie at 20.0 dB.", "The dae and the median filter are"),
        (denoised(DAE, MEDIAN), WON, "It knows what digits look like."),
        (
            denoised(replace(DAE, psnr=20.06), replace(MEDIAN, psnr=14.94)),
            "The dae beats the median filter by 5.2 dB.",
            "",
        ),
        (denoised(DAE, replace(MEDIAN, psnr=math.inf)), "The median filter restores it exactly.", "takes the middle"),
        (denoised(DAE, replace(MEDIAN, ssim=0.7)), WON, "the median filter leads, 0.70 against 0.50."),
        (denoised(AE, MEDIAN), WON.replace("dae", "ae"), "Its narrow code"),
        (denoised(VAE, MEDIAN), WON.replace("dae", "vae"), "It draws the likeliest digit"),
        (denoised(entry("x", "new", 20.0), MEDIAN), WON.replace("dae", "x"), "It knows what digits look like"),
        (
            denoised(DAE, entry("median", "classical", 15.0, reads=8)),
            WON,
            " In the answer of the median filter the judge reads an 8, not a 3.",
        ),
        (
            denoised(entry("dae", "dae", 20.0, reads=5), MEDIAN),
            WON,
            ". Even so, it became a 5, says the judge: good numbers can hide an invention.",
        ),
        (
            denoised(DAE, entry("median", "classical", 25.0)),
            "The median filter beats the dae by 5.0 dB.",
            "; the dae redraws the whole digit",
        ),
    ],
)
def test_of_a_restored_digit(comparison, head, body):
    said, why = verdict.denoising(comparison)
    assert said == head
    assert body in why and why.endswith(".") and "None" not in why


INPAINTER, TELEA = entry("inpainter", "dae", 20.0), entry("telea", "classical", 15.0)


@pytest.mark.parametrize(
    ("comparison", "head", "body"),
    [
        (filled(INPAINTER, TELEA, mask=torch.zeros_like(X)), "Nothing is missing.", "Paint"),
        (filled(), "No method is at hand.", ""),
        (filled(INPAINTER, TELEA, mask=torch.ones_like(X)), "Everything is missing.", "uncover"),
        (filled(entry("inpainter", "dae", 50.0), TELEA), "Only background is missing.", "ink"),
        (filled(INPAINTER), "The inpainter comes closest.", "It was trained on holes"),
        (
            filled(INPAINTER, entry("telea", "classical", 19.8)),
            "A tie at 20.0 dB.",
            "The inpainter and Telea are within",
        ),
        (
            filled(INPAINTER, TELEA),
            "The inpainter beats Telea by 5.0 dB.",
            "It was trained on holes, and is told where they are.",
        ),
        (
            filled(INPAINTER, entry("biharmonic", "classical", 15.0, reads=8)),
            "The inpainter beats the biharmonic fill by 5.0 dB.",
            " In the answer of the biharmonic fill the judge reads an 8, not a 3.",
        ),
        (
            filled(INPAINTER, entry("telea", "classical", 22.0, reads=1)),
            "Telea beats the inpainter by 2.0 dB.",
            "it carries the edge of the hole inwards. But the judge reads a 1 in it, not a 3: to fill",
        ),
        (
            filled(entry("x", "new", 20.0, label="New one"), TELEA),
            "The new one beats Telea by 5.0 dB.",
            "trained to fill",
        ),
    ],
)
def test_of_a_filled_hole(comparison, head, body):
    said, why = verdict.inpainting(comparison)
    assert said == head
    assert body in why and why.endswith(".") and "None" not in why


def enlarged(truth: int | None, full: int | None, biased: int | None, psnr: dict[str, float]) -> Comparison:
    reads, other = {FULL: full, BIASED: biased}, None if truth is None else 8
    methods = [
        Entry(name, name, "upscaler" if name in reads else "classical", X, psnr.get(name, 10.0), 0.5,
              reads.get(name, other), 0.9, fits=30.0)
        for name in METHODS
    ]  # fmt: skip
    clean, low = Entry("clean", "The truth", "", X, math.inf, 1, truth, 1.0), entry("corrupted", "", 10.0)
    return Comparison(Damage("low_resolution", 0.75), X[..., :7, :7], clean, low, methods)


@pytest.mark.parametrize(
    ("reads", "psnr", "head"),
    [
        ((7, 7, 9), {FULL: 20.0, BIASED: 17.5}, "Without 7s in training, this 7 becomes a 9."),
        ((7, 7, 8), {FULL: 20.0, BIASED: 17.5}, "Without 7s in training, this 7 becomes an 8."),
        ((7, 7, 7), {FULL: 20.0, BIASED: 17.5}, "Still a 7 without 7s in training, 2.5 dB farther from the truth."),
        ((7, 7, 7), {FULL: 20.0, BIASED: 20.0}, "Still a 7 without 7s in training, and no nearer to the truth."),
        ((7, 9, 9), {FULL: 20.0, BIASED: 20.0}, "Too little is left: the upscaler draws a 9, not a 7."),
        ((3, 3, 3), {FULL: 20.0, BIASED: 19.9, "lanczos": 15.0}, "The upscaler beats Lanczos by 5.0 dB."),
        ((3, 3, 3), {FULL: 20.0, BIASED: 19.9, "bicubic": 25.0}, "Bicubic interpolation beats the upscaler by 5.0 dB."),
        ((None, None, None), {FULL: 20.0, BIASED: 19.0}, "The upscaler beats the nearest by 10.0 dB."),
    ],
)
def test_of_an_enlarged_digit(reads, psnr, head):
    said, why = verdict.upscaling(enlarged(*reads, psnr))
    assert said == head
    assert why.endswith(".") and "None" not in why


@pytest.mark.parametrize(
    ("psnr", "said"),
    [
        ({FULL: 20.0, BIASED: 20.0}, "The upscaler-no-7 does as well: this is a 3"),
        ({FULL: 20.0, BIASED: 20.3}, "The upscaler-no-7 comes out 0.3 dB ahead of it: this is"),
        ({FULL: 20.06, BIASED: 19.94}, "The upscaler-no-7 stays 0.2 dB behind: this is"),
        ({FULL: 10.0}, "The upscaler does no better than"),
    ],
)
def test_of_the_network_that_missed_a_class(psnr, said):
    assert said in " ".join(verdict.upscaling(enlarged(3, 3, 3, psnr)))


def test_without_the_networks_the_best_of_the_others_is_named():
    comparison = enlarged(7, 7, 9, {"lanczos": 12.0})
    comparison.methods[:] = [method for method in comparison.methods if method.id != BIASED]
    assert verdict.upscaling(comparison) == (
        "Lanczos leads with 12.0 dB.",
        "The networks that should stand beside the classical methods are not all here.",
    )


def test_every_method_of_the_lab_has_words_of_its_own():
    assert set(inpainting.METHODS) <= set(restored._FILLS)
    assert set(baselines.BASELINES) <= set(restored._CLASSICAL)
    assert {recipe.kind for recipe in RECIPES.values() if "denoise" in FAMILIES[recipe.family].restores} <= set(
        restored._KINDS
    )


@pytest.mark.parametrize(
    ("psnr", "legible", "words"),
    [
        (13.14, (8, 8), "follows: rotation.** The AE comes closest to the true pictures, 13.1 dB on average"),
        (13.14, (7, 8), "follows only part of the way: rotation.**"),
        (13.04, (8, 8), "hardly follows: rotation.**"),
        (12.02, (8, 8), "does not follow: rotation.**"),
    ],
)
def test_a_code_follows_where_it_is_ahead_and_can_be_read(psnr, legible, words):
    assert f"The code {words}" in verdict.followed("rotation", "AE", psnr, 12.0, 1.0, legible)


def test_who_strays_farther_than_the_fade_is_named():
    said = verdict.strayed(("Cross-fade", 7.44, 8), [("VAE", 2.2), ("VAE-2", 7.6), ("AE", 7.36)])
    assert said.startswith("Farthest from real digits on the way (usual distance: 1): Cross-fade 7.4, VAE 2.2, ")
    assert said.endswith("VAE keeps closest; halfway through the fade the judge reads an 8. "
                         "VAE-2 and AE stray as far as the fade or farther.")  # fmt: skip
    assert "the fade keeps as close as any" in verdict.strayed(("Cross-fade", 3.0, 8), [("VAE", 3.04)])
    assert "keep" not in verdict.strayed(None, [("VAE", 3.0)])
    assert "VAE and AE keep closest" in verdict.strayed(("Cross-fade", 3.0, 8), [("VAE", 2.04), ("AE", 2.01)])


def test_what_happens_halfway():
    rows = [("Cross-fade", 8, 3.5), ("VAE-2", 2, 1.5), ("VAE", 4, 1.0)]
    assert verdict.halfway((4, 0), rows, 3.0) == (
        "Halfway, VAE-2 became a 2 and Cross-fade is outside all that the judge has seen."
    )
    assert verdict.halfway((4, 0), rows[2:], 3.0) == ""
    lost = verdict.halfway((4, 0), [("AE", 8, 9.0), ("VAE", 4, 9.0)], 3.0)
    assert lost == "Halfway, AE and VAE are outside all that the judge has seen."


def test_of_a_cleaned_photo():
    def said(sigma: float, **scores: float) -> str:
        return verdict.cleaned(sigma, 20.06, scores, str.lower, "net")

    assert said(25.0, net=22.94, median=21.06) == (
        "**Net leads**  \nWhole picture: 2.8 dB above the noisy picture, 1.8 dB above median."
    )
    assert "The network is 1.0 dB behind." in said(25.0, net=22.0, median=23.0)
    assert "The network does not help here: 2.9 dB behind." in said(25.0, net=20.1, median=23.0)
    assert "Hardly any noise here" in said(3.0, net=20.2, median=19.0)
    assert "Leave it alone" in said(25.0, net=20.2, median=19.0)
    assert "shares the lead" in said(25.0, net=22.03, median=21.96)


def test_of_the_answers_of_a_search():
    def answers(*pairs: tuple[float, int | None]) -> list[Answer]:
        return [Answer(row, X, energy, 9, reads) for row, (energy, reads) in enumerate(pairs)]

    head, body = verdict.filled_in(answers((70.0, 9), (71.5, 4)), 16, 4)
    assert head == "A 9 or a 4: what is known does not decide."
    assert body == "A 9 costs 70.0 nats, a 4 1.5 more. The lowest is wrong: it was a 4."
    assert (
        verdict.filled_in(answers((70.0, 9), (70.9, 4)), 16, 9)[0] == "A 9 or a 4: two answers are equally good here."
    )
    assert verdict.filled_in(answers((70.0, 9), (74.0, 9)), 16, 9)[0] == "2 ways to fill it, all of them 9s."
    head, body = verdict.filled_in(answers((70.0, 9)), 16, 4)
    assert head.startswith("One answer: 9 of 16") and body == "It is wrong: it was a 4."
    assert verdict.filled_in(answers((70.0, None), (72.0, None)), 16, 4)[0] == "2 ways to fill it."
