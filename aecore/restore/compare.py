"""From a clean digit to a fair comparison: corrupt it, restore it with every chosen method, measure, and judge.

Knows no widgets: the page passes plain values in and draws what comes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from aecore import corruptions, metrics
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.restore import baselines

SWEEP = tuple(i / 20 for i in range(21))  # strengths


@dataclass(frozen=True)
class Damage:
    """A corruption with everything that fixes its outcome; center as in aecore.corruptions."""

    corruption: str
    strength: float
    seed: int
    center: tuple[float, float] = (0.5, 0.5)

    def apply(self, x: Tensor, strength: float | None = None) -> tuple[Tensor, Tensor | None]:
        """x -> x_noisy, mask; another strength with the same noise where given."""
        return self.draw(x, strength).apply(x)

    def draw(self, x: Tensor, strength: float | None = None) -> corruptions.Draw:
        """What `apply` does to pictures of x's shape."""
        rng = torch.Generator().manual_seed(self.seed)
        s = self.strength if strength is None else strength
        return corruptions.draw(self.corruption, x, s, rng, center=self.center)

    def __str__(self) -> str:
        found = corruptions.CORRUPTIONS[self.corruption]
        return f"{found.label}, {found.describe(self.strength)}"


@dataclass(frozen=True)
class Entry:
    """One picture and its numbers: id is "clean", "corrupted" or the method's name."""

    id: str
    label: str
    kind: str
    x: Tensor  # (1, 1, 28, 28)
    psnr: float
    ssim: float
    reads: int | None
    sure: float


@dataclass(frozen=True)
class Comparison:
    """Everything that the stage shows; `methods` in the order chosen, models first."""

    damage: Damage
    clean: Entry
    corrupted: Entry
    methods: list[Entry]
    mask: Tensor | None
    draw: corruptions.Draw
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def best(self) -> Entry | None:
        """The method with the highest PSNR."""
        return max(self.methods, key=lambda entry: entry.psnr, default=None)


def compare(
    engine: Engine, x: Tensor, damage: Damage, models: Sequence[str], classical: Sequence[str], paste: bool = False
) -> Comparison:
    """Corrupt one digit, restore it by every method, and measure all of them in one pass.

    Args:    x: (1, 1, 28, 28); models, classical: names of methods; paste: put the known pixels back into the
             models' answers where the mask is known.
    Returns: a Comparison; a model that cannot be loaded is left out and stands in `problems`.
    """
    draw = damage.draw(x)
    x_noisy, mask = draw.apply(x)
    found, problems = [("clean", "Clean", "", x), ("corrupted", "Corrupted", "", x_noisy)], {}
    for name in models:
        try:
            card = engine.card(name)
            recon = engine.reconstruct(name, x_noisy, mask)
        except AecoreError as error:
            problems[name] = str(error)
            continue
        found.append((name, card.title, card.kind, paste_known(recon, x_noisy, mask) if paste else recon))
    for name in classical:
        recon = baselines.restore(name, x_noisy, mask, damage.corruption, damage.strength)
        found.append((name, baselines.BASELINES[name].label, "classical", recon))
    pictures = torch.cat([picture for *_, picture in found])  # (2 + methods, 1, 28, 28)
    truth = x.expand_as(pictures)
    psnr, ssim = metrics.psnr(truth, pictures).tolist(), metrics.ssim(truth, pictures).tolist()
    try:
        sure, reads = (each.tolist() for each in engine.classify(pictures).max(1))
    except AecoreError as error:
        problems["judge"] = str(error)
        sure, reads = [0.0] * len(found), [None] * len(found)
    numbers = zip(psnr, ssim, reads, sure, strict=True)
    entries = [Entry(*row, *measured) for row, measured in zip(found, numbers, strict=True)]
    return Comparison(damage, entries[0], entries[1], entries[2:], mask, draw, problems)


def paste_known(recon: Tensor, x_noisy: Tensor, mask: Tensor | None) -> Tensor:
    """Keep the reconstruction only where pixels were removed; all of it where nobody knows which were."""
    return recon if mask is None else torch.where(mask > 0, recon, x_noisy)


def sweep(
    engine: Engine, x: Tensor, damage: Damage, models: Sequence[str], classical: Sequence[str], paste: bool = False
) -> dict[str, list[float]]:
    """PSNR against strength with the same noise: SWEEP's strengths, every method, models in one batch each.

    Returns: "corrupted" and each method's name -> PSNR in dB, one a strength.
    """
    pairs = [damage.apply(x, strength) for strength in SWEEP]
    x_noisy = torch.cat([picture for picture, _ in pairs])  # (21, 1, 28, 28)
    mask = None if pairs[0][1] is None else torch.cat([each for _, each in pairs])
    recons = {"corrupted": x_noisy}
    for name in models:
        try:
            recon = engine.reconstruct(name, x_noisy, mask)
        except AecoreError:
            continue  # the stage has said so
        recons[name] = paste_known(recon, x_noisy, mask) if paste else recon
    for name in classical:
        rows = [
            baselines.restore(name, picture, known, damage.corruption, strength)
            for (picture, known), strength in zip(pairs, SWEEP, strict=True)
        ]
        recons[name] = torch.cat(rows)
    return {name: metrics.psnr(x.expand_as(recon), recon).tolist() for name, recon in recons.items()}


_WHY_CLASSICAL = {  # what a filter does, in one clause
    "median": "the median filter only votes among neighbours",
    "total_variation": "total variation only flattens",
    "non_local_means": "non-local means only averages patches that look alike",
    "telea": "Telea only carries the edge of the hole inwards",
    "navier_stokes": "Navier-Stokes only continues the lines at the edge of the hole",
    "gaussian_filter": "the Gaussian filter only averages neighbours",
    "normalized_convolution": "normalized convolution only averages the known pixels nearby",
    "unsharp": "the unsharp mask only exaggerates edges",
    "richardson_lucy": "Richardson-Lucy only undoes the blur, digit or not",
    "wiener": "the Wiener filter only undoes the blur, digit or not",
    "bicubic": "bicubic interpolation only draws smooth curves between pixels",
    "lanczos": "Lanczos only draws smooth curves between pixels",
    "back_projection": "back-projection only agrees with the coarse pixels",
    "biharmonic": "the biharmonic fill only bends a smooth sheet over the hole",
}
_WHY_MODEL = {
    "dae": "it was trained to undo damage, so it knows what digits look like",
    "ae": "its narrow code has room for digits but not for the damage",
    "vae": "it answers with the likeliest digit that it can imagine",
}


def verdict(comparison: Comparison) -> tuple[str, str]:
    """Who wins and why: a headline and a sentence, both made from the numbers."""
    best, corrupted = comparison.best, comparison.corrupted
    if best is None:
        return "Choose a method.", "Then its reconstruction stands here beside the others."
    if corrupted.psnr > 60:
        return "Nothing to restore yet.", "Raise the strength and watch what each method makes of it."
    if corrupted.psnr > best.psnr:
        return (
            f"Leave it alone: every method loses, by {corrupted.psnr - best.psnr:.1f} dB or more.",
            "The damage is so light that redrawing the digit costs more than it mends.",
        )
    rivals = [entry for entry in comparison.methods if (entry.kind == "classical") != (best.kind == "classical")]
    rival = max(rivals, key=lambda entry: entry.psnr, default=None)
    gain = best.psnr - (rival or corrupted).psnr
    if rival is None:
        return f"{best.label} gains {gain:.1f} dB.", "Add a method of the other kind to compare with."
    if gain < 0.5:
        return (
            f"A tie at {best.psnr:.1f} dB.",
            f"{best.label} and {rival.label} come out within half a decibel: change the strength to part them.",
        )
    if best.kind == "classical":
        return (
            f"{best.label} wins by {gain:.1f} dB.",
            "Enough pixels survived for their neighbours to fill the rest; "
            f"{rival.label} redraws the whole digit and loses detail.{_fooled(comparison, best)}",
        )
    why = _WHY_MODEL.get(best.kind, "it learned what digits look like")
    filters = _WHY_CLASSICAL.get(rival.id, f"{rival.label} knows only pixels")
    return (
        f"{best.label} wins by {gain:.1f} dB.",
        f"{why[0].upper()}{why[1:]}; {filters}{_misread(comparison, rival)}.{_fooled(comparison, best)}",
    )


def _misread(comparison: Comparison, rival: Entry) -> str:
    """A clause when the judge reads another digit in the rival's answer than in the clean picture."""
    truth = comparison.clean.reads
    if truth is None or rival.reads == truth:
        return ""
    return f", and the judge reads {a_digit(rival.reads)} in it instead of {a_digit(truth)}"


def _fooled(comparison: Comparison, best: Entry) -> str:
    """A warning when even the winner is read as another digit."""
    if best.reads == comparison.clean.reads:
        return ""
    return f" Even so, the judge now reads {a_digit(best.reads)}: good numbers can hide an invention."


def a_digit(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"
