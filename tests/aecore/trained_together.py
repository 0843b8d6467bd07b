"""A few steps of recipes, alone or by all processes that torchrun starts; their losses go into a file.

python -m tests.aecore.trained_together FILE NAME...
torchrun --nproc-per-node 2 -m tests.aecore.trained_together FILE NAME...
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import torch

from aecore.data import load
from aecore.engine import pick_device
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit, processes

STEPS = int(os.environ.get("STEPS", "3"))


def trained(name: str, device: torch.device, state: Path | None = None, stop: int = 0) -> dict:
    """The terms of every step, and the held-out loss; stop: the step to leave after."""
    recipe = replace(RECIPES[name], epochs=1, validation=20)
    x, y = (part[: STEPS * recipe.batch + 20] for part in load("train", recipe.dataset))
    model = build(recipe.family, recipe.config, recipe.seed).to(device)
    steps, training = [], fit(model, (x, y), recipe, state, report_every=1)
    for step in training:
        steps.append(step)
        if step.step == stop:
            training.close()
            break
    return {"terms": [step.terms for step in steps], "validation": steps[-1].validation}


def main() -> None:
    """Train and write; what is refused is written, too. The first one is trained again, with an interruption."""
    path, *names = sys.argv[1:]
    with processes.joined(pick_device()) as device:
        results = {"processes": processes.count(), "device": str(device)}
        for name in names:
            try:
                results[name] = trained(name, device)
            except Exception as error:
                results[name] = {"refused": f"{type(error).__name__}: {error}"}
        state = Path(path).with_suffix(".state")
        trained(names[0], device, state, stop=1)
        results["resumed"] = trained(names[0], device, state)
        if processes.first():
            Path(path).write_text(json.dumps(results))


if __name__ == "__main__":
    main()
