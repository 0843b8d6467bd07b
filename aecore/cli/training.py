"""Commands about models: train, eval, list."""

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import torch
import typer

from aecore import checkpoints, evaluation, records, storage
from aecore.checkpoints import Card, Metric
from aecore.cli import screen
from aecore.data import DATASETS, load
from aecore.engine import pick_device
from aecore.errors import AecoreError
from aecore.models import FAMILIES, build
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit, has_fast_bfloat16, processes

app = typer.Typer()
LINES = 100  # of a training's log, at most


@app.command()
def train(
    name: Annotated[str | None, typer.Argument(help="Which recipe; see `list`.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every recipe, one after the other.")] = False,
    epochs: Annotated[int | None, typer.Option(help="Another number of epochs than the recipe's.", min=1)] = None,
    dataset: Annotated[str | None, typer.Option(help=f"Other digits: one of {', '.join(DATASETS)}.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the checkpoint.")] = None,
    fresh: Annotated[bool, typer.Option(help="Start over, even if an interrupted training is there.")] = False,
) -> None:
    """Train a model, measure it on the test digits and save the checkpoint; go on where it was stopped before.

    Several processes share the work where torchrun starts it: torchrun --nproc-per-node 2 -m aecore train NAME
    """
    if everything == (name is not None):
        raise typer.BadParameter("give a name, or --all")
    if dataset is not None and dataset not in DATASETS:
        raise typer.BadParameter(f"there is no data set '{dataset}'; choose one of: {', '.join(DATASETS)}")
    # the judge first: the conditional models are measured with it
    names = sorted(RECIPES, key=lambda key: key != "judge") if everything else [_known(name)]
    todo = {name: _as_asked(name, epochs, dataset) for name in names}
    folder = out or checkpoints.folder()
    with processes.joined(pick_device()) as device:  # a wrong one is refused before anything is touched
        if processes.first():
            _train_all(todo, device, folder, fresh)
        else:
            _help(todo, device, folder)


def _help(todo: dict[str, Recipe], device: torch.device, folder: Path) -> None:
    """Share the work of the first process, until that ends; what stops a training is the first process's to hear."""
    for number in _stopping():
        signal.signal(number, signal.SIG_IGN)
    for name, recipe in todo.items():
        model, data = _begin(recipe, device)
        try:
            for _ in fit(model, data, recipe, _state(folder, name)):
                pass
        except (AecoreError, FloatingPointError):  # the first process says why
            raise typer.Exit(1) from None


def _train_all(todo: dict[str, Recipe], device: torch.device, folder: Path, fresh: bool) -> None:
    names = list(todo)
    for name in names:
        checkpoints.check_writable(folder / f"{name}.safetensors")
        checkpoints.check_writable(_state(folder, name))
    storage.clear_leftovers(folder)
    with _signals_stop():
        for place, (name, recipe) in enumerate(todo.items()):
            try:
                _train_one(name, recipe, device, folder, fresh)
            except KeyboardInterrupt as stop:
                later = "".join(f" {name}" for name in names[place + 1 :])
                screen.complain(
                    f"Stopped. Training {name} again, with the same options, goes on from here."
                    + (f" Not begun:{later}." if later else "")
                )
                raise typer.Exit(128 + (stop.number if isinstance(stop, Stopped) else signal.SIGINT)) from None
            except FloatingPointError as error:
                raise AecoreError(
                    f"Training {name} failed: {error}. Lower its learning rate in aecore/recipes.py, then use --fresh."
                ) from error


class Stopped(KeyboardInterrupt):
    """Another signal than Ctrl-C's asked to stop; number: which."""

    def __init__(self, number: int):
        super().__init__()
        self.number = number


@contextmanager
def _signals_stop() -> Iterator[None]:
    """SIGTERM, and a terminal that closes, end the work inside as Ctrl-C does, so that it is saved."""

    def stop(number: int, frame: object) -> None:
        for again in numbers:  # whoever asks twice shall not interrupt the saving
            signal.signal(again, signal.SIG_IGN)
        raise Stopped(number)

    numbers = [number for number in _stopping() if number != signal.SIGINT]  # which Python makes a KeyboardInterrupt
    numbers = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # nohup stays nohup
    if threading.current_thread() is not threading.main_thread():
        numbers = []  # Python lets nobody else set them
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stopping() -> list[int]:
    """The signals that ask a program to stop, on this system."""
    return [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _as_asked(name: str, epochs: int | None, dataset: str | None) -> Recipe:
    """A recipe with the options of the command line. Raises: BadParameter: they do not fit it."""
    recipe = RECIPES[name]
    if dataset is not None and recipe.dataset not in DATASETS:
        raise typer.BadParameter(f"{name} learns from {recipe.dataset}, not from digits: leave --dataset out")
    return replace(recipe, epochs=epochs or recipe.epochs, dataset=dataset or recipe.dataset)


def _state(folder: Path, name: str) -> Path:
    """Where an interrupted training is kept."""
    return folder / f".{name}.state.partial"


def _begin(recipe: Recipe, device: torch.device) -> tuple[torch.nn.Module, tuple[torch.Tensor, torch.Tensor]]:
    """The model before training, and what it is to learn from."""
    x, y = load("train", recipe.dataset)
    shown = ~torch.isin(y, torch.tensor(recipe.without, dtype=torch.long))
    data = (x[shown][: recipe.first or None], y[shown][: recipe.first or None])
    return build(recipe.family, recipe.config, recipe.seed).to(device), data


def _train_one(name: str, recipe: Recipe, device: torch.device, folder: Path, fresh: bool) -> None:
    model, data = _begin(recipe, device)
    state = _state(folder, name)
    if fresh:
        state.unlink(missing_ok=True)
    # weights, the best ones, their average and two moments of Adam, float32
    checkpoints.check_writable(state, 5 * 4 * sum(p.numel() for p in model.parameters()))
    seconds = speed = 0.0
    with screen.progress() as bar, closing(fit(model, data, recipe, state)) as steps:
        task = bar.add_task(name, total=None, info="")
        for step in steps:
            terms = " ".join(f"{key} {value:.4g}" for key, value in step.terms.items() if key != "loss")
            held_out = "" if step.validation is None else f" · held out {step.validation:.4g}"
            info = f"epoch {step.epoch}/{recipe.epochs} · {terms}{held_out} · {step.images_per_second:,.0f} images/s"
            bar.update(task, completed=step.step, total=step.steps, info=info)
            seconds, speed = step.seconds, step.images_per_second
            if not screen.console.is_terminal and step.step % (step.steps // min(recipe.epochs, LINES)) == 0:
                screen.say(f"{name}: {info}")  # a log file gets a line an epoch instead of a bar
    measured = _halved(model, name, recipe, _measure(model, name, recipe))
    family = FAMILIES[recipe.family]
    card = Card(
        name=name,
        title=recipe.title,
        summary=recipe.summary,
        family=recipe.family,
        config=asdict(model.config),
        recipe=asdict(recipe),
        metrics=measured,
        parameters=sum(p.numel() for p in model.parameters()),
        training={
            "seconds": round(seconds, 1),
            "images_per_second": round(speed),
            "device": device.type,
            "precision": "bfloat16" if has_fast_bfloat16(device) and not family.opponent else "float32",
        },
    )
    path = checkpoints.save(model, card, folder / f"{name}.safetensors")
    state.unlink(missing_ok=True)
    screen.print_metrics(name, measured)
    screen.say(f"saved {path.name} ({path.stat().st_size / 1e6:.1f} MB) after {seconds:.0f} s of training")


@app.command("eval")
def evaluate(
    name: Annotated[str, typer.Argument(help="Which checkpoint; see `list`.")],
    save: Annotated[
        bool, typer.Option(help="Write it again: in today's words, and half the bytes if no digit of its card changes.")
    ] = False,
    again: Annotated[
        bool, typer.Option(help="With --save: put today's numbers on the card, as after another judge was trained.")
    ] = False,
) -> None:
    """Measure a checkpoint again on the test digits and print its card's numbers beside the new ones."""
    model = checkpoints.load(name)
    try:
        recipe = records.read(Recipe, json.dumps(model.card.recipe))
    except ValueError as error:
        raise AecoreError(f"The card of {name} holds no recipe that we know ({error}). Train it again.") from error
    card = _reworded(model.card, recipe)
    model = model.to(pick_device())
    before = _measure(model, name, recipe) if again or not save else card.metrics
    measured = _halved(model, name, recipe, before) if save else before
    screen.print_metrics(name, measured, card.metrics)
    if save:
        path = checkpoints.save(model, replace(card, metrics=measured), checkpoints.path_of(name))
        screen.say(f"saved {path.name} ({path.stat().st_size / 1e6:.1f} MB)")


@app.command("list")
def list_models(
    markdown: Annotated[bool, typer.Option("--markdown", help="As the table that stands in the README.")] = False,
) -> None:
    """All recipes, and what the checkpoints at hand measure."""
    rows = []
    for name in sorted(set(RECIPES) | set(checkpoints.names())):
        try:
            card = checkpoints.read_card(name)
            numbers = ", ".join(f"{key} {metric}" for key, metric in card.metrics.items())
            rows.append((name, card.summary, f"{card.parameters:,}", numbers))
        except AecoreError as error:
            shipped = name not in RECIPES or RECIPES[name].shipped
            why = str(error) if shipped else f"too large to ship; python -m aecore train {name}"
            rows.append((name, RECIPES[name].summary if name in RECIPES else "", "", why))
    titles = ("name", "what it is", "parameters", "measured on the test digits")
    if markdown:
        lines = [titles, ("---",) * len(titles), *((f"`{name}`", *rest) for name, *rest in rows)]
        for line in lines:
            screen.say(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |")
        return
    table = screen.table(*titles)
    for row in rows:
        table.add_row(*row)
    screen.console.print(table)


def _known(name: str) -> str:
    if name not in RECIPES:
        raise typer.BadParameter(f"there is no recipe '{name}'; choose one of: {', '.join(RECIPES)}")
    return name


def _reworded(card: checkpoints.Card, recipe: Recipe) -> checkpoints.Card:
    """A card in the words that its recipe has today; another recipe than it was made by keeps its own words."""
    today = RECIPES.get(card.name, recipe)
    if json.dumps(asdict(replace(recipe, title=today.title, summary=today.summary))) != json.dumps(asdict(today)):
        return card
    return replace(card, title=today.title, summary=today.summary, recipe=asdict(today))


def _measure(model: torch.nn.Module, name: str, recipe: Recipe) -> dict[str, Metric]:
    with screen.progress() as bar:
        task = bar.add_task(f"{name}: measuring", total=1.0, info="")
        return evaluation.evaluate(model, recipe, lambda share: bar.update(task, completed=share))


def _halved(model: torch.nn.Module, name: str, recipe: Recipe, before: dict[str, Metric]) -> dict[str, Metric]:
    """Round a model to half precision if that changes no digit of its card, or to what its recipe says.

    Args:    before: its numbers, as it is.
    Returns: what the model measures now.
    """
    whole = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    dtype = torch.float8_e4m3fn if recipe.quarter else torch.float16
    checkpoints.round_to_half(model.state_dict().values(), dtype)
    measured = _measure(model, name, recipe)
    if recipe.half or recipe.quarter or checkpoints.same_digits(measured, before):
        return measured
    model.load_state_dict(whole)
    return before
