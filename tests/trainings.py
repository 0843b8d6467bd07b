"""What tests of both training loops do."""

import torch
from torch import Tensor, nn

from aecore import training
from aecore.models import build
from aecore.recipe import Recipe
from aecore.training import Step


def trained(data, recipe: Recipe, state=None, stop: int | None = None) -> tuple[nn.Module, list[Step]]:
    """A model of the recipe after all steps, or the first `stop`, and what was said of each."""
    model = build(recipe.family, recipe.config, recipe.seed)
    run = training.fit(model, data, recipe, state, report_every=1)
    steps = []
    for step in run:
        steps.append(step)
        if step.step == stop:
            run.close()
            break
    return model, steps


def weights(model: nn.Module) -> Tensor:
    """All its numbers in one row."""
    return torch.cat([value.detach().flatten().float() for value in model.state_dict().values()])
