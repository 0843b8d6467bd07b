"""Where a picture of any size is odd: a small network, or PCA, scores overlapping patches into a heat map.

picture = texture("brick", "test").float() / 255                    # (1, H, W)
heat = mark(picture, network(get_engine(), "brick"))["error"]       # (H, W)
"""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import mean

import torch
from torch import Tensor, nn

from aecore.anomaly import plane, roc
from aecore.anomaly.plane import Plane
from aecore.data.textures import COUNT, PATCH, TEXTURES, check_size, patches_of, texture
from aecore.engine import Engine

STRIDE = 4  # pixels between two patches
AXES = 16  # of PCA, as many as the network's numbers
ROWS = 8  # rows of patches at once: bounds the memory for a picture of any size
FAULTS = 80  # on a part of a texture, scratches and stains in turn
TRIALS, TRIAL_SEED = 40, 1  # other faults, on the held-out part
TOP = 0.05  # of a picture: its oddest pixels
SCRATCH, STAIN = KINDS = ("scratch", "stain")
ERROR, DISTANCE = SCORES = ("error", "distance")
Score = Callable[[Tensor], dict[str, Tensor]]  # patches (N, 1, PATCH, PATCH) -> for each of SCORES (N,)


def mark(picture: Tensor, score: Score) -> dict[str, Tensor]:
    """How odd it is around every pixel: the mean score of all patches that cover it.

    The patches overlap, so no seam shows; they are taken in strips, so that any size fits in memory.

    Args:    picture: (1, H, W) in [0, 1], at least PATCH a side; score: of patches.
    Returns: for each of SCORES a heat map (H, W), float64.
    Raises:  DataError: the picture is too small or too large.
    """
    check_size(picture)
    _, height, width = picture.shape
    tops, lefts = places(height), places(width)
    windows = picture[0].unfold(0, PATCH, 1).unfold(1, PATCH, 1)  # (H', W', PATCH, PATCH), no copy
    strips: dict[str, list[Tensor]] = {key: [] for key in SCORES}
    for some in (tops[begin : begin + ROWS] for begin in range(0, len(tops), ROWS)):
        patches = windows[some][:, lefts].flatten(0, 1)[:, None]  # (rows columns, 1, PATCH, PATCH)
        for key, values in score(patches).items():
            strips[key].append(values.double().unflatten(0, (len(some), len(lefts))))
    count = _spread(torch.ones(len(tops), len(lefts), dtype=torch.float64), height, width)
    return {key: _spread(torch.cat(rows), height, width) / count for key, rows in strips.items()}


def places(length: int) -> list[int]:
    """Where patches begin along a side: every STRIDE pixels, the last at the very end."""
    return [*range(0, length - PATCH, STRIDE), length - PATCH]


def _spread(values: Tensor, height: int, width: int) -> Tensor:
    """The sum of the values of all patches over a pixel, from a value a patch, (rows, columns) -> (H, W)."""
    tops, lefts = torch.tensor(places(height))[:, None], torch.tensor(places(width))[None]
    steps = torch.zeros(height + 1, width + 1, dtype=torch.float64)  # a patch is four corners of a double sum
    for down, right, sign in ((0, 0, 1), (PATCH, 0, -1), (0, PATCH, -1), (PATCH, PATCH, 1)):
        steps.index_put_((tops + down, lefts + right), sign * values, accumulate=True)
    return steps.cumsum(0).cumsum(1)[:height, :width]


# ---- scores of patches


def by_network(model: nn.Module) -> Score:
    """By a `OneClass`: the squared error a pixel, and the squared Mahalanobis distance of the code."""

    def score(patches: Tensor) -> dict[str, Tensor]:
        x = patches.to(next(model.parameters()).device)
        with torch.inference_mode():
            error, distance = (model(x) - x).square().mean((1, 2, 3)), model.features(x).square().sum(1)
        return {ERROR: error.cpu(), DISTANCE: distance.cpu()}

    return score


def network(engine: Engine, name: str) -> Score:
    """By the shipped network of a texture. Raises: CheckpointError."""
    return by_network(engine.model(f"texture-{name}"))


@dataclass(frozen=True)
class Axes:
    """The control: PCA of the same patches, with as many numbers. spread: (AXES,), sd of the normal along each."""

    plane: Plane
    spread: Tensor

    def score(self, patches: Tensor) -> dict[str, Tensor]:
        """As `by_network`: the error beside the plane, and the squared Mahalanobis distance within."""
        error = (self.plane.project(patches) - patches).square().mean((1, 2, 3))
        numbers = (patches.flatten(1) - self.plane.mean) @ self.plane.axes.T / self.spread  # (N, AXES)
        return {ERROR: error, DISTANCE: numbers.square().sum(1)}


@functools.lru_cache(maxsize=len(TEXTURES))
def axes(name: str) -> Axes:
    """PCA of a texture's training patches."""
    x = patches_of(texture(name, "train"), COUNT).float() / 255
    fitted = plane.fit(x, AXES)
    return Axes(fitted, ((x.flatten(1) - fitted.mean) @ fitted.axes.T).std(0))


# ---- faults that are known, to measure with


def harm(picture: Tensor, kind: str, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """A fault at a random place, as bright or dark as the picture's extremes: (1, H, W) -> the picture with it, and
    where it is, bool (H, W). kind: a SCRATCH, 3 pixels wide, or a STAIN."""
    _, height, width = picture.shape
    draw = torch.rand(5, generator=rng).tolist()
    y, x = torch.meshgrid(torch.arange(float(height)), torch.arange(float(width)), indexing="ij")
    dy, dx = y - (0.15 + 0.7 * draw[0]) * height, x - (0.15 + 0.7 * draw[1]) * width
    angle = torch.tensor(torch.pi * draw[2])
    along, across = dx * angle.cos() + dy * angle.sin(), dy * angle.cos() - dx * angle.sin()
    if kind == SCRATCH:
        mask = (along.abs() < 15 + 25 * draw[3]) & (across.abs() < 1.5)
    else:
        mask = (along / (8 + 8 * draw[3])).square() + (across / 8).square() < 1
    tone = picture.quantile(0.95 if draw[4] < 0.5 else 0.05)
    return torch.where(mask, tone, picture), mask


def faults(picture: Tensor, count: int = FAULTS, seed: int = 0) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Scratches and stains in turn, one at a time: kind, picture (1, H, W), mask (H, W)."""
    rng = torch.Generator().manual_seed(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        yield kind, *harm(picture, kind, rng)


@dataclass(frozen=True)
class Finds:
    """Of each of some faults, in the order of `faults`. auroc: pixelwise, in percent; top: percent of the fault's
    pixels that are among the picture's oddest."""

    auroc: list[float]
    top: list[float]


def finds(picture: Tensor, score: Score, count: int = FAULTS, seed: int = 0) -> dict[str, Finds]:
    """How well each of SCORES finds faults on a picture, (1, H, W)."""
    measured = {key: Finds([], []) for key in SCORES}
    for _, harmed, mask in faults(picture, count, seed):
        for key, heat in mark(harmed, score).items():
            measured[key].auroc.append(roc.auroc(heat[~mask].numpy(), heat[mask].numpy()))
            measured[key].top.append(100 * float((heat >= oddest(heat))[mask].double().mean()))
    return measured


def oddest(heat: Tensor) -> float:
    """The heat from which a pixel is among the oddest TOP of the picture."""
    return float(heat.flatten().sort().values[int((1 - TOP) * heat.numel())])


def trials(name: str, score: Score) -> dict[str, float]:
    """Mean AUROC over faults of the held-out part, for each of SCORES: the higher one is the score to use."""
    held = texture(name, "held").float() / 255
    return {key: mean(one.auroc) for key, one in finds(held, score, TRIALS, TRIAL_SEED).items()}
