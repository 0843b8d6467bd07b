"""How long the hand waits: pen up to new picture, and cold start, against bare Streamlit and the usual tools.

    python -m benchmarks.latency [--rounds 10] [--starts 3]

One run measures everything in turns, in headless Chromium, so that a slow minute of the machine slows all alike:

- floor: a bare app with one fragment and one slider, collector tamed; key down to changed text.
- ours: a stroke on the Denoise page's pad; pen up to the last picture of the whole strip, three
  models and two classical methods.
- canvas: the same work behind streamlit-drawable-canvas and st.image. sketchpad: a minimal Gradio app with one model.
- cold start: process start to the first reconstruction (the bare app: to its text), files in the system's cache.

Clocks run inside the page, from the event's own time stamp to the moment the new pixels stand in the page; what
Playwright adds is not in the numbers. A rival that is not installed is left out: benchmarks/requirements.txt.
"""

import argparse
import importlib.util
import itertools
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NoChange

from benchmarks import chromium

ROOT = Path(__file__).resolve().parents[1]
PORTS = range(8800, 8850)
KEYS = 5  # presses of the floor's slider in each round
STROKES = 3  # on one drawing; then the page is opened anew
STROKE_SECONDS = 0.35  # a quick hand's
QUIET = 500  # ms without another picture: the last one was the whole stroke's
REST = 700  # ms in which no script ran, before the next app has its turn
PATIENCE = 8_000  # ms for one picture

# Paths of strokes in [0, 1] of the pad: a seven's two strokes and a five's belly, corner by corner.
PATHS = [
    [(0.3, 0.25), (0.7, 0.25), (0.55, 0.5), (0.45, 0.8)],
    [(0.38, 0.52), (0.66, 0.5)],
    [(0.35, 0.3), (0.34, 0.5), (0.6, 0.5), (0.66, 0.68), (0.5, 0.82), (0.32, 0.74)],
]

# What the visitor waits for: a selector, and JavaScript that reads the element as a text, "" while it is empty.
TEXT = ("[data-testid=stText]", "node => node.textContent")
TILES = (  # of the whole strip: models' and classical methods' pictures alike
    "figure[data-tile]:not([data-tile=clean], [data-tile=corrupted]) canvas",
    "node => [...node.closest('.strip-body').querySelectorAll('canvas')].map("
    "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.join()).join()",
)
SOURCE = "node => node.complete ? node.src : ''"

FIND = """(selector) => {
  const find = (root) => {
    const match = root.querySelector(selector)
    if (match) return match
    for (const node of root.querySelectorAll('*')) {
      const inside = node.shadowRoot && find(node.shadowRoot)
      if (inside) return inside
    }
    return null
  }
  return find(document)
}"""

SHOWN = f"""([selector, read]) => {{
  const node = ({FIND})(selector)
  return node !== null && eval(read)(node) !== ''
}}"""

# From now on `seen` has the time of the last pointerup or keydown, and of each change of the picture after it.
WATCH = f"""([selector, read]) => {{
  const find = {FIND}
  const text = eval(read)
  let node = find(selector)
  const picture = () => {{
    if (!node?.isConnected) node = find(selector)
    return node ? text(node) : ''
  }}
  window.seen?.stop()
  const seen = window.seen = {{ start: null, changes: [] }}
  let last = picture()
  const look = () => {{
    const now = picture()
    if (now === last) return
    last = now
    seen.changes.push(performance.now())
  }}
  const begin = (event) => {{
    seen.start = event.timeStamp
    seen.changes = []
  }}
  const observer = new MutationObserver(look)
  const root = node?.getRootNode() ?? document
  observer.observe(root, {{ subtree: true, childList: true, characterData: true, attributes: true }})
  root.addEventListener('load', look, true) // an <img> has its pixels
  const types = ['pointerup', 'keydown']
  for (const type of types) addEventListener(type, begin, true)
  seen.stop = () => {{
    observer.disconnect()
    root.removeEventListener('load', look, true)
    for (const type of types) removeEventListener(type, begin, true)
  }}
}}"""

SETTLED = f"""() => {{
  const {{ start, changes }} = window.seen
  return start !== null && changes.length > 0 && performance.now() - changes.at(-1) > {QUIET}
}}"""

RESTED = f"""() => {{
  const state = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState ?? 'notRunning'
  if (state !== 'notRunning' || window.busy === null) window.busy = performance.now()
  return performance.now() - window.busy > {REST}
}}"""


@dataclass(frozen=True)
class App:
    """One app under the clock. picture: see TEXT; pad: its canvas; first: what to click before drawing."""

    title: str
    script: str
    picture: tuple[str, str]
    path: str = ""
    pad: str = ""
    first: str = ""
    needs: str = ""
    gradio: bool = False


FLOOR = App("bare app, slider", "benchmarks/latency_apps/floor.py", TEXT)
OURS = App("Denoise page", "app.py", TILES, path="denoise", pad=".pad canvas")
HOME = App("Home page", "app.py", TILES)
CANVAS = App(
    "same on streamlit-drawable-canvas",
    "benchmarks/latency_apps/canvas.py",
    ("[data-testid=stImageContainer] img", SOURCE),
    pad="canvas.upper-canvas",
    needs="streamlit_drawable_canvas",
)
SKETCHPAD = App(
    "Gradio sketchpad, one model",
    "benchmarks/latency_apps/sketchpad.py",
    (".image-frame img", SOURCE),
    pad="canvas",
    first="button[aria-label=Brush]",
    needs="gradio",
    gradio=True,
)


def free_port() -> int:
    """A port of PORTS that nobody listens on."""
    for port in PORTS:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise SystemExit(f"No free port between {PORTS[0]} and {PORTS[-1]}. Stop a server, then try again.")


@contextmanager
def served(app: App) -> Iterator[tuple[str, float]]:
    """Start an app's server; gives its URL once it accepts connections, and when its process began."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", app.script]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    if app.gradio:
        command = [sys.executable, app.script]
    env = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    with tempfile.TemporaryFile() as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            while not listens(port):
                if process.poll() is not None or time.perf_counter() - began > 120:
                    log.seek(0)
                    raise SystemExit(f"{app.script} did not start:\n{log.read().decode()[-2000:]}")
                time.sleep(0.005)
            yield f"http://127.0.0.1:{port}/{app.path}", began
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def listens(port: int) -> bool:
    """Whether a server accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def cold_start(browser: Browser, app: App) -> float:
    """Milliseconds from the start of the server's process to its first picture in a fresh browser profile."""
    with served(app) as (url, began), browser.new_context() as context:
        page = context.new_page()
        page.goto(url, wait_until="commit")
        page.wait_for_function(SHOWN, arg=app.picture, timeout=60_000)
        return 1000 * (time.perf_counter() - began)


def ready(page: Page, app: App) -> None:
    """Open the page afresh and wait until it has come to rest."""
    page.reload()
    waited_for = app.pad or "[type=range]"
    page.wait_for_selector(waited_for, state="attached", timeout=60_000)
    rest(page)
    if app.first:
        page.click(app.first)


def rest(page: Page) -> None:
    """Wait until no script has run for a while: what follows a picture must not slow the next app."""
    page.evaluate("window.busy = null")
    page.wait_for_function(RESTED, timeout=60_000)


def waited(page: Page) -> float:
    """Milliseconds from the event to the last change of the picture; infinite when it never changed."""
    try:
        page.wait_for_function(SETTLED, timeout=PATIENCE)
    except NoChange:
        return math.inf
    return page.evaluate("window.seen.changes.at(-1) - window.seen.start")


def press(page: Page, app: App) -> float:
    """One step of the slider."""
    page.evaluate(WATCH, app.picture)
    page.focus("[type=range]")
    page.keyboard.press("ArrowRight")
    return waited(page)


def draw(page: Page, app: App, path: list[tuple[float, float]]) -> float:
    """One stroke at a hand's pace, with real mouse events."""
    page.evaluate(WATCH, app.picture)
    box = page.locator(app.pad).last.bounding_box()
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    points = [(left + x * side, top + y * side) for x, y in spaced(path)]
    page.mouse.move(*points[0])
    page.mouse.down()
    began = time.perf_counter()
    for i, point in enumerate(points[1:], start=1):
        time.sleep(max(0.0, began + STROKE_SECONDS * i / len(points) - time.perf_counter()))
        page.mouse.move(*point)
    page.mouse.up()
    return waited(page)


def spaced(path: list[tuple[float, float]], pieces: int = 8) -> list[tuple[float, float]]:
    """Points along a path, `pieces` between two corners."""
    points = [path[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(path):
        points += [(x0 + (x1 - x0) * k / pieces, y0 + (y1 - y0) * k / pieces) for k in range(1, pieces + 1)]
    return points


def interact(browser: Browser, apps: list[App], rounds: int) -> dict[App, list[float]]:
    """Every app in turn, `rounds` times: milliseconds of each interaction."""
    times: dict[App, list[float]] = {app: [] for app in apps}
    with ExitStack() as stack:
        pages = {}
        for app in apps:
            url, _ = stack.enter_context(served(app))
            context = stack.enter_context(browser.new_context(viewport={"width": 1280, "height": 900}))
            pages[app] = context.new_page()
            pages[app].goto(url)
        for turn in range(rounds):
            for app, page in pages.items():
                page.bring_to_front()
                if turn % STROKES == 0:
                    ready(page, app)
                if app.pad:
                    times[app].append(draw(page, app, PATHS[turn % STROKES]))
                else:
                    times[app] += [press(page, app) for _ in range(KEYS)]
                rest(page)
    return times


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def row(title: str, values: list[float], floor: float, aim: str = "") -> None:
    """One line of a table: median, p95 and the median's ratio to the floor's."""
    median = statistics.median(values)
    print(f"{title:36} {len(values):4} {median:9,.0f} {p95(values):9,.0f} {median / floor:11.2f}  {aim}")


def main() -> None:
    """Measure, and print both tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=10, help="strokes an app")
    options.add_argument("--starts", type=int, default=3, help="cold starts an app")
    asked = options.parse_args()
    rivals = [app for app in (CANVAS, SKETCHPAD) if importlib.util.find_spec(app.needs)]
    missing = [app.needs for app in (CANVAS, SKETCHPAD) if app not in rivals]
    if missing:
        print(f"Left out, not installed: {', '.join(missing)} (pip install -r benchmarks/requirements.txt)")

    starts: dict[App, list[float]] = {app: [] for app in (FLOOR, HOME, OURS)}
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for _ in range(asked.starts):
            for app, milliseconds in starts.items():
                milliseconds.append(cold_start(browser, app))
        times = interact(browser, [FLOOR, OURS, *rivals], asked.rounds)
        browser.close()

    head = f"{'':36} {'n':>4} {'median':>9} {'p95':>9} {'x the floor':>11}"
    print(f"\nEvent to the last new picture, ms\n{head}")
    floor, ours = (statistics.median(times[app]) for app in (FLOOR, OURS))
    aims = {OURS: verdict(ours <= 3 * floor, "at most 3 times the floor")}
    for app in rivals:
        other = statistics.median(times[app])
        aims[app] = verdict(ours < other, f"ours faster, by {other / ours:.1f} times")
    for app, values in times.items():
        row(app.title, values, floor, aims.get(app, ""))

    print(f"\nProcess start to first picture, ms\n{head}")
    bare = statistics.median(starts[FLOOR])
    for app, values in starts.items():
        more = (statistics.median(values) - bare) / 1000
        aim = "" if app is FLOOR else verdict(more <= 2.5, f"{more:+.2f} s, at most +2.5 s")
        row("bare app, text" if app is FLOOR else app.title, values, bare, aim)


def verdict(good: bool, words: str) -> str:
    """An aim and whether it was reached."""
    return f"{'reached' if good else 'MISSED'}: {words}"


if __name__ == "__main__":
    main()
