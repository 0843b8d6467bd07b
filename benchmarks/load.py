"""How many visitors the lab holds: websocket clients and a few real browsers that draw, set, hover and interpolate.

    python -m benchmarks.load [--visitors 20 60 100] [--minutes 10] [--browsers 5] [--processes 2] [--save]
    python -m benchmarks.load --each 12            # CPU an interaction, one kind after the other
    python -m benchmarks.load --visitors 20 --minutes 0.5 --browsers 0 --profile profile.txt

It starts the server itself. Latencies need a quiet machine; CPU seconds an interaction do not. What is below a stage is
in a visitor's sight after every third change: out of sight it asks for nothing (ui/output/below).
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from benchmarks.served import Usage, served
from benchmarks.socket_visitor import Visitor

RESULTS = Path(__file__).parent / "results/load.json"
PAUSE = 5.0  # s between two interactions of a visitor, on average
STAGES = {  # path of a page -> the component that is its stage
    "": "ui_output_strip_strip",
    "denoise": "ui_output_strip_strip",
    "interpolate": "pages_interpolate_walk_walk",
    "latent_map": "pages_latent_map_board_board",
}
MIX = {  # page -> what is done there, how often in all; hovering asks nothing, so that only browsers do it
    "denoise": {"stroke": 6, "strength": 3},
    "": {"stroke": 3},
    "interpolate": {"pair": 3, "place": 2},
    "latent_map": {"stroke": 1},
}
LEFT = 150.0  # s until it is looked at what is left of them: for two minutes each may come back to their session
STAY = 5  # interactions on a page, on average
BARS = {60: 0.5, 100: 1.0}  # visitors -> s, p95 of what an interaction waits for


@dataclass
class Tally:
    """What was waited for, by name, in seconds; interactions by kind; what went wrong; asks: runs that
    each stroke of a real browser asked for."""

    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    done: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    errors: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asks: list[int] = field(default_factory=list)

    def add(self, kind: str, waits: dict[str, float]) -> None:
        """One interaction."""
        self.done[kind] += 1
        for name, seconds in waits.items():
            self.waits[name].append(seconds)


# ---- interactions


async def stroke(visitor: Visitor) -> dict[str, float]:
    """Draw something else."""
    return await visitor.stroke()


async def strength(visitor: Visitor) -> dict[str, float]:
    """Denoise: another strength of the damage."""
    return await visitor.set("Strength", round(visitor.rng.uniform(0.1, 0.9), 2))


async def pair(visitor: Visitor) -> dict[str, float]:
    """Interpolate: two other digits."""
    return await visitor.press("Another pair")


async def place(visitor: Visitor) -> dict[str, float]:
    """Interpolate: the slider rests somewhere else."""
    return await visitor.trigger(STAGES["interpolate"], "place", round(visitor.rng.random(), 2))


DO: dict[str, Callable[[Visitor], Awaitable[dict[str, float]]]] = {
    "stroke": stroke,
    "strength": strength,
    "pair": pair,
    "place": place,
}


async def visit(url: str, seed: int, tally: Tally, until: float) -> None:
    """One visitor, from coming to leaving; comes again after an error."""
    rng = random.Random(seed)
    while time.monotonic() < until:
        visitor = Visitor(url, rng)
        try:
            await visitor.open()
            while time.monotonic() < until:
                await _stay(visitor, rng, tally, until)
        except Exception as error:
            tally.errors[f"{visitor.doing}: {type(error).__name__}: {error}"[:200]] += 1
            await asyncio.sleep(1)
        finally:
            with contextlib.suppress(Exception):
                await visitor.close()


async def _stay(visitor: Visitor, rng: random.Random, tally: Tally, until: float) -> None:
    """Some interactions on one page."""
    (page,) = rng.choices([*MIX], [sum(kinds.values()) for kinds in MIX.values()])
    visitor.doing = f"to {page or 'home'}"
    tally.add("page", await visitor.go(page, STAGES[page]))
    for _ in range(rng.randint(2, 2 * STAY - 2)):
        await asyncio.sleep(rng.expovariate(1 / PAUSE))
        if time.monotonic() > until:
            return
        (kind,) = rng.choices([*MIX[page]], [*MIX[page].values()])
        visitor.doing = f"{page or 'home'} {kind}"
        tally.add(visitor.doing, await DO[kind](visitor))


# ---- runs


async def drive(url: str, visitors: int, browsers: int, seconds: float, usage: Usage) -> dict:
    """So many visitors for so long: what they waited for, and what it cost the server."""
    warm = usage.now()
    tally, until = Tally(), time.monotonic() + seconds
    ramp = min(20.0, seconds / 4)

    async def come(seed: int) -> None:
        await asyncio.sleep(ramp * seed / visitors)
        await visit(url, seed, tally, until)

    crowd = [asyncio.create_task(come(seed)) for seed in range(visitors)]
    if browsers:
        from benchmarks.load_browsers import browse  # late: it needs Playwright

        crowd.append(asyncio.create_task(browse(url, browsers, tally, until)))
    await asyncio.sleep(ramp)
    before, began = usage.now(), time.monotonic()
    done_before, seen = sum(tally.done.values()), [before]
    while time.monotonic() < until:
        await asyncio.sleep(min(5.0, max(0.0, until - time.monotonic())))
        seen.append(usage.now())
    after, spent = usage.now(), time.monotonic() - began
    done = sum(tally.done.values()) - done_before
    await asyncio.gather(*crowd)
    half = seen[len(seen) // 2]
    grown = (after.rss - half.rss) / max(done / 2, 1) * 1000
    left = await _left(usage, 0 if seconds < 60 else LEFT)
    return {
        "visitors": visitors,
        "seconds": round(spent),
        "interactions": done,
        "a second": round(done / spent, 2),
        "cores": round((after.cpu - before.cpu) / spent, 2),
        "CPU ms an interaction": round(1000 * (after.cpu - before.cpu) / max(done, 1)),
        "waits": {name: summary(times) for name, times in sorted(tally.waits.items())},
        "runs of a browser's stroke": median(tally.asks) if tally.asks else None,
        "errors": dict(tally.errors),
        "memory MB": {
            "warm": warm.rss,
            "most": max(now.rss for now in seen),
            "most with workers": max(now.all_rss for now in seen),
            "after all have left": left.rss,
            "a 1,000 interactions": round(grown, 1),
        },
        "threads": max(now.threads for now in seen),
    }


async def _left(usage: Usage, seconds: float) -> object:
    await asyncio.sleep(seconds)
    return usage.now()


async def each(url: str, seconds: float, usage: Usage) -> dict:
    """CPU an interaction costs the server, one kind after the other, by four visitors without a pause."""
    costs = {}
    for page, kinds in MIX.items():
        visitors = [Visitor(url, random.Random(seed)) for seed in range(4)]
        for visitor in visitors:
            await visitor.open()
            await visitor.go(page, STAGES[page])
            await asyncio.sleep(1.5)
        for kind in kinds:
            tally, until = Tally(), time.monotonic() + seconds
            heard, asks, before = sum(v.heard for v in visitors), sum(v.asks for v in visitors), usage.now()

            async def go_on(visitor: Visitor, kind: str = kind, tally: Tally = tally, until: float = until) -> None:
                while time.monotonic() < until:
                    tally.add(kind, await DO[kind](visitor))

            await asyncio.gather(*map(go_on, visitors))
            done, after = tally.done[kind], usage.now()
            costs[f"{page or 'home'} {kind}"] = {
                "CPU ms": round(1000 * (after.cpu - before.cpu) / done, 1),
                "kB": round((sum(v.heard for v in visitors) - heard) / done / 1000, 1),
                "runs asked": round((sum(v.asks for v in visitors) - asks) / done, 1),
                "waits": {name: summary(times) for name, times in tally.waits.items()},
            }
        for visitor in visitors:
            await visitor.close()
    costs["page"] = await _pages(url, seconds, usage)
    return costs


async def _pages(url: str, seconds: float, usage: Usage) -> dict:
    visitor, times, until = Visitor(url, random.Random(0)), [], time.monotonic() + seconds
    await visitor.open()
    heard, before = visitor.heard, usage.now()
    while time.monotonic() < until:
        for page, stage in STAGES.items():
            times.append((await visitor.go(page, stage))["page"])
    cpu = usage.now().cpu - before.cpu
    await visitor.close()
    kilobytes = (visitor.heard - heard) / len(times) / 1000
    return {"CPU ms": round(1000 * cpu / len(times), 1), "kB": round(kilobytes, 1), "waits": {"page": summary(times)}}


def summary(times: list[float]) -> dict[str, float]:
    """Median and 95th percentile in seconds, and how many there were."""
    most = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return {"median": round(median(times), 3), "p95": round(most, 3), "count": len(times)}


def limit(run: dict, cores: int, processes: int) -> str:
    """What holds a run back, in one sentence."""
    used = run["cores"]
    if used > 0.85 * processes and processes < cores:
        return f"the interpreter's lock: {used} cores of {processes} process(es); start more of them"
    if used > 0.85 * cores:
        return f"the cores: {used} of {cores} are the server's"
    return f"nothing yet: the server uses {used} of {cores} cores"


@contextmanager
def profiled(usage: Usage, path: Path | None) -> Iterator[None]:
    """py-spy beside the server, its samples (collapsed stacks, only of those that hold the lock) in a file."""
    if path is None:
        yield
        return
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--gil", "--format", "raw", "--rate", "200"]
    spy = subprocess.Popen([*command, "--output", str(path), "--pid", str(usage.pids()[0])])
    yield
    spy.send_signal(2)
    spy.wait(60)


def main() -> int:
    """Print what was measured; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[20, 60, 100])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--browsers", type=int, default=5, help="real ones among them")
    parser.add_argument("--processes", type=int, default=1, help="of the server")
    parser.add_argument("--each", type=float, metavar="SECONDS", help="CPU an interaction by kind, so long each")
    parser.add_argument("--profile", type=Path, help="write py-spy's samples to this file")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    cores, report, missed = len(os.sched_getaffinity(0)), {}, False
    with served(options.processes) as (url, usage), profiled(usage, options.profile):
        if options.each:
            report = asyncio.run(each(url, options.each, usage))
            for kind, cost in report.items():
                waits = ", ".join(f"{name} {wait['median']:.3f} s" for name, wait in cost["waits"].items())
                cost_said = f"{cost['CPU ms']:7.1f} ms {cost['kB']:7.1f} kB {cost.get('runs asked', 1):4} runs"
                print(f"{kind:<20} {cost_said}   {waits}", flush=True)
            return 0
        for visitors in options.visitors:
            browsers = min(options.browsers, visitors)
            run = asyncio.run(drive(url, visitors - browsers, browsers, 60 * options.minutes, usage))
            run["visitors"], run["limited by"] = visitors, limit(run, cores, options.processes)
            report[visitors] = run
            missed |= show(run) or bool(run["errors"])
    if options.save:
        machine = {"cores": cores, "memory GB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)}
        saved = {"machine": machine, "processes": options.processes, "browsers": options.browsers, "runs": {}}
        if RESULTS.exists():  # a crowd at a time: another one's run stays, if it was made in the same way
            before = json.loads(RESULTS.read_text())
            saved["runs"] = before["runs"] if before | {"runs": {}} == saved else {}
        saved["runs"] |= {str(visitors): run for visitors, run in report.items()}
        RESULTS.write_text(json.dumps(saved, indent=1) + "\n")
    return int(missed)


def show(run: dict) -> bool:
    """Print one run; whether it missed a bar."""
    print(
        f"{run['visitors']} visitors, {run['seconds']} s: {run['interactions']} interactions, "
        f"{run['a second']} a second, {run['CPU ms an interaction']} ms of CPU each, {run['cores']} cores, "
        f"{run['threads']} threads"
    )
    bar, missed = BARS.get(run["visitors"]), False
    for name, wait in run["waits"].items():
        miss = bar is not None and wait["p95"] >= bar and name in ("pen", "setting", "page", "place")
        missed |= miss
        mark = "  !" if miss else ""
        print(f"  {name:<26} {wait['median']:7.3f} s median {wait['p95']:7.3f} s p95 {wait['count']:6}{mark}")
    asked = run["runs of a browser's stroke"]
    if asked is not None:
        print(f"  a stroke in a browser asks for {asked:g} runs")
    print("  memory MB: " + ", ".join(f"{name} {value}" for name, value in run["memory MB"].items()))
    for error, count in run["errors"].items():
        print(f"  {count} x {error}")
    print(f"  limited by {run['limited by']}", flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
