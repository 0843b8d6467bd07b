"""Test errors with 10 to 60,000 labels, with and without pretraining; and deep autoencoders with and without it.

python -m benchmarks.few_labels           train and measure (about two hours on one core), print the tables
python -m benchmarks.few_labels --save    and write them to results/few_labels.json
python -m benchmarks.few_labels --work FOLDER   keep trainings and finished cells there, and go on from those
python -m benchmarks.few_labels --finished      only what is finished there, be it fewer seeds

Weight decay and neighbours are chosen for each code and number of labels on the last 10,000 training digits, with
labels among the first 50,000; so was, by hand, the noise of the networks. Then all 60,000 may have
labels, and the test digits are read once. With 60,000 labels a linear classifier and neighbours need no seeds; networks
have as many as there was time for.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import torch
from torch import Tensor, nn

from aecore import records, storage
from aecore.data import load_digits
from aecore.engine import CHUNK, Engine, get_engine
from aecore.features import probe
from aecore.latent.linear import digits_axes
from aecore.models import build
from aecore.models.stacked import Stacked
from aecore.pretraining import classifier, table
from aecore.pretraining.classifier import Settings
from aecore.pretraining.labels import COUNTS, subset
from aecore.pretraining.table import NEIGHBOURS, PIXELS, SCRATCH, STACK, TUNED, WAYS, Cell, Measured
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit

SEEDS = 5
AE_SEEDS = 1  # of autoencoders that only reconstruct
HELD_OUT = 10_000
STEPS = {10: 300, 30: 300, 100: 600, 300: 600, 1_000: 800, 3_000: 1_000, 10_000: 1_500, 60_000: 40_000}
NOISE, DROPOUT = 0.3, 0.3  # of the pixels, of hidden units: good for held-out digits with 100, 1,000 and 50,000 labels
WIDEST = 1000  # numbers of a code; dae's are six times as many as the picture has pixels
DECAYS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
KS = (1, 3, 5, 9)
FACTORS = tuple(product(("sigmoid", "relu"), ("small", "scaled"), (0.0, 0.5)))  # code, init, greedy
FACTOR_EPOCHS = 4
DEEP = {"hidden": (1000, 500, 250), "latent_dim": 30, "linear_code": True, "tied": False, "noise": 0.0}
DEEP_BEST = Recipe(
    title="",
    summary="",
    family="stacked",
    config={**DEEP, "greedy": 0.0, "error": "squared"},
    epochs=120,
    batch=256,
    lr=2e-3,
    validation=0,
    ema=0.999,
    augment=True,  # without it, 40 epochs end at 2.36 on training digits and 3.63 on test digits
)
LAYER_EPOCHS = 6
HALVES = {"greedy": 1.0, "greedy + together": 0.5, "together": 0.0}  # WAYS -> share of the training


class Work:
    """Finished cells in a file, written after each; and the trained networks beside it."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.file = folder, folder / "cells.json"
        self.cells = json.loads(self.file.read_text()) if self.file.exists() else {}

    def cell(self, key: str, measure: Callable, *arguments: object) -> object:
        """What was measured under this key, now or before."""
        if key not in self.cells:
            self.cells[key] = measure(*arguments)
            storage.write_whole(self.file, json.dumps(self.cells).encode())
            print(f"{key}: {self.cells[key]}", flush=True)
        return self.cells[key]

    def trained(self, name: str, recipe: Recipe) -> Stacked:
        """A stack trained by a recipe on all training digits, now or before."""
        model = build(recipe.family, recipe.config, recipe.seed)
        for _ in fit(model, load_digits("train"), recipe, self.folder / f"{name}.state", report_every=1000):
            pass
        return model


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/few_labels.json")
    parser.add_argument("--work", type=Path, default=Path("/tmp/few_labels"), help="where finished parts stay")
    parser.add_argument("--finished", action="store_true", help="measure nothing more, report what is there")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    work, engine = Work(arguments.work), get_engine()
    if not arguments.finished:
        for method, codes in sources(engine):
            frozen(work, method, codes)
        neighbours(work)
        networks(work, COUNTS[:-1], range(SEEDS))
        for seed in range(SEEDS):  # what takes longest, so that a stop leaves some seeds of all
            networks(work, COUNTS[-1:], range(seed, seed + 1))
            if seed < AE_SEEDS:
                factors(work, seed)
                layers(work, seed)
                deep(work, seed)
    measured = gather(work, engine)
    report(measured)
    if arguments.save:
        print(f"saved {records.write_table(measured, table.results_file()).name}")


# ---- classifiers


def sources(engine: Engine) -> list[tuple[str, Callable[[Tensor], Tensor]]]:
    """Pixels, and every shipped network that turns digits into a code without being told their class."""
    names = [name for name in engine.names() if hasattr(engine.model(name), "encode") and not engine.takes_label(name)]
    names = [name for name in names if engine.encode(name, torch.zeros(1, 1, 28, 28)).shape[1] <= WIDEST]

    def codes_of(name: str) -> Callable[[Tensor], Tensor]:
        return lambda x: torch.cat([engine.encode(name, part.float() / 255) for part in x.split(CHUNK)])

    return [(PIXELS, lambda x: x.flatten(1).float() / 255), *((name, codes_of(name)) for name in names)]


def frozen(work: Work, method: str, codes: Callable[[Tensor], Tensor]) -> None:
    """Softmax regression on codes."""
    if f"{method}/{COUNTS[-1]}/0" in work.cells:
        return
    (x, y), (x_test, y_test) = load_digits("train"), load_digits("test")
    z, z_test = codes(x), codes(x_test)

    def miss(places: Tensor, held: tuple[Tensor, Tensor], decay: float) -> float:
        return 100 - probe.accuracy((z[places], y[places]), held, decay)

    def choose(count: int) -> float:
        if count == len(y):
            return work.cells[f"{method}/{COUNTS[-2]}/decay"] / 10
        places, held = subset(y[:-HELD_OUT], count, 0), (z[-HELD_OUT:], y[-HELD_OUT:])
        return min(DECAYS, key=lambda decay: miss(places, held, decay))

    for count in COUNTS:
        decay = work.cell(f"{method}/{count}/decay", choose, count)
        for seed in range(SEEDS if count < len(y) else 1):
            work.cell(f"{method}/{count}/{seed}", miss, subset(y, count, seed), (z_test, y_test), decay)


def neighbours(work: Work) -> None:
    """The class of most of the k digits that are nearest in pixels."""
    (x, y), (x_test, y_test) = load_digits("train"), load_digits("test")
    x, x_test = x.flatten(1).float() / 255, x_test.flatten(1).float() / 255

    def miss(places: Tensor, query: Tensor, truth: Tensor, k: int) -> float:
        base, read = x[places], []
        for part in query.split(1000):
            distance = base.square().sum(1) - 2 * part @ base.T  # squared, up to what is the same for all
            votes = nn.functional.one_hot(y[places][distance.topk(k, largest=False).indices], 10).sum(1)
            read.append(votes.argmax(1))
        return 100 * float((torch.cat(read) != truth).float().mean())

    def choose(count: int) -> int:
        if count == len(y):
            return work.cells[f"{NEIGHBOURS}/{COUNTS[-2]}/k"]
        places = subset(y[:-HELD_OUT], count, 0)
        return min((k for k in KS if k <= count), key=lambda k: miss(places, x[-HELD_OUT:], y[-HELD_OUT:], k))

    for count in COUNTS:
        k = work.cell(f"{NEIGHBOURS}/{count}/k", choose, count)
        for seed in range(SEEDS if count < len(y) else 1):
            work.cell(f"{NEIGHBOURS}/{count}/{seed}", miss, subset(y, count, seed), x_test, y_test, k)


def networks(work: Work, counts: tuple[int, ...], seeds: range) -> None:
    """One network, all weights trained with labels, from the trained stack's weights and from fresh ones."""
    (x, y), (x_test, y_test) = load_digits("train"), load_digits("test")
    trained = get_engine().model(STACK)

    def miss(method: str, count: int, seed: int) -> float:
        start = trained if method == TUNED else build("stacked", RECIPES[STACK].config, seed)
        places = subset(y, count, seed)
        return classifier.error(classifier.train(start, x[places], y[places], settings(count), seed), x_test, y_test)

    for seed in seeds:
        for count in counts:
            for method in (TUNED, SCRATCH):
                work.cell(f"{method}/{count}/{seed}", miss, method, count, seed)


def settings(count: int) -> Settings:
    """Of a classifier with so many labels."""
    return Settings(STEPS[count], lr=1e-3, noise=NOISE, dropout=DROPOUT, ema=0.99 if count < 10_000 else 0.999)


# ---- autoencoders


@torch.inference_mode()
def squared(model: Stacked, x: Tensor, depth: int) -> float:
    """Mean squared error a pixel through the first so many layers; x: uint8 (N, 1, 28, 28)."""
    parts = (part.float() / 255 for part in x.split(CHUNK))
    return float(torch.cat([(model.through(part, depth) - part).square() for part in parts]).mean())


def layers(work: Work, seed: int) -> None:
    """The stack as an autoencoder without noise, trained in three ways of as many epochs."""
    recipe, test = RECIPES[STACK], load_digits("test")[0]

    def errors(way: str, seed: int) -> list[float]:
        config = {**recipe.config, "noise": 0.0, "greedy": HALVES[way]}
        model = work.trained(
            f"{way}-{seed}", replace(recipe, config=config, seed=seed, epochs=LAYER_EPOCHS, schedule="one-cycle")
        )
        return [squared(model, test, depth + 1) for depth in range(model.depth)]

    for way in WAYS:
        work.cell(f"layers/{way}/{seed}", errors, way, seed)


def factors(work: Work, seed: int) -> None:
    """Activation, first weights and pretraining, each in two ways, with as many epochs."""
    data, test = load_digits("train"), load_digits("test")[0]

    def error(code: str, init: str, greedy: float) -> float:
        config = {**DEEP, "code": code, "init": init, "greedy": greedy}
        recipe = Recipe("", "", "stacked", config, epochs=FACTOR_EPOCHS, batch=256, validation=0, seed=seed)
        model = build(recipe.family, recipe.config, recipe.seed)
        for _ in fit(model, data, recipe, report_every=10_000):
            pass
        return 784 * squared(model, test, model.depth)

    for way in FACTORS:
        work.cell("factors/{}/{}/{}/{}".format(*way, seed), error, *way)


def deep(work: Work, seed: int) -> None:
    """The deep autoencoder, end to end, for as long as it needs."""
    test = load_digits("test")[0]

    def error(seed: int) -> float:
        model = work.trained(f"deep-{seed}", replace(DEEP_BEST, seed=seed))
        return 784 * squared(model, test, model.depth)

    work.cell(f"deep/{seed}", error, seed)


# ---- what came of it


def gather(work: Work, engine: Engine) -> Measured:
    """All cells as one table."""
    cells = work.cells

    def seeds(prefix: str) -> list[float]:
        return [cells[f"{prefix}/{seed}"] for seed in range(SEEDS) if f"{prefix}/{seed}" in cells]

    methods = [key.split("/")[0] for key in cells if key.endswith(f"/{COUNTS[-1]}/0")]
    ways = {way: seeds("factors/{}/{}/{}".format(*way)) for way in FACTORS}
    factors = [Cell(*way[:2], way[2] > 0, FACTOR_EPOCHS, errors) for way, errors in ways.items() if errors]
    x = load_digits("test")[0].float() / 255
    pca = digits_axes().reconstruct(x, DEEP["latent_dim"])
    return Measured(
        errors={m: {str(n): [round(e, 2) for e in seeds(f"{m}/{n}")] for n in COUNTS} for m in methods},
        settings={m: {str(n): chosen(cells, f"{m}/{n}") for n in COUNTS} for m in methods},
        layers={way: [seed[-1] for seed in seeds(f"layers/{way}")] for way in WAYS if f"layers/{way}/0" in cells},
        depths=cells.get(f"layers/{WAYS[0]}/0", []),
        factors=factors,
        deep=seeds("deep"),
        deep_epochs=DEEP_BEST.epochs,
        pca=784 * float((pca - x).square().mean()),
        sha256={m: engine.card(m).sha256 for m in methods if m in engine.names()},
        tested=len(x),
    )


def chosen(cells: dict, key: str) -> str:
    """The setting that the held-out digits chose, in words."""
    method, count = key.split("/")
    if method in (TUNED, SCRATCH):
        return f"{STEPS[int(count)]:,} steps, {NOISE:.0%} of the pixels and {DROPOUT:.0%} of the units dropped"
    if f"{key}/k" in cells:
        return f"{cells[f'{key}/k']} neighbours"
    return f"weight decay {cells[f'{key}/decay']:g}"


def report(measured: Measured) -> None:
    """Print the tables."""
    print(f"| test error, % | {' | '.join(f'{count:,}' for count in COUNTS)} |")
    for method, row in measured.errors.items():
        numbers = [probe.interval(row[str(count)], measured.tested) for count in COUNTS]
        print(f"| {method} | {' | '.join(f'{mean:.2f} ± {half:.2f}' for mean, half in numbers)} |")
    for way, errors in measured.layers.items():
        print(f"{way}: {[round(error, 5) for error in errors]}")
    for cell in measured.factors:
        print(f"{cell.code}, {cell.init}, {'pretrained' if cell.pretrained else 'not pretrained'}: {cell.errors}")
    print(f"deep: {measured.deep}, PCA: {measured.pca:.2f}")


if __name__ == "__main__":
    main()
