"""Heartbeats: noise taken off by filters, wavelets and a network; odd beats by an autoencoder beside PCA.

python -m benchmarks.heartbeats                  train two more seeds of both (4 trainings, minutes on a GPU), print
python -m benchmarks.heartbeats --save           and write results/heartbeats.json
python -m benchmarks.heartbeats --only beats-1 --entries FOLDER   one training, kept in a folder
python -m benchmarks.heartbeats --tune           cut-offs and thresholds of the filters on the training strips
python -m benchmarks.heartbeats --pack FOLDER    choose the beats that are shipped from FOLDER/beats.npz

Trained, and filters chosen, on people of de Chazal's first set alone; measured on people of the second. The first seed
is the shipped checkpoint: `python -m aecore train heartbeats`, `python -m aecore train beats`.
"""

import argparse
import itertools
import json
import tempfile
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import torch

from aecore import checkpoints, records
from aecore.data import beats, load
from aecore.data.heartbeats import TEST, TRAIN
from aecore.engine import pick_device
from aecore.heartbeats import filters, scores, table
from aecore.intervals import interval
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit

SEEDS = 3
NAMES = ("heartbeats", "beats")
SHIPPED = {("train", "N"): 1500, ("test", "N"): 1000, ("test", "V"): 600, ("test", "S"): 600, ("test", "F"): 600}
TUNED = {
    "high-pass": {"slow": (0.33, 0.5, 0.67, 1.0)},
    "band-pass": {"slow": (0.33, 0.5, 0.67, 1.0), "fast": (15.0, 20.0, 25.0, 30.0, 40.0)},
    "wavelet": {"share": (0.1, 0.2, 0.3, 0.5, 0.7), "depth": (6, 7)},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/heartbeats.json")
    parser.add_argument("--entries", type=Path, default=None, help="a folder for the trainings")
    parser.add_argument("--only", default="", help="one of them, as beats-1")
    parser.add_argument("--epochs", type=int, default=0, help="another number of epochs than the recipe's, for a try")
    parser.add_argument("--tune", action="store_true", help="choose the filters on the training strips")
    parser.add_argument("--pack", type=Path, default=None, help="a folder with beats.npz")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.pack:
        return pack(arguments.pack)
    if arguments.tune:
        return tune()
    folder = arguments.entries or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    for name, seed in itertools.product(NAMES, range(SEEDS)):
        if arguments.only in ("", f"{name}-{seed}"):
            path = folder / f"{name}-{seed}.json"
            if not path.exists():
                path.write_text(json.dumps(_entry(name, seed, arguments.epochs)))
            print(name, seed, path.read_text(), flush=True)
    if not arguments.only:
        _measure(folder, arguments.save)


def pack(folder: Path) -> None:
    """Beats, evenly over the recordings of a side, at half the rate, as differences from sample to sample."""
    with np.load(folder / "beats.npz", allow_pickle=False) as file:
        x, kind, record, split = (file[name] for name in ("x", "aami", "record", "split"))
    chosen = []
    for (side, letter), count in SHIPPED.items():
        rows = np.flatnonzero((split == side) & (kind == letter))
        chosen.append(rows[np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(int)])
    rows = np.sort(np.concatenate(chosen))
    half = x[rows].astype(np.int64).reshape(len(rows), beats.LENGTH, 2).sum(2)  # 400 steps a millivolt
    steps = np.round(half / 4).astype(np.int64)
    steps -= np.median(steps, 1, keepdims=True).astype(np.int64)
    arrays = {
        "steps": np.diff(steps, axis=1, prepend=0).astype(np.int16),
        "kind": kind[rows].astype("<U1"),
        "record": record[rows].astype(np.int16),
        "test": split[rows] == "test",
    }
    with zipfile.ZipFile(beats.path(), "w", zipfile.ZIP_LZMA) as file:
        for name, array in arrays.items():
            buffer = BytesIO()
            np.save(buffer, array)
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), buffer.getvalue(), zipfile.ZIP_LZMA)
    print(f"{len(rows)} beats, {beats.path().stat().st_size:,} bytes")


def tune() -> None:
    """What the training strips say of each filter's numbers, under both noises together."""
    strips = [scores.noisy(record, "both", seed=1) for record in TRAIN]
    for name, choices in TUNED.items():
        method, best = filters.METHODS[name], {}
        for numbers in itertools.product(*choices.values()):
            settings = dict(zip(choices, numbers, strict=True))
            gains = [scores.gain(x, x_noisy, method(x_noisy, **settings)) for x, x_noisy in strips]
            best[float(np.mean(gains))] = settings
        for value in sorted(best, reverse=True)[:3]:
            print(f"{name}: {value:.2f} dB with {best[value]}")


def _entry(name: str, seed: int, epochs: int) -> dict:
    """One training, or the shipped checkpoint, and what it measures."""
    recipe = replace(RECIPES[name], seed=seed, epochs=epochs or RECIPES[name].epochs)
    if seed:
        model = build(recipe.family, recipe.config, seed).to(pick_device())
        for step in fit(model, load("train", recipe.dataset), recipe, report_every=500):
            print(f"{name}-{seed} {step.step}/{step.steps} {step.terms}", flush=True)
        checkpoints.round_to_half(model.state_dict().values())
    else:
        model = checkpoints.load(name)
    model = model.cpu()
    if name == "beats":
        return {"errors": scores.errors(model, beats.beats("test").x).tolist()}
    return {"gains": {noise: scores.gains(lambda x: scores.denoised(model, x), noise) for noise in scores.NOISES}}


def _measure(folder: Path, save: bool) -> None:
    entries = {name: [json.loads((folder / f"{name}-{k}.json").read_text()) for k in range(SEEDS)] for name in NAMES}
    test = beats.beats("test")
    gains = {
        name: {noise: scores.gains(method, noise) for noise in scores.NOISES}
        for name, method in filters.METHODS.items()
    }
    gains[table.NETWORK] = {
        noise: np.mean([entry["gains"][noise] for entry in entries[table.NETWORK]], 0).tolist()
        for noise in scores.NOISES
    }
    auroc = {
        table.BEATS: table.shares([np.array(entry["errors"]) for entry in entries[table.BEATS]], test),
        table.PCA: table.shares([scores.principal_errors(test.x)], test),
    }
    counts = {kind: len(test.of(kind)) for kind in beats.KINDS}
    sha256 = {name: checkpoints.read_card(name).sha256 for name in NAMES}
    measured = table.Measured(gains, auroc, counts, SEEDS, sha256)
    for name, by_noise in gains.items():
        cells = (interval(by_noise[noise]) for noise in scores.NOISES)
        print(f"| {name} | " + " | ".join(f"{middle:.2f} +- {half:.2f} dB" for middle, half in cells) + " |")
    for name, by_kind in auroc.items():
        cells = (by_kind[kind] for kind in scores.ODD)
        print(f"| {name} | " + " | ".join(f"{one.value:.1f} ({one.low:.1f} to {one.high:.1f})" for one in cells) + " |")
    if save:
        print(f"saved {records.write_table(measured, table.results_file()).name}; people tested: {len(TEST)}")


if __name__ == "__main__":
    main()
