"""How well hidden patches of digits and photographs are guessed, and what the encoder is worth to a classifier.

python -m benchmarks.masked                 train what is not shipped, measure, print the tables
python -m benchmarks.masked --save          and write them to results/masked.json
python -m benchmarks.masked --work FOLDER   keep trainings and finished cells there, and go on from those
python -m benchmarks.masked --only PART...  these parts alone, so that several run side by side; see PARTS
python -m benchmarks.masked --finished      only what is finished there

The masked autoencoder is the shipped checkpoint and two more of its recipe; three learned for longer. Controls: the
same U-Net as the lab's inpainter, trained on these very masks; the same transformer, untrained. Weight decay is chosen
on the last training digits, for each encoder and number of labels; one encoder learned from normalised patches. The
controls take minutes on a CUDA device, hours on a processor.
"""

import argparse
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from aecore import checkpoints, contract, records, storage
from aecore.data import load_digits, photo_patches
from aecore.engine import get_engine, pick_device
from aecore.features import probe
from aecore.masking import classifier, patches, table
from aecore.masking.classifier import Tuning
from aecore.masking.table import BIHARMONIC, BLACK, FRESH, LABELS, LONGER, MASKED, MEAN, NORMALISED, SHIPPED, UNET
from aecore.models import build
from aecore.models.inpainter import Inpainter
from aecore.pretraining.labels import subset
from aecore.recipes import RECIPES, Recipe
from aecore.restore import baselines
from aecore.training import fit

SEEDS = {MASKED: 3, LONGER: 3, UNET: 1}  # of networks
DRAWS = 3  # of labels
LONG = {"epochs": 238, "finish_epochs": 143, "batch": 1024}  # the controls learned on a GPU, for longer
SOURCES = (MASKED, NORMALISED, FRESH)  # of encoders
DIGITS, CROPS = 1000, 48
PHOTOS = "masked-photos"
AGAIN = 1000  # draws of an interval
HELD_OUT = 2_000
DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)
TUNING = {100: Tuning(300), 1_000: Tuning(400)}
CHUNK = 500
WIDTHS = RECIPES["inpainter"].config["widths"]

Fill = Callable[[Tensor, Tensor], Tensor]  # x with hidden pixels 0 and mask -> recon


def recipe_of(name: str, epochs: int | None = None) -> Recipe:
    """Of a training that is not shipped: "masked-1", "unet-0", "normalised-2"..."""
    kind, seed = name.rsplit("-", 1)
    base = replace(RECIPES[MASKED], seed=int(seed))
    if kind == UNET:
        config = {"widths": WIDTHS, "trained_on": ("tiles",)}
        base = replace(base, family="inpainter", config=config, weight_decay=0.0, lr=2e-3, **LONG)
    elif kind in (LONGER, NORMALISED):
        base = replace(base, config={**base.config, "normalised": kind == NORMALISED}, lr=3e-3, **LONG)
    epochs = epochs or base.epochs
    return replace(base, epochs=epochs, finish_epochs=round(epochs * base.finish_epochs / base.epochs))


class Work:
    """Finished cells of a part in a file, written after each; those of other parts beside it, and trained networks."""

    def __init__(self, folder: Path, epochs: int | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.device, self.epochs = folder, pick_device(), epochs
        self.part, self.own, self.codes = "", {}, {}

    def begin(self, part: str) -> None:
        """Go on with a part."""
        self.part = part
        file = self.folder / f"{part}.json"
        self.own = json.loads(file.read_text()) if file.exists() else {}

    def cell(self, key: str, measure: Callable, *arguments: object) -> object:
        """What was measured under this key, now or before."""
        if key not in self.own:
            self.own[key] = measure(*arguments)
            storage.write_whole(self.folder / f"{self.part}.json", json.dumps(self.own).encode())
            print(f"{key}: {self.own[key]}", flush=True)
        return self.own[key]

    def cells(self) -> dict[str, object]:
        """Those of all parts."""
        files = sorted(file for file in self.folder.glob("*.json") if not file.name.startswith("."))
        return {key: value for file in files for key, value in json.loads(file.read_text()).items()}

    def trained(self, name: str) -> nn.Module:
        """A network trained on all training digits, now or before; the first of its kind may be shipped."""
        if name == f"{MASKED}-0":
            return checkpoints.load(MASKED).to(self.device)
        recipe, file = recipe_of(name, self.epochs), self.folder / f"{name}.safetensors"
        model = build(recipe.family, recipe.config, recipe.seed).to(self.device)
        if file.exists():
            model.load_state_dict({key: value.float() for key, value in load_file(file).items()})
            return model.eval()
        for step in fit(model, load_digits("train"), recipe, self.folder / f"{name}.state", report_every=2000):
            text = (
                f"{name}: {step.step}/{step.steps}, held out {step.validation}, {step.images_per_second:,.0f} a second"
            )
            print(text, flush=True)
        save_file({key: value.half().contiguous() for key, value in model.state_dict().items()}, file)
        (self.folder / f"{name}.state").unlink(missing_ok=True)
        return model


# ---- hidden patches


def learned(work: Work, model: nn.Module) -> Fill:
    """A network's guess."""
    model = model.to(work.device)

    def fill(x: Tensor, mask: Tensor) -> Tensor:
        parts = zip(x.split(CHUNK), mask.split(CHUNK), strict=True)
        with torch.inference_mode():
            return torch.cat([model(a.to(work.device), b.to(work.device).expand_as(a)).cpu() for a, b in parts])

    return fill


def mean_digit(x: Tensor, mask: Tensor) -> Tensor:
    """The mean of all training digits, where pixels are missing."""
    return torch.where(mask > 0, load_digits("train")[0].float().mean(0) / 255, x)


def mean_of_seen(x: Tensor, mask: Tensor) -> Tensor:
    """The mean of each picture's visible pixels, colour by colour."""
    mean = (x * (1 - mask)).sum((2, 3), keepdim=True) / (1 - mask).sum((2, 3), keepdim=True)
    return torch.where(mask > 0, mean, x)


def biharmonic(x: Tensor, mask: Tensor) -> Tensor:
    """The smoothest surface through the visible pixels."""
    with contract.trusted():
        return baselines.restore_with(BIHARMONIC, x, mask.expand_as(x), 0.5, 0)


def black(x: Tensor, mask: Tensor) -> Tensor:
    """Nothing is done."""
    return x


def fills(work: Work, name: str, fill: Callable[[], Fill]) -> None:
    """One method over both ways and all shares."""
    images, y = (part[:DIGITS] for part in load_digits("test"))
    x = images.float() / 255
    made = None
    for way, draw in patches.WAYS.items():
        for share in patches.SHARES:
            key = f"fill/{name}/{way}/{table.percent(share)}"
            if key in work.own:
                continue
            made = made or fill()
            hidden = draw(DIGITS, (7, 7), share, torch.Generator().manual_seed(1))
            mask = patches.as_mask(hidden, (7, 7), 4)
            work.cell(key, _score, made(x * (1 - mask), mask), x, mask, y)


def _score(recon: Tensor, x: Tensor, mask: Tensor, y: Tensor) -> list[float]:
    """PSNR of the hidden pixels of all digits, its 95 % interval, and the share that the judge reads, in percent."""
    error, pixels = patches.errors(recon, x, mask), mask.flatten(1).sum(1)
    draws = torch.randint(len(x), (AGAIN, len(x)), generator=torch.Generator().manual_seed(2))
    psnrs = -10 * (error[draws].sum(1) / pixels[draws].sum(1)).log10()
    low, high = psnrs.quantile(torch.tensor([0.025, 0.975])).tolist()
    return [patches.pooled_psnr(error, mask), low, high, _read(recon, y)]


def _read(x: Tensor, y: Tensor) -> float:
    with torch.inference_mode():
        return 100 * float((checkpoints.load("judge")(x).argmax(1) == y).float().mean())


def photos(work: Work, name: str, fill: Callable[[], Fill]) -> None:
    """One method on crops of photographs that no network has learned from."""
    x = photo_patches("test")[0][:CROPS].float() / 255
    for share in patches.SHARES:
        hidden = patches.scattered(CROPS, (8, 8), share, torch.Generator().manual_seed(1))
        mask = patches.as_mask(hidden, (8, 8), 8)

        def psnr(mask: Tensor = mask) -> float:
            return patches.pooled_psnr(patches.errors(fill()(x * (1 - mask), mask), x, mask), mask, 3)

        work.cell(f"photos/{name}/{table.percent(share)}", psnr)


# ---- the encoder as a classifier's beginning


def source(work: Work, name: str, draw: int = 0) -> nn.Module:
    """A masked autoencoder whose encoder is used: a trained one, or one with fresh weights for every draw."""
    if name == FRESH:
        return build("masked", RECIPES[MASKED].config, draw).to(work.device).eval()
    return work.trained(f"{name}-0")


def frozen(work: Work, name: str, draw: int) -> None:
    """A linear classifier on frozen codes."""
    (images, y), (tests, y_test) = load_digits("train"), load_digits("test")
    early, held = slice(0, -HELD_OUT), slice(-HELD_OUT, None)

    def codes(split: str, of: Tensor) -> Tensor:
        known = work.codes
        if (name, split) not in known:
            known[name, split] = _codes(source(work, name), of)
        return known[name, split]

    for labels in map(int, LABELS):

        def miss(labels: int = labels) -> list[float]:
            place = subset(y[early], labels, 0)
            few = _codes(source(work, name), images[early][place]), y[early][place]
            scores = {decay: probe.accuracy(few, (codes("held", images[held]), y[held]), decay) for decay in DECAYS}
            decay = max(scores, key=scores.get)
            place = subset(y, labels, draw)
            few = _codes(source(work, name), images[place]), y[place]
            return [100 - probe.accuracy(few, (codes("test", tests), y_test), decay), decay]

        work.cell(f"frozen/{name}/{labels}/{draw}", miss)


@torch.inference_mode()
def _codes(model: nn.Module, images: Tensor) -> Tensor:
    device = next(model.parameters()).device
    return torch.cat([model.encode(part.to(device).float() / 255).cpu() for part in images.split(CHUNK)])


def tuned(work: Work, name: str) -> None:
    """All weights learn from the labels."""
    (x, y), (x_test, y_test) = ([part.to(work.device) for part in load_digits(split)] for split in ("train", "test"))
    for labels in map(int, LABELS):
        for draw in range(DRAWS):

            def miss(labels: int = labels, draw: int = draw) -> float:
                place = subset(y.cpu(), labels, draw).to(work.device)
                made = classifier.train(source(work, name, draw), x[place], y[place], TUNING[labels], draw)
                return classifier.error(made, x_test, y_test)

            work.cell(f"tuned/{name}/{labels}/{draw}", miss)


# ---- parts, and the table


def parts() -> Iterator[tuple[str, Callable[[Work], None]]]:
    """Name -> what it measures: parts that run side by side, in this order where they do not."""
    for name in (f"{kind}-{seed}" for kind, seeds in SEEDS.items() for seed in range(seeds)):
        yield f"fill-{name}", lambda work, name=name: fills(work, name, lambda: learned(work, work.trained(name)))
    for name, fill in {SHIPPED: None, BIHARMONIC: biharmonic, MEAN: mean_digit, BLACK: black}.items():
        yield (
            f"fill-{name}",
            lambda work, name=name, fill=fill: fills(work, name, lambda: fill or learned(work, checkpoints.load(name))),
        )
    yield "photos", lambda work: _photos(work)
    yield "photos-biharmonic", lambda work: photos(work, BIHARMONIC, lambda: biharmonic)
    for name in SOURCES:
        yield f"frozen-{name}", lambda work, name=name: [frozen(work, name, draw) for draw in range(DRAWS)]
        yield f"tuned-{name}", lambda work, name=name: tuned(work, name)


PARTS = dict(parts())


def _photos(work: Work) -> None:
    photos(work, MASKED, lambda: learned(work, checkpoints.load(PHOTOS)))
    photos(work, MEAN, lambda: mean_of_seen)


def gather(work: Work) -> table.Measured:
    """The table of all finished cells."""
    cells, engine = work.cells(), get_engine()
    fill: dict[str, dict[str, dict[str, table.Cell]]] = {}
    for key in (key for key in cells if key.startswith("fill/")):
        _, name, way, share = key.split("/")
        kind, _, seed = name.partition("-")
        if seed and int(seed):
            continue
        names = [f"{kind}-{seed}" for seed in range(SEEDS[kind])] if seed else [name]
        rows = [cells[row] for one in names if (row := f"fill/{one}/{way}/{share}") in cells]
        psnr, read = [row[0] for row in rows], [row[3] for row in rows]
        fill.setdefault(kind, {}).setdefault(way, {})[share] = table.Cell(psnr, *rows[0][1:3], read)
    pictures: dict[str, dict[str, float]] = {}
    errors: dict[str, dict[str, dict[str, list[float]]]] = {"frozen": {}, "tuned": {}}
    settings = {}
    for key, value in sorted(cells.items()):
        first, name, *rest = key.split("/")
        if first == "photos":
            pictures.setdefault(name, {})[rest[0]] = value
        elif first in errors:
            error, *decay = value if isinstance(value, list) else [value]
            errors[first].setdefault(name, {}).setdefault(rest[0], []).append(error)
            if decay:
                settings[f"frozen {name} {rest[0]}"] = f"weight decay {decay[0]:g}"
    images, y = (part[:DIGITS] for part in load_digits("test"))
    unet = Inpainter(build("inpainter", {"widths": WIDTHS}).config)
    weights = {UNET: sum(p.numel() for p in unet.parameters()), MASKED: engine.card(MASKED).parameters}
    long = work.epochs or LONG["epochs"]
    epochs = {MASKED: engine.card(MASKED).recipe["epochs"], LONGER: long, UNET: long}
    sha256 = {name: engine.card(name).sha256 for name in (MASKED, PHOTOS, SHIPPED)}
    return table.Measured(
        fill, _read(images.float() / 255, y), pictures, errors["frozen"], errors["tuned"], settings, weights, epochs,
        DIGITS, CROPS, sha256,
    )  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/masked.json")
    parser.add_argument("--work", type=Path, default=Path("/tmp/masked"), help="where finished parts stay")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--epochs", type=int, default=None, help="other than the shipped network's recipe has")
    parser.add_argument("--finished", action="store_true", help="measure nothing more, report what is there")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    work = Work(arguments.work, arguments.epochs)
    for part in () if arguments.finished else arguments.only:
        work.begin(part)
        PARTS[part](work)
    if list(arguments.only) != list(PARTS) and not arguments.finished:
        return
    measured = gather(work)
    report(measured)
    if arguments.save:
        print(f"saved {records.write_table(measured, table.results_file()).name}")


def report(measured: table.Measured) -> None:
    """Print the tables."""
    for name, ways in measured.fill.items():
        for way, shares in ways.items():
            numbers = "  ".join(
                f"{share} %: {_mean(cell.psnr):5.2f} dB, {_mean(cell.read):5.1f} % read"
                for share, cell in shares.items()
            )
            print(f"{name:12} {way:7} {numbers}")
    print(f"whole digits: {measured.clean:.1f} % read")
    for name, shares in measured.photos.items():
        print(f"photos, {name}: " + "  ".join(f"{share} %: {psnr:.2f} dB" for share, psnr in shares.items()))
    for what, sources in {"frozen": measured.frozen, "tuned": measured.tuned}.items():
        for name, labels in sources.items():
            print(f"{what} {name}: " + "  ".join(f"{n} labels {_mean(e):.2f} %" for n, e in labels.items()))


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else math.nan


if __name__ == "__main__":
    main()
