"""The Denoise page in a real Chromium: drawn on with mouse and finger, fed real files, in both themes."""

import io
import json
import urllib.parse

import pytest
from PIL import Image

from aecore.checkpoints import names
from aecore.corruptions import CORRUPTIONS
from aecore.data import load_digits
from tests.browser.visitor import DESK, PHONE, answered, circle, go, set_further, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "ae-linear-32"} <= set(names()), reason="no trained models here"),
]


@pytest.fixture
def app(serve):
    return serve("app.py")


@pytest.fixture(scope="module")
def shared(open_shared, serve):
    """One page for most tests; each leaves its settings as they were, but for the last."""
    page = open_shared(f"{serve('app.py')}/denoise", **DESK)
    ready(page)
    return page


@pytest.fixture
def denoise(shared):
    """That page with the example on its sheet."""
    if (clear := shared.get_by_role("button", name="Clear", exact=True)).is_visible() and clear.is_enabled():
        with answered(shared):
            clear.click()
    return shared


def ready(page):
    """Wait until the strip stands and the script has ended."""
    page.wait_for_selector("figure[data-tile=clean] canvas")
    settled(page)


def pixels(page, tile: str) -> list[float]:
    """The red channel of a tile as it is on the screen."""
    return page.locator(f"figure[data-tile={tile}] canvas").evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
    )


def changed(page, tile: str, before: list[float]) -> list[float]:
    """Wait until a tile shows something else than before."""
    page.wait_for_function(
        """([tile, before]) => {
          const hosts = [...document.querySelectorAll('*')].filter(e => e.shadowRoot)
          for (const host of hosts) {
            const c = host.shadowRoot.querySelector(`figure[data-tile=${tile}] canvas`)
            if (!c) continue
            const now = c.getContext('2d').getImageData(0, 0, 28, 28).data
            return before.some((value, i) => Math.abs(value - now[4 * i]) > 2)
          }
          return false
        }""",
        arg=[tile, before],
    )
    return pixels(page, tile)


def sheet(page) -> dict:
    return page.get_by_role("application").first.bounding_box()


def test_the_reconstruction_follows_the_mouse_while_it_draws(denoise):
    page, box = denoise, sheet(denoise)
    clean = pixels(page, "clean")
    model = page.locator(".group figure").first.get_attribute("data-tile")
    answer = pixels(page, model)
    points = list(circle(box))
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:16]:
        page.mouse.move(*point)
    half = changed(page, "clean", clean)  # the button is still down
    changed(page, model, answer)
    for point in points[16:]:
        page.mouse.move(*point)
    with answered(page):
        page.mouse.up()
    whole = changed(page, "clean", half)
    assert sum(whole) != sum(half)
    assert page.locator("figure[data-tile=clean] figcaption").inner_text().startswith("Your drawing")


def test_a_finger_draws_on_a_phone(app, open_page):
    page = open_page(f"{app}/denoise", **PHONE)
    ready(page)
    clean = pixels(page, "clean")
    page.get_by_role("application").first.scroll_into_view_if_needed()
    points = [{"x": x, "y": y} for x, y in circle(sheet(page))]
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    changed(page, "clean", clean)


def test_the_drawing_survives_a_page_switch(denoise):
    page = denoise
    clean = pixels(page, "clean")
    points = list(circle(sheet(page)))
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    with answered(page):
        page.mouse.up()
    page.wait_for_selector(".strip-body:not(.drawing)")
    drawn = pixels(page, "clean")
    assert drawn != clean
    for title in ("Home", "Denoise"):
        go(page, title)
        ready(page)
        assert pixels(page, "clean") == drawn


KINDS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]


def picture(kind: str, digit: int = 61) -> bytes:
    """A real file of a kind: a dark test digit on white paper, 300 x 300."""
    pixels = 255 - load_digits("test")[0][digit, 0].numpy()
    digit = Image.fromarray(pixels).resize((180, 180), Image.Resampling.BICUBIC)
    page = Image.new("RGB", (300, 300), "white")
    page.paste(digit.convert("RGB"), (60, 60))
    buffer = io.BytesIO()
    page.save(buffer, kind)
    return buffer.getvalue()


def upload(page, name: str, data: bytes):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "image/*", "buffer": data})


@pytest.fixture(scope="module")
def letterbox(open_shared, serve):
    """One page that takes a file after the other."""
    page = open_shared(f"{serve('app.py')}/denoise?denoise_source=Upload", **DESK)
    ready(page)
    return page


@pytest.mark.parametrize("kind", KINDS)
def test_an_uploaded_file_of_each_format_is_restored(kind, letterbox):
    page, digit = letterbox, KINDS.index(kind)  # another one each time: the picture changes
    before = pixels(page, "clean")
    upload(page, f"digit.{kind.lower()}", picture(kind, digit))
    after = changed(page, "clean", before)
    assert sum(value > 128 for value in after) > 30  # ink, and white on black
    assert after[0] < 20


def test_a_broken_file_gives_one_friendly_message(letterbox):
    page = letterbox
    upload(page, "digit.png", picture("PNG")[:200])
    alert = page.get_by_test_id("stAlert")
    alert.wait_for()
    settled(page)
    assert alert.count() == 1
    assert "Traceback" not in page.inner_text("body")


@pytest.fixture(scope="module")
def picker(open_shared, serve):
    """A page with digits to pick from, in the dark."""
    page = open_shared(f"{serve('app.py')}/denoise?denoise_source=Pick", color_scheme="dark", **DESK)
    ready(page)
    return page


def test_a_digit_is_picked_by_click_and_by_key(picker):
    page = picker
    before = pixels(page, "clean")
    page.get_by_role("radio", name="a 4").click()
    four = changed(page, "clean", before)
    page.keyboard.press("ArrowRight")
    changed(page, "clean", four)
    assert page.get_by_role("radio", name="a 5").get_attribute("aria-checked") == "true"


def test_the_error_map_colours_what_differs_and_leaves_the_clean_digit(denoise):
    page = denoise
    clean, noisy = pixels(page, "clean"), pixels(page, "corrupted")
    set_further(page, "Error maps")
    changed(page, "corrupted", noisy)
    assert pixels(page, "clean") == clean
    assert page.get_by_text("too bright").is_visible()
    set_further(page, "Error maps")
    page.get_by_text("too bright").wait_for(state="hidden")
    settled(page)


def test_the_link_shows_another_visitor_the_same_pictures(app, open_page):
    page = open_page(f"{app}/denoise", **DESK)
    ready(page)
    before = pixels(page, "corrupted")
    with answered(page):
        page.locator(".st-key-denoise_bet_1 button").click()
    with answered(page):
        page.get_by_role("button", name="Just show me").click()
    changed(page, "corrupted", before)
    page.wait_for_function("location.search.includes('denoise_corruption')")
    query = urllib.parse.parse_qs(urllib.parse.urlparse(page.url).query)
    assert query["denoise_corruption"] == [CORRUPTIONS["salt_pepper"].label]
    other = open_page(page.url, **DESK)
    ready(other)
    assert pixels(other, "corrupted") == pixels(page, "corrupted")


def test_the_sweep_follows_once_it_is_seen(picker):
    page = picker
    chart = page.locator("[aria-label^='PSNR against']").first
    chart.wait_for()
    before = chart.get_attribute("aria-label")
    page.get_by_role("radio", name="a 1").click()
    chart.scroll_into_view_if_needed()
    page.wait_for_function(
        "before => ![...document.querySelectorAll('[aria-label^=\"PSNR against\"]')].some(e => e.ariaLabel === before)",
        arg=before,
    )


def test_under_the_hood_is_filled_only_while_it_is_open(denoise):
    """What is on the page is drawn again with every stroke: see pages/denoise/measured.py."""
    page = denoise
    page.get_by_text("Under the hood").scroll_into_view_if_needed()
    settled(page)
    assert page.get_by_text("def loss").count() == 0
    page.get_by_text("Under the hood").click()
    page.get_by_text("The loss that trained it").first.wait_for()
    page.get_by_text("def loss").first.wait_for()
    page.get_by_text("Under the hood").click()
    page.get_by_text("def loss").first.wait_for(state="hidden")


def test_downloads_are_real_files(denoise):
    page = denoise
    page.get_by_role("button", name="Download").click()
    with page.expect_download() as png:
        page.get_by_role("button", name="Pictures, PNG").click()
    assert Image.open(png.value.path()).format == "PNG"
    with page.expect_download() as table:
        page.get_by_role("button", name="Numbers, CSV").click()
    assert table.value.path().read_text(encoding="utf-8").startswith("method,kind,corruption,strength")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tiles_are_white_on_black_and_named_in_both_themes(scheme, request):
    page = request.getfixturevalue("denoise" if scheme == "light" else "picker")
    for canvas in page.locator("figure[data-tile] canvas").all():
        assert canvas.get_attribute("role") == "img"
        assert len(canvas.get_attribute("aria-label")) > 5
    clean = pixels(page, "clean")
    assert clean[0] < 20
    assert max(clean) > 200
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    red = json.loads(background.replace("rgb(", "[").replace(")", "]"))[0]
    assert red > 200 if scheme == "light" else red < 60


def test_a_control_and_then_the_pen_both_count(denoise):
    """The tiles are a fragment inside the stage's: a stroke must see the control that was set before it."""
    page = denoise
    answer = page.locator("figure[data-tile=corrupted] .value")
    before = answer.inner_text()
    page.get_by_role("slider").first.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('denoise_strength=0.7')")
    settled(page)
    clean = pixels(page, "clean")
    points = list(circle(sheet(page)))
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    with answered(page):
        page.mouse.up()
    changed(page, "clean", clean)
    decibel = float(answer.inner_text().split()[0])
    assert decibel < float(before.split()[0]) - 1  # more noise, on the new drawing too
