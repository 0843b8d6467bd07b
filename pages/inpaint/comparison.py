"""From a digit with a hole to a fair comparison: every method fills it, is measured on the missing pixels, and judged.

Knows no widgets: the page passes plain values in and draws what comes out.
"""

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from aecore import metrics
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import masks
from aecore.restore.compare import a_digit
from aecore.restore.inpainting import METHODS, inpaint
from pages.inpaint.mask_pad import Hole

SEARCH = "vae-search"  # takes seconds, so it comes later than the others


@dataclass(frozen=True)
class Filled:
    """A method's answer. id: of METHODS, or "clean"; missing, everywhere: PSNR in dB on the missing pixels and on all;
    reads, sure: the judge's digit and its probability."""

    id: str
    label: str
    family: str
    x: Tensor  # (1, 1, 28, 28)
    missing: float
    everywhere: float
    ssim: float
    reads: int | None
    sure: float


@dataclass(frozen=True)
class Comparison:
    """Everything that the stage shows. given: what the methods see; methods: in METHODS' order, the search among them
    as soon as it has ended; problems: name -> why a method is missing."""

    hole: Hole
    clean: Filled
    given: Tensor
    methods: list[Filled]
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def best(self) -> Filled | None:
        """The highest PSNR on the missing pixels; of equals the one that keeps the others better."""
        return max(self.methods, key=lambda each: (round(each.missing, 3), round(each.everywhere, 3)), default=None)


def kind_for_methods(hole: Hole) -> str:
    """What the methods are told of the hole's kind: a painted one counts as a patch."""
    return hole.kind if hole.kind in masks.MASKS else "patch"


def compare(engine: Engine, x: Tensor, hole: Hole) -> Comparison:
    """Let every method but the search fill the hole, and measure all of them in one pass.

    Args:    x: (1, 1, 28, 28).
    Returns: a Comparison; a method whose model cannot be loaded is left out and stands in `problems`.
    """
    kind, recons, problems = kind_for_methods(hole), {}, {}
    for name in METHODS:
        if name == SEARCH:
            continue
        try:
            recons[name] = inpaint(x, hole.mask, name, kind=kind)
        except AecoreError as error:
            problems[METHODS[name].model or name] = str(error)
    given = masks.hide(x, hole.mask, masks.MASKS[kind].fill)
    clean, *methods = measure(engine, x, hole.mask, {"clean": x} | recons)
    return Comparison(hole, clean, given, methods, problems)


def measure(engine: Engine, x: Tensor, mask: Tensor, recons: dict[str, Tensor]) -> list[Filled]:
    """Measure and judge answers, id -> (1, 1, 28, 28), in one pass; without a judge nothing is read."""
    pictures = torch.cat(list(recons.values()))  # (M, 1, 28, 28)
    truth = x.expand_as(pictures)
    missing = metrics.psnr_missing(truth, pictures, mask.expand_as(pictures))
    columns = [missing, metrics.psnr(truth, pictures), metrics.ssim(truth, pictures)]
    try:
        sure, reads = (each.tolist() for each in engine.classify(pictures).max(1))
    except AecoreError:
        sure, reads = [0.0] * len(pictures), [None] * len(pictures)
    rows = zip(recons, pictures.split(1), *(column.tolist() for column in columns), reads, sure, strict=True)
    found = []
    for name, picture, *numbers in rows:
        label, family = (METHODS[name].label, METHODS[name].family) if name in METHODS else ("", "")
        found.append(Filled(name, label, family, picture, *numbers))
    return found


def with_search(engine: Engine, found: Comparison, recon: Tensor) -> Comparison:
    """The comparison with the search's answer in its place."""
    (filled,) = measure(engine, found.clean.x, found.hole.mask, {SEARCH: recon})
    order = list(METHODS)
    methods = sorted([*found.methods, filled], key=lambda each: order.index(each.id))
    return replace(found, methods=methods)


_NAMES = {  # in a sentence
    "dae": "the blind denoiser",
    "dae-pasted": "the denoiser",
    "vae-search": "the latent search",
    "inpainter": "the inpainter",
    "telea": "Telea",
    "navier_stokes": "Navier-Stokes",
    "biharmonic": "the biharmonic fill",
}
_WHY = {
    "dae": "it was trained to undo damage, so it knows how digits go on",
    "dae-pasted": "it was trained to undo damage, so it knows how digits go on",
    "vae-search": "it looks for the digit of its manifold that matches everything that is known",
    "inpainter": "it was trained on holes and is told where they are, so it fills them with what digits do there",
    "telea": "it carries the edge of the hole inwards",
    "navier_stokes": "it continues the lines at the edge of the hole",
    "biharmonic": "it bends a smooth sheet through the known pixels",
}


def verdict(found: Comparison) -> tuple[str, str]:
    """Who wins on the missing pixels and why: a headline and a sentence, both made from the numbers."""
    best, share = found.best, float(found.hole.mask.mean())
    if share == 0:
        return "Nothing is missing.", "Paint over a part of the digit, or choose a mask above."
    if best is None:
        return "No method is at hand.", "What is missing stands below."
    if share == 1:
        return "Everything is missing.", "No pixel is left to go by: uncover some, and watch the answers follow."
    classical = best.family == "classical"
    rivals = [each for each in found.methods if (each.family == "classical") != classical]
    rival = max(rivals, key=lambda each: each.missing, default=None)
    name = _upper(_NAMES[best.id])
    if rival is None:
        return f"{name} comes closest.", f"{_upper(_WHY[best.id])}.{_guess(found, best)}"
    gain = best.missing - rival.missing
    if best.missing > 45:
        return "Only background is missing.", "Every method can fill that: cover some ink."
    if gain < 0.5:
        text = f"{name} and {_NAMES[rival.id]} come out within half a decibel on the missing pixels."
        return f"A tie at {best.missing:.1f} dB.", text + _guess(found, best)
    if classical:
        text = f"The hole is so thin that its neighbours say what is in it: {_WHY[best.id]}."
        return f"{name} wins by {gain:.1f} dB.", text + _guess(found, best)
    text = f"{_upper(_WHY[best.id])}; {_NAMES[rival.id]} only {_WHY[rival.id][3:]}{_misread(found, rival)}."
    return f"{name} wins by {gain:.1f} dB.", text + _guess(found, best)


def _misread(found: Comparison, rival: Filled) -> str:
    """A clause when the judge reads another digit in the rival's answer than in the clean picture."""
    truth = found.clean.reads
    if truth is None or rival.reads == truth:
        return ""
    return f", and the judge reads {a_digit(rival.reads)} in that instead of {a_digit(truth)}"


def _guess(found: Comparison, best: Filled) -> str:
    """A warning when even the winner is read as another digit."""
    if best.reads == found.clean.reads:
        return ""
    reads = a_digit(best.reads)
    return f" But the judge reads {reads}: the hole took what told the digits apart, and filling it is a guess."


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]
