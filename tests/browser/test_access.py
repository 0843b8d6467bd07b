"""Every page for every visitor: whole by its address and at all widths, its main job by keyboard, the way of Tab, what
axe-core finds, whom the browser asks.

A page of `pages.PAGES` is tested without a line here, but for its main job. One visit a page: what is folded or behind
a button is opened, all checks are made in both themes, and what they find is said together.
"""

from contextlib import nullcontext

import pytest

from benchmarks.first_visit import AXE, JOBS, SCRIPT, tabs_to
from pages import PAGES
from tests.browser.conftest import unavailable
from tests.browser.frame import listened, nothing_is_cut_off_or_scrolls_sideways, whole
from tests.browser.visitor import DESK, answered, drawn, eventually, repeated, settled, themed

pytestmark = pytest.mark.browser
COOKIES = {"_streamlit_xsrf", "_xsrf"}  # Streamlit's own, against forged requests
GRAVE = ("serious", "critical")
STROKE = ("Space", *["ArrowDown"] * 12, "Space")
HANDS = {  # folder of a page -> keys on the control of its job, and what they change if not the job's result
    "home": (STROKE, None),
    "denoise": (STROKE, None),
    "inpaint": (("ArrowLeft", "ArrowLeft"), None),
    "super_resolution": (STROKE, None),
    "photos": (("ArrowRight",), ".before-after .line"),
    "latent_map": (("ArrowRight",), ".dock"),
    "interpolate": (("PageUp",), None),
    "generate": (("ArrowRight",), None),
    "vector_field": (("ArrowRight", "Enter"), ".field .status"),
    "gans": (("Space",), ".duel .count"),
    "training": (("Enter",), ".training .count"),
    "bottleneck": (("ArrowLeft",), None),
    "regularise": (STROKE, None),
    "tangents": (("ArrowLeft",), None),
    "masked": (("ArrowLeft",), None),
    "search": (STROKE, None),
    "anomalies": (STROKE, None),
    "compress": (STROKE, None),
    "few_labels": (("ArrowLeft",), None),
    "signals": (("ArrowLeft",), None),
    "galaxies": (("ArrowLeft",), None),
}
# Without the rules whose findings would all be less than grave: a rule's impact is that of all it finds.
FINDINGS = """([selector, themed, grave]) => axe.run(selector ?? document, {
    resultTypes: ["violations"],
    ...(themed ? { runOnly: ["color-contrast"] } : {
        rules: Object.fromEntries(axe._audit.rules.filter(({ impact }) => impact && !grave.includes(impact))
            .map(({ id }) => [id, { enabled: false }])),
    }),
}).then(({ violations }) => violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html, any, all, none }) =>
    [impact, `${id}: ${html.slice(0, 150)}: ${[...any, ...all, ...none].map(({ message }) => message).join(" ")}`])))"""
# What fades or moves, but for what never ends.
MOVING = """[document, ...[...firstVisit.elements()].map(({ shadowRoot }) => shadowRoot).filter(Boolean)]
    .flatMap((root) => root.getAnimations())
    .filter(({ playState, effect }) => playState === "running" && effect.getComputedTiming().endTime < Infinity)
    .map(({ effect }) => effect.target?.outerHTML.slice(0, 100)).join()"""
WALK = """(last) => { // from the first, or the last, of what Tab stops at; each stop is noted at the next press
    const stop = (element) => element.tabIndex >= 0 && firstVisit.visible(element)
    const inTurn = [...firstVisit.elements()].filter(stop)
    inTurn.at(last ? -1 : 0).focus()
    const end = inTurn.at(last ? 0 : -1) // from where a browser without a frame begins again
    const stops = new Set()
    let before = ""
    globalThis.walked = null // then "", or which stop leads to which
    removeEventListener("keydown", globalThis.note, true) // of the walk before
    globalThis.note = (event) => {
        const element = firstVisit.focused()
        if (walked !== null || event.key !== "Tab") return
        if (stops.size && (element === document.body || element === end)) walked = ""
        else if (stops.has(element)) walked = `${before} leads to ${firstVisit.name(element)} again`
        stops.add(element)
        before = firstVisit.name(element)
    }
    addEventListener("keydown", note, true)
}"""
STATE = """(selector) => [...firstVisit.elements()].filter((element) => element.matches(selector)).map((element) =>
    element.toDataURL?.() ?? [element.textContent, element.ariaValueNow].join()).join()"""


@pytest.mark.parametrize("folder", [page.folder for page in PAGES])
def test_a_page_shuts_nobody_out(serve, open_page, folder):
    if not AXE.exists():
        unavailable("axe-core is not installed: npm ci.")
    url, path = serve("app.py"), "" if folder == PAGES[0].folder else folder
    page = open_page("about:blank", color_scheme="light", bypass_csp=False, **DESK)
    outside = listened(page)
    page.goto(f"{url}/{path}")
    whole(page, folder)
    settled(page)
    nothing_is_cut_off_or_scrolls_sideways(page, folder)
    for script in (AXE, SCRIPT):
        page.evaluate(script.read_text(encoding="utf-8"))
    if folder in HANDS:
        work(page, folder)
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach((summary) => summary.click())")
    page.evaluate("for (const element of firstVisit.elements()) if (element.ariaLabel === 'Pause') element.click()")
    settled(page)
    faults = walk(page, "Tab") + walk(page, "Shift+Tab")
    faults += behind_buttons(page, "light") + in_sight(page, "light")
    themed(page, "dark")  # with all of it in sight
    page.evaluate("firstVisit.focused().blur()")
    asked = len(page.wire.asks)
    # Streamlit's key for another run: what the server colours follows then; it does nothing while the theme changes
    repeated(page, lambda: page.keyboard.press("r"), lambda: len(page.wire.asks) > asked)
    settled(page)
    faults += in_sight(page, "dark") + behind_buttons(page, "dark") + outside
    faults += [f"cookie {item['name']}" for item in page.context.cookies() if item["name"] not in COOKIES]
    assert not faults, "\n".join(faults)


def work(page, folder: str) -> None:
    """Do a page's main job with the keyboard alone, from the page's start."""
    job, (keys, changed) = JOBS[folder], HANDS[folder]
    page.locator(job.control).first.wait_for()
    page.locator(job.result).first.wait_for()
    assert tabs_to(page, job.control), f"Tab does not lead to {job.control}"
    state = lambda: page.evaluate(STATE, changed or job.result)  # noqa: E731
    before = state()

    def press() -> None:
        for key in keys:
            page.keyboard.press(key)

    # a drawing is pale until the server, which is asked later, has answered
    with answered(page) if keys == STROKE else nullcontext():
        repeated(page, press, lambda: state() != before, lambda: f"{keys} do nothing")  # data may still be under way
    page.keyboard.press("Escape")


def walk(page, key: str) -> list[str]:
    """Where Tab, or Shift+Tab, does not lead on to an element that it has not been on."""
    page.evaluate(WALK, key != "Tab")
    for _ in range(40):
        for _ in range(10):
            page.keyboard.press(key)
        if (said := page.evaluate("walked")) is not None:
            return [f"{key} on {said}"] if said else []
    return [f"{key} never ends"]


def behind_buttons(page, scheme: str) -> list[str]:
    """What axe-core finds in what the page's buttons open."""
    page.set_viewport_size(DESK["viewport"])
    faults = []
    for button in page.locator("[data-testid=stPopover] button:enabled").all():
        button.press("Enter")
        page.get_by_test_id("stPopoverBody").wait_for()
        settled(page)
        faults += findings(page, "[data-testid=stPopoverBody]", scheme)
        page.keyboard.press("Escape")
        page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    return faults


def in_sight(page, scheme: str) -> list[str]:
    """What axe-core finds on the whole page, on a screen that is as high: of colours it judges those in sight."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": 1440, "height": height + 100})
    drawn(page)
    return findings(page, None, scheme)


def findings(page, selector: str | None, scheme: str) -> list[str]:
    """What axe-core calls serious or critical; in the dark, where only colours differ, of colours."""
    eventually(page, lambda: not page.evaluate(MOVING), lambda: page.evaluate(MOVING))
    said = page.evaluate(FINDINGS, [selector, scheme == "dark", GRAVE])
    return [f"{scheme} {impact} {what}" for impact, what in said if impact in GRAVE]
