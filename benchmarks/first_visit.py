"""What a first-time visitor has before them: words, controls, a result, what axe-core finds, and the way by keyboard.

    npm ci && python -m benchmarks.first_visit [--pages denoise inpaint] [--save]

Opens every page of `pages.PAGES` at four sizes and counts on the first screen: words and numbers that can be read,
controls, and whether a picture that the page made, not only the visitor's own, stands on it whole. On the whole page:
the findings of axe-core by impact, and on the phone the controls under 40 px. By keyboard: the presses of Tab from the
page's start to its main job. `--save` writes the table to results/first_visit.json; `--list` names the findings. Needs
Chromium and node's packages; takes five minutes.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from aecore import records
from benchmarks import chromium
from benchmarks.screenshots import served
from pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks/results/first_visit.json"
SCRIPT = ROOT / "benchmarks/first_visit.js"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
IMPACTS = ("critical", "serious", "moderate", "minor")
TABS = 150  # presses, after which a page's main job counts as out of reach
TIMEOUT = 60_000  # ms

SIZES = {  # name -> options of the browser's context
    "desk": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "projector": {"viewport": {"width": 1024, "height": 768}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True, "is_mobile": True},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
}


@dataclass(frozen=True)
class Job:
    """What a page is there for, as selectors: control: where its main job is done; result: a picture that it makes."""

    control: str
    result: str


PAD = ".pad canvas[tabindex]"
ECHO = ".echo canvas"  # above the sheet on a phone, where the answer itself is below the first screen
JOBS = {  # folder of a page -> its job
    "home": Job(PAD, ".network .shape[role=button] canvas"),
    "denoise": Job(PAD, f".strip-body .groups figure canvas, {ECHO}"),
    "inpaint": Job("canvas[tabindex][aria-label^=Mask]", f".board .groups figure:not(.given) canvas, {ECHO}"),
    "super_resolution": Job(PAD, f".strip-body .groups figure canvas, {ECHO}"),
    "photos": Job(".before-after .line", ".before-after img.after"),
    "latent_map": Job(".board .plot", ".board .plot canvas"),
    "interpolate": Job(".walk input[type=range]", ".walk .now canvas"),
    "generate": Job(".writer canvas[role=slider]", ".writer .paper canvas"),
    "vector_field": Job(".field canvas.view", ".field canvas.view"),
    "gans": Job(".duel .play", ".duel canvas.view"),
    "training": Job(".training .play", ".training .tiles"),
    "bottleneck": Job("input[type=range][aria-label^=Numbers]", ".stage .grid [aria-label*=network]"),
    "regularise": Job(PAD, ".wall .cards canvas"),
    "tangents": Job("input[type=range][aria-label^='How far']", ".stage .now .along canvas"),
    "masked": Job("input[type=range][aria-label^='Share of']", ".board .guess canvas"),
    "search": Job(PAD, ".stage .hits canvas"),
    "anomalies": Job(PAD, ".stage .redrawn canvas"),
    "compress": Job(PAD, ".rate .recon canvas"),
    "few_labels": Job("input[type=range][aria-label='Number of labels']", ".curves .verdict"),
    "signals": Job(".signals .top input[type=range]", ".signals .trace canvas"),
    "galaxies": Job("input[type=range][aria-label^='Place between']", ".stage .now canvas"),
    "lessons": Job("[data-testid=stPageLink] a", "[data-testid=stPageLink] a"),
}


@dataclass(frozen=True)
class Screen:
    """One page at one size; words, numbers and controls: on its first screen.

    result: whether a picture that the page made stands there whole; axe: nodes by impact; tabs: presses of Tab from the
    page's start to its main job, None where they do not lead there; small: controls under 40 px, on the whole page.
    """

    page: str
    size: str
    words: int
    numbers: int
    controls: int
    result: bool
    axe: dict[str, int]
    tabs: int | None
    small: int | None


@dataclass(frozen=True)
class Table:
    """What was measured."""

    screens: list[Screen]


def main() -> None:
    """Measure, print, and write where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", nargs="+", choices=list(JOBS), default=[page.folder for page in PAGES])
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    parser.add_argument("--list", action="store_true", help="name what axe-core finds, and the small controls")
    arguments = parser.parse_args()
    if not AXE.exists():
        raise SystemExit("axe-core is not there: npm ci, then try again.")
    screens = []
    print(HEAD)
    with served() as url, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for size in SIZES:
            screens += measure(browser, url, size, arguments.pages, arguments.list)
        browser.close()
    if arguments.save:
        print(records.write_table(Table(screens), RESULTS))


HEAD = f"{'page':17}{'size':10}{'words':>6}{'numbers':>8}{'controls':>9}  result{'tabs':>6}{'< 40 px':>8}  axe: " + (
    ", ".join(IMPACTS)
)


def line(screen: Screen) -> str:
    """A screen as a line of the printed table."""
    counts = f"{screen.words:6}{screen.numbers:8}{screen.controls:9}"
    result = "yes" if screen.result else "no"
    tabs, small = ("-" if number is None else number for number in (screen.tabs, screen.small))
    axe = ", ".join(str(screen.axe[impact]) for impact in IMPACTS)
    return f"{screen.page:17}{screen.size:10}{counts}  {result:6}{tabs:>6}{small:>8}  {axe}"


def measure(browser: Browser, url: str, size: str, folders: list[str], names: bool) -> list[Screen]:
    """Every page at one size; each is printed as soon as it is measured."""
    context = browser.new_context(**SIZES[size])
    context.set_default_timeout(TIMEOUT)
    screens = []
    for folder in folders:
        page = context.new_page()
        page.goto(f"{url}/{'' if folder == PAGES[0].folder else folder}")
        settle(page)
        findings = axe(page)
        nodes = {impact: sum(len(rule["nodes"]) for rule in findings if rule["impact"] == impact) for impact in IMPACTS}
        counts = page.evaluate("firstVisit.count()")
        result = page.evaluate("(selector) => firstVisit.whole(selector)", JOBS[folder].result)
        tabs = tabs_to(page, JOBS[folder].control)
        small = page.evaluate("firstVisit.small()") if size == "phone" else None
        few = None if small is None else len(small)
        screen = Screen(folder, size, **counts, result=result, axe=nodes, tabs=tabs, small=few)
        print(line(screen), flush=True)
        if names:
            listed(findings, small or [])
        screens.append(screen)
        page.close()
    context.close()
    return screens


def settle(page: Page) -> None:
    """Wait until the page has come whole and its text has not changed for two seconds; then teach it to be measured."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    before, same = "", 0
    for _ in range(60):
        page.wait_for_selector("[data-test-script-state=notRunning]", state="attached")
        now = page.evaluate("String(firstVisit.count().words)")
        same = same + 1 if now == before else 0
        if same == 4:
            break
        before = now
        page.wait_for_timeout(500)


def axe(page: Page) -> list[dict]:
    """The rules of axe-core that the page breaks, as it reports them."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate("axe.run({ resultTypes: ['violations'] }).then((report) => report.violations)")


def tabs_to(page: Page, selector: str) -> int | None:
    """How many presses of Tab lead from the page's start to a control."""
    if not page.evaluate("(selector) => firstVisit.exists(selector)", selector):
        print(f"Nothing on the page matches {selector}: JOBS is out of date.", file=sys.stderr)
        return None
    for presses in range(1, TABS + 1):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => firstVisit.focusedIn(selector)", selector):
            return presses
    return None


def listed(findings: list[dict], small: list[list]) -> None:
    """Say which findings and which small controls."""
    for rule in findings:
        for node in rule["nodes"]:
            print(f"    {rule['impact']} {rule['id']}: {node['target']} {node['html'][:120]}")
            print(f"        {' '.join(node['failureSummary'].split())[:200]}")
    for name, width, height in small:
        print(f"    {width} x {height}: {name}")


if __name__ == "__main__":
    main()
