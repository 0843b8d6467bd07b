"""What digits, and pictures that are none, cost and keep by networks, PCA and DCT, as JPEG, WebP and PNG.

python -m benchmarks.compress           code 1,000 test digits and six other sets by nine ways, print (10 minutes)
python -m benchmarks.compress --save    and write it to results/compress.json
python -m benchmarks.compress --states FOLDER   keep trainings and curves there, and go on from those that are there
python -m benchmarks.compress --seeds 2         train the wide code so many more times, other seeds (0)

All bytes are real, and decoded again. No setting is chosen on the test digits: steps and qualities are the same for
all; tables, PCA and the scale of each number come from the training digits.

Sets that the lab may measure but not show lie outside it: $AECORE_SETS has their folders; without them the last
measured numbers of these sets stay.
"""

import argparse
import functools
import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from aecore import records
from aecore.compression import codes, rates
from aecore.compression.rates import DIGITS, SETS, Measured, Point
from aecore.data import load_digits, strangers
from aecore.data.digits import read_idx
from aecore.engine import get_engine, pick_device
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit

COUNT, FEW = 1000, 300  # pictures of a set; of those that are made here
OUTSIDE = {"font letters": "notmnist", "clothes": "fashion_mnist"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/compress.json")
    parser.add_argument("--states", type=Path, default=None, help="a folder for trainings and curves")
    parser.add_argument("--seeds", type=int, default=0, help="further seeds of the wide code")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    engine, states = get_engine(), arguments.states
    if states:
        states.mkdir(parents=True, exist_ok=True)
    curves: dict[str, dict[str, list[Point]]] = {}
    count = {}
    for kind in SETS:
        x = pictures(kind)
        if x is None:
            before = rates.load()
            curves[kind], count[kind] = before.curves[kind], before.count[kind]
            continue
        count[kind] = len(x)
        curves[kind] = {}
        for way in rates.ways_of(kind):
            curves[kind][way] = _remembered(states, f"{kind}-{way}", _maker(engine, way, x))
            _say(kind, way, curves[kind][way])
    seeds = [
        _remembered(states, f"seed-{seed}", lambda seed=seed: _seed(seed, states))
        for seed in range(1, 1 + arguments.seeds)
    ]
    for points in seeds:
        _say(DIGITS, "wide, another seed", points)
    weight = {name: rates.decoder_bytes(engine, name) for name in codes.NETWORKS}
    print(f"bytes of the decoders: {weight}")
    if arguments.save:
        sha256 = {name: engine.card(name).sha256 for name in codes.NETWORKS}
        print(f"saved {records.write_table(Measured(curves, seeds, count, weight, sha256), rates.results_file()).name}")


def pictures(kind: str) -> Tensor | None:
    """A set, (N, 1, 28, 28); None for one that is outside of the lab and not at hand."""
    if kind == DIGITS:
        return load_digits("test")[0][:COUNT].float() / 255
    if kind in OUTSIDE:
        files = Path(os.environ.get("AECORE_SETS", "")) / OUTSIDE[kind]
        packed = sorted(files.glob("t10k-images*.gz"))
        if not packed:
            return None
        return torch.from_numpy(read_idx(packed[0].read_bytes())[:COUNT])[:, None].float() / 255
    return {
        "letters": strangers.letters,
        "faces": strangers.faces,
        "photos": lambda: strangers.photo_pieces(FEW),
        "static": lambda: strangers.static(FEW),
    }[kind]()


def _maker(engine, way: str, x: Tensor) -> Callable[[], list[Point]]:
    if way in (*codes.NETWORKS, *rates.LINEAR):
        return lambda: rates.of_code(_dct() if way == codes.DCT else codes.load(engine, way), x)
    return lambda: rates.of_format(way, x)


@functools.cache
def _dct() -> codes.Code:
    return codes.linear(codes.DCT)


def _seed(seed: int, states: Path | None) -> list[Point]:
    """The wide code, trained from another seed, its tables counted anew."""
    recipe = replace(RECIPES[codes.WIDE], seed=seed)
    images, y = load_digits("train")
    model = build(recipe.family, recipe.config, recipe.seed).to(pick_device())
    for step in fit(model, (images, y), recipe, states and states / f"compress-{seed}.state", report_every=500):
        print(f"seed {seed}: {step.step}/{step.steps}", flush=True)
    model.cpu().half().float()  # as the shipped one

    def encode(x: Tensor) -> Tensor:
        with torch.inference_mode():
            return torch.cat([model.encode(part) for part in x.split(1000)])

    def decode(z: Tensor) -> Tensor:
        with torch.inference_mode():
            return model.decode(z)

    code = codes.of("seed", encode, decode, encode(images.float() / 255))
    return rates.of_code(code, pictures(DIGITS))


def _remembered(states: Path | None, name: str, make: Callable[[], list[Point]]) -> list[Point]:
    """Points that were measured by a run that was stopped, or measured now."""
    place = states / f"{name}.json" if states else None
    if place and place.exists():
        return [Point(**row) for row in json.loads(place.read_text())]
    points = make()
    if place:
        place.write_text(json.dumps([asdict(point) for point in points]))
    return points


def _say(kind: str, way: str, points: list[Point]) -> None:
    cells = ", ".join(
        f"{point.bits:.0f} ({point.bare:.0f}): {point.psnr:.1f}" for point in points[:: max(1, len(points) // 8)]
    )
    print(f"{kind} | {way} | {cells}", flush=True)


if __name__ == "__main__":
    main()
