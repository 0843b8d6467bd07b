"""How well each method fills holes: PSNR on the missing and on all pixels, SSIM, and what the judge still reads.

python -m benchmarks.restoration                   measure what is not in the table yet, or was measured with another
                                                   checkpoint; print and write the table
python -m benchmarks.restoration --fresh           measure everything again
python -m benchmarks.restoration --methods inpainter --kinds patch
python -m benchmarks.restoration --time            seconds of one latent search of 500 steps x 16 starts, one thread

The first DIGITS test digits, the same masks for every method. The latent search gets one start a digit, the encoder's
guess, and fewer steps than on the page; that takes some minutes. What was measured is saved after each method, so that
Ctrl-C loses one at most.
"""

import argparse
import statistics
import time
from dataclasses import replace
from importlib.metadata import version

import torch

from aecore import checkpoints
from aecore.data import load_digits
from aecore.engine import Engine, get_engine
from aecore.errors import CheckpointError, DataError
from aecore.restore import inpainting, masks
from aecore.restore.energy import descend
from aecore.restore.inpainting import CLEAN, DAMAGED, METHODS, STARTS, STEPS, HoleScores, Measured, inpaint, score

STARTS_HERE, STEPS_HERE = 1, 100  # within 0.1 nats of the energy that 8 starts of 200 steps find, on average
DIGITS, SEED = 1000, 0
BARS = (  # what the project asks for on the missing pixels: mask, who, whom to beat, by how many dB
    ("patch", "any learned method", ("telea", "navier_stokes"), 5.0),
    ("dropout", "inpainter", ("biharmonic",), 2.0),
)


def fill(x: torch.Tensor, mask: torch.Tensor, kind: str, name: str) -> torch.Tensor:
    """What a row of the table shows: a method's answer, the damaged digits, or the clean ones."""
    rng = torch.Generator().manual_seed(SEED)
    if name == CLEAN:
        return x
    if name == DAMAGED:
        return masks.hide(x, mask, masks.MASKS[kind].fill)
    if name == "vae-search":
        return inpainting.search(x, mask, rng, starts=STARTS_HERE, steps=STEPS_HERE)
    return inpaint(x, mask, name, rng, kind)


def begin(digits: int, fresh: bool, engine: Engine) -> Measured:
    """The table so far, without what was measured on other digits or with other checkpoints."""
    libraries = ("torch", "numpy", "opencv-python-headless", "scikit-image")
    empty = Measured(
        digits=digits,
        seed=SEED,
        search={"starts": STARTS_HERE, "steps": STEPS_HERE},
        holes={},
        checkpoints={},
        versions=checkpoints.versions() | {name: version(name).split("+")[0] for name in libraries},
    )
    try:
        old = inpainting.load()
    except DataError:
        return empty
    if fresh or (old.digits, old.seed, old.search) != (digits, SEED, empty.search):
        return empty
    stale = set(old.stale(engine))
    if "judge" in stale:
        return empty
    gone = {name for name, method in METHODS.items() if method.model in stale}
    holes = {
        kind: replace(hole, scores={name: score for name, score in hole.scores.items() if name not in gone})
        for kind, hole in old.holes.items()
    }
    sound = {name: sha256 for name, sha256 in old.checkpoints.items() if name not in stale}
    return replace(empty, holes=holes, checkpoints=sound)


def measure(table: Measured, kinds: list[str], methods: list[str], engine: Engine, again: bool) -> Measured:
    """Fill the gaps of the table, or all of its rows that are asked for, and save after each."""
    images, labels = load_digits("test")
    x, y = images[: table.digits].float() / 255, labels[: table.digits]
    for kind in kinds:
        hole = masks.MASKS[kind]
        mask = masks.make(kind, x, rng=torch.Generator().manual_seed(SEED))
        empty = HoleScores(hole.default, hole.describe(hole.default), float(mask.mean()), {})
        for name in (CLEAN, DAMAGED, *methods):
            done = table.holes.get(kind, empty)
            if name in done.scores and not (again and name in methods):
                continue
            started = time.perf_counter()
            try:
                measured = score(engine, x, y, fill(x, mask, kind, name), mask)
            except CheckpointError as error:
                print(f"{kind}, {name}: skipped. {error}")
                continue
            order = (CLEAN, DAMAGED, *METHODS)
            scores = done.scores | {name: measured}
            scores = {method: scores[method] for method in order if method in scores}
            used = {"judge"} | ({METHODS[name].model} - {None} if name in METHODS else set())
            table = replace(
                table,
                holes=table.holes | {kind: replace(done, scores=scores)},
                checkpoints=table.checkpoints | {model: engine.card(model).sha256 for model in used},
            )
            if table.digits == DIGITS:
                inpainting.save(table)
            print(f"{kind}, {name}: {time.perf_counter() - started:.0f} s", flush=True)
    return table


def show(table: Measured) -> None:
    """Print the table as markdown, then the bars."""
    print(f"\nThe first {table.digits:,} test digits; means over digits\n")
    print("| mask | method | PSNR missing, dB | PSNR all, dB | SSIM | judge reads right |\n|---|---|---|---|---|---|")
    for kind, hole in table.holes.items():
        title = f"{masks.MASKS[kind].label}, {hole.describe}"
        for name, means in hole.scores.items():
            label = METHODS[name].label if name in METHODS else name
            psnr = ["" if value is None else f"{value:.2f}" for value in (means.psnr_missing, means.psnr)]
            print(f"| {title} | {label} | {psnr[0]} | {psnr[1]} | {means.ssim:.3f} | {100 * means.reads_right:.1f} % |")
            title = ""
    print()
    for kind, who, rivals, bar in BARS:
        scores = table.holes[kind].scores if kind in table.holes else {}
        able = [n for n in scores if n in METHODS and (METHODS[n].model if who not in METHODS else n == who)]
        for rival in rivals:
            if not able or rival not in scores:
                print(f"{kind}: {who} against {METHODS[rival].label}: not measured")
                continue
            best = max(able, key=lambda name: scores[name].psnr_missing)
            gain = scores[best].psnr_missing - scores[rival].psnr_missing
            verdict = "met" if gain >= bar else "MISSED"
            pair = f"{METHODS[best].label} against {METHODS[rival].label}"
            print(f"{kind}: {pair}: {gain:+.2f} dB on the missing pixels (asked {bar:+.1f}): {verdict}")


def time_search(repeats: int = 5) -> None:
    """Print the median time of one search for each VAE that could be searched."""
    torch.set_num_threads(1)
    x = load_digits("test")[0][:1].float() / 255
    mask = masks.make("patch", 1)
    for name in ("vae", "vae-nyu"):
        model, seconds = get_engine().model(name), []
        for _ in range(repeats):
            started = time.perf_counter()
            for _report in descend(model, x, mask, starts=STARTS, steps=STEPS, rng=torch.Generator().manual_seed(0)):
                pass
            seconds.append(time.perf_counter() - started)
        times = ", ".join(f"{s:.2f}" for s in seconds)
        print(f"{name}: {STEPS} steps x {STARTS} starts in {statistics.median(seconds):.2f} s (of {times}); asked 2 s")


def main() -> None:
    """Read the arguments, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=list(METHODS), metavar="METHOD")
    parser.add_argument("--kinds", nargs="+", choices=masks.MASKS, default=list(masks.MASKS), metavar="KIND")
    parser.add_argument("--digits", type=int, default=DIGITS, help="another number of test digits; nothing is saved")
    parser.add_argument("--fresh", action="store_true", help="measure again what is in the table")
    parser.add_argument("--time", action="store_true", help="only time the latent search")
    arguments = parser.parse_args()
    if arguments.time:
        time_search()
        return
    engine = get_engine()
    everything = arguments.methods == list(METHODS) and arguments.kinds == list(masks.MASKS)
    table = begin(arguments.digits, arguments.fresh and everything, engine)
    show(measure(table, arguments.kinds, arguments.methods, engine, arguments.fresh))


if __name__ == "__main__":
    main()
