"""What fits through a code of each size, by networks and by PCA; and linear autoencoders beside PCA's subspace.

python -m benchmarks.bottleneck           print the tables
python -m benchmarks.bottleneck --save    and write them to results/bottleneck.json
"""

import argparse
import time
from dataclasses import replace

import torch

from aecore import records
from aecore.engine import get_engine
from aecore.latent import capacity
from aecore.latent.capacity import DIGITS, LINEAR, NETWORK, NONLINEAR, PCA, STRANGERS, TEXTBOOK, Measured, name_of
from aecore.latent.linear import digits_axes
from aecore.recipes import BOTTLENECKS, RECIPES

SEEDS = 3
HURRIED = replace(RECIPES[LINEAR], epochs=5, batch=256, lr=3e-3)  # as one would train it who looks at the error alone


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/bottleneck.json")
    arguments = parser.parse_args()
    engine = get_engine()
    with torch.inference_mode():
        curves = capacity.measure_curves(engine, BOTTLENECKS)
        mse = capacity.errors(engine)
    print("| numbers | " + " | ".join(f"{kind}, {way}" for way in curves for kind in curves[way]) + " |")
    print("|---" * (1 + sum(map(len, curves.values()))) + "|")
    for place, size in enumerate(BOTTLENECKS):
        row = [f"{curves[way][kind].mean[place]:.2f}" for way in (NETWORK, PCA) for kind in (DIGITS, *STRANGERS)]
        print(f"| {size} | {' | '.join(row)} |")
    print("\nSquared error of a test pixel from 32 numbers: " + ", ".join(f"{k} {v:.5f}" for k, v in mse.items()))
    digits_axes()  # before the clock runs
    began = time.process_time()
    exact = [capacity.exact_trace(seed) for seed in range(5)]
    seconds = (time.process_time() - began) / len(exact)
    print(f"Exact gradients, {seconds:.1f} s each: largest angle {[trace.angle[-1] for trace in exact]} degrees")
    batches = {}
    for label, recipe in (("hurried", HURRIED), ("patient", RECIPES[LINEAR])):
        batches[label] = [capacity.batch_trace(replace(recipe, seed=seed)) for seed in range(SEEDS)]
        for trace in batches[label]:
            angle, excess = trace.angle[-1], 100 * trace.excess[-1]
            print(f"Mini-batches, {label}: {angle:.2f} degrees, error {excess:.3f} % above PCA's")
    rows = [capacity.usual_start(seed) for seed in range(SEEDS)]
    usual = {kind: [row[kind] for row in rows] for kind in rows[0]}
    print(f"{BOTTLENECKS[-1]} numbers from torch's usual start: {usual}")
    if arguments.save:
        names = [*map(name_of, BOTTLENECKS), LINEAR, NONLINEAR, TEXTBOOK]
        sha256 = {name: engine.card(name).sha256 for name in names}
        table = Measured(list(BOTTLENECKS), curves, usual, exact, batches, mse, sha256)
        print(f"saved {records.write_table(table, capacity.results_file()).name}")


if __name__ == "__main__":
    main()
