"""How well galaxies fit into fifty numbers: networks beside PCA, a mean picture and a black one; turns, walks, flaws.

python -m benchmarks.galaxies train WAY SEED           one training that is not shipped: wide, still, small or sorter
python -m benchmarks.galaxies measure                  all numbers, from the trainings and the shipped networks
python -m benchmarks.galaxies measure --save           and write results/galaxies.json and .safetensors

What was trained stays in --work, a file each. Twelve trainings took eight minutes on one GPU; on two cores the wide
one alone takes half a day.
"""

import argparse
import base64
import io
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from aecore import losses, metrics, records
from aecore.anomaly import roc
from aecore.checkpoints import Card
from aecore.data.galaxies import galaxies, load_galaxies
from aecore.engine import get_engine, pick_device
from aecore.evaluation import evaluate
from aecore.galaxies import directions, flaws, table, turning
from aecore.galaxies.table import (
    BLACK,
    MEAN,
    NETWORK,
    PCA,
    PCA_TURNED,
    REVIEW,
    SMALL,
    SORTER,
    STILL,
    WIDE,
    Curve,
    Kinds,
    Measured,
    Review,
    Row,
    Turn,
)
from aecore.jitter import turn
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit

RECIPES_OF = {  # not shipped; all else alike
    WIDE: RECIPES[REVIEW],
    STILL: replace(RECIPES[NETWORK], turns=False, epochs=800),  # it knows them by heart long before; its best is kept
    SMALL: RECIPES[NETWORK],
    "sorter": RECIPES[SORTER],
}
SEEDS = 3  # of each at most; the small one's and the classifier's first is the shipped network
EPOCHS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 400, 600, 800, 1000, 1200, 1400)  # errors are noted then
EIGHT = 8  # originals over reconstructions
AXES = 50  # of PCA
COPIES = 4  # turned, of each picture, for PCA that knows turns
WALKS = 1000
ACTIVE = 0.1  # nats


def main() -> None:
    """Train or measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=("train", "measure"))
    parser.add_argument("way", nargs="?", choices=RECIPES_OF)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path("/tmp/galaxies"), help="where trainings stay")
    parser.add_argument("--epochs", type=int, help="another number than the recipe's")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/galaxies.*")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.what == "train":
        done = train(arguments.way, arguments.seed, arguments.epochs)
        (arguments.work / f"{arguments.way}-{arguments.seed}.json").write_text(json.dumps(done))
        return
    measured, sky = measure(arguments.work)
    show(measured)
    if arguments.save:
        print(f"saved {records.write_table(measured, table.results_file()).name}, {table.save_sky(sky).name}")


# ---- trainings


def train(way: str, seed: int, epochs: int | None) -> dict:
    """One training, with its errors on the way."""
    recipe = replace(RECIPES_OF[way], seed=seed)
    recipe = replace(recipe, epochs=epochs or recipe.epochs)
    device = pick_device()
    (x, y), (x_test, _) = load_galaxies("train"), load_galaxies("test")
    model = build(recipe.family, recipe.config, seed).to(device)
    curve: dict[str, list] = {"epochs": [], "train": [], "test": []}
    learnt = x[: len(x) - recipe.validation].to(device)
    per_epoch = len(learnt) // recipe.batch
    for step in fit(model, (x, y), recipe, report_every=10**9):
        epoch = step.step // per_epoch
        if epoch in EPOCHS and way != "sorter":
            model.eval()
            curve["epochs"].append(epoch)
            curve["train"].append(error(model, learnt))
            curve["test"].append(error(model, x_test.to(device)))
            model.train()
    print(f"{way} {seed}: {step.seconds:.0f} s", flush=True)
    numbers = evaluate(model, recipe)
    if way == "sorter":
        return {"accuracy": numbers["accuracy"].value}
    done = {"curve": curve, **row_of(model, x, x_test, recipe.validation), "device": device.type}
    if way == WIDE and seed == 0:
        card = Card(
            REVIEW, recipe.title, recipe.summary, recipe.family, asdict(model.config), asdict(recipe), numbers,
            done["parameters"], {"seconds": round(step.seconds, 1), "device": device.type},
        )  # fmt: skip
        done |= {
            "card": json.loads(json.dumps(asdict(card))),
            "pictures": [webp(one) for one in through(model, eight())],
        }
    return done


def row_of(model: nn.Module, x: Tensor, x_test: Tensor, held_out: int) -> dict:
    """The numbers of a `Row` for one seed; x: uint8, of which the last `held_out` were not learnt."""
    device = next(model.parameters()).device
    with torch.inference_mode():
        posteriors = [model.posterior(part) for part in batches(x_test, device)]
        mu, logvar = (torch.cat(parts) for parts in zip(*posteriors, strict=True))
    each = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).mean(0)  # (D,) nats
    return {
        "mse": error(model, x_test),
        "train": error(model, x[: len(x) - held_out]),
        "kl": float(losses.kl_standard_normal(mu, logvar).mean()),
        "active": int((each > ACTIVE).sum()),
        "parameters": sum(p.numel() for p in model.parameters()),
    }


def batches(x: Tensor, device: torch.device) -> list[Tensor]:
    """Pictures, uint8 or in [0, 1], by 100."""
    return [part.to(device).float() / 255 if part.dtype == torch.uint8 else part.to(device) for part in x.split(100)]


@torch.inference_mode()
def through(model: nn.Module, x: Tensor) -> Tensor:
    """x (N, 3, H, W) -> what the model makes of it, on the CPU."""
    return torch.cat([model(part).cpu() for part in batches(x, next(model.parameters()).device)])


def error(model: nn.Module, x: Tensor) -> float:
    """Mean squared error of pictures (uint8)."""
    return float(metrics.mse(x.cpu().float() / 255, through(model, x)).mean())


def eight() -> Tensor:
    """Test galaxies for the eyes: two of each class, the first ones."""
    x, y = load_galaxies("test")
    return x[places_of_eight(y)]


def places_of_eight(y: Tensor) -> list[int]:
    """Of the first two of each class."""
    return [int(place) for kind in range(4) for place in (y == kind).nonzero()[:2, 0]]


def webp(picture: Tensor) -> str:
    """(3, H, W) in [0, 1] -> a file in base64."""
    pixels = (picture.permute(1, 2, 0).clamp(0, 1) * 255 + 0.5).byte().numpy()
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "WEBP", quality=85, method=6)
    return base64.b64encode(packed.getvalue()).decode()


# ---- measures


def measure(work: Path) -> tuple[Measured, dict[str, Tensor]]:
    """All of it."""
    engine = get_engine()
    model, sorter = engine.model(NETWORK), engine.model(SORTER)
    (x, y), (x_test, y_test) = load_galaxies("train"), load_galaxies("test")
    done = {way: [read(work, way, seed) for seed in range(SEEDS) if exists(work, way, seed)] for way in RECIPES_OF}
    held_out = RECIPES[NETWORK].validation
    done[SMALL].insert(0, row_of(model, x, x_test, held_out))
    rows = baselines(x, x_test) | {way: joined(done[way]) for way in (WIDE, STILL, SMALL)}
    everything = torch.cat([x, x_test]).float() / 255
    with torch.inference_mode():
        z = torch.cat([model.encode(part).cpu() for part in batches(everything, engine.device)])
        recon = through(model, everything)
        along = directions.directions(z[: len(x)])
        correlated = directions.correlations(along.along(z), directions.measure(everything))
        turns = {f"{span}": turned_by(model, x_test, span) for span in turning.SPANS}
        sky = {
            "codes": z.half(),
            "places": laid_out(z),
            "error": flaws.relative_error(everything, recon),
            "line": in_parts(flaws.dark_line, everything, recon),
            "median": in_parts(lambda a, b: flaws.dark_line(a, flaws.by_median(a)), everything, recon),
        }
    names = [galaxy.name for split in ("train", "test") for galaxy in galaxies(split)]
    flawed = np.array([name in flaws.MISSING_COLUMNS for name in names])
    scores = {score: sky[score].numpy() for score in ("error", "line", "median")}
    odd = {score: roc.auroc(values[~flawed], values[flawed]) for score, values in scores.items()}
    wide = done[WIDE][0]
    review = Review(
        wide["card"],
        Curve(**wide["curve"]),
        [names[len(x) + place] for place in places_of_eight(y_test)],
        wide["pictures"],
    )
    kinds = kinds_of(model, sorter, z, (y, y_test), x_test, [part["accuracy"] for part in done["sorter"]])
    measured = Measured(
        rows=rows,
        curve=Curve(**done[SMALL][1]["curve"]),
        turns=turns,
        kinds=kinds,
        review=review,
        correlations=[{name: round(r, 3) for name, r in one.items()} for one in correlated],
        share=[round(float(value), 4) for value in along.share],
        odd=odd,
        device=wide["device"],
        sha256={name: engine.card(name).sha256 for name in (NETWORK, SORTER)},
    )
    return measured, {name: tensor.half() if name == "codes" else tensor.float() for name, tensor in sky.items()}


def read(work: Path, way: str, seed: int) -> dict:
    """A finished training."""
    return json.loads((work / f"{way}-{seed}.json").read_text())


def exists(work: Path, way: str, seed: int) -> bool:
    """Whether a training is finished."""
    return (work / f"{way}-{seed}.json").exists()


def joined(parts: list[dict]) -> Row:
    """Seeds of one way."""
    each = {key: [part[key] for part in parts] for key in ("mse", "train", "kl", "active")}
    return Row(**each, parameters=parts[0]["parameters"])


def baselines(x: Tensor, x_test: Tensor) -> dict[str, Row]:
    """Ways that learn nothing, or only axes."""
    flat, test = (pictures.flatten(1).float() / 255 for pictures in (x, x_test))
    mean = flat.mean(0)

    def row(redraw, parameters: int) -> Row:
        errors = [float((pictures - redraw(pictures)).square().mean()) for pictures in (test, flat)]
        return Row([errors[0]], [errors[1]], [], [], parameters)

    rng = torch.Generator().manual_seed(0)
    copies = torch.cat([turn(x.float() / 255, rng).flatten(1) for _ in range(COPIES)])
    rows = {BLACK: row(torch.zeros_like, 0), MEAN: row(lambda pictures: mean.expand_as(pictures), mean.numel())}
    for name, learnt in ((PCA, flat), (PCA_TURNED, copies)):
        middle = learnt.mean(0)
        gram = (learnt - middle) @ (learnt - middle).T  # (N, N): fewer pictures than pixels
        values, vectors = torch.linalg.eigh(gram.double())
        axes = (vectors[:, -AXES:] / values[-AXES:].sqrt()).float().T @ (learnt - middle)  # (AXES, pixels)
        rows[name] = row(lambda pictures, m=middle, a=axes: (pictures - m) @ a.T @ a + m, (AXES + 1) * mean.numel())
    return rows


def turned_by(model: nn.Module, x_test: Tensor, span: float) -> Turn:
    """All test galaxies, halfway along a turn."""
    parts = [turning.halfway(model, part, span) for part in batches(x_test, next(model.parameters()).device)]
    return Turn(
        **{way: spread(torch.cat([getattr(part, way) for part in parts])) for way in ("code", "fade", "known", "still")}
    )


def spread(values: Tensor) -> tuple[float, float]:
    """Mean, and half of its 95 % interval."""
    return float(values.mean()), 1.96 * float(values.std()) / len(values) ** 0.5


def in_parts(function, x: Tensor, recon: Tensor) -> Tensor:
    """A score of many pictures, a few at a time."""
    return torch.cat([function(a, b) for a, b in zip(x.split(20), recon.split(20), strict=True)])


def laid_out(z: Tensor) -> Tensor:
    """Places on a map in [0, 1]^2, by t-SNE."""
    from sklearn.manifold import TSNE

    places = TSNE(2, perplexity=30, init="pca", random_state=0).fit_transform(z.numpy())
    low, high = places.min(0), places.max(0)
    return torch.from_numpy((places - low) / (high - low))


def kinds_of(model, sorter, z: Tensor, labels: tuple[Tensor, Tensor], x_test: Tensor, others: list[float]) -> Kinds:
    """What the classifier makes of pictures, of what is redrawn, of codes, and of walks."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    y, y_test = labels
    test = x_test.float() / 255
    with torch.inference_mode():
        answers, redrawn = ask(sorter, test), ask(sorter, through(model, x_test))
        rng = torch.Generator().manual_seed(0)
        a, b = torch.randint(len(test), (2, WALKS), generator=rng)
        codes = z[len(y) :]
        halfway = torch.cat([model.decode(part).cpu() for part in ((codes[a] + codes[b]) / 2).split(100)])
        middles = {"code": ask(sorter, halfway), "fade": ask(sorter, (test[a] + test[b]) / 2)}
    same = (y_test[a] == y_test[b]) & (a != b)
    other = y_test[a] != y_test[b]
    kept = {way: percent((said == y_test[a])[same]) for way, said in middles.items()}
    third = {way: percent(((said != y_test[a]) & (said != y_test[b]))[other]) for way, said in middles.items()}
    confusion = [[int(((y_test == row) & (answers == column)).sum()) for column in range(4)] for row in range(4)]
    linear = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)).fit(
        z[: len(y)].numpy(), y.numpy()
    )
    code = 100 * float(linear.score(codes.numpy(), y_test.numpy()))
    return Kinds([percent(answers == y_test), *others], [code], percent(redrawn == y_test), confusion, kept, third)


def ask(sorter: nn.Module, x: Tensor) -> Tensor:
    """The classifier's answers."""
    return torch.cat([sorter(part).argmax(1).cpu() for part in batches(x, next(sorter.parameters()).device)])


def percent(hits: Tensor) -> float:
    """Share of True."""
    return 100 * float(hits.float().mean())


def show(measured: Measured) -> None:
    """Print the tables."""
    print("| way | test MSE x 1e-4 | training | KL | active | numbers |\n|---|--:|--:|--:|--:|--:|")
    for way, row in measured.rows.items():
        errors = [" ".join(f"{1e4 * value:.2f}" for value in values) for values in (row.mse, row.train)]
        cells = [*errors, " ".join(f"{value:.1f}" for value in row.kl), " ".join(map(str, row.active))]
        print(f"| {way} | {' | '.join(cells)} | {row.parameters:,} |")
    for span, one in measured.turns.items():
        print(span, {way: f"{1e4 * middle:.2f} ± {1e4 * half:.2f}" for way, (middle, half) in asdict(one).items()})
    print(measured.kinds, measured.correlations, measured.share, measured.odd, sep="\n")


if __name__ == "__main__":
    main()
