"""Images a second in process against Ray Serve on the same machine, and what one request costs.

    python -m benchmarks.cluster [--model ae-conv] [--replicas 1] [--save]

It starts `python -m aecore serve` itself. Each side is asked at batch 1, 64 and 1,024 by one caller and by eight: the
engine in this process, the deployment's handle through Ray, and its HTTP door. `--save` writes results/cluster.json, of
which `python -m benchmarks.scale` makes docs/scale.md. Needs what requirements-cluster.txt asks for.
"""

import argparse
import json
import os

os.environ |= {"OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}  # as the app runs: one thread a call

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import torch

from aecore.cluster.client import Cluster
from aecore.data import load_digits
from aecore.engine import Engine
from benchmarks.served import ROOT, Usage, cpu_seconds

RESULTS = Path(__file__).parent / "results/cluster.json"
BATCHES = (1, 64, 1024)
CALLERS = (1, 8)
ROUNDS = 3
SECONDS = 1.0  # a measurement
START = 180.0  # s


@contextmanager
def serving(replicas: int) -> Iterator[tuple[int, int]]:
    """The engine behind Ray Serve: the HTTP door's port, and the process that has started all of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", "-m", "aecore", "serve", "--port", str(port), "--replicas", str(replicas)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        while "The engine is up" not in (line := server.stdout.readline()):
            if not line:
                raise SystemExit("The engine did not come up.")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(60)


def speed(call: Callable[[], object], size: int, callers: int, pool: ThreadPoolExecutor) -> tuple[float, list[float]]:
    """Images a second of so many threads that call again and again, and the seconds of every call."""
    until = time.perf_counter() + SECONDS

    def loop(_: int) -> list[float]:
        times = []
        while (began := time.perf_counter()) < until:
            call()
            times.append(time.perf_counter() - began)
        return times

    started = time.perf_counter()
    times = [seconds for each in pool.map(loop, range(callers)) for seconds in each]
    return size * len(times) / (time.perf_counter() - started), times


def measure(name: str, sides: dict[str, Engine], pid: int) -> list[dict]:
    """A row for each side, batch and number of callers; sides take turns, as the machine's speed drifts."""
    images, rows = load_digits("test")[0][: max(BATCHES)].float() / 255, []
    with ThreadPoolExecutor(max(CALLERS)) as pool:
        for batch in BATCHES:
            for callers in CALLERS:
                rounds = {side: [] for side in sides}
                for _ in range(ROUNDS):
                    for side, engine in sides.items():
                        before = _cpu(pid)
                        rate, times = speed(
                            lambda e=engine, x=images[:batch]: e.reconstruct(name, x), batch, callers, pool
                        )
                        spent = _cpu(pid) - before
                        rounds[side].append((rate, spent / len(times), statistics.median(times)))
                for side, results in rounds.items():
                    rate, cpu, seconds = (statistics.median(column) for column in zip(*results, strict=True))
                    row = {"side": side, "batch": batch, "callers": callers, "images a second": round(rate)}
                    rows.append(row | {"ms": round(1000 * seconds, 2), "CPU ms": round(1000 * cpu, 2)})
    return rows


def _cpu(pid: int) -> float:
    """Seconds of processor that Ray and this process have used."""
    return cpu_seconds(pid) + time.process_time()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="ae-conv")
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    busy = round(os.getloadavg()[0], 1)  # what else the machine had to do
    began = time.monotonic()
    with serving(options.replicas) as (port, pid):
        started, memory = time.monotonic() - began, Usage(pid).now().all_rss
        handle, http = Cluster("ray://auto"), Cluster(f"http://127.0.0.1:{port}")
        sides = {
            "in process": Engine("cpu"),
            "Ray, handle": Engine("cpu", cluster=lambda: handle),
            "Ray, HTTP": Engine("cpu", cluster=lambda: http),
        }
        _connect(sides, options.model, [handle, http])
        rows = measure(options.model, sides, pid)
        assert not handle.problem and not http.problem, "the cluster was away meanwhile"
    print(f"{options.model}: Ray was up after {started:.0f} s and takes {memory:,} MB")
    print(f"{'':<12} {'batch':>6} {'callers':>8} {'images/s':>10} {'ms a call':>10} {'CPU ms a call':>14}")
    for row in rows:
        side, batch, callers, rate, ms, cpu = row.values()
        print(f"{side:<12} {batch:6} {callers:8} {rate:10,} {ms:10.2f} {cpu:14.2f}")
    if options.save:
        import ray

        machine = {"cores": len(os.sched_getaffinity(0))}
        machine["memory GB"] = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
        saved = {
            "machine": machine,
            "ray": ray.__version__,
            "model": options.model,
            "replicas": options.replicas,
            "busy": busy,
        }
        saved |= {"started s": round(started), "memory MB": memory, "rows": rows}
        RESULTS.write_text(json.dumps(saved, indent=1) + "\n")


def _connect(sides: dict[str, Engine], name: str, clusters: list[Cluster]) -> None:
    """Until every side answers by the way that it is named for."""
    until, x = time.monotonic() + START, torch.zeros(1, 1, 28, 28)
    for engine in sides.values():
        engine.reconstruct(name, x)
    while any(cluster.problem for cluster in clusters):
        if time.monotonic() > until:
            raise SystemExit("The deployment could not be reached.")
        time.sleep(0.5)
        for cluster, engine in zip(clusters, list(sides.values())[1:], strict=True):
            cluster._again = 0.0
            engine.reconstruct(name, x)


if __name__ == "__main__":
    main()
