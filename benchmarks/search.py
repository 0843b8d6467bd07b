"""How well and how fast digits are found by bits, beside pixels, a VAE's code, PCA + ITQ and random planes.

python -m benchmarks.search           train three networks and a control (6 minutes), print the table
python -m benchmarks.search --save    and write it to results/search.json
python -m benchmarks.search --states FOLDER   keep the trainings there, and go on from those that are there

The control is the same network with neither noise nor saturation, its numbers cut at their medians. If faiss or
hnswlib are installed, they search the same codes beside NumPy.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aecore import records
from aecore.data import load_digits
from aecore.engine import CHUNK, get_engine, pick_device
from aecore.intervals import interval
from aecore.latent.linear import digits_axes
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.retrieval import bits as planes
from aecore.retrieval import scores, table
from aecore.retrieval.base import LENGTHS, NETWORK
from aecore.retrieval.table import CONTROL, HASHING, ITQ, PIXELS, PLANES, VAE, Measured, Row
from aecore.training import fit

SEEDS = 3  # of the controls one
EVERY = 8  # of the test digits one in so many is looked up
TRIES = 31  # queries that are timed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/search.json")
    parser.add_argument("--states", type=Path, default=None, help="a folder for the trainings")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    images, y = load_digits("train")
    tests, y_test = (part[::EVERY] for part in load_digits("test"))
    base, query = (part.float() / 255 for part in (images, tests))
    rows: dict[str, Row] = {}

    def numbers(name: str, size: int, base: Tensor, query: Tensor) -> None:
        score = scores.by_numbers(base, query, y, y_test)
        rows[name] = Row(size, _timed(_euclidean(base, query)), [score.precision], [score.average])
        _say(name, rows[name])

    def bits(way: str, makers: list[Callable[[Tensor], Tensor]], length: int) -> None:
        made = [(maker(base)[:, :length], maker(query)[:, :length]) for maker in makers]
        measured = [scores.by_bits(*pair, y, y_test) for pair in made]
        ms = _timed(_popcount(*made[0]))
        row = Row(length // 8, ms, [one.precision for one in measured], [one.average for one in measured])
        rows[table.key(way, length)] = row
        _say(table.key(way, length), row)

    engine, axes = get_engine(), digits_axes()
    numbers(PIXELS, 784, base.flatten(1), query.flatten(1))
    numbers(VAE, 4 * 32, *(torch.cat([engine.encode(VAE, x) for x in part.split(CHUNK)]) for part in (base, query)))
    for length in LENGTHS:
        bits(PLANES, [planes.random_planes(axes.mean, length, seed).bits for seed in range(SEEDS)], length)
        bits(ITQ, [planes.itq_planes(axes, base, length, seed).bits for seed in range(SEEDS)], length)
    for way, config in ((HASHING, {}), (CONTROL, {"steepness": 0.0, "noise": 0.0})):
        makers = [_network(config, seed, base, arguments.states) for seed in range(SEEDS)]
        for length in LENGTHS:
            bits(way, makers, length)
        if way == HASHING:
            libraries = _libraries(*(planes.pack(makers[0](part)) for part in (base, query)))
    print(f"by {max(LENGTHS)} bits, ms a query: " + ", ".join(f"{name} {ms:.3f}" for name, ms in libraries.items()))
    if arguments.save:
        sha256 = {name: engine.card(name).sha256 for name in (NETWORK, VAE)}
        print(f"saved {records.write_table(Measured(rows, libraries, len(query), sha256), table.results_file()).name}")


def _network(config: dict, seed: int, base: Tensor, states: Path | None) -> Callable[[Tensor], Tensor]:
    """A trained network's x -> bits, cut at 0, the control's at its medians over the base."""
    recipe = replace(RECIPES[NETWORK], seed=seed, config=config)
    name = f"{'control' if config else 'main'}-{seed}.state"
    model = build(recipe.family, recipe.config, recipe.seed).to(pick_device())
    for step in fit(model, load_digits("train"), recipe, states and states / name, report_every=1000):
        print(f"{name} {step.step}/{step.steps}", flush=True)
    model = model.cpu()

    def features(x: Tensor) -> Tensor:
        with torch.inference_mode():
            return torch.cat([model.features(part) for part in x.split(CHUNK)])

    cut = features(base).median(0).values if config else torch.zeros(1)
    return lambda x: features(x) > cut


def _euclidean(base: Tensor, query: Tensor) -> Callable[[int], object]:
    numbers, asked = base.numpy(), query.numpy()
    squares = (numbers**2).sum(1)
    return lambda place: np.argpartition(squares - 2 * numbers @ asked[place], scores.HITS)[: scores.HITS]


def _popcount(base: Tensor, query: Tensor) -> Callable[[int], object]:
    codes, asked = planes.pack(base), planes.pack(query)
    return lambda place: planes.nearest(planes.hamming(asked[place], codes), scores.HITS)


def _libraries(codes: np.ndarray, asked: np.ndarray) -> dict[str, float]:
    """ms a query of NumPy, and of the libraries that are installed."""
    ms = {
        "NumPy": _timed(lambda place: planes.nearest(planes.hamming(asked[place], codes), scores.HITS)),
        "NumPy, distances alone": _timed(lambda place: planes.hamming(asked[place], codes)),
    }
    if find_spec("faiss"):
        import faiss

        faiss.omp_set_num_threads(1)
        flat = faiss.IndexBinaryFlat(8 * codes.shape[1])
        flat.add(codes)
        ms["faiss IndexBinaryFlat"] = _timed(lambda place: flat.search(asked[place : place + 1], scores.HITS))
    if find_spec("hnswlib"):
        import hnswlib  # it has no Hamming distance: on bits as floats the squared Euclidean one is the same

        graph = hnswlib.Index("l2", 8 * codes.shape[1])
        graph.init_index(len(codes), random_seed=0)
        graph.set_num_threads(1)
        graph.add_items(np.unpackbits(codes, axis=1))
        bits = np.unpackbits(asked, axis=1)
        ms["hnswlib, not exact"] = _timed(lambda place: graph.knn_query(bits[place : place + 1], scores.HITS))
    return ms


def _timed(query: Callable[[int], object]) -> float:
    """Median milliseconds of a query, of the processor's time: others may be at work beside it."""
    times = []
    for place in range(TRIES):
        began = time.process_time()
        query(place)
        times.append(1000 * (time.process_time() - began))
    return round(statistics.median(times), 4)


def _say(name: str, row: Row) -> None:
    cells = []
    for values in (row.precision, row.average):
        middle, half = interval(values)
        cells.append(f"{middle:.2f}" + (f" +- {half:.2f}" if half is not None else ""))
    print(f"| {name} | {row.size} | {row.ms} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
