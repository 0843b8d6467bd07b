"""docs/scale.md: what 1,000, 100,000 and ten million visitors a day need, by arithmetic from what was measured.

    python -m benchmarks.scale [--load benchmarks/results/load.json]

Its numbers come from results/visitors.json, the run with most visitors of `python -m benchmarks.load --processes 2`,
which `--load` takes over from that record, and from results/cluster.json (`python -m benchmarks.cluster --save`).
What it assumes about visitors stands at the top.
"""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import table

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results"
VISITS, CLUSTER = RESULTS / "visitors.json", RESULTS / "cluster.json"
PAGE = ROOT / "docs/scale.md"
VISITORS = (1_000, 100_000, 10_000_000)  # a day
PEAK = 0.15  # of a day's visitors in its busiest hour: 3.6 times the mean hour
STAY = 10  # minutes a visitor
EVERY = 6  # s between two interactions that the server hears of
FULL = 0.6  # of a core that is planned for; the rest is for bursts


@dataclass(frozen=True)
class Need:
    """For one number of visitors a day, in the busiest hour; memory in GB."""

    a_day: int
    at_once: int
    a_second: float
    cores: int
    memory: int


def need(a_day: int, run: dict) -> Need:
    """The arithmetic. Args: run: see `taken_over`."""
    at_once = a_day * PEAK * STAY / 60
    a_second = at_once / EVERY
    cores = max(1, math.ceil(a_second * run["CPU ms an interaction"] / 1000 / FULL))
    memory = process_mb(run) * cores + visitor_mb(run) * at_once
    return Need(a_day, math.ceil(at_once), a_second, cores, math.ceil(memory / 1000))


def taken_over(load: dict) -> dict:
    """What counts here of a record of benchmarks/load.py: its run with most visitors, and where it was measured."""
    run = load["runs"][max(load["runs"], key=int)]
    names = ("visitors", "seconds", "interactions", "CPU ms an interaction")
    kept = {name: run[name] for name in names}
    kept["memory MB"] = {name: run["memory MB"][name] for name in ("warm", "most")}
    return {"machine": load["machine"], "processes": load["processes"], **kept}


def process_mb(run: dict) -> float:
    """Of a server process, before visitors come."""
    return run["memory MB"]["warm"] / run["processes"]


def visitor_mb(run: dict) -> float:
    """By which the servers grow for each visitor that is there."""
    return max(0.0, run["memory MB"]["most"] - run["memory MB"]["warm"]) / run["visitors"]


def side(cluster: dict, name: str, batch: int, callers: int = 1) -> dict:
    """One row of benchmarks/cluster.py."""
    return next(row for row in cluster["rows"] if (row["side"], row["batch"], row["callers"]) == (name, batch, callers))


def written(run: dict, cluster: dict) -> str:
    """The page. Args: run, cluster: the two records."""
    rows = [need(a_day, run) for a_day in VISITORS]
    own, handle, http = (side(cluster, name, 1) for name in ("in process", "Ray, handle", "Ray, HTTP"))
    share = own["CPU ms"] / run["CPU ms an interaction"]
    needs = [
        [row.a_day, row.at_once, f"{row.a_second:,.1f}", row.cores, f"{row.memory:,} GB", machines(row)] for row in rows
    ]
    speeds = [
        [batch, callers, *(side(cluster, name, batch, callers)["images a second"] for name in SIDES)]
        for batch, callers in sorted({(row["batch"], row["callers"]) for row in cluster["rows"]})
    ]
    costs = [[row["side"], row["ms"], row["CPU ms"]] for row in (own, handle, http)]
    return PARTS.format(
        peak=PEAK,
        stay=STAY,
        every=EVERY,
        full=FULL,
        visitors=run["visitors"],
        machine=machine(run),
        cpu=run["CPU ms an interaction"],
        process=process_mb(run),
        visitor=visitor_mb(run),
        needs="\n".join(table(["visitors a day", "at once", "a second", "cores", "memory", "that is"], needs)),
        ray_machine=machine(cluster),
        busy="" if cluster["busy"] < 1 else ", which had other work: compare columns, not pages",
        ray=cluster["ray"],
        model=cluster["model"],
        speeds="\n".join(table(["batch", "callers", *(f"{name}, images/s" for name in SIDES)], speeds)),
        costs="\n".join(table(["one digit", "ms", "ms of processor"], costs)),
        started=cluster["started s"],
        ray_memory=cluster["memory MB"],
        own=own["ms"],
        share=share,
        times=http["CPU ms"] / own["CPU ms"],
        slower=http["ms"] / own["ms"],
        example=rows[1],
    )


SIDES = ("in process", "Ray, handle", "Ray, HTTP")


def machine(record: dict) -> str:
    """What it was measured on."""
    return f"{record['machine']['cores']} cores, {record['machine']['memory GB']} GB of memory"


def machines(row: Need) -> str:
    """In machines as they are rented."""
    if row.cores <= 4:
        return "one small machine"
    size = 16 if row.cores <= 400 else 64
    count = math.ceil(row.cores / size)
    return f"{count:,} machines of {size} cores" if count > 1 else f"one machine of {size} cores"


PARTS = """# How far it goes

What 1,000, 100,000 and ten million visitors a day need. `python -m benchmarks.scale` writes this page from what
`benchmarks/load.py` and `benchmarks/cluster.py` measured; a test holds it to that. Change no number here by hand.

## Visitors

Most of what a visitor does costs the server nothing: networks run in the browser as they draw and hover.
What is left are pages, and what a hand comes to rest on. Assumed: {peak:.0%} of a day's visitors in the busiest hour,
{stay} minutes each, with something for the server every {every} s; {full:.0%} of every core planned for. Measured
({machine}, {visitors} visitors at once): {cpu:,} ms of processor an interaction, {process:,.0f} MB a server process,
{visitor:.1f} MB a visitor.

{needs}

For {example.a_day:,} a day: {example.a_day:,} x {peak} x {stay} / 60 = {example.at_once:,} at once; / {every} s =
{example.a_second:,.0f} interactions a second; x {cpu} ms / {full} = {example.cores:,} cores, with a process on each.

- **Up to one machine**: `python -m aecore host --processes N`, a process a core ([deploy.md](deploy.md)).
- **Several**: the same on each, behind a balancer that keeps a visitor where they are (`deploy/nginx.conf`): servers
  share nothing, so that they grow by standing side by side. Nothing else is needed for them.
- **Ten million**: as before, and a CDN for all that is the same for everybody (scripts, networks, pictures), since
  each first visit fetches a few megabytes. What it costs is Streamlit's run of a script for every interaction, not the
  networks: whoever must halve it moves more of a page into the browser, rather than adding machines.

## The engine behind Ray Serve

    pip install -r requirements-cluster.txt

    PYTHONPATH=. ray start --head                             # on the first machine, in the lab's folder;
    PYTHONPATH=. ray start --address=HEAD:6379                # on each other one
    python -m aecore serve --address 0.0.0.0 --port 8000      # on the first: replicas of the engine, one a GPU

    AECORE_ENGINE=ray://HEAD:10001 streamlit run app.py       # where the pages run; or
    AECORE_ENGINE=http://HEAD:8000 streamlit run app.py       # the same without Ray there
    AECORE_WORKERS=ray://HEAD:10001 streamlit run app.py      # the queue's slow work as tasks of the cluster

On one machine `python -m aecore serve` alone starts a Ray of its own; `AECORE_ENGINE=ray://auto` is then enough. All
machines need the lab's folder with the same checkpoints, one release of Ray, and one of Python.

Pages ask the cluster for what networks answer (reconstruct, encode, decode, posterior, classify); weights, gradients
and cards are read from the checkpoints beside the pages. Every question has ten seconds. While the cluster is away a
line on every page says so, the server computes by itself, and it tries again every 15 s. A checkpoint that differs
from the pages' is not asked. A worker of the queue that finds no place in the cluster within 20 s runs on the server;
the cluster's machines must be able to connect to the server, on a port of its choice.

Ray runs whatever whoever reaches its ports asks for: give all machines one secret (`RAY_AUTH_MODE=token` and
`RAY_AUTH_TOKEN` in the environment, where the pages run as well), and keep them in a network of their own, since
nothing between them is encrypted. Our HTTP door takes safetensors, never pickle, and no more than 64 MB.

### What it costs

`python -m benchmarks.cluster`, `{model}`, Ray {ray}, one replica, on one machine ({ray_machine}{busy}):

{speeds}

{costs}

Ray itself was up after {started} s and takes {ray_memory:,} MB. **At this size of networks it only adds cost on one
machine**: a digit takes {own} ms here, and through Ray {times:.0f} times the processor and {slower:.0f} times the wait.
With 1,024 at once the way no longer counts; what differs then is how fast a process gets large buffers from its
allocator. The networks are {share:.1%} of what an interaction costs the server, so moving all of them away would free
no more than that. Ray pays where one call is long and a GPU makes it short (whole photographs, the large galaxies), or
where the queue's workers need more machines than the pages; then the milliseconds of the way do not count.

## Training by several processes

    torchrun --nproc-per-node 2 -m aecore train galaxy-vae-wide

The recipe, its seed and its batch stay the same: each process computes its share of the rows inside the layers, and all
see the whole batch's loss (`aecore/training/processes.py`). So the losses are those of one process, to rounding; a test
starts two. NCCL where there are GPUs, one for each process; Gloo elsewhere. The first process alone writes checkpoint,
state and progress; an interrupted training goes on with any number of processes. Refused: batches that the processes
do not divide, networks that normalise over the batch, and the GANs. It is for networks that keep a device busy: with
the small ones, gathering takes longer than computing.
"""


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--load", type=Path, help="take over the heaviest run of this record")
    load = parser.parse_args().load
    if load:
        VISITS.write_text(json.dumps(taken_over(json.loads(load.read_text())), indent=1) + "\n")
    PAGE.write_text(written(*(json.loads(path.read_text()) for path in (VISITS, CLUSTER))))
    print(PAGE)


if __name__ == "__main__":
    main()
