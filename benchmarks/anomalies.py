"""How well scores find what is odd: one class against nine, digits against strangers, and where likelihood fails.

python -m benchmarks.anomalies                       train what is not shipped (an hour on one core), print the tables
python -m benchmarks.anomalies --save                and write results/anomalies.json and .safetensors
python -m benchmarks.anomalies --strangers FOLDER    with fashion_mnist/, notmnist/ and usps/ in it: numbers alone are
                                                     taken from the last two
python -m benchmarks.anomalies --only one-class      a part: one-class, reversal or strangers; nothing is saved

What was scored stays in --work, a file a training, so that an interrupted run goes on.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.anomaly import normal, plane, roc, scores, table
from aecore.anomaly.normal import NORMALS, Normal
from aecore.anomaly.table import AE, BOTH, DAE, ELBO, MEAN, NEAREST, PCA_16, PCA_32, VAE, Measured, Reversal
from aecore.data import load_digits, strangers
from aecore.data.digits import read_idx
from aecore.engine import Engine, get_engine
from aecore.evaluation import binarize
from aecore.models import build
from aecore.recipes import RECIPES, Recipe
from aecore.training import fit

SEEDS, REVERSAL_SEEDS = 5, 3
BODY = {"body": "conv", "widths": (8, 8), "blocks": 0}  # of the VAEs, as small as the shipped one-class networks
TRAINED = {  # on one class, all alike but for what is said here
    DAE: RECIPES["one-class-0"],
    AE: replace(RECIPES["one-class-0"], config={"blanked": 0.0}),
    VAE: replace(RECIPES["one-class-0"], family="vae", config={**BODY, "latent_dim": 8}),
}
REVERSED = replace(TRAINED[VAE], config={**BODY, "widths": (8, 16), "latent_dim": 16, "binarize": True}, epochs=10)
PICTURES = 10_000  # of each set in a reversal; of Fashion-MNIST the folder has no more
EVERY = 2  # of the test digits one in so many, by the shipped networks of one class
DOT = 3  # pixels a side
TURNED = (2, 3, 4, 5, 7)  # classes that are another thing upside down
BY_WHAT = {  # way -> the network, and its score
    AE: (AE, "error"), DAE: (DAE, "error"), BOTH: (DAE, "both"), VAE: (VAE, "error"), ELBO: (VAE, "elbo"),
}  # fmt: skip


def main() -> None:
    """Train, score, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/anomalies.*")
    parser.add_argument("--strangers", type=Path, required=True, help="folder of the other data sets")
    parser.add_argument("--work", type=Path, default=Path("/tmp/anomalies"), help="where scores stay")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="of the networks of one class")
    parser.add_argument("--only", choices=("one-class", "reversal", "strangers"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.work.mkdir(parents=True, exist_ok=True)
    parts = [arguments.only] if arguments.only else ["one-class", "reversal", "strangers"]
    one_class = measure_one_class(arguments.work, arguments.seeds) if "one-class" in parts else {}
    reversals = measure_reversals(arguments.work, arguments.strangers) if "reversal" in parts else {}
    if "strangers" not in parts:
        return
    engine = get_engine()
    marks, nats, counts, distributions = strangers_once(engine, arguments.strangers, arguments.work)
    if arguments.only:
        return
    names = {name for kind in NORMALS for name in Normal(kind).networks.values()} | {"judge"}
    sha256 = {name: engine.card(name).sha256 for name in sorted(names)}
    measured = Measured(one_class, marks, counts, nats, reversals, sha256)
    if arguments.save:
        records.write_table(measured, table.results_file())
        print(f"saved {table.results_file().name}, {table.save_distributions(distributions).name}")


# ---- one class against the other nine


def measure_one_class(work: Path, seeds: int) -> dict[str, list[list[float]]]:
    """Way -> class -> AUROC, one a seed."""
    images, y_test = load_digits("test")
    x_test = images.float() / 255
    areas: dict[str, list[list[float]]] = {way: [[] for _ in range(10)] for way in table.ONE_CLASS}

    def note(way: str, digit: int, marks: Tensor) -> None:
        areas[way][digit].append(_auroc(marks, (y_test != digit).numpy()))
        print(f"{digit} {way:9} {areas[way][digit][-1]:.2f}", flush=True)

    for seed in range(seeds):  # the outer loop: what is interrupted has whole seeds
        for digit in range(10):
            x = normal.training_digits(digit)
            if seed == 0:
                for way, marks in _without_training(x, x_test):
                    note(way, digit, marks)
            trained = {name: _scored(work, name, digit, seed, x, x_test) for name in TRAINED}
            for way, (name, what) in BY_WHAT.items():
                note(way, digit, trained[name][what])
    for way, classes in areas.items():
        means = [float(np.mean(of_class)) for of_class in classes]
        print(f"| {way} | {np.mean(means):.2f} | worst {int(np.argmin(means))}: {min(means):.2f} |", flush=True)
    return areas


def _without_training(x: Tensor, x_test: Tensor) -> Iterator[tuple[str, Tensor]]:
    yield MEAN, scores.error(x_test, x.mean(0, keepdim=True).expand_as(x_test))
    yield NEAREST, scores.nearest(x_test, x)
    for way, axes in ((PCA_16, 16), (PCA_32, 32)):
        yield way, scores.error(x_test, plane.fit(x, axes).project(x_test))


def _scored(work: Path, way: str, digit: int, seed: int, x: Tensor, x_test: Tensor) -> dict[str, Tensor]:
    """What a network, trained for this or before, says of all test digits."""
    file = work / f"{way}-{digit}-{seed}.safetensors"
    if file.exists():
        return load_file(file)
    if way == DAE and seed == RECIPES["one-class-0"].seed:
        model = checkpoints.load(f"one-class-{digit}")  # the same training
    else:
        model = _trained(replace(TRAINED[way], seed=seed), (255 * x).round().byte(), seed)
    save_file(_marks(model, x_test), file)
    return load_file(file)


def _trained(recipe: Recipe, x: Tensor, seed: int) -> nn.Module:
    model = build(recipe.family, recipe.config, seed)
    for _ in fit(model, (x, torch.zeros(len(x), dtype=torch.long)), recipe, report_every=10**9):
        pass
    return model


@torch.inference_mode()
def _marks(model: nn.Module, x: Tensor) -> dict[str, Tensor]:
    recon = torch.cat([model(part) for part in x.split(500)])
    marks = {"error": scores.error(x, recon), "ink": scores.error_per_ink(x, recon)}
    if hasattr(model, "oddness"):
        marks["both"] = torch.cat([model.oddness(part) for part in x.split(500)])
    if hasattr(model, "posterior"):
        noise = scores.draws(model.config.latent_dim)
        marks["elbo"] = torch.cat([scores.negative_elbo(model, part, noise) for part in x.split(500)])
    return marks


def _auroc(marks: Tensor, odd: np.ndarray) -> float:
    return round(roc.auroc(marks.numpy()[~odd], marks.numpy()[odd]), 3)


# ---- a likelihood that prefers strangers


def measure_reversals(work: Path, folder: Path) -> dict[str, Reversal]:
    """A VAE of clothes and one of digits, each shown both."""
    pictures = {
        "fashion": [_idx(folder / "fashion_mnist" / f"{part}-images-idx3-ubyte.gz") for part in ("train", "t10k")],
        "digits": [load_digits("train")[0][:PICTURES], load_digits("test")[0]],
    }
    tests = {name: binarize(pair[1].float() / 255) for name, pair in pictures.items()}
    reversals = {}
    for name, other in (("fashion", "digits"), ("digits", "fashion")):
        marks = []
        for seed in range(REVERSAL_SEEDS):
            file = work / f"reversal-{name}-{seed}.safetensors"
            if not file.exists():
                model = _trained(replace(REVERSED, seed=seed), pictures[name][0], seed)
                save_file({key: _marks(model, x)["elbo"] for key, x in tests.items()}, file)
            marks.append(load_file(file))
        reversals[name] = Reversal(
            [round(roc.auroc(seed[name].numpy(), seed[other].numpy()), 3) for seed in marks],
            [round(float(seed[name].mean()), 2) for seed in marks],
            [round(float(seed[other].mean()), 2) for seed in marks],
        )
        print(f"trained on {name}: {reversals[name]}", flush=True)
    return reversals


# ---- digits against strangers, by the shipped networks


def strangers_once(engine: Engine, folder: Path, work: Path) -> tuple:
    """What `measure_strangers` gives, now or from a run before."""
    numbers, distributions = work / "strangers.json", work / "strangers.safetensors"
    if not (numbers.exists() and distributions.exists()):
        *measured, scored = measure_strangers(engine, folder)
        save_file(scored, distributions)
        numbers.write_text(json.dumps(measured))
    return (*json.loads(numbers.read_text()), load_file(distributions))


def measure_strangers(
    engine: Engine, folder: Path
) -> tuple[dict[str, dict[str, float]], dict[str, float], dict[str, int], dict[str, Tensor]]:
    """AUROC of every score, mean -ELBO, how many pictures, and the distributions of all scores."""
    images, y = load_digits("test")
    digits = images.float() / 255
    sets = sets_of_strangers(digits, y, folder)
    chosen = Normal(normal.DIGITS)
    known = _measured(engine, chosen, digits)
    distributions, marks = _distributions(chosen, "normal", known), {}
    nats, counts = {"digits": float(known[normal.ELBO].mean())}, {}
    for name, x in sets.items():
        odd = _measured(engine, chosen, x)
        marks[name] = {key: round(roc.auroc(known[key].numpy(), odd[key].numpy()), 3) for key in known}
        nats[name], counts[name] = float(odd[normal.ELBO].mean()), len(x)
        distributions |= _distributions(chosen, name, odd)
        print(f"{name:10}", " ".join(f"{key} {value:.1f}" for key, value in marks[name].items()), flush=True)
    for kind in NORMALS[1:]:
        chosen = Normal(kind)
        both = _measured(engine, chosen, digits[::EVERY])
        own = y[::EVERY] == chosen.digit
        distributions |= _distributions(chosen, "normal", {key: values[own] for key, values in both.items()})
        distributions |= _distributions(chosen, "others", {key: values[~own] for key, values in both.items()})
        areas = {key: _auroc(values, ~own.numpy()) for key, values in both.items()}
        marks[f"not {kind}"], counts[f"not {kind}"] = areas, int((~own).sum())
        print(f"not {kind}", " ".join(f"{key} {value:.1f}" for key, value in areas.items()), flush=True)
    return marks, {name: round(value, 2) for name, value in nats.items()}, counts, distributions


def sets_of_strangers(digits: Tensor, y: Tensor, folder: Path) -> dict[str, Tensor]:
    """What is no digit, (N, 1, 28, 28) each."""
    some = digits[::10]
    dots = torch.zeros(((28 - DOT) // 5) ** 2, 1, 28, 28)
    for place, dot in enumerate(dots):
        top, left = (5 * part + 2 for part in divmod(place, (28 - DOT) // 5))
        dot[0, top : top + DOT, left : left + DOT] = 1
    turned = digits[torch.isin(y, torch.tensor(TURNED))][::5]
    readers: dict[str, Callable[[], Tensor]] = {
        "empty": lambda: torch.zeros(1, 1, 28, 28),
        "dot": lambda: dots,
        "half ink": lambda: some / 2,
        "upside down": lambda: turned.flip(2, 3),
        "two at once": lambda: (some + some.roll(1, 0)).clamp(max=1),
        "letters": strangers.letters,
        "clothes": lambda: _idx(folder / "fashion_mnist" / "t10k-images-idx3-ubyte.gz")[::5].float() / 255,
        "notMNIST": lambda: _idx(folder / "notmnist" / "t10k-images-idx3-ubyte.gz")[::5].float() / 255,
        "USPS": lambda: _usps(folder / "usps" / "usps.npz"),
        "photographs": lambda: strangers.photo_pieces(500),
        "static": lambda: strangers.static(500),
    }
    return {name: read() for name, read in readers.items()}


def _usps(file: Path) -> Tensor:
    """The test digits as MNIST has them: 20 pixels a side, centred by their mass."""
    images = torch.from_numpy(np.load(file)["x_test"]).float()[:, None] / 255  # (N, 1, 16, 16)
    small = torch.nn.functional.interpolate(images, (20, 20), mode="bilinear", antialias=True)
    out = torch.zeros(len(small), 1, 28, 28)
    places = torch.arange(20.0)
    for picture, digit in zip(out, small, strict=True):
        mass = digit[0].sum()
        top, left = (int((14 - (digit[0].sum(1 - axis) * places).sum() / mass).round().clamp(0, 8)) for axis in (0, 1))
        picture[0, top : top + 20, left : left + 20] = digit[0]
    return out


def _idx(file: Path) -> Tensor:
    return torch.from_numpy(read_idx(file.read_bytes())).unsqueeze(1)


def _measured(engine: Engine, chosen: Normal, x: Tensor) -> dict[str, Tensor]:
    parts = [normal.measure(engine, chosen, part, normal.redraw(engine, chosen, part)) for part in x.split(1000)]
    return {key: torch.cat([part[key] for part in parts]) for key in chosen.scores}


def _distributions(chosen: Normal, pictures: str, marks: dict[str, Tensor]) -> dict[str, Tensor]:
    return {table.key(chosen.name, key, pictures): table.quantiles(values) for key, values in marks.items()}


if __name__ == "__main__":
    main()
