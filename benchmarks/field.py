"""Training on the Vector field page, in headless Chromium: steps a second beside TensorFlow.js, time to a right look.

    python -m benchmarks.field [--rounds 12] [--seconds 0.5]

TensorFlow.js' CPU backend trains the same network (2-64-64-2, tanh, batch 128, Adam) on the same noisy points in the
same browser; both take turns, so that both meet the same moods of the machine. It is fetched by npm into a temporary
folder. Then the page itself: seconds from Reset until the arrows' cosine with the score passes 0.95 and a noisy point
loses half of its way to the data in one pass, and frames a second meanwhile. The script ends with 1 if a bar is missed.
"""

import argparse
import os

os.environ["OMP_NUM_THREADS"] = "1"

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks import chromium
from benchmarks.screenshots import SIZE, served

ROOT = Path(__file__).resolve().parents[1]
SITE = "http://localhost:8852"  # answered by Playwright, not by a server
TFJS = "@tensorflow/tfjs@4.22.0"
TIMES_FASTER, SECONDS = 5, 4  # the bars
SHAPES = ("Circle", "Moons", "Branches")

BEGIN = """async () => {
    const { Training } = await import("/pages/vector_field/trainer/training.js")
    const { curve } = await import("/pages/vector_field/trainer/curves.js")
    const { Draws } = await import("/ui/live/train/draws.js")
    const recipe = { kind: "denoising", sigma: 0.2, lr: 5e-3, widths: [64, 64], batch: 128, seed: 0 }
    const ours = new Training(curve("branches"), recipe)
    await tf.setBackend("cpu")
    await tf.ready()
    const sizes = [2, 64, 64, 2]
    const layers = sizes.slice(1).map((size, i) => [
        tf.variable(tf.randomUniform([sizes[i], size], -0.3, 0.3)), tf.variable(tf.zeros([size])),
    ])
    const r = (x) => layers.reduce((h, [w, b], i) => i < 2 ? h.matMul(w).add(b).tanh() : h.matMul(w).add(b), x)
    const optimizer = tf.train.adam(5e-3)
    const [points, rng] = [curve("branches"), new Draws(0, 1)]
    const [clean, noisy] = [new Float32Array(256), new Float32Array(256)]
    const theirs = () => tf.tidy(() => {
        for (let i = 0; i < 128; i++) {
            const row = rng.below(points.length / 2)
            for (let d = 0; d < 2; d++) {
                clean[2 * i + d] = points[2 * row + d]
                noisy[2 * i + d] = clean[2 * i + d] + 0.2 * rng.normal()
            }
        }
        const [x, given] = [tf.tensor2d(clean, [128, 2]), tf.tensor2d(noisy, [128, 2])]
        optimizer.minimize(() => r(given).sub(x).square().sum(1).mean())
    })
    globalThis.pace = (name, seconds) => {
        const step = name === "ours" ? () => ours.step() : theirs
        const start = performance.now()
        let steps = 0
        while (performance.now() - start < 1000 * seconds) {
            step()
            steps++
        }
        return (1000 * steps) / (performance.now() - start)
    }
}"""
LOOKS_RIGHT = """async () => {
    const field = [...document.querySelectorAll("*")].map((e) => e.shadowRoot?.querySelector(".field")).find(Boolean)
    const number = (place) => Number(field.querySelectorAll("dl b")[place]?.textContent.split("→").at(-1))
    const before = () => Number(field.querySelectorAll("dl b")[2]?.textContent.split("→")[0])
    field.querySelector(".reset").click()
    const frames = Number(field.dataset.frames)
    const start = performance.now()
    while (Number(field.dataset.step) === 0) await new Promise(requestAnimationFrame)
    field.querySelector("dl").innerHTML = ""
    let seconds = 0
    do {
        await new Promise(requestAnimationFrame)
        seconds = (performance.now() - start) / 1000
    } while (!(number(3) > 0.95 && number(2) < 0.5 * before()) && seconds < 60)
    return [seconds, Number(field.dataset.step), (Number(field.dataset.frames) - frames) / seconds]
}"""


def paces(browser: Browser, script: bytes, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Steps a second of both, in each of the rounds."""

    def answer(route) -> None:
        asked = route.request.url.removeprefix(SITE + "/")
        if asked == "tf.js":
            route.fulfill(body=script, content_type="text/javascript")
        elif asked.endswith(".js"):
            route.fulfill(body=(ROOT / asked).read_bytes(), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><script src=/tf.js></script>", content_type="text/html")

    page = browser.new_page()
    page.route(f"{SITE}/**", answer)
    page.goto(SITE)
    page.evaluate(BEGIN)
    measured = {"ours": [], "tfjs": []}
    for turn in range(rounds + 1):
        for name, list_ in measured.items():
            pace = page.evaluate("([name, seconds]) => pace(name, seconds)", [name, seconds])
            if turn:  # the first round warms up the compiler
                list_.append(pace)
    page.close()
    return measured


def main() -> int:
    """Print what was measured; 1 if a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.5, help="of training a round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        fetch = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, TFJS]
        subprocess.run(fetch, check=True)
        script = (Path(folder) / "node_modules/@tensorflow/tfjs/dist/tf.min.js").read_bytes()
        browser = chromium.launch(playwright)
        measured = paces(browser, script, options.rounds, options.seconds)
        print(f"Chromium {browser.version}, 2-64-64-2, batch 128, denoising; steps a second, best of {options.rounds}")
        ours, theirs = (max(measured[name]) for name in ("ours", "tfjs"))  # other work only slows down
        print(f"  ours {ours:8.0f}\n  tfjs {theirs:8.0f}, CPU backend")
        print(f"  ratio {ours / theirs:7.1f} (bar {TIMES_FASTER})")
        missed = ours < TIMES_FASTER * theirs
        print(f"\nOn the page, from Reset until it looks right (bar {SECONDS} s)")
        with served() as url:
            for shape in SHAPES:
                page = browser.new_page(viewport=SIZE)
                page.goto(f"{url}/vector_field?field_shape={shape}")
                page.wait_for_selector(".field:not([data-step='0'])", timeout=60_000)
                page.wait_for_timeout(3_000)  # until the page has loaded all of itself
                seconds, steps, frames = page.evaluate(LOOKS_RIGHT)
                print(f"  {shape:9} {seconds:5.1f} s, {steps:5} steps, {frames:4.0f} frames a second")
                missed |= seconds > SECONDS
                page.close()
        browser.close()
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
