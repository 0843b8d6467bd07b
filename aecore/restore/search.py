"""The latent search for one hole, as a page follows it: recorded steps of every start, and the answers at its end."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore.engine import get_engine
from aecore.errors import AecoreError
from aecore.restore import energy, masks
from aecore.restore.energy import Answer, Descent
from aecore.restore.inpainting import SEARCH_MODEL

EVERY = 10  # steps between two reports


@dataclass(frozen=True)
class Search:
    """How far a search is. frames: what was reported so far; at its end also answers: best first, see
    `energy.answers`; reads: (starts,) the judge's classes, None without a judge; seconds: that it took."""

    frames: list[Descent]
    answers: list[Answer] | None = None
    reads: Tensor | None = None
    seconds: float = 0.0


def search(x: Tensor, mask: Tensor, seed: int, starts: int, steps: int) -> Iterator[Search]:
    """Search the latent space of SEARCH_MODEL for what fills a hole; yields a Search every EVERY steps and at the end.

    Args:    x: (1, 1, 28, 28); mask: (1, 1, 28, 28), 1 where a pixel is missing; seed: of the starts.
    Raises:  CheckpointError: the model cannot be loaded.
    """
    engine, begun, frames = get_engine(), time.monotonic(), []
    rng = torch.Generator().manual_seed(seed)
    model = engine.model(SEARCH_MODEL)
    for descent in energy.descend(model, x, mask, starts=starts, steps=steps, rng=rng, every=EVERY):
        frames.append(descent)
        yield Search(frames)
    seconds = time.monotonic() - begun
    try:
        reads = engine.classify(masks.paste(x, descent.recon, mask)).argmax(1)
    except AecoreError:
        reads = None  # without a judge only pictures tell answers apart
    yield Search(frames, energy.answers(descent, x, mask, reads), reads, seconds)
