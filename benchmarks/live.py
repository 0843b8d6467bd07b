"""Milliseconds a picture of the live networks in headless Chromium, with WebAssembly, without, and beside torch.

    python -m benchmarks.live [--rounds 10] [--seconds 3]

All take turns, so that all meet the same moods of the machine; torch has one thread. A network that is not trained yet
is timed with fresh weights, which cost the same. Then a mouse moves over the two live panels of the lab's latent map:
no request and no message may leave the browser. The script ends with 1 if a bar or that is missed.
"""

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"

import statistics
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import torch
from playwright.sync_api import Browser, Page, sync_playwright

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.masking import patches
from aecore.models import build
from aecore.recipes import RECIPES
from benchmarks import chromium
from benchmarks.map import complete, hover, visit
from benchmarks.screenshots import served

# network, what is timed, the bar in ms for median and p95
ROWS = [
    ("vae-2", "decode", 4),
    ("ae-conv", "forward", 16),
    ("dae", "forward", 16),
    ("judge", "forward", 4),
    ("inpainter", "forward_masked", 16),
    ("upscaler", "forward", 4),
    ("galaxy-vae", "forward", 30),
    ("masked", "forward_masked", 30),
]
CALLS = 40  # a round
MASK = patches.as_mask(patches.scattered(1, (7, 7), 0.75, torch.Generator().manual_seed(1)), (7, 7), 4)
SITE = "http://localhost:8851"  # answered by Playwright, not by a server
ROOT = Path(__file__).resolve().parents[1]
# performance.now() is coarse, 0.1 ms, unless a page is isolated from all others
HEADERS = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}

LOAD = """async (names) => {
    const { loadNetwork } = await import("/ui/live/network.js")
    const { PlainRoom, SimdRoom } = await import("/ui/live/room.js")
    globalThis.networks = { simd: {}, plain: {} }
    globalThis.pictures = {}
    for (const name of names) {
        const file = await (await fetch(`/${name}`)).arrayBuffer()
        networks.simd[name] = await loadNetwork(file, new SimdRoom())
        networks.plain[name] = await loadNetwork(file, new PlainRoom())
        pictures[name] = new Float32Array(await (await fetch(`/${name}/pictures`)).arrayBuffer())
    }
}"""
TIME = """async ([way, name, what, calls, mask]) => {
    const network = networks[way][name]
    const size = pictures[name].length / calls
    const masks = what === "forward_masked" ? [new Float32Array(mask)] : []
    const times = []
    for (let i = 0; i < calls; i++) {
        const x = pictures[name].slice(size * i, size * (i + 1))
        const given = what === "decode" ? network.encode(x) : x
        const start = performance.now()
        network[what](given, ...masks)
        times.push(performance.now() - start)
        await new Promise((next) => setTimeout(next))
    }
    return times
}"""


def checkpoint(name: str, folder: Path) -> Path:
    """The file of a network; if it is not trained yet, one with fresh weights in `folder`."""
    if name in checkpoints.names():
        return checkpoints.folder() / f"{name}.safetensors"
    recipe = RECIPES[name]
    model = build(recipe.family, recipe.config)
    card = Card(name, f"{name} (untrained)", "", recipe.family, asdict(model.config), {})
    return checkpoints.save(model, card, folder / f"{name}.safetensors")


def open_page(context, paths: dict[str, Path], pictures: dict[str, torch.Tensor]) -> Page:
    """A page that has loaded the networks."""

    def answer(route) -> None:
        asked = route.request.url.removeprefix(SITE + "/")
        if asked.endswith(".js"):
            route.fulfill(body=(ROOT / asked).read_bytes(), content_type="text/javascript", headers=HEADERS)
        elif asked.endswith("/pictures"):
            route.fulfill(body=pictures[asked.split("/")[0]].numpy().tobytes(), headers=HEADERS)
        elif asked in paths:
            route.fulfill(body=paths[asked].read_bytes(), headers=HEADERS)
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html", headers=HEADERS)

    page = context.new_page()
    page.route(f"{SITE}/**", answer)
    page.goto(SITE)
    page.evaluate(LOAD, list(paths))
    return page


@torch.inference_mode()
def time_torch(model: torch.nn.Module, what: str, x: torch.Tensor) -> list[float]:
    """Milliseconds of each call, one digit at a time."""
    times, masks = [], [MASK] if what == "forward_masked" else []
    for digit in x.split(1):
        given = model.encode(digit) if what == "decode" else digit
        start = time.perf_counter()
        model.decode(given) if what == "decode" else model(given, *masks)
        times.append(1000 * (time.perf_counter() - start))
    return times


def sent_while_hovering(browser: Browser, url: str, seconds: float) -> dict[str, tuple[float, int]]:
    """Of the live panels of the latent map: pictures drawn a second, and requests and messages that left the page."""
    page = visit(browser, url)
    page.on("request", lambda request: page.sent.append(request.url))
    complete(page)
    counts = {}
    for name in ("ae-2", "vae-2"):
        page.sent.clear()
        drawn = hover(page, name, seconds)["drawn"]
        page.wait_for_timeout(300)  # what was sent at the end is reported, too
        counts[name] = drawn, len(page.sent)
    page.context.close()
    return counts


def main() -> int:
    """Print what was found; 1 if something was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3, help="of hovering over a panel")
    options = parser.parse_args()
    rounds = options.rounds
    torch.set_num_threads(1)
    digits = load_digits("test")[0][:CALLS].float() / 255
    names = list(dict.fromkeys(name for name, _, _ in ROWS))
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        paths = {name: checkpoint(name, Path(folder)) for name in names}
        models = {name: checkpoints.load(path) for name, path in paths.items()}
        shapes = {name: model.config.image_shape for name, model in models.items()}
        pictures = {
            name: digits if shape == (1, 28, 28) else torch.rand(CALLS, *shape) for name, shape in shapes.items()
        }
        browser = chromium.launch(playwright)
        page = open_page(browser.new_context(), paths, pictures)
        measured: dict[tuple, tuple[list, list, list]] = {(name, what): ([], [], []) for name, what, _ in ROWS}
        for turn in range(rounds + 1):
            for (name, what), columns in measured.items():
                times = [
                    page.evaluate(TIME, [way, name, what, CALLS, MASK.flatten().tolist()]) for way in ("simd", "plain")
                ]
                times.append(time_torch(models[name], what, pictures[name]))
                if turn:  # the first round warms up the compiler
                    for column, more in zip(columns, times, strict=True):
                        column += more
        page.context.close()
        print(f"Chromium {browser.version} and torch {torch.__version__}, ms a digit, {rounds * CALLS} calls each")
        missed = False
        heads = f"{'browser p50':>12} {'p95':>7} {'plain p50':>10} {'torch p50':>10} {'bar':>5}"
        print(f"{'network':<10} {'what':<16} {heads}")
        for name, what, bar in ROWS:
            label = "75% hidden" if what == "forward_masked" else what
            simd, _, _ = measured[name, what]
            p50, plain50, torch50 = map(statistics.median, measured[name, what])
            untrained = "" if name in checkpoints.names() else "  (untrained)"
            missed |= p95(simd) > bar
            print(
                f"{name:<10} {label:<16} {p50:>12.2f} {p95(simd):>7.2f} {plain50:>10.2f} {torch50:>10.2f}"
                f" {bar:>5}{untrained}"
            )
        with served() as url:
            hovered = sent_while_hovering(browser, url, options.seconds)
        browser.close()
    for name, (drawn, sent) in hovered.items():
        missed |= drawn == 0 or sent > 0
        print(f"hovering over {name:<5} on the latent map: {drawn:.0f} pictures a second, {sent} requests or messages")
    return int(missed)


def p95(times: list[float]) -> float:
    """The time that 95 % of the calls stay under."""
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
