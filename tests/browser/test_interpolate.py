"""The Interpolate page in a real Chromium: live, scrubbed, played, drawn on, by keys and on a phone."""

import pytest
import torch

from aecore import checkpoints
from aecore.latent.paths import PATHS
from pages.interpolate import controls
from pages.interpolate.walk import FIRST_ROWS, NETWORKS
from tests.browser.visitor import DESK, PHONE, drawn, eventually, quiet, settled, still
from ui.input.digit import example_digit
from ui.live.networks import runnable

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"judge", "ae-conv", "vae-2", "vae"} <= set(checkpoints.names()), reason="no trained models here"
    ),
]
WALK = ".st-key-interpolate_walk_view .walk"
MORE = ".st-key-interpolate_dials .dials"


@pytest.fixture
def app(serve):
    return serve("app.py")


@pytest.fixture(scope="module")
def page(open_shared, serve):
    """One page for the tests at a desk; each sets what it needs, and the last two open more of it."""
    page = open_shared(f"{serve('app.py')}/interpolate?interpolate_place=0.1", **DESK)
    ready(page)
    wait_at(page, 0.1)  # the link's
    return page


def ready(page):
    """Wait until the networks have come and the evidence stands."""
    page.locator(f"{WALK}[data-live='3']").wait_for()
    page.locator(MORE).wait_for()
    settled(page)


def at(page) -> float:
    return float(page.locator(WALK).get_attribute("data-t"))


def wait_at(page, t: float):
    page.locator(f"{WALK}[data-t='{t:.3f}']").wait_for()


def picture(page, row: int) -> torch.Tensor:
    """The large picture of a row as it is on the screen, (28, 28) in [0, 1]."""
    values = (
        page.locator(f"{WALK} .way canvas")
        .nth(row)
        .evaluate("c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 3)")
    )
    return torch.tensor(values).view(28, 28) / 255


def set_slider(page, t: float):
    page.locator(f"{WALK} input").evaluate(
        "(e, t) => { e.value = t; e.dispatchEvent(new Event('input', { bubbles: true })) }", t
    )
    wait_at(page, t)


def count_asks(page) -> int:
    """Wait until all networks have come and nothing is asked of the server any more; how often it was asked so far."""
    page.wait_for_function(
        "n => [...globalThis[Symbol.for('autoencoder-lab.networks')].values()].filter(s => s.here).length >= n",
        arg=len(runnable(NETWORKS)),
    )
    quiet(page)
    return len(page.wire.asks)


@pytest.mark.parametrize("path", [*PATHS, "linear"])
def test_between_the_steps_the_browser_decodes_what_torch_decodes(path, page):
    page.get_by_role("button", name="More settings").click()
    page.get_by_role("radio", name=PATHS[path].label, exact=True).click()
    settled(page)
    page.keyboard.press("Escape")
    t = 0.313  # between two steps
    set_slider(page, t)
    ends = torch.cat([example_digit(controls.FIRST[side]) for side in "ab"])
    for row, name in enumerate(FIRST_ROWS):
        if name == "pixels":
            expected = (1 - t) * ends[0, 0] + t * ends[1, 0]
        else:
            model = checkpoints.load(name)
            with torch.inference_mode():
                z = model.encode(ends)
                expected = model.decode(PATHS[path].points(z[0], z[1], torch.tensor([t])))[0, 0]
        # half a grey level of 255, and rounding
        eventually(page, lambda row=row, expected=expected: float((picture(page, row) - expected).abs().max()) < 0.006)


def test_scrubbing_and_playing_send_nothing_to_the_server(page):
    asked = count_asks(page)
    box = page.locator(f"{WALK} .rows").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    for i in range(1, 12):
        page.mouse.move(box["x"] + 40 + 0.075 * i * box["width"], box["y"] + 60)
    page.mouse.up()
    eventually(page, lambda: at(page) > 0.7)
    before = at(page)
    page.get_by_role("button", name="Play").first.click()
    eventually(page, lambda: at(page) != before)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").first.wait_for()
    rest = at(page)
    drawn(page, 20)
    assert at(page) == rest
    # a hand on the slider holds it
    page.get_by_role("button", name="Play").first.click()
    eventually(page, lambda: at(page) != rest)
    slider = page.locator(f"{WALK} input").bounding_box()
    page.mouse.move(slider["x"] + 0.3 * slider["width"], slider["y"] + slider["height"] / 2)
    page.mouse.down()
    eventually(page, lambda: abs(at(page) - 0.3) < 0.03)
    held = at(page)
    drawn(page, 20)
    assert at(page) == held
    page.mouse.up()
    # the thumb stands above the line, and the line at the picture of the place
    set_slider(page, 0.25)
    tile = page.locator(f"{WALK} .row").first.locator("canvas").nth(2).bounding_box()
    line = page.locator(f"{WALK} .playhead").bounding_box()
    assert line["x"] + line["width"] / 2 == pytest.approx(tile["x"] + tile["width"] / 2, abs=1.5)
    thumb = slider["x"] + 11 + 0.25 * (slider["width"] - 22)
    assert line["x"] + line["width"] / 2 == pytest.approx(thumb, abs=1.5)
    # only where it rests does the address follow
    page.wait_for_url("**interpolate_place=0.25**")
    assert len(page.wire.asks) <= asked + 4


def test_the_slider_moves_by_keys_and_ends_at_the_ends(page):
    slider = page.get_by_role("slider", name="Place between A and B").first
    slider.focus()
    page.keyboard.press("Home")
    wait_at(page, 0)
    a = example_digit(controls.FIRST["a"])[0, 0]
    assert float((picture(page, 0) - a).abs().max()) < 0.006
    page.keyboard.press("End")
    wait_at(page, 1)
    page.keyboard.press("ArrowLeft")
    wait_at(page, 0.95)
    page.keyboard.press("Shift+ArrowLeft")
    wait_at(page, 0.94)
    assert slider.get_attribute("aria-valuetext") == "94% of the way"


def test_the_judge_reads_the_large_pictures(page):
    set_slider(page, 1)
    reads = page.locator(f"{WALK} .now .reads")
    eventually(page, lambda: all(text.startswith("reads 7") for text in reads.all_inner_texts()))


def test_reduced_motion_plays_step_by_step(page):
    page.emulate_media(reduced_motion="reduce")
    set_slider(page, 0)
    page.get_by_role("button", name="Play").first.click()
    wait_at(page, 0.125)
    wait_at(page, 0.25)
    page.get_by_role("button", name="Pause").first.click()
    page.emulate_media(reduced_motion="no-preference")


def test_single_numbers_act_live_and_escape_goes_back(page):
    page.locator(".dials[data-live='1']").wait_for()
    asked = count_asks(page)
    read = "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data]"
    now = page.locator(".dials canvas.now")
    before = now.evaluate(read)
    page.locator(".dials label input").first.focus()
    page.keyboard.press("End")
    eventually(page, lambda: sum(abs(a - b) for a, b in zip(now.evaluate(read), before, strict=True)) > 5000)
    page.keyboard.press("Escape")
    eventually(page, lambda: now.evaluate(read) == before)
    assert len(page.wire.asks) == asked


def test_before_the_networks_have_come_the_walk_goes_step_by_step_and_says_so(app, open_page):
    page = open_page("about:blank", **DESK)
    page.add_init_script(
        "globalThis[Symbol.for('autoencoder-lab.networks')] = { has: () => true, get: () => SLOT, set: () => {} }\n"
        "const SLOT = { here: true, promise: new Promise(() => {}) }"
    )
    page.goto(f"{app}/interpolate")
    page.locator(f"{WALK}[data-live='0']").wait_for()
    assert "step by step" in page.locator(f"{WALK} .status").inner_text()
    set_slider(page, 0.51)
    middle = picture(page, 3)
    assert float(middle.sum()) > 20
    set_slider(page, 0.49)
    assert torch.equal(picture(page, 3), middle)


def inside(page, box: dict) -> bool:
    size = page.viewport_size
    return box["x"] >= 0 and box["x"] + box["width"] <= size["width"] and box["y"] + box["height"] <= size["height"]


def test_ends_slider_and_walk_stand_on_the_first_screen_and_the_pad_opens_where_the_result_is_seen(
    page, app, open_page
):
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    box = still(page, lambda: page.locator(f"{WALK} .rows").bounding_box())
    assert box["y"] + box["height"] <= 900
    assert page.get_by_role("application", name="Drawing pad").count() == 0  # no empty pad
    phone = open_page(f"{app}/interpolate", **PHONE)
    phone.locator(WALK).wait_for()
    settled(phone)
    for part in (".first canvas", ".last canvas", "input", ".row >> nth=0", ".way >> nth=3"):
        assert inside(phone, phone.locator(f"{WALK} {part}").first.bounding_box()), part
    phone.get_by_role("button", name="Change A").tap()
    pad = phone.get_by_role("application", name="Drawing pad")
    pad.wait_for()
    settled(phone)
    assert inside(phone, pad.bounding_box())
    assert inside(phone, phone.locator(f"{WALK} .way canvas").first.bounding_box())
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
    phone.get_by_role("button", name="Done with A").tap()
    pad.wait_for(state="hidden")


def test_where_there_are_only_steps_the_slider_stands_at_steps_and_says_which(page):
    page.get_by_role("radio", name="Transformations", exact=True).click()
    walk = page.locator(".st-key-interpolate_transform_view .walk")
    walk.wait_for()
    assert walk.locator("output").inner_text() == walk.locator(".note").first.inner_text()
    walk.locator("input").focus()
    page.keyboard.press("ArrowRight")
    eventually(page, lambda: walk.get_attribute("data-t") == "0.875")
    assert walk.locator("output").inner_text() == walk.locator(".note").first.inner_text()


def test_the_rows_follow_the_pen(page):
    set_slider(page, 0.5)
    page.get_by_role("button", name="Change A").click()
    pad = page.get_by_role("application", name="Drawing pad")
    pad.wait_for()
    settled(page)
    pad.scroll_into_view_if_needed()
    before = picture(page, 3)
    sheet = pad.bounding_box()
    place = lambda x, y: (sheet["x"] + x * sheet["width"], sheet["y"] + y * sheet["height"])  # noqa: E731
    page.mouse.move(*place(0.5, 0.15))
    page.mouse.down()
    for i in range(1, 14):
        page.mouse.move(*place(0.5, 0.15 + 0.05 * i))
    # the button is still down
    eventually(page, lambda: float((picture(page, 3) - before).abs().mean()) > 0.02)
    page.mouse.up()
    set_slider(page, 0)
    eventually(page, lambda: float(picture(page, 0)[:, 13:15].sum()) > 10)  # a one
