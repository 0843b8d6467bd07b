"""Training: one call for every recipe, a generator that yields progress and survives interruption.

Most models learn alone (run.py); those that draw learn against an opponent (duel.py).
"""

from collections.abc import Iterator
from pathlib import Path

from torch import Tensor, nn

from aecore.models import FAMILIES
from aecore.recipes import Recipe
from aecore.training import processes
from aecore.training.duel import Duel
from aecore.training.run import Run, Step
from aecore.training.schedule import has_fast_bfloat16, rate


def fit(
    model: nn.Module,
    data: tuple[Tensor, Tensor],
    recipe: Recipe,
    state: Path | None = None,
    report_every: int = 20,
) -> Iterator[Step]:
    """Train a model in place; leaving the loop cancels the training.

    However the loop is left, the model ends in eval mode with the best weights so far, "best" meaning the lowest
    loss on `recipe.validation` held-out training digits, tried after every epoch and never on the test digits.

    Where torchrun has started several processes, inside `processes.joined`, all of them call this alike and share the
    work; the first alone reads and writes the state.

    Args:    model: on the device to train on; data: x uint8 (N, C, H, W) or (N, C, L) and y int64 (N,);
             state: a file that keeps weights, optimizer and random state, written every half minute and when the
             loop is left early; if it is there and was made by the same recipe and data, training goes on from it;
             report_every: steps between two yields.
    Yields:  Step, about every `report_every` steps and after each epoch; once if the state says that all is done.
    Raises:  ValueError: data that is not as said, or too little. FloatingPointError: the loss is no longer finite.
             CheckpointError: the state cannot be written. AecoreError: processes that torchrun started cannot share
             this, or one of them has gone.
    """
    opponent = FAMILIES[recipe.family].opponent
    processes.check(model, recipe.batch, opponent is not None)
    loop = Duel if opponent else Run
    return loop(model, data, recipe, state).steps_until_done(report_every)


__all__ = ["Step", "fit", "has_fast_bfloat16", "rate"]
