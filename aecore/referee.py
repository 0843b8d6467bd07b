"""May anybody be judged on a picture at all? A tap is not ink enough, and a scribble is no digit.

    refusal(engine, x)  # None for a digit, else why nobody should read it, or say who restores it best

Two measures tell a stranger: the angle between its features in the judge and those of the nearest real digit
(aecore.latent.realism), and how much of it an autoencoder loses whose short code has room for digits alone. Either
limit is what nearly all of the last training digits keep below, from which no network here has learnt: those of the
shipped networks are in a table. benchmarks/judge.py writes it, and counts how many test digits, and how many strangers,
lie beyond.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from pydantic import FiniteFloat
from torch import Tensor

from aecore import records
from aecore.data import load_digits
from aecore.engine import CHUNK, Engine
from aecore.errors import AecoreError, DataError
from aecore.latent import realism
from aecore.recipes import RECIPES

Refusal = Literal["little ink", "stranger"]
INK = 0.3  # a pixel above it belongs to the stroke
FULL, SQUARE = 0.65, 0.4  # a dot fills so much of its box, and its box is so square: 62 of 60,000 training digits
JUDGE, AUTOENCODER = "judge", "ae-conv"
NETWORKS = {"distance": JUDGE, "loss": AUTOENCODER}  # measure -> what it needs
TOO_FAR, TOO_LOSSY = 0.003, 0.002  # shares of unseen training digits beyond the two limits; of the test digits 0.7%

AGAIN = "python -m benchmarks.judge"


def refusal(engine: Engine, x: Tensor) -> Refusal | None:
    """Why one picture, (1, 1, 28, 28) in [0, 1], is not judged; None where it is. Without networks, ink counts."""
    return refusals(engine, x)[0]


def refusals(engine: Engine, x: Tensor) -> list[Refusal | None]:
    """The same for each of x, (N, 1, 28, 28) in [0, 1]."""
    strange = torch.zeros(len(x), dtype=torch.bool)
    for measure in (distance, loss):
        try:
            strange |= measure(engine, x) > limit(engine, measure)
        except AecoreError:
            continue
    pairs = zip(little_ink(x).tolist(), strange.tolist(), strict=True)
    return ["little ink" if small else "stranger" if far else None for small, far in pairs]


def read(engine: Engine, x: Tensor, *made: Tensor) -> list[int | None]:
    """What the judge reads in a picture and in each that was made of it, all (1, 1, 28, 28): None for all of them where
    the picture is no digit, or nobody can read."""
    try:
        if not refusal(engine, x):
            return engine.classify(torch.cat([x, *made])).argmax(1).tolist()
    except AecoreError:
        pass
    return [None] * (1 + len(made))


def distance(engine: Engine, x: Tensor) -> Tensor:
    """To the nearest real digit, (N,), see `realism.Manifold`. Raises: CheckpointError: there is no judge."""
    return realism.real_digits(engine).nearest(realism.features_of(engine, x))[0]


def loss(engine: Engine, x: Tensor) -> Tensor:
    """What the autoencoder loses, (N,): squared error over squared ink. Raises: CheckpointError: it is not there."""
    recon = engine.reconstruct(AUTOENCODER, x)
    return (recon - x).square().sum((1, 2, 3)) / (1 + x.square().sum((1, 2, 3)))


@dataclass(frozen=True)
class Limit:
    """What nearly all real digits keep below by a measure, and the SHA-256 of the network that measures."""

    value: FiniteFloat
    sha256: str


def results_file() -> Path:
    """Where the limits of the shipped networks are: `benchmarks/results/judge.json` beside the package."""
    return records.RESULTS / "judge.json"


@functools.lru_cache(maxsize=4)
def limit(engine: Engine, measure: Callable[[Engine, Tensor], Tensor]) -> float:
    """What nearly all real digits keep below: of other networks than the table's, or without it, computed on first use.

    Raises: CheckpointError, DataError.
    """
    try:
        limits = records.read_table(dict[str, Limit], results_file(), "The judge", AGAIN, {*NETWORKS}.issubset)
        known = limits[measure.__name__]
        if known.sha256 == sha256(engine, measure):
            return known.value
    except DataError:
        pass
    return measured_limit(engine, measure)


def sha256(engine: Engine, measure: Callable[[Engine, Tensor], Tensor]) -> str:
    """Of the network that measures. Raises: CheckpointError."""
    return engine.model(NETWORKS[measure.__name__]).card.sha256


def measured_limit(engine: Engine, measure: Callable[[Engine, Tensor], Tensor]) -> float:
    """The same, computed: a second or two. Raises: CheckpointError, DataError."""
    share = {distance: TOO_FAR, loss: TOO_LOSSY}[measure]
    unseen = load_digits("train")[0][-RECIPES["judge"].validation :]
    return float(torch.cat([measure(engine, part.float() / 255) for part in unseen.split(CHUNK)]).quantile(1 - share))


def little_ink(x: Tensor) -> Tensor:
    """Whether a picture holds no more than a dot: (N, 1, 28, 28) -> bool (N,).

    However small a mark was drawn, as a digit it is 20 pixels long: a dot, then, is what fills a square box.
    """
    ink = x[:, 0] > INK  # (N, H, W)
    down, across = _extent(ink.any(2)), _extent(ink.any(1))  # (N,)
    fills = x.sum((1, 2, 3)) / (down * across).clamp(min=1)
    square = torch.minimum(down, across) / torch.maximum(down, across).clamp(min=1)
    return (down == 0) | ((fills > FULL) & (square > SQUARE))


def _extent(marked: Tensor) -> Tensor:
    """How many places lie from the first to the last that is marked, (N, L) -> (N,); 0 where none is."""
    place = torch.arange(1, marked.shape[1] + 1)
    last = (marked * place).amax(1)
    first = (marked * place.flip(0)).amax(1)
    return (last + first - marked.shape[1]).clamp(min=0)
