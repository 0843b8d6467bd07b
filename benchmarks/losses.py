"""One network, 784-128-d-128-784, under every loss, each measured under all; recirculation beside back-propagation.

python -m benchmarks.losses                 train what --work does not hold yet, on the best device
python -m benchmarks.losses --save          and write results/losses.json

Networks of one code size train side by side; every trained one is an entry in --work, so that an interrupted run goes
on. It takes a few minutes on a GPU, and an hour on a core.
"""

import argparse
import base64
import itertools
import json
import math
import time
import zlib
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from aecore import checkpoints, records
from aecore.data import load_digits
from aecore.engine import pick_device
from aecore.learning import recirculation, table
from aecore.learning.measure import best_sigma, measure, nearest_right, sampled
from aecore.learning.objectives import LOSSES, LossNet, LossRecipe
from aecore.learning.recirculation import METHODS, Nets
from aecore.learning.side_by_side import SideBySide, train_side_by_side

SEEDS = (0, 1, 2)
LATENTS = (2, 16)
EPOCHS, BATCH, LR = 40, 256, 3e-3
VARIANTS = {
    "beta-0.25": {"loss": "grey", "beta": 0.25},
    "beta-4": {"loss": "grey", "beta": 4.0},
    "copies-5": {"loss": "grey", "copies": 5},
    "noise-0.5": {"loss": "squared", "noise": 0.5},
}  # of the larger code
HIDDEN, STEPS, EVERY = 128, 12_000, 1_000  # recirculation: 20 epochs of batches of 100
RATES = {"back-propagation": (0.1, 0.3, 1.0, 3.0, 10.0), "recirculation": (0.03, 0.1, 0.3, 1.0, 3.0)}
SHOWN = 10  # digits whose pictures are kept, of the first seed


def entries() -> dict[str, LossRecipe]:
    """Name of an entry -> recipe."""
    todo = {}
    for seed, latent, loss in itertools.product(SEEDS, LATENTS, LOSSES):
        todo[f"{loss}/{latent}/{seed}"] = LossRecipe(loss, latent, lr=LR, batch=BATCH, seed=seed)
    for seed, (name, fields) in itertools.product(SEEDS, VARIANTS.items()):
        base = LossRecipe(latent=LATENTS[-1], lr=LR, batch=BATCH, seed=seed)
        todo[f"{name}/{LATENTS[-1]}/{seed}"] = replace(base, **fields)
    return todo


def main() -> None:
    """Train, measure, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("/tmp/losses"), help="where entries stay")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--steps", type=int, default=STEPS, help="of recirculation")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/losses.json")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.work)
    for latent in reversed(LATENTS):
        bench.train({name: recipe for name, recipe in entries().items() if recipe.latent == latent}, arguments.epochs)
    for method in METHODS:
        bench.entry(f"round_{method}", lambda method=method: bench.rounds(method, arguments.steps))
    if arguments.save:
        print(f"saved {records.write_table(collect(arguments.work, bench.device), table.results_file()).name}")


class Bench:
    """Digits on a device, and entries in a folder."""

    def __init__(self, work: Path):
        self.work, self.device = work, pick_device()
        (images, y), (images_test, y_test) = load_digits("train"), load_digits("test")
        self.x, self.y = images.flatten(1).float().div(255).to(self.device), y.to(self.device)
        self.x_test, self.y_test = images_test.flatten(1).float().div(255).to(self.device), y_test.to(self.device)
        self.judge = checkpoints.load("judge").to(self.device)

    def path(self, name: str) -> Path:
        """Of an entry."""
        return self.work / f"{name.replace('/', '_')}.json"

    def entry(self, name: str, make) -> None:
        """Make it, unless it is there."""
        path = self.path(name)
        if path.exists():
            return
        start = time.monotonic()
        numbers = make()
        path.write_text(json.dumps(numbers))
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)

    def train(self, recipes: dict[str, LossRecipe], epochs: int) -> None:
        """Train all networks of a code size side by side, and measure each."""
        if all(self.path(name).exists() for name in recipes):
            return
        many = SideBySide([LossNet(recipe) for recipe in recipes.values()], [*recipes.values()], self.device)
        rng = torch.Generator(self.device).manual_seed(0)
        start = time.monotonic()
        train_side_by_side(many, self.x, LR, BATCH, epochs * len(self.x) // BATCH, rng)
        print(f"{len(recipes)} networks: {time.monotonic() - start:.0f} s", flush=True)
        for (name, recipe), net in zip(recipes.items(), many.write_back(), strict=True):
            self.entry(name, lambda net=net, recipe=recipe: self.measured(net.to(self.device), recipe, rng))

    @torch.no_grad()
    def measured(self, net: LossNet, recipe: LossRecipe, rng: torch.Generator) -> dict:
        """What an entry says of a trained network."""
        numbers = measure(net, self.x_test, self.x[:10_000], rng)
        z, z_test = net.code(self.x[:10_000])[0], net.code(self.x_test)[0]
        logits = net.logits(z_test)
        means = torch.sigmoid(logits)
        sigma = float(net.log_sigma.exp()) if net.loss.learned else 1.0 if net.loss.variational else best_sigma(
            net, self.x[:10_000])  # fmt: skip
        drawn = sampled(logits, recipe.loss, sigma, rng)
        numbers |= {"knn": nearest_right(z, self.y[:10_000], z_test, self.y_test)}
        numbers |= {"read": self.read(means), "read_drawn": self.read(drawn.clamp(0, 1)), "drawn_sigma": sigma}
        if recipe.seed == SEEDS[0]:
            first = [int((self.y_test == digit).nonzero()[0]) for digit in range(SHOWN)]
            numbers |= {"means": packed(means[first]), "drawn": packed(drawn[first])}
        return numbers

    def read(self, pictures: Tensor) -> float:
        """Share of pictures of the test digits in which the judge reads the right class."""
        answers = torch.cat([self.judge.classify(part.view(-1, 1, 28, 28)).argmax(1) for part in pictures.split(1_000)])
        return float((answers == self.y_test).float().mean())

    @torch.no_grad()
    def rounds(self, method: str, steps: int) -> dict:
        """All rates and seeds of a method at once: half the squared error on test digits as they learn."""
        runs = list(itertools.product(RATES[method], SEEDS))
        nets = Nets.fresh([seed for _, seed in runs], HIDDEN, self.device)
        rates = torch.tensor([rate for rate, _ in runs], device=self.device)
        test, probe = self.x_test[:5_000], self.x_test[:1_000]
        curve = [(0, recirculation.half_squared(nets, test).tolist(), recirculation.agreement(nets, probe).tolist())]
        for step in recirculation.train(nets, self.x, method, rates, steps, seed=0):
            if step % (EVERY * steps // STEPS or 1) == 0:
                errors, same = recirculation.half_squared(nets, test), recirculation.agreement(nets, probe)
                curve.append((step, errors.tolist(), same.tolist()))

        def sound(values: list[float]) -> list[float | None]:
            return [value if math.isfinite(value) else None for value in values]

        return {"runs": runs, "curve": [(step, sound(errors), sound(same)) for step, errors, same in curve]}


def packed(pictures: Tensor) -> str:
    """Pictures in 16 shades, as `table.unpacked` reads them."""
    shades = pictures.clamp(0, 1).mul(15).round().byte().cpu().numpy().ravel()
    return base64.b64encode(zlib.compress((16 * shades[::2] + shades[1::2]).tobytes(), 9)).decode()


def collect(work: Path, device: torch.device) -> table.Measured:
    """All entries as one table."""
    losses, pictures = {}, {}
    for name in entries():
        numbers = json.loads((work / f"{name.replace('/', '_')}.json").read_text())
        kind, latent, _ = name.split("/")
        shown = {key: numbers.pop(key) for key in ("means", "drawn") if key in numbers}
        losses.setdefault(f"{kind}/{latent}", []).append({key: float(f"{v:.5g}") for key, v in numbers.items()})
        if shown and int(latent) == LATENTS[-1] and kind in LOSSES:
            pictures[f"{kind}/{latent}"] = shown
    rounds = {method: json.loads((work / f"round_{method}.json").read_text()) for method in METHODS}
    return table.Measured(losses, pictures, rounds, len(SEEDS), EPOCHS, device.type)


if __name__ == "__main__":
    main()
