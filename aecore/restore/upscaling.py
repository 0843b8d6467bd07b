"""Super-resolution of digits: a picture averaged to few large pixels, and every way here to enlarge it again.

Classical methods only interpolate; a network draws what its training digits make likely. `upscaler-no-7` is the same
network trained on the same digits without any 7: what it makes of a 7 shows what a biased training set does.

    x_low = lower(x, 7)                                # (N, 1, 7, 7)
    recon = upscale(engine, "upscaler", x_low)         # (N, 1, 28, 28), or "bicubic"
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Tensor
from torch.nn import functional as F

from aecore import contract, metrics, neighbours, records
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.models.upscaler import UpscalerConfig
from aecore.restore import baselines

AGAIN = "python -m benchmarks.upscaling --save"
SIDE = 28  # pixels of a digit's side
SIDES = (4, 7, 14)  # pixels a side to enlarge from; which of them the networks were trained on says `sides`
FULL, BIASED, LEFT_OUT = "upscaler", "upscaler-no-7", 7  # the networks, and the class that the second never saw
TRUTH = "truth"  # in a table: the digits themselves
CHUNK = 500


@dataclass(frozen=True)
class Classical:
    """A way to enlarge that has learned nothing.

    `apply(x_low)` enlarges (N, 1, side, side) to (N, 1, 28, 28), values kept in [0, 1]; about: one sentence, for
    the page.
    """

    name: str
    label: str
    apply: Callable[[Tensor], Tensor]
    about: str
    source: str


def lower(x: Tensor, side: int) -> Tensor:
    """Average a picture over square cells: what a coarse sensor sees of it.

    Args:    x: (N, C, H, W), H = W; side: pixels a side that are left, a divisor of H.
    Returns: x_low (N, C, side, side), the exact mean of each cell.
    Raises:  ValueError: side does not divide the picture.
    """
    contract.check_pictures(x)
    if x.shape[-1] != x.shape[-2] or side < 1 or x.shape[-1] % side:
        raise ValueError(f"cannot average {tuple(x.shape)} to {side} x {side}: the side must divide the picture's")
    return F.avg_pool2d(x, x.shape[-1] // side)


def nearest(x_low: Tensor) -> Tensor:
    """Each coarse pixel as a square of its own colour: the input itself, seen large."""
    factor = SIDE // x_low.shape[-1]
    return x_low.repeat_interleave(factor, -2).repeat_interleave(factor, -1)


def upscale(engine: Engine, name: str, x_low: Tensor) -> Tensor:
    """Enlarge to 28 x 28 by one method.

    Args:    name: a key of CLASSICAL, or a checkpoint of the family "upscaler".
             x_low: (N, 1, side, side) in [0, 1], side one of SIDES.
    Returns: recon (N, 1, 28, 28) in [0, 1].
    Raises:  CheckpointError: the network cannot be loaded. ValueError: another side.
    """
    contract.check_pictures(x_low, name="x_low")
    if x_low.shape[-2] != x_low.shape[-1] or x_low.shape[-1] not in SIDES:
        raise ValueError(f"x_low must be (N, 1, side, side) with a side of {SIDES}, not {tuple(x_low.shape)}")
    if name in CLASSICAL:
        return CLASSICAL[name].apply(x_low)
    return engine.reconstruct(name, x_low)


def methods(engine: Engine) -> list[str]:
    """Everything that enlarges here: FULL and BIASED, other checkpoints that upscale, and CLASSICAL."""
    return list(dict.fromkeys((FULL, BIASED, *engine.restorers("upscale"), *CLASSICAL)))


def sides(engine: Engine) -> tuple[int, ...]:
    """Those of SIDES that the networks at hand were trained on; the family's own where there is none."""
    common = set(SIDES)
    for name in (FULL, BIASED):
        try:
            factors = engine.card(name).config.get("factors", UpscalerConfig.factors)
        except AecoreError:
            factors = UpscalerConfig.factors
        common &= {SIDE // factor for factor in factors}
    return tuple(sorted(common))


# ---- is it like any digit?

_KNOWN = {4: 1000, 7: 700, 14: 300}  # side -> how many test digits stand for all
_CALIBRATED = 0.993  # share of other test digits that must pass


@dataclass(frozen=True)
class Known:
    """Coarse real digits to compare with. x_low: uint8 (N, 1, side, side); far: the greatest distance, as `distance`
    has it, that counts as like them."""

    x_low: Tensor
    far: float

    def distance(self, x_low: Tensor) -> Tensor:
        """How far coarse pictures (M, 1, side, side) in [0, 1] are from the nearest of these: the root mean square over
        the pixels, (M,)."""
        distance, _ = neighbours.nearest(x_low, self.x_low.float() / 255)
        return distance[:, 0] / x_low.shape[-1]


@functools.cache
def known(side: int) -> Known:
    """What tells a coarse picture that is like some digit from one that is like none.

    `far` is set so that all but 0.7% of the last 5,000 test digits pass, none of which is among those compared with.
    """
    x_low = lower(load_digits("test")[0].float() / 255, side)
    some = (x_low[: _KNOWN[side]] * 255).round().to(torch.uint8)
    return replace(Known(some, 0.0), far=float(Known(some, 0.0).distance(x_low[5000:]).quantile(_CALIBRATED)))


# ---- all test digits by every method


@dataclass(frozen=True)
class Score:
    """How one method did on the digits of each class; every list has ten entries, one a class.

    reads: reads[y][k] of the digits of class y are read as k by the judge; psnr (dB), ssim, fits (dB): means over
    the digits of the class, as in `Answer`. For the truth itself the last three are empty.
    """

    reads: list[list[int]]
    psnr: list[FiniteFloat] = field(default_factory=list)
    ssim: list[FiniteFloat] = field(default_factory=list)
    fits: list[FiniteFloat] = field(default_factory=list)

    def agreement(self, classes: Sequence[int] = tuple(range(10))) -> float:
        """Share of the digits of these classes that the judge reads right."""
        return sum(self.reads[y][y] for y in classes) / self.count(classes)

    def count(self, classes: Sequence[int] = tuple(range(10))) -> int:
        """How many digits of these classes were measured."""
        return sum(sum(self.reads[y]) for y in classes)

    def mean(self, values: Sequence[float], classes: Sequence[int] = tuple(range(10))) -> float:
        """Mean over the digits of these classes of one of the lists."""
        return sum(values[y] * sum(self.reads[y]) for y in classes) / self.count(classes)

    def mistakes(self, y: int) -> list[tuple[int, int]]:
        """(class, how often) that digits of class y are taken for instead, most frequent first."""
        others = [(k, n) for k, n in enumerate(self.reads[y]) if k != y and n]
        return sorted(others, key=lambda mistake: -mistake[1])


@dataclass(frozen=True)
class Measured:
    """What `benchmarks/upscaling.py` measured on the test digits.

    scores: side -> method -> Score, the truth among the methods; misled: side -> ten lists, one a class, of the test
    digits that `most_misled` found; checkpoints: name -> SHA-256 of the tensors that were measured.
    """

    scores: dict[int, dict[str, Score]]
    misled: dict[int, list[list[int]]]
    checkpoints: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Networks whose checkpoint at hand is another one than the measured one, or missing."""

        return engine.changed(self.checkpoints)


def measure(
    engine: Engine,
    x: Tensor,
    y: Tensor,
    side: int,
    names: Sequence[str],
    progress: Callable[[float], None] = lambda share: None,
) -> tuple[dict[str, Score], dict[str, Tensor]]:
    """Enlarge many digits by every method and let the judge read all of them.

    Args:    x: (N, 1, 28, 28) in [0, 1]; y: (N,) their classes, each of the ten there at least once; side: one of
             SIDES; names: methods, or TRUTH; progress: called with the share done.
    Returns: method -> Score, and method -> (N,) the judge's trust: its probability of each digit's true class.
    Raises:  CheckpointError: a network, or the judge, cannot be loaded.
    """
    scores, trust = {}, {}
    for place, name in enumerate(names):
        rows = []
        for part, classes in zip(x.split(CHUNK), y.split(CHUNK), strict=True):
            x_low = lower(part, side)
            recon = part if name == TRUTH else upscale(engine, name, x_low)
            fits = metrics.psnr(x_low, lower(recon, side)).clamp(max=99)  # nearest fits without any error
            p = engine.classify(recon)
            right = p.gather(1, classes[:, None])[:, 0]
            rows.append(
                torch.stack([p.argmax(1).float(), right, metrics.psnr(part, recon), metrics.ssim(part, recon), fits])
            )
            progress((place + sum(row.shape[1] for row in rows) / len(x)) / len(names))
        reads, trust[name], *numbers = torch.cat(rows, 1)  # (N,) each
        counts = torch.stack([reads[y == k].long().bincount(minlength=10) for k in range(10)]).tolist()
        means = [[] if name == TRUTH else [round(float(n[y == k].mean()), 4) for k in range(10)] for n in numbers]
        scores[name] = Score(counts, *means)
    return scores, trust


def most_misled(trust: dict[str, Tensor], y: Tensor, count: int = 10) -> list[list[int]]:
    """The digits of each class that suffer most from what BIASED never saw.

    Args:    trust: of FULL and BIASED, from `measure`; y: (N,) classes; count: how many of each.
    Returns: ten lists of indices, one a class, worst first: where the judge's trust in the true class falls most
             from FULL's answer to BIASED's.
    """
    fall = trust[FULL] - trust[BIASED]
    places = [(y == k).nonzero()[:, 0] for k in range(10)]
    return [digits[fall[digits].argsort(descending=True)[:count]].tolist() for digits in places]


def results_file() -> Path:
    """Where the measured table lives: `benchmarks/results/upscaling.json` beside the package."""
    return records.RESULTS / "upscaling.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    what = "What the networks make of all test digits"
    return records.read_table(Measured, path or results_file(), what, AGAIN, _whole)


def _whole(table: Measured) -> bool:
    sides = table.scores.keys() | table.misled.keys()
    return (
        sides <= set(SIDES)
        and all(_whole_score(name, score) for scores in table.scores.values() for name, score in scores.items())
        and all(len(rows) == 10 and all(rows) for rows in table.misled.values())
        and all(0 <= place < 10_000 for rows in table.misled.values() for row in rows for place in row)
    )


def _whole_score(name: str, score: Score) -> bool:
    means = 0 if name == TRUTH else 10
    return (
        [len(row) for row in score.reads] == [10] * 10
        and all(min(row) >= 0 and sum(row) > 0 for row in score.reads)
        and all(len(values) == means for values in (score.psnr, score.ssim, score.fits))
    )


# ---- the registry


def _interpolate(name: str) -> Callable[[Tensor], Tensor]:
    """A method of aecore.restore.baselines, which takes the coarse picture at full size and the size of its cells."""

    def apply(x_low: Tensor) -> Tensor:
        strength = 1 - x_low.shape[-1] / SIDE
        return baselines.restore(name, nearest(x_low), None, "low_resolution", strength)

    return apply


CLASSICAL: dict[str, Classical] = {
    method.name: method
    for method in (
        Classical("nearest", "Nearest", nearest, "Shows each coarse pixel as a square: it adds nothing.", "textbook"),
        Classical(
            "bicubic", "Bicubic", _interpolate("bicubic"), "Runs smooth cubic curves between the pixels.", "Keys 1981"
        ),
        Classical(
            "lanczos", "Lanczos", _interpolate("lanczos"), "Runs windowed sinc waves between the pixels.", "Duchon 1979"
        ),
        Classical(
            "back_projection",
            "Back-projection",
            _interpolate("back_projection"),
            "Bicubic, then corrected until it averages to the input again.",
            "Irani & Peleg 1991",
        ),
    )
}
METHODS = (FULL, BIASED, *CLASSICAL)  # in the page's order
