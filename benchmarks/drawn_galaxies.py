"""What galaxies drawn by class are worth, beside a VAE's and real ones, over three seeds.

python -m benchmarks.drawn_galaxies --work FOLDER          train what is not in the folder yet, measure, print the table
python -m benchmarks.drawn_galaxies --work FOLDER --save   and write results/drawn_galaxies.json
python -m benchmarks.drawn_galaxies --work FOLDER --only 1 train and measure this seed alone, as for a GPU: minutes
                                                           there, hours on two cores
The generator of seed 0 is the shipped checkpoint.
"""

import argparse
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import nn

from aecore import checkpoints, records
from aecore.data import load
from aecore.data.galaxies import CLASSES
from aecore.engine import pick_device
from aecore.galaxies import drawn
from aecore.galaxies.drawn import BY_CLASS, COPIED, DRAWER, GAN, PRIOR, REAL, SEEDS, SHOWN, Measured
from aecore.galaxies.table import NETWORK, SORTER
from aecore.gans.measures import Worth
from aecore.models import build
from aecore.recipe import Recipe
from aecore.recipes import RECIPES
from aecore.training import fit
from benchmarks.galaxies import webp


@dataclass(frozen=True)
class Row:
    """worth: of one model's galaxies; copied: percent of them, as in `Measured`."""

    worth: Worth
    copied: FiniteFloat


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where trainings and numbers stay")
    parser.add_argument("--only", type=int, nargs="*", help="seeds")
    parser.add_argument("--epochs", type=int, help="another number than the recipe's")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/drawn_galaxies.json")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    device = pick_device()
    held = drawn.reference(device)
    seeds = range(SEEDS) if arguments.only is None else arguments.only
    rows = [row_of(held, arguments.work, seed, device, arguments.epochs) for seed in seeds]
    for seed, row in zip(seeds, rows, strict=True):
        print(GAN, seed, row, flush=True)
    if arguments.only is not None:
        return
    rng = torch.Generator().manual_seed(1)
    of_vae = drawn.of_vae(checkpoints.load(NETWORK).to(device), held.y, rng)
    others = {name: drawn.worth(held, x, held.y if name == BY_CLASS else None)[0] for name, x in of_vae.items()}
    others[REAL] = drawn.worth(held, held.training)[0]  # the classifier knows their labels by heart
    print(others, held.unseen, held.right, sep="\n")
    measured = Measured(
        rows={GAN: [row.worth for row in rows], **{name: [others[name]] for name in (PRIOR, BY_CLASS, REAL)}},
        copied=[row.copied for row in rows],
        unseen=held.unseen,
        right=held.right,
        epochs=RECIPES[DRAWER].epochs,
        pictures=[[webp(x) for x in of_vae[BY_CLASS][held.y == kind][:SHOWN].cpu()] for kind in range(len(CLASSES))],
        sha256={name: checkpoints.read_card(name).sha256 for name in (DRAWER, NETWORK, SORTER)},
    )
    if arguments.save:
        print(f"saved {records.write_table(measured, drawn.results_file()).name}")


def row_of(held: drawn.Reference, work: Path, seed: int, device: torch.device, epochs: int | None) -> Row:
    """Train one generator, unless that was done, and measure it in half precision."""
    path = work / f"{DRAWER}-{seed}.json"
    if not path.exists():
        recipe = replace(RECIPES[DRAWER], seed=seed)
        model = trained(replace(recipe, epochs=epochs or recipe.epochs), work, device)
        checkpoints.round_to_half(model.state_dict().values())
        x = drawn.drawn(model, held.y, torch.Generator().manual_seed(1))
        worth, distance = drawn.worth(held, x, held.y)
        copied = 100 * float((distance < COPIED * held.unseen).float().mean())
        path.write_text(json.dumps(asdict(Row(worth, copied))) + "\n")
    return records.read(Row, path.read_bytes())


def trained(recipe: Recipe, work: Path, device: torch.device) -> nn.Module:
    """A generator at the end of its recipe; that of seed 0 is the shipped one, if there is one of this recipe."""
    if recipe.seed == 0 and DRAWER in checkpoints.names():
        model = checkpoints.load(DRAWER)
        if model.card.recipe == json.loads(json.dumps(asdict(recipe))):
            return model.to(device)
    model = build(recipe.family, recipe.config, recipe.seed).to(device)
    for step in fit(model, load("train", recipe.dataset), recipe, work / f"{recipe.seed}.state", report_every=500):
        if step.step % 500 == 0:
            terms = " ".join(f"{key} {value:.3f}" for key, value in step.terms.items())
            print(f"{DRAWER}-{recipe.seed} {step.step}/{step.steps} {terms} {step.seconds:.0f} s", flush=True)
    return model


if __name__ == "__main__":
    main()
