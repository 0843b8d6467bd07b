"""Four decoders of one autoencoder: squared error, and the energy at period 2 before and after training.

python -m benchmarks.upsampling                  train two more seeds of each (8 trainings, a minute each on a GPU)
python -m benchmarks.upsampling --save           and write results/upsampling.json
python -m benchmarks.upsampling --only up-nearest-1 --entries FOLDER   one training, kept in a folder

A folder of entries keeps one file for each training; those that are there are not made again. The first seed is the
shipped checkpoint: `python -m aecore train up-nearest` and so on. Also measured: what unpooling's places are worth.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from aecore import checkpoints, metrics, records
from aecore.data import load_digits
from aecore.engine import CHUNK, get_engine, pick_device
from aecore.intervals import interval
from aecore.models import build
from aecore.recipes import RECIPES, UPSAMPLED
from aecore.training import fit
from aecore.upsampling import table
from aecore.upsampling.checkerboard import period_two
from aecore.upsampling.table import SEEDS, Measured, Moment, Places, Row

MOMENTS = (10, 30, 100, 300, 1000, 3000)  # steps at which the second seed is looked at
STARTS = 20  # random weights
WATCHED = 1000  # test digits then


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/upsampling.json")
    parser.add_argument("--entries", type=Path, default=None, help="a folder for the trainings")
    parser.add_argument("--only", default="", help="one of them, as up-nearest-1")
    parser.add_argument("--epochs", type=int, default=0, help="another number of epochs than the recipe's, for a try")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    folder = arguments.entries or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    x, y = (part.to(pick_device()) for part in load_digits("test"))
    x = x.float() / 255
    entries: dict[str, list[dict]] = {}
    for name in UPSAMPLED:
        for seed in range(SEEDS):
            if arguments.only in ("", f"{name}-{seed}"):
                path = folder / f"{name}-{seed}.json"
                if not path.exists():
                    path.write_text(json.dumps(_entry(name, seed, x, y, arguments.epochs)))
                entries.setdefault(name, []).append(json.loads(path.read_text()))
                print(name, seed, entries[name][-1], flush=True)
    if arguments.only:
        return
    measured = _measured(entries, x)
    _print(measured)
    if arguments.save:
        print(f"saved {records.write_table(measured, table.results_file()).name}")


def _measured(entries: dict[str, list[dict]], x: Tensor) -> Measured:
    engine = get_engine()
    return Measured(
        untrained={name: _untrained(name, x[:WATCHED]) for name in entries},
        rows={name: [Row(**entry["row"]) for entry in of_name] for name, of_name in entries.items()},
        places=[Places(**entry["places"]) for of_name in entries.values() for entry in of_name if entry["places"]],
        curves={name: [Moment(**moment) for moment in of_name[1]["curve"]] for name, of_name in entries.items()},
        digits=100 * float(period_two(x).mean()),
        mean_mse=float((x - x.mean(0)).square().mean()),
        queries=len(x),
        sha256={name: engine.card(name).sha256 for name in entries},
    )


@torch.no_grad()
def _untrained(name: str, x: Tensor) -> list[float]:
    """Energy at period 2 with random weights, percent, one number a seed."""
    recipe = RECIPES[name]
    models = (build(recipe.family, recipe.config, seed).to(x.device) for seed in range(STARTS))
    return [round(_share(_through(model.through, x)), 3) for model in models]


@torch.no_grad()
def _entry(name: str, seed: int, x: Tensor, y: Tensor, epochs: int) -> dict:
    """One decoder from one seed: its row, what its places are worth, and its way there (the second seed's)."""
    recipe = replace(RECIPES[name], seed=seed, epochs=epochs or RECIPES[name].epochs)
    model = build(recipe.family, recipe.config, seed).to(x.device)
    curve: list[Moment] = []
    if seed:
        curve = _trained(model, recipe, x[:WATCHED] if seed == 1 else x[:0])
        checkpoints.round_to_half(model.state_dict().values())
    else:
        model = checkpoints.load(name).to(x.device)
    judge = checkpoints.load("judge").to(x.device)
    raw = _through(model.through, x)
    recon = raw.clamp(0, 1)
    row = Row(
        mse=float(metrics.mse(x, recon).mean()),
        psnr=float(metrics.psnr(x, recon).mean()),
        read=_percent(_through(judge, recon).argmax(1) == y),
        trained=_share(raw),
        seen=_share(recon),
        error=_share(recon - x),
    )
    places = asdict(_places(model, judge, x, y)) if model.takes_places else None
    return {"row": asdict(row), "places": places, "curve": [asdict(moment) for moment in curve]}


def _trained(model: nn.Module, recipe: object, x: Tensor) -> list[Moment]:
    """Train it; what it makes of x on the way, with the weights of that step, and at the end."""
    curve = [_moment(model, 0, x)] if len(x) else []
    with torch.enable_grad():
        for step in fit(model, load_digits("train"), recipe, report_every=MOMENTS[0]):
            if len(x) and step.step in MOMENTS:
                curve.append(_moment(model, step.step, x))
            last = step.step
    return [*curve, _moment(model, last, x)] if len(x) else []


@torch.no_grad()
def _moment(model: nn.Module, step: int, x: Tensor) -> Moment:
    raw = _through(model.through, x)
    return Moment(step, _share(raw), float(metrics.mse(x, raw.clamp(0, 1)).mean()))


def _places(model: nn.Module, judge: nn.Module, x: Tensor, y: Tensor) -> Places:
    """What becomes of the picture if places or codes are others than its own."""
    z, stages = [], ([], [])
    for part in x.split(CHUNK):
        code, places = model.remember(part)
        z.append(code)
        for stage, place in zip(stages, places, strict=True):
            stage.append(place)
    z, own = torch.cat(z), tuple(map(torch.cat, stages))
    other = torch.arange(len(x), device=x.device).roll(1)

    def drawn(z: Tensor, places: tuple[Tensor, ...] | None) -> Tensor:
        parts = [slice(begin, begin + CHUNK) for begin in range(0, len(z), CHUNK)]
        pictures = [model.raw(z[part], places and tuple(place[part] for place in places)) for part in parts]
        return torch.cat(pictures).clamp(0, 1)

    def error(z: Tensor, places: tuple[Tensor, ...] | None) -> float:
        return float(metrics.mse(x, drawn(z, places)).mean())

    strange = tuple(place[other] for place in own)
    unlike = y != y[other]
    reads = _through(judge, drawn(z, strange)).argmax(1)[unlike]
    return Places(
        corners=error(z, None),
        strangers=error(z, strange),
        alone=error(z.mean(0).expand_as(z), own),
        by_places=_percent(reads == y[other][unlike]),
        by_code=_percent(reads == y[unlike]),
    )


def _through(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    return torch.cat([function(part) for part in x.split(CHUNK)])


def _share(x: Tensor) -> float:
    return 100 * float(period_two(x).mean())


def _percent(right: Tensor) -> float:
    return 100 * float(right.float().mean())


def _print(measured: Measured) -> None:
    print(f"digits' own energy at period 2: {measured.digits:.2f} %; mean digit's MSE {measured.mean_mse:.4f}")
    print("| decoder | " + " | ".join(Row.__dataclass_fields__) + " |")
    for name, rows in measured.rows.items():
        cells = [interval([getattr(row, key) for row in rows]) for key in Row.__dataclass_fields__]
        print(f"| {name} | " + " | ".join(f"{middle:.4g} +- {half or 0:.2g}" for middle, half in cells) + " |")
    for name, shares in measured.untrained.items():
        print(f"{name} untrained: {min(shares):.1f} to {max(shares):.1f} %, mean {sum(shares) / len(shares):.1f}")
    for places in measured.places:
        print(places)
    for name, curve in measured.curves.items():
        print(name, [(moment.step, round(moment.period_two, 2), round(moment.mse, 5)) for moment in curve])


if __name__ == "__main__":
    main()
