"""Recipes of the lab that a visitor can train on the server: whole where that takes a minute, else a part of them.

*_, last = train("vae-2")            # a generator, which yields how far it is
model = guests.read(last.data).model
"""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.data import load
from aecore.errors import AecoreError
from aecore.models import build
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit

LIMIT = 150.0  # seconds, after which a training ends where it is, once an epoch is whole
POINTS = 120  # of the curve
HELD_OUT = 1000


@dataclass(frozen=True)
class Short:
    """How much of a recipe is trained: passes over the first so many training digits."""

    epochs: int
    digits: int

    def words(self, recipe: Recipe) -> str:
        """As "2 of 20 epochs, 10,000 of 60,000 digits"; what is whole says so."""
        whole = recipe.first or 60_000
        if self.epochs == recipe.epochs and self.digits == whole:
            return f"the whole recipe: {recipe.epochs} epochs, {whole:,} digits"
        return f"a short run: {self.epochs} of {recipe.epochs} epochs, {self.digits:,} of {whole:,} digits"


SHORT = {
    "ae-linear-32": Short(40, 60_000),
    "dae-tanh-500": Short(20, 60_000),
    "vae-nyu": Short(8, 60_000),
    "vae-2": Short(3, 15_000),
    "dae": Short(3, 8_000),
}


@dataclass(frozen=True)
class Progress:
    """How a training stands.

    step, steps: done and planned; curve: (step, loss of the batch); held: (step, loss of held-out digits), one an
    epoch; speed: images a second; left: seconds; data: the checkpoint file, once it is done.
    """

    step: int
    steps: int
    curve: list[tuple[int, float]]
    held: list[tuple[int, float]]
    speed: float
    left: float
    data: bytes = b""


def train(name: str, seed: int = 0, limit: float = LIMIT) -> Iterator[Progress]:
    """Train one of SHORT on this process's device; the last Progress holds its checkpoint.

    Raises: AecoreError: no such name.
    """
    if name not in SHORT:
        raise AecoreError(f"{name} takes too long to train here. Choose one of: {', '.join(SHORT)}.")
    short = SHORT[name]
    recipe = replace(RECIPES[name], epochs=short.epochs, first=short.digits, validation=HELD_OUT, seed=seed)
    x, y = load("train", recipe.dataset)
    model = build(recipe.family, recipe.config, recipe.seed)
    curve: list[tuple[int, float]] = []
    held: list[tuple[int, float]] = []
    every = max(1, short.epochs * short.digits // recipe.batch // POINTS)
    begun = time.monotonic()
    progress = Progress(0, 0, curve, held, 0.0, 0.0)
    with closing(fit(model, (x[: short.digits], y[: short.digits]), recipe, report_every=every)) as steps:
        for step in steps:
            if step.terms:
                curve.append((step.step, step.terms["loss"]))
            if step.validation is not None and (not held or held[-1][1] != step.validation):
                held.append((step.step, step.validation))
            progress = Progress(step.step, step.steps, [*curve], [*held], step.images_per_second, step.eta)
            yield progress
            if held and time.monotonic() - begun > limit:
                break
    card = Card(
        name=name,
        title=recipe.title,
        summary=f"{recipe.summary} {short.words(RECIPES[name])}.",
        family=recipe.family,
        config=asdict(model.config),
        recipe=asdict(recipe),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
    )
    yield replace(progress, left=0.0, data=checkpoints.dumps(model, card))
