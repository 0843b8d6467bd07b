"""Images a second through the engine against the bare module's forward, alone and with 8 callers at once.

    python -m benchmarks.engine [--model ae-conv]

Both sides are timed in turns, several rounds, and the medians are compared: the machine's speed drifts.
"""

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as the app runs: one thread a call, many calls at once

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch

from aecore import checkpoints
from aecore.data import load_digits
from aecore.engine import Engine

BATCHES = (1, 64, 1024)
CALLERS = (1, 8)
ROUNDS = 9
SECONDS = 0.7  # a measurement


def speed(call: Callable[[torch.Tensor], object], x: torch.Tensor, callers: int, pool: ThreadPoolExecutor) -> float:
    """Images a second of `callers` threads that call again and again."""
    end = time.perf_counter() + SECONDS

    def loop(_: int) -> int:
        done = 0
        while time.perf_counter() < end:
            call(x)
            done += len(x)
        return done

    started = time.perf_counter()
    return sum(pool.map(loop, range(callers))) / (time.perf_counter() - started)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", default="ae-conv")
    name = options.parse_args().model
    images = load_digits("test")[0][: max(BATCHES)].float() / 255
    bare_model, engine = checkpoints.load(name), Engine("cpu")

    def bare(x: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return bare_model(x)

    print(f"{name}, images a second, median of {ROUNDS} rounds")
    print(f"{'batch':>6} {'callers':>8} {'bare':>10} {'engine':>10} {'engine / bare':>14}")
    with ThreadPoolExecutor(max(CALLERS)) as pool:
        for batch in BATCHES:
            x = images[:batch]
            for callers in CALLERS:
                pairs = []
                for turn in range(ROUNDS):
                    sides = [bare, lambda x: engine.reconstruct(name, x)]
                    order = (0, 1) if turn % 2 else (1, 0)
                    rates = {side: speed(sides[side], x, callers, pool) for side in order}
                    pairs.append((rates[0], rates[1]))
                a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
                ratio = statistics.median(second / first for first, second in pairs)
                print(f"{batch:6} {callers:8} {a:10,.0f} {b:10,.0f} {ratio:14.2f}")


if __name__ == "__main__":
    main()
