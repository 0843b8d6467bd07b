"""What four GANs' digits are worth beside two VAEs', over three seeds; and a collapse, filmed.

python -m benchmarks.gans --work FOLDER            train what is not in the folder yet, measure, print the table
python -m benchmarks.gans --work FOLDER --save     and write results/gans.json and results/collapse.png
python -m benchmarks.gans --work FOLDER --only gan-0 wgan-div-2   train these alone, as for a GPU: minutes there,
                                                   hours on two cores
The generators of seed 0 are the shipped checkpoints, if these are at hand.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.data import load_digits
from aecore.engine import pick_device
from aecore.gans import measures, table
from aecore.gans.measures import Worth
from aecore.gans.recipes import COLLAPSING, GANS
from aecore.gans.table import FRAMES, OTHERS, PICTURES, SEEDS, Frame, Measured
from aecore.models import build
from aecore.recipe import Recipe
from aecore.training import fit

CURVE = 1_000  # samples a frame of the film is measured on


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="where trainings and numbers stay")
    parser.add_argument(
        "--only", nargs="*", help="names with their seed, or films, as in: gan-0 'collapse-minimax, fair'"
    )
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/gans.json and collapse.png")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.work.mkdir(parents=True, exist_ok=True)
    bench = Bench(arguments.work)
    if arguments.only:
        for asked in arguments.only:
            name, _, seed = asked.rpartition("-")
            film = asked.removeprefix("collapse-")
            print(asked, bench.film(film) if film in COLLAPSING else bench.seed(name, int(seed)), flush=True)
        return
    rows = {name: [bench.seed(name, seed) for seed in range(SEEDS)] for name in GANS}
    rows |= {name: [bench.shipped(name)] for name in OTHERS}
    films = {kind: bench.film(kind) for kind in COLLAPSING}
    for name, worths in rows.items():
        print(name, *map(asdict, worths), sep="\n  ")
    if arguments.save:
        names = [*GANS, *OTHERS, "judge"]
        sha256 = {name: checkpoints.read_card(name).sha256 for name in names}
        measured = Measured(rows, *bench.real(), films, sha256)
        print(f"saved {records.write_table(measured, table.results_file()).name}")
        bench.sheet(table.results_file().with_name("collapse.png"))


class Bench:
    """What is measured, a file each in a folder; device: of `pick_device`."""

    def __init__(self, work: Path):
        self.work, self.device = work, pick_device()
        self._against: measures.Reference | None = None

    @property
    def against(self) -> measures.Reference:
        """What samples are held against, made once."""
        if self._against is None:
            x_test, x_train = (load_digits(split)[0].to(self.device).float() / 255 for split in ("test", "train"))
            judge = checkpoints.load("judge").to(self.device)
            self._against = measures.reference(judge, x_test, x_train)
        return self._against

    def seed(self, name: str, seed: int, recipe: Recipe | None = None) -> Worth:
        """Train one generator, unless that was done, and measure it in half precision."""
        path = self.work / f"{name}-{seed}.json"
        if not path.exists():
            recipe = replace(recipe or GANS[name], seed=seed)
            model = self.trained(name, recipe)
            checkpoints.round_to_half(model.state_dict().values())
            path.write_text(json.dumps(asdict(self.worth(model))) + "\n")
        return records.read(Worth, path.read_bytes())

    def trained(self, name: str, recipe: Recipe) -> nn.Module:
        """A generator at the end of its recipe; seed 0 is the shipped one, if there is one of this recipe."""
        if recipe.seed == 0 and name in checkpoints.names():
            model = checkpoints.load(name)
            if model.card.recipe == json.loads(json.dumps(asdict(recipe))):
                return model.to(self.device)
        model = build(recipe.family, recipe.config, recipe.seed).to(self.device)
        state = self.work / f"{name}-{recipe.seed}.state"
        for step in fit(model, load_digits("train"), recipe, state, report_every=500):
            terms = " ".join(f"{key} {value:.3f}" for key, value in step.terms.items())
            print(f"{name}-{recipe.seed} {step.step}/{step.steps} {terms} {step.seconds:.0f} s", flush=True)
        return model

    def worth(self, model: nn.Module) -> Worth:
        """Of samples of a model."""
        x, y = measures.samples(model, torch.Generator().manual_seed(1))
        return measures.worth(self.against, x.to(self.device), y)

    def shipped(self, name: str) -> Worth:
        """Of a checkpoint."""
        path = self.work / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(asdict(self.worth(checkpoints.load(name).to(self.device)))) + "\n")
        return records.read(Worth, path.read_bytes())

    def real(self) -> tuple[Worth, float]:
        """Of 10,000 training digits, the floor; and how far a test digit lies from the nearest training digit."""
        images = load_digits("train")[0][: measures.SAMPLES].to(self.device).float() / 255
        x_test = load_digits("test")[0][: measures.LOOKED_UP].to(self.device).float() / 255
        distance, _ = measures.nearest(x_test, self.against.training)
        return measures.worth(self.against, images), float(distance.median())

    def film(self, kind: str) -> list[Frame]:
        """A training with knobs that favour the generator: what is drawn from the same noise, frame by frame."""
        path = self.work / f"collapse-{kind.replace(', ', '-')}.json"
        if not path.exists():
            recipe = COLLAPSING[kind]
            model = build(recipe.family, recipe.config, recipe.seed).to(self.device)
            z = torch.randn(CURVE, model.config.latent_dim, generator=torch.Generator().manual_seed(1)).to(self.device)
            frames, pictures = [], []
            data = load_digits("train")
            every = recipe.epochs * (len(data[0]) // recipe.batch) // FRAMES
            for step in fit(model, data, recipe, report_every=every):
                x = self._seen(model, z)
                _, p = measures.read(self.against.judge, x)
                shares = torch.bincount(p.argmax(1), minlength=10).double() / len(x)
                apart = (x[: CURVE // 2] - x[CURVE // 2 :]).square().flatten(1).sum(1).sqrt().mean()
                entropy = float(torch.special.entr(shares).sum())
                frames.append(Frame(step.step, step.seconds, int((shares >= 0.01).sum()), entropy, float(apart)))
                pictures.append(x[:PICTURES].cpu())
            frames, pictures = frames[-FRAMES:], pictures[-FRAMES:]
            path.write_text(json.dumps([asdict(frame) for frame in frames]) + "\n")
            x = torch.stack(pictures)  # (FRAMES, PICTURES, 1, 28, 28)
            np.save(path.with_suffix(".npy"), (255 * x[:, :, 0]).round().byte().numpy())
        return records.read(list[Frame], path.read_bytes())

    @torch.inference_mode()
    def _seen(self, model: nn.Module, z: Tensor) -> Tensor:
        model.eval()
        x = model.decode(z)
        model.train()
        return x

    def sheet(self, path: Path) -> None:
        """All films in one picture: a row a frame and game, from left to right what is drawn from the same noise."""
        files = [self.work / f"collapse-{kind.replace(', ', '-')}.npy" for kind in COLLAPSING]
        films = [np.load(path) for path in files]  # (FRAMES, PICTURES, 28, 28)
        rows = np.concatenate(films).transpose(0, 2, 1, 3).reshape(-1, PICTURES * 28)
        Image.fromarray(rows).quantize(16).save(path, optimize=True)


if __name__ == "__main__":
    main()
