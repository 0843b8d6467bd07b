"""The README's pictures: start the lab, draw a digit on it with the mouse, and photograph the pages.

    python -m benchmarks.screenshots [--out docs] [--pages masked training]

Needs Chromium and playwright; takes half a minute a picture.
"""

import argparse
import math
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks import chromium

ROOT = Path(__file__).resolve().parents[1]
SIZE = {"width": 1440, "height": 900}
# A five, in shares of the pad's side: a bar, a stem, and three quarters of a circle.
BOWL = [(0.49 + 0.17 * math.cos(t / 10), 0.62 + 0.17 * math.sin(t / 10)) for t in range(-17, 27)]
STROKES = [[(0.36, 0.22), (0.35, 0.47), *BOWL], [(0.36, 0.22), (0.66, 0.21)]]
SHOTS = {  # file name -> path of the page, colour scheme, whether to draw on it first
    "denoise.png": ("/denoise", "light", True),
    "latent-map.png": ("/latent_map?map_grid=true", "dark", True),
    "interpolate.png": ("/interpolate", "light", False),
    "generate.png": ("/generate", "dark", False),
    "inpaint.png": ("/inpaint", "light", False),
    "super-resolution.png": ("/super_resolution", "dark", False),
    "photos.png": ("/photos", "light", False),
    "galaxies.png": ("/galaxies", "dark", False),
    "vector-field.png": ("/vector_field?field_shape=Moons", "dark", False),
    "gans.png": ("/gans", "light", False),
    "training.png": ("/training", "light", False),
    "bottleneck.png": ("/bottleneck", "light", True),
    "regularise.png": ("/regularise?regularise_network=wide-contractive", "dark", True),
    "tangents.png": ("/tangents?tangents_far=5.0", "light", True),
    "upsampling.png": ("/upsampling", "light", False),
    "masked.png": ("/masked", "dark", True),
    "search.png": ("/search", "dark", True),
    "anomalies.png": ("/anomalies", "light", True),
    "compress.png": ("/compress", "light", True),
    "few-labels.png": ("/few_labels", "light", False),
    "signals.png": ("/signals?signals_snr=2.5", "light", False),
}


def main() -> None:
    """Write every picture of SHOTS, or those of some pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "docs")
    pages = [page_of(path) for path, _, _ in SHOTS.values()]
    parser.add_argument("--pages", nargs="+", choices=pages, default=pages, metavar="PAGE", help=", ".join(pages))
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    with served() as url, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for name, (path, scheme, draws) in SHOTS.items():
            if page_of(path) not in arguments.pages:
                continue
            page = browser.new_page(viewport=SIZE, color_scheme=scheme)
            page.goto(url + path)
            page.locator("canvas:visible, img.after:visible").first.wait_for(timeout=60_000)
            page.wait_for_timeout(20_000)  # until maps are placed and networks have come
            if draws:
                draw(page)
                page.wait_for_timeout(5_000)
            page.screenshot(path=out / name)
            print(out / name)
            page.close()
        browser.close()


def page_of(path: str) -> str:
    """The page of a path in SHOTS, as its folder is called."""
    return path.split("?")[0].removeprefix("/")


def draw(page: Page) -> None:
    """Draw STROKES on the pad with the mouse, smoothly, and take the pointer away."""
    box = page.locator(".pad canvas").first.bounding_box()
    for stroke in STROKES:
        for place, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=2)
            if place == 0:
                page.mouse.down()
        page.mouse.up()
    page.mouse.move(5, 400)


@contextmanager
def served() -> Iterator[str]:
    """A server of the lab on a free port: its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                    break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
