"""Commands about models: train, eval, list."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.table import Table

from aecore import checkpoints, evaluation, records
from aecore.checkpoints import Card, Metric
from aecore.cli.screen import console, number, print_metrics, progress
from aecore.data import DATASETS, load
from aecore.engine import pick_device
from aecore.errors import AecoreError
from aecore.models import build
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit, has_fast_bfloat16

app = typer.Typer()


@app.command()
def train(
    name: Annotated[str | None, typer.Argument(help="Which recipe; see `list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every recipe, one after the other.")] = False,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.", min=1)] = None,
    dataset: Annotated[str | None, typer.Option(help=f"Other digits: one of {', '.join(DATASETS)}.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the checkpoint.")] = None,
    fresh: Annotated[bool, typer.Option(help="Start over, even if an interrupted training is there.")] = False,
) -> None:
    """Train a model, measure it on the test digits and save the checkpoint; go on where Ctrl-C stopped it."""
    if everything == (name is not None):
        raise typer.BadParameter("give a name, or --all")
    if dataset is not None and dataset not in DATASETS:
        raise typer.BadParameter(f"there is no data set '{dataset}'; choose one of: {', '.join(DATASETS)}")
    # the judge first: the conditional models are measured with it
    todo = sorted(RECIPES, key=lambda key: key != "judge") if everything else [_known(name)]
    for place, each in enumerate(todo):
        recipe = replace(RECIPES[each], epochs=epochs or RECIPES[each].epochs)
        if dataset is not None:
            if recipe.dataset not in DATASETS:
                raise typer.BadParameter(f"{each} learns from {recipe.dataset}, not from digits: leave --dataset out")
            recipe = replace(recipe, dataset=dataset)
        try:
            _train_one(each, recipe, out or checkpoints.folder(), fresh)
        except KeyboardInterrupt:
            later = "".join(f" {name}" for name in todo[place + 1 :])
            Console(stderr=True).print(
                f"Stopped. Training {each} again, with the same options, goes on from here."
                + (f" Not begun:{later}." if later else "")
            )
            raise typer.Exit(130) from None


def _train_one(name: str, recipe: Recipe, out: Path, fresh: bool) -> None:
    device = pick_device()
    x, y = load("train", recipe.dataset)
    shown = ~torch.isin(y, torch.tensor(recipe.without, dtype=torch.long))
    data = (x[shown], y[shown])
    model = build(recipe.family, recipe.config, recipe.seed).to(device)
    state = out / f".{name}.state.partial"
    if fresh:
        state.unlink(missing_ok=True)
    seconds = speed = 0.0
    with progress() as bar:
        task = bar.add_task(name, total=None, info="")
        for step in fit(model, data, recipe, state):
            terms = " ".join(f"{key} {value:.4g}" for key, value in step.terms.items() if key != "loss")
            held_out = "" if step.validation is None else f" · held out {step.validation:.4g}"
            info = f"epoch {step.epoch}/{recipe.epochs} · {terms}{held_out} · {step.images_per_second:,.0f} images/s"
            bar.update(task, completed=step.step, total=step.steps, info=info)
            seconds, speed = step.seconds, step.images_per_second
            if not console.is_terminal and step.step % (step.steps // recipe.epochs) == 0:
                print(f"{name}: {info}", flush=True)  # a log file gets a line an epoch instead of a bar
    found = _measure(model, name, recipe)
    card = Card(
        name=name,
        title=recipe.title,
        summary=recipe.summary,
        family=recipe.family,
        config=asdict(model.config),
        recipe=asdict(recipe),
        metrics=found,
        parameters=sum(p.numel() for p in model.parameters()),
        training={
            "seconds": round(seconds, 1),
            "images_per_second": round(speed),
            "device": device.type,
            "precision": "bfloat16" if has_fast_bfloat16(device) else "float32",
        },
    )
    path = checkpoints.save(model, card, out / f"{name}.safetensors")
    state.unlink(missing_ok=True)
    print_metrics(name, found)
    console.print(f"saved {path.name} ({path.stat().st_size / 1e6:.1f} MB) after {seconds:.0f} s of training")


@app.command("eval")
def evaluate(name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")]) -> None:
    """Measure a checkpoint again on the test digits and print its card's numbers beside the new ones."""
    model = checkpoints.load(name)
    try:
        recipe = records.read(Recipe, json.dumps(model.card.recipe))
    except ValueError as error:
        raise AecoreError(f"The card of {name} holds no recipe that we know ({error}). Train it again.") from error
    print_metrics(name, _measure(model.to(pick_device()), name, recipe), model.card.metrics)


@app.command("list")
def list_models(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the table that stands in the README.")] = False,
) -> None:
    """All recipes, and what the checkpoints at hand measure."""
    rows = []
    for name in sorted(set(RECIPES) | set(checkpoints.names())):
        try:
            card = checkpoints.read_card(name)
            numbers = ", ".join(f"{key} {number(metric)}" for key, metric in card.metrics.items())
            rows.append((name, card.summary, f"{card.parameters:,}", numbers))
        except AecoreError as error:
            rows.append((name, RECIPES[name].summary if name in RECIPES else "", "", str(error)))
    titles = ("name", "what it is", "parameters", "measured on the test digits")
    if markdown:
        lines = [titles, ("---",) * len(titles), *((f"`{name}`", *rest) for name, *rest in rows)]
        print("\n".join(f"| {' | '.join(line)} |" for line in lines))
        return
    table = Table(*titles)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _known(name: str) -> str:
    if name not in RECIPES:
        raise typer.BadParameter(f"there is no recipe '{name}'; choose one of: {', '.join(RECIPES)}")
    return name


def _measure(model: torch.nn.Module, name: str, recipe: Recipe) -> dict[str, Metric]:
    with progress() as bar:
        task = bar.add_task(f"{name}: measuring", total=1.0, info="")
        return evaluation.evaluate(model, recipe, lambda share: bar.update(task, completed=share))
