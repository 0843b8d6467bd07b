"""What a visitor who draws feels of ten others who all ask for slow work at once, and what that costs the servers.

    python -m benchmarks.neighbours [--heavy 10] [--seconds 40] [--processes 1] [--save]

For each kind of slow work, one after the other: a visitor draws on Denoise, alone and then while the others' work runs;
the others leave in the middle of it, and it is timed how long anything goes on computing. Needs a quiet machine.
"""

import argparse
import asyncio
import io
import json
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks.load import STAGES, summary
from benchmarks.served import Usage, served
from benchmarks.socket_visitor import Visitor

RESULTS = Path(__file__).parent / "results/neighbours.json"
PAUSE = 0.7  # s between two strokes
BAR = 1.5  # times the wait alone
IDLE = 0.15  # cores: below it, nothing computes any more
UPLOADER = "Any picture, 10 MB at most"


async def samples(visitor: Visitor, seed: int) -> None:
    """10,000 digits to take home."""
    query = f"generate_section=Take+samples+home&generate_size=10,000&generate_seed={seed}"
    await visitor.go("generate", "Make them", query)
    await visitor.press("Make them")


async def photo(visitor: Visitor, seed: int) -> None:
    """A photo of four megapixels, cleaned by the network."""
    await visitor.go("photos", UPLOADER, "photos_source=Upload")
    await visitor.upload(UPLOADER, f"{seed}.jpg", jpeg(seed))


async def search(visitor: Visitor, seed: int) -> None:
    """Inpaint's search in the latent space."""
    await visitor.go("inpaint", "pages_inpaint_search_search", f"inpaint_starts={seed}")


Work = Callable[[Visitor, int], Awaitable[None]]
KINDS: dict[str, Work] = {
    "10,000 samples": samples,
    "a photo of 4 megapixels": photo,
    "a latent search": search,
}


def jpeg(seed: int, width: int = 2304, height: int = 1728) -> bytes:
    """A picture of large shapes with noise, as JPEG."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (9, 12, 3), dtype=np.uint8))
    large = np.asarray(small.resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = (large + rng.normal(0, 20, large.shape)).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=85)
    return file.getvalue()


async def draw(visitor: Visitor, until: float) -> list[float]:
    """Strokes until then; what each waited for its answer, in seconds."""
    waits = []
    while time.monotonic() < until:
        waits.append((await visitor.stroke())["pen"])
        await asyncio.sleep(PAUSE)
    return waits


async def beside(url: str, usage: Usage, work: Work, heavy: int, seconds: float) -> dict:
    """One kind of slow work: waits alone and beside it, memory, and what goes on after they have left."""
    light = Visitor(url, random.Random(0))
    await light.open()
    await light.go("denoise", STAGES["denoise"])
    await draw(light, time.monotonic() + 3)  # the first answers load what they need
    alone = await draw(light, time.monotonic() + seconds / 2)
    others, problems = [Visitor(url, random.Random(1 + seed)) for seed in range(heavy)], []
    before, most, most_cores = usage.now(), 0, 0.0

    async def ask(seed: int, visitor: Visitor) -> None:
        try:
            await visitor.open()
            await work(visitor, 1000 + seed)
        except Exception as error:  # what a visitor saw; the others go on
            problems.append(f"{type(error).__name__}: {error}"[:200])

    asking = [asyncio.create_task(ask(seed, visitor)) for seed, visitor in enumerate(others)]
    drawing = asyncio.create_task(draw(light, time.monotonic() + seconds))
    while not drawing.done():
        then, cpu = time.monotonic(), usage.now().cpu
        await asyncio.sleep(1)
        now = usage.now()
        most, most_cores = max(most, now.all_rss), max(most_cores, (now.cpu - cpu) / (time.monotonic() - then))
    crowded = drawing.result()
    await asyncio.gather(*asking)
    still = await _cores(usage, 0.5)  # whether they left in the middle of it
    for visitor in others:
        await visitor.close()
    left = time.monotonic()
    while await _cores(usage, 0.25) > IDLE and time.monotonic() - left < 60:
        pass
    ended = time.monotonic() - left
    await light.close()
    return {
        "alone": summary(alone),
        "beside": summary(crowded),
        "times the median": round(median(crowded) / median(alone), 2),
        "cores at most": round(most_cores, 2),
        "cores when they left": round(still, 2),
        "s until nothing computed": round(ended, 2),
        "MB before": before.all_rss,
        "MB more at most": most - before.all_rss,
        "problems": problems,
    }


async def _cores(usage: Usage, seconds: float) -> float:
    """How many the servers and their workers use."""
    before, began = usage.now().cpu, time.monotonic()
    await asyncio.sleep(seconds)
    return (usage.now().cpu - before) / (time.monotonic() - began)


def main() -> int:
    """Print what was measured; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heavy", type=int, default=10, help="visitors who ask for slow work")
    parser.add_argument("--seconds", type=float, default=40, help="that the one who draws goes on beside them")
    parser.add_argument("--processes", type=int, default=1, help="of the server")
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    report, missed = {}, False
    for name, work in KINDS.items():
        with served(options.processes) as (url, usage):
            run = asyncio.run(beside(url, usage, work, options.heavy, options.seconds))
        report[name] = run
        missed |= run["times the median"] > BAR or bool(run["problems"])
        print(f"{options.heavy} x {name}")
        for key, value in run.items():
            print(f"  {key}: {value}", flush=True)
    if options.save:
        memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
        machine = {"cores": len(os.sched_getaffinity(0)), "memory GB": memory}
        saved = {"machine": machine, "heavy": options.heavy, "processes": options.processes, "kinds": report}
        RESULTS.write_text(json.dumps(saved, indent=1) + "\n")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
