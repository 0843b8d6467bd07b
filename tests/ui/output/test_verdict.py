"""Words say what the numbers say: every outcome of every comparison, in a headline and a sentence."""

import math
from dataclasses import replace

import pytest
import torch

from aecore.models import FAMILIES
from aecore.recipes import RECIPES
from aecore.restore import baselines, inpainting
from aecore.restore.compare import Comparison, Damage, Entry, Hole
from aecore.restore.upscaling import BIASED, FULL, METHODS
from ui.output import verdict

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
WON = "dae beats the median filter by 5.0 dB."


@pytest.mark.parametrize(
    ("comparison", "head", "body"),
    [
        (denoised(), "Choose a method.", ""),
        (denoised(DAE, MEDIAN, corrupted=70.0), "Nothing to restore yet.", ""),
        (denoised(DAE, MEDIAN, corrupted=22.5), "Leave it alone: every method loses, by 2.5 dB or more.", "redrawing"),
        (denoised(DAE, MEDIAN, corrupted=20.04), "Leave it alone: no method gains anything.", "redrawing"),
        (denoised(DAE), "dae gains 10.0 dB over the damaged picture.", "other kind"),
        (denoised(DAE, entry("median", "classical", 19.6)), "A tie at 20.0 dB.", "dae and median"),
        (denoised(DAE, MEDIAN), WON, "It was trained to undo damage"),
        (denoised(replace(DAE, psnr=20.06), replace(MEDIAN, psnr=14.94)), "dae beats the median filter by 5.2 dB.", ""),
        (denoised(DAE, replace(MEDIAN, psnr=math.inf)), "Median filter restores it exactly.", "votes among neighbours"),
        (denoised(DAE, replace(MEDIAN, ssim=0.7)), WON, "filter leads, 0.70 against 0.50."),
        (denoised(DAE, MEDIAN), WON, "; the median filter only votes among neighbours."),
        (denoised(AE, MEDIAN), WON.replace("dae", "ae"), "Its narrow code"),
        (denoised(VAE, MEDIAN), WON.replace("dae", "vae"), "It answers with the likeliest digit"),
        (denoised(entry("x", "new", 20.0), MEDIAN), WON.replace("dae", "x"), "It learned what digits look like"),
        (
            denoised(DAE, entry("median", "classical", 15.0, reads=8)),
            WON,
            ", and the judge reads an 8 in it instead of a 3.",
        ),
        (
            denoised(entry("dae", "dae", 20.0, reads=5), MEDIAN),
            WON,
            ". Even so, the judge now reads a 5: good numbers can hide an invention.",
        ),
        (
            denoised(DAE, entry("median", "classical", 25.0)),
            "median beats dae by 5.0 dB.",
            "; dae redraws the whole digit",
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
        (filled(INPAINTER, entry("telea", "classical", 19.8)), "A tie at 20.0 dB.", "The inpainter and Telea come out"),
        (
            filled(INPAINTER, TELEA),
            "The inpainter beats Telea by 5.0 dB.",
            "what digits do there; Telea only carries the edge of the hole inwards.",
        ),
        (
            filled(INPAINTER, entry("biharmonic", "classical", 15.0, reads=8)),
            "The inpainter beats the biharmonic fill by 5.0 dB.",
            "only bends a smooth sheet through the known pixels, and the judge reads an 8 in that instead of a 3.",
        ),
        (
            filled(INPAINTER, entry("telea", "classical", 22.0, reads=1)),
            "Telea beats the inpainter by 2.0 dB.",
            "it carries the edge of the hole inwards. But the judge reads a 1 in it, not a 3: to fill",
        ),
        (filled(entry("x", "new", 20.0, label="new one"), TELEA), "New one beats Telea by 5.0 dB.", "trained to fill"),
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
        ((7, 9, 9), {FULL: 20.0, BIASED: 20.0}, "Too little is left: upscaler draws a 9, not a 7."),
        ((3, 3, 3), {FULL: 20.0, BIASED: 19.9, "lanczos": 15.0}, "upscaler beats lanczos by 5.0 dB."),
        ((3, 3, 3), {FULL: 20.0, BIASED: 19.9, "bicubic": 25.0}, "bicubic beats upscaler by 5.0 dB."),
        ((None, None, None), {FULL: 20.0, BIASED: 19.0}, "upscaler beats nearest by 10.0 dB."),
    ],
)
def test_of_an_enlarged_digit(reads, psnr, head):
    said, why = verdict.upscaling(enlarged(*reads, psnr))
    assert said == head
    assert why.endswith(".") and "None" not in why


@pytest.mark.parametrize(
    ("psnr", "said"),
    [
        ({FULL: 20.0, BIASED: 20.0}, "upscaler-no-7 does as well: this is a 3"),
        ({FULL: 20.0, BIASED: 20.3}, "upscaler-no-7 comes out 0.3 dB ahead of it: this is"),
        ({FULL: 20.06, BIASED: 19.94}, "upscaler-no-7 stays 0.2 dB behind: this is"),
        ({FULL: 10.0}, "upscaler does no better than"),
    ],
)
def test_of_the_network_that_missed_a_class(psnr, said):
    assert said in " ".join(verdict.upscaling(enlarged(3, 3, 3, psnr)))


def test_without_the_networks_the_best_of_the_others_is_named():
    comparison = enlarged(7, 7, 9, {"lanczos": 12.0})
    comparison.methods[:] = [method for method in comparison.methods if method.id != BIASED]
    assert verdict.upscaling(comparison) == (
        "lanczos leads with 12.0 dB.",
        "The networks that should stand beside the classical methods are not all here.",
    )


def test_every_method_of_the_lab_has_words_of_its_own():
    assert set(inpainting.METHODS) <= set(verdict._FILLS)
    assert set(baselines.BASELINES) <= set(verdict._CLASSICAL)
    assert {recipe.kind for recipe in RECIPES.values() if "denoise" in FAMILIES[recipe.family].restores} <= set(
        verdict._KINDS
    )
