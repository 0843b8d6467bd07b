"""Every constraint on a wide code at four strengths, each beside its control, and the exact sparse code beside PSD's.

python -m benchmarks.regularise            train what is not shipped (about half an hour on one core) and print a table
python -m benchmarks.regularise --save     and write results/regularise.json and results/regularise.safetensors

What was trained stays in --work, so that an interrupted run goes on. Shipped networks are loaded, not trained.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from aecore import checkpoints, records, sparse
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.features import measures, probe, table
from aecore.features.table import Measured, Row, Sparse
from aecore.models import build
from aecore.recipes import RECIPES, RECTIFIED, SIGMOID, Recipe
from aecore.training import fit

STRENGTHS = {
    "dropout": (0.1, 0.3, 0.5, 0.7),
    "l1": (0.05, 0.1, 0.3, 0.6),
    "rate": (0.01, 0.03, 0.1, 0.3),
    "k": (10.0, 25.0, 50.0, 100.0),
    "contractive": (0.3, 1.0, 2.0, 4.0),
}
BODIES = {"l1": RECTIFIED, "k": RECTIFIED}  # the others have SIGMOID
CONTROLS = {"l1": "rectified", "k": "rectified"}
LECTURE = {"latent_dim": 500, "code": "tanh", "output": "tanh"}
OPENDEEP = {**SIGMOID, "latent_dim": 1000, "code": "tanh", "constraint": "salt_pepper", "strength": 0.4}
PROBED = (100, 1_000, 60_000)
JACOBIANS, SPECTRA, MOVED = 100, 5, 1000  # test digits
SNAPSHOTS = (1, 3)  # epochs whose kernels are kept
SHOWN = 100  # kernels of the networks on the stage whose snapshots are kept
EXCITING = 8  # test digits that excite a unit most, kept for the networks on the stage
WALL = 36  # kernels of every other network that are kept
EXACT_STEPS = 200


def networks() -> dict[str, tuple[Recipe, str, str]]:
    """Key -> recipe, key of its control, constraint; those with a shipped checkpoint have its name."""
    wide = RECIPES["wide"]
    shipped = {(RECIPES[name].config.get("constraint", ""), RECIPES[name].config.get("strength", 0.0)): name
               for name in RECIPES if RECIPES[name].family == wide.family}  # fmt: skip
    todo = {"wide": (wide, "", "")}
    todo["rectified"] = (replace(wide, config=RECTIFIED), "", "")
    todo["untied"] = (replace(wide, config={**SIGMOID, "tied": False}), "", "untied")
    lecture = replace(RECIPES["dae-tanh-500"], measures=("reconstruction",))
    todo["lecture"] = (replace(lecture, config=LECTURE), "", "lecture")
    todo["dae-tanh-500"] = (RECIPES["dae-tanh-500"], "lecture", "lecture dropout")
    todo["opendeep-0"] = (replace(wide, config=OPENDEEP | {"strength": 0.0}), "", "salt_pepper")
    todo["opendeep"] = (replace(wide, config=OPENDEEP), "opendeep-0", "salt_pepper")
    for constraint, strengths in STRENGTHS.items():
        for strength in strengths:
            config = {**BODIES.get(constraint, SIGMOID), "constraint": constraint, "strength": strength}
            key = shipped.get((constraint, strength), f"{constraint}-{strength:g}")
            todo[key] = (replace(wide, config=config), CONTROLS.get(constraint, "wide"), constraint)
    return todo


def main() -> None:
    """Train, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/regularise.*")
    parser.add_argument("--work", type=Path, default=Path("/tmp/regularise"), help="where trained networks stay")
    parser.add_argument("--only", nargs="*", help="keys of the networks to train and measure now; nothing is saved")
    arguments = parser.parse_args()
    (images, y), (images_test, y_test) = load_digits("train"), load_digits("test")
    x, x_test = images.float() / 255, images_test.float() / 255
    region, rows, kernels, exciting, shas = measures.regions(x), {}, {}, {}, {}
    print("| network | mse | active | jacobian | directions | inside | outside | unlearned | 100 | 1,000 | 60,000 |")
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for key, (recipe, control, constraint) in networks().items():
        if arguments.only is not None and key not in arguments.only:
            continue
        model, snapshots = trained(key, recipe, (images, y), arguments.work)
        strength = recipe.config.get("strength", recipe.config.get("input_dropout", 0.0))
        rows[key] = measure(model, recipe, (x, y), (x_test, y_test), region, (constraint, strength, control))
        if hasattr(model, "card") and key in RECIPES:
            shas[key] = model.card.sha256
        if key in RECIPES and snapshots:
            with torch.no_grad():
                exciting[f"{key}^"] = model.encode(x_test).topk(EXCITING, 0).indices.T.short().contiguous()
        kernels[key] = measures.kernels_of(model)[:WALL]
        kernels |= {f"{key}@{epoch}": weights for epoch, weights in snapshots.items()}
        print(line(key, rows[key]), flush=True)
    pixels = {str(n): probe.draws((x.flatten(1), y), (x_test.flatten(1), y_test), n) for n in PROBED}
    print("| pixels | | | | | | | | " + " | ".join(scored(pixels[str(n)]) for n in PROBED) + " |")
    psd = checkpoints.load("psd")
    shas["psd"] = psd.card.sha256
    compared = compare_sparse(psd, x_test[:1000])
    print(compared)
    fresh = float(build("constrained", {}).weight.detach().std())
    measured = Measured(rows, compared, fresh, pixels, len(x_test), shas)
    if arguments.save and arguments.only is None:
        records.write_table(measured, table.results_file())
        print(f"saved {table.results_file().name}, {save_kernels(kernels, exciting).name}")


def trained(key: str, recipe: Recipe, data: tuple[Tensor, Tensor], work: Path) -> tuple[nn.Module, dict[int, Tensor]]:
    """A network and the first SHOWN kernels of a shipped one after some epochs."""
    ships = key in RECIPES
    if ships and recipe.family != RECIPES["wide"].family:
        return checkpoints.load(key), {}
    path = work / f"{key}.safetensors"
    epochs = {}
    if not path.exists():
        model = build(recipe.family, recipe.config, recipe.seed)
        for step in fit(model, data, recipe, report_every=10**9):
            if step.epoch in SNAPSHOTS:
                epochs[step.epoch] = measures.kernels_of(model)[:SHOWN].clone()
        card = Card(key, "", "", recipe.family, dict(recipe.config), {})
        checkpoints.save(model, card, path)
        for epoch, weights in epochs.items():
            checkpoints.write(work / f"{key}@{epoch}.kernels", {"kernels": weights}, {})
    from safetensors.torch import load_file

    files = {epoch: work / f"{key}@{epoch}.kernels" for epoch in SNAPSHOTS} if ships else {}
    snapshots = {epoch: load_file(file)["kernels"] for epoch, file in files.items() if file.exists()}
    return checkpoints.load(key if ships and key in checkpoints.names() else path), snapshots


@torch.no_grad()
def measure(model, recipe, train, test, region, name) -> Row:
    """All numbers of a row; train, test: x and y; region: inside and outside; name: constraint, strength, control."""
    (x, y), (x_test, y_test) = train, test
    encoded = [torch.cat([model.encode(part) for part in pictures.split(1000)]) for pictures in (x, x_test)]
    recon = torch.cat([model(part) for part in x_test.split(1000)])
    norms, counts = [], []
    for part in x_test[:JACOBIANS].split(20):
        jacobian = measures.jacobians(model.encode, part)
        norms.append(measures.jacobian_norms(jacobian))
        counts.append(measures.directions(jacobian))
    values = measures.singular_values(measures.jacobians(model.encode, x_test[:SPECTRA]))[:, :120]
    spectrum = (values / values[:, :1]).mean(0)
    kernels = measures.kernels_of(model)
    first = measures.kernels_of(build(recipe.family, recipe.config, recipe.seed))
    inside, outside = region
    moves = {}
    for size, noise in table.NOISES.items():
        rngs = [torch.Generator().manual_seed(1) for _ in range(2)]
        functions = zip((model.encode, model), rngs, strict=True)
        both = [measures.moved(function, x_test[:MOVED], noise, rng) for function, rng in functions]
        moves[size] = (round(both[0], 4), round(both[1], 4))
    return Row(
        constraint=name[0],
        strength=name[1],
        control=name[2],
        units=encoded[0].shape[1],
        mse=round(float((recon - x_test).square().mean()), 6),
        active=round(float(measures.active_units(encoded[1]).float().mean()), 2),
        jacobian=round(float(torch.cat(norms).mean()), 4),
        directions=round(float(torch.cat(counts).mean()), 2),
        spectrum=[round(value, 4) for value in spectrum.tolist()],
        inside=round(float(kernels[:, inside].std()), 5),
        outside=round(float(kernels[:, outside].std()), 5),
        unlearned=measures.never_learned(kernels, first, inside),
        probe={str(n): [round(s, 3) for s in probe.draws((encoded[0], y), (encoded[1], y_test), n)] for n in PROBED},
        moves=moves,
    )


@torch.no_grad()
def compare_sparse(model, x: Tensor) -> Sparse:
    """The exact code against the predicted one, and against scikit-learn's on a few digits."""
    from sklearn.decomposition import SparseCoder

    flat, atoms, penalty = x.flatten(1), model.dictionary, model.config.penalty
    exact_ms, exact = min(timed(lambda: model.infer(x, EXACT_STEPS)) for _ in range(3))
    predicted_ms, predicted = min(timed(lambda: model.encode(x)) for _ in range(5))
    above = [float(sparse.objective(flat, atoms, z, penalty).mean()) for z in (exact, predicted)]
    coder = SparseCoder(
        atoms.double().numpy(), transform_algorithm="lasso_cd", transform_alpha=penalty, positive_code=True,
        transform_max_iter=20_000,
    )  # fmt: skip
    reference = torch.from_numpy(coder.transform(flat[:20].double().numpy()))
    agree = (sparse.fista(flat[:20].double(), atoms.double(), penalty, 5000) - reference).abs().max()
    errors = [float((model.decode(z) - x).square().mean()) for z in (exact, predicted)]
    active = [float((z > 0).sum(1).float().mean()) for z in (exact, predicted)]
    return Sparse(len(x), EXACT_STEPS, exact_ms, predicted_ms, above[1] / above[0] - 1, *errors, *active, float(agree))


class Timed(tuple):
    """Milliseconds and a result, in the order of the milliseconds."""

    def __lt__(self, other: tuple) -> bool:
        return self[0] < other[0]


def timed(function) -> Timed:
    """How long a call takes, and what it gives."""
    begin = time.perf_counter()
    result = function()
    return Timed((1000 * (time.perf_counter() - begin), result))


def save_kernels(kernels: dict[str, Tensor], exciting: dict[str, Tensor]) -> Path:
    """Kernels as one byte a weight, each scaled to its own largest: what the page's walls show."""
    scaled = {key: 127.5 * (1 + weights / weights.abs().amax(1, keepdim=True)) for key, weights in kernels.items()}
    packed = {key: weights.round().clamp(0, 255).byte() for key, weights in scaled.items()}
    checkpoints.write(table.kernels_file(), packed | exciting, {})
    return table.kernels_file()


def scored(scores: list[float]) -> str:
    """Mean and half the interval."""
    return "{:.1f} ± {:.1f}".format(*probe.interval(scores, 10_000))


def line(key: str, row: Row) -> str:
    """A row of the printed table."""
    numbers = f"{row.mse:.4f} | {row.active:.0f} | {row.jacobian:.2f} | {row.directions:.1f}"
    kernels = f"{row.inside:.4f} | {row.outside:.4f} | {row.unlearned}"
    return f"| {key} | {numbers} | {kernels} | {' | '.join(scored(row.probe[n]) for n in table.LABELS)} |"


if __name__ == "__main__":
    main()
