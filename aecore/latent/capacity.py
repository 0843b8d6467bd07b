"""What fits through a code: digits, and pictures that are none, through networks of every code size and through PCA.

engine = get_engine()
recon = through(engine, "network", strangers.face(), 8)     # (1, 1, 28, 28) from eight numbers
recon = through(engine, "pca", strangers.face(), 8)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Tensor

from aecore import metrics, records
from aecore.data import load_digits, strangers
from aecore.engine import CHUNK, Engine
from aecore.latent import linear
from aecore.latent.linear import Fit, digits_axes, fit_exactly
from aecore.models import build
from aecore.recipes import BOTTLENECKS, RECIPES, Recipe
from aecore.training import fit

NETWORK, PCA = "network", "pca"
DIGITS, STRANGERS = "digits", ("letters", "photos", "static")
LINEAR, NONLINEAR, TEXTBOOK, MEMORISER = "linear-32", "bottleneck-32", "ae-linear-32", "memoriser"
SIZE = 32  # of the linear codes that are compared with PCA
AGAIN = "python -m benchmarks.bottleneck --save"
MOST = 99.0  # dB; a PSNR beyond it is a perfect copy


def name_of(size: int) -> str:
    """The checkpoint with a code of this size, one of BOTTLENECKS."""
    return f"bottleneck-{size}"


def through(engine: Engine, way: str, x: Tensor, size: int) -> Tensor:
    """Pictures through a code, and back.

    Args:    way: NETWORK or PCA, cut off at black and white like the network; x: (N, 1, 28, 28) in [0, 1];
             size: numbers in the code, one of BOTTLENECKS for the network; PCA has no more than 784.
    Returns: recon, as x.
    Raises:  CheckpointError: the network cannot be loaded. DataError: the training digits cannot.
    """
    if way == PCA:
        return digits_axes().reconstruct(x, size).clamp(0, 1)
    return engine.reconstruct(name_of(size), x)


def pictures(kind: str) -> Tensor:
    """What is measured: all test digits, 26 letters, 300 pieces of photographs or 300 pictures of static."""
    if kind == DIGITS:
        return load_digits("test")[0].float() / 255
    return {
        "letters": strangers.letters,
        "photos": lambda: strangers.photo_pieces(300),
        "static": lambda: strangers.static(300),
    }[kind]()


# ---- measured


@dataclass(frozen=True)
class Curve:
    """PSNR in dB at each code size: the mean over the pictures, and their 10th and 90th percentile."""

    mean: list[FiniteFloat]
    low: list[FiniteFloat]
    high: list[FiniteFloat]


@dataclass(frozen=True)
class Trace:
    """One training of a linear autoencoder beside PCA: see `linear.Fit`. mse: a test pixel's, not cut off."""

    steps: list[int]
    angle: list[FiniteFloat]
    excess: list[FiniteFloat]
    best_cosine: FiniteFloat
    mse: FiniteFloat


@dataclass(frozen=True)
class Measured:
    """What benchmarks/bottleneck.py measured.

    sizes: of the code; curves: way -> kind of picture -> Curve; usual: kind -> PSNR of the widest network when its
    matrix begins as torch's layers do, one number a seed; exact: a linear code trained by exact gradients, one Trace a
    seed; batches: what is done -> Traces of trainings by mini-batches, one a seed; mse: name -> a test pixel's squared
    error; sha256: of the networks.
    """

    sizes: list[int]
    curves: dict[str, dict[str, Curve]]
    usual: dict[str, list[FiniteFloat]]
    exact: list[Trace]
    batches: dict[str, list[Trace]]
    mse: dict[str, FiniteFloat]
    sha256: dict[str, str]

    def strangers(self, way: str) -> list[float]:
        """Mean PSNR on what is no digit at each size, the three kinds counting alike."""
        rows = [self.curves[way][kind].mean for kind in STRANGERS]
        return [sum(values) / len(rows) for values in zip(*rows, strict=True)]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def measure_curves(
    engine: Engine, sizes: Sequence[int], progress: Callable[[float], None] = lambda share: None
) -> dict[str, dict[str, Curve]]:
    """PSNR of every kind of picture through every code. Raises: as `through`."""
    kinds = {kind: pictures(kind) for kind in (DIGITS, *STRANGERS)}
    rows = {way: {kind: [] for kind in kinds} for way in (NETWORK, PCA)}
    for done, size in enumerate(sizes):
        for way in rows:
            for kind, x in kinds.items():
                parts = [metrics.psnr(part, through(engine, way, part, size)) for part in x.split(CHUNK)]
                psnr = torch.cat(parts).clamp(max=MOST)
                spread = psnr.quantile(torch.tensor([0.1, 0.9])).tolist()
                rows[way][kind].append([round(value, 3) for value in (float(psnr.mean()), *spread)])
        progress((done + 1) / len(sizes))
    return {
        way: {kind: Curve(*map(list, zip(*row, strict=True))) for kind, row in kinds.items()}
        for way, kinds in rows.items()
    }


def usual_start(seed: int) -> dict[str, float]:
    """The widest network, trained like the shipped one from torch's usual first weights: kind -> mean PSNR."""
    recipe = RECIPES[name_of(BOTTLENECKS[-1])]
    recipe = replace(recipe, config=recipe.config | {"start": "uniform"}, seed=seed)
    model = _trained(recipe)
    with torch.inference_mode():
        return {
            kind: round(float(metrics.psnr(x, model(x)).clamp(max=MOST).mean()), 3)
            for kind in (DIGITS, *STRANGERS)
            for x in [pictures(kind)]
        }


def exact_trace(seed: int, size: int = SIZE) -> Trace:
    """One training by exact gradients, from start to end."""
    return _trace(list(fit_exactly(size, seed)))


def batch_trace(recipe: Recipe) -> Trace:
    """One training of a linear network by mini-batches, as a recipe says; only its end is looked at."""
    weight, axes = _trained(recipe).weight.detach(), digits_axes()
    size, trace = len(weight), float(axes.variances.sum())
    excess = float(linear.tied_error(weight, axes.covariance(), trace)) / float(axes.variances[size:].sum()) - 1
    angle = float(linear.angles(weight, axes.components[:size])[-1])
    steps = 60_000 // recipe.batch * recipe.epochs
    return _trace([Fit(steps, steps, angle, excess, weight)])


def _trace(fits: list[Fit]) -> Trace:
    weight, axes = fits[-1].weight, digits_axes()
    t = pictures(DIGITS).flatten(1) - axes.mean
    mse = float((t - t @ weight.t() @ weight).square().mean())
    return Trace(
        [one.step for one in fits],
        [round(one.angle, 4) for one in fits],
        [float(f"{one.excess:.3g}") for one in fits],
        round(float(linear.best_cosines(weight, axes, len(weight)).mean()), 4),
        mse,
    )


def errors(engine: Engine) -> dict[str, float]:
    """A test pixel's mean squared error from 32 numbers; PCA, its pictures not cut off, and cut off; the networks."""
    x, axes = pictures(DIGITS), digits_axes()
    recon = axes.reconstruct(x, SIZE)
    measured = {"pca": recon, "pca, cut off": recon.clamp(0, 1)}
    measured |= {name: engine.reconstruct(name, x) for name in (LINEAR, NONLINEAR, TEXTBOOK)}
    return {name: float((x - recon).square().mean()) for name, recon in measured.items()}


def _trained(recipe: Recipe) -> torch.nn.Module:
    images, y = load_digits("train")
    model = build(recipe.family, recipe.config, recipe.seed)
    for _ in fit(model, (images, y), recipe, report_every=10_000):
        pass
    return model


def results_file() -> Path:
    """Where the measured table lives: `benchmarks/results/bottleneck.json` beside the package."""
    return records.RESULTS / "bottleneck.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What fits through each code", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    kinds = {DIGITS, *STRANGERS}
    curves = [table.curves.get(way, {}) for way in (NETWORK, PCA)]
    numbers = [row for ways in curves for curve in ways.values() for row in (curve.mean, curve.low, curve.high)]
    traces = [*table.exact, *(trace for row in table.batches.values() for trace in row)]
    return (
        len(table.sizes) > 1
        and all(kinds <= set(ways) for ways in curves)
        and all(len(row) == len(table.sizes) for row in numbers)
        and bool(table.exact and table.batches and all(table.batches.values()))
        and all(len(one.steps) == len(one.angle) == len(one.excess) > 0 for one in traces)
        and kinds <= set(table.usual)
        and all(table.usual.values())
        and {"pca", "pca, cut off", LINEAR, NONLINEAR, TEXTBOOK} <= set(table.mse)
    )
