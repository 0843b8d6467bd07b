"""The network as a picture: it follows the pen, a number shows what it paints, and lets itself be pulled."""

import numpy as np
import pytest

from aecore.checkpoints import names
from aecore.engine import get_engine
from pages.home.codes import EXAMPLE
from tests.browser.test_follow import _wiggle, draw_a_seven
from tests.browser.visitor import DESK, PHONE, drawn, eventually, settled
from ui.input.digit import example_digit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "bottleneck-8"} <= set(names()), reason="no trained models here"),
]
GREYS = "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 < 3)"
ROW = ".line:nth-of-type({}) .row"  # 1: 32 numbers, 2: 8, 3: 2


def ready(page, rows=3):
    eventually(page, lambda: page.locator(".row[data-drawn]").count() >= rows)
    settled(page)


def tile(page, row, which):
    """Red, green and blue of a picture: "first" goes in, "last" comes out."""
    canvas = getattr(page.locator(f"{ROW.format(row)} .picture canvas"), which)
    return np.array(canvas.evaluate(GREYS)).reshape(28, 28, 3) / 255


def value(page, row):
    return page.locator(f"{ROW.format(row)} .value").inner_text()


@pytest.fixture(scope="module")
def home(serve, open_shared):
    """One page for the tests at a desk; the last of them draws on it."""
    page = open_shared(serve("app.py"), **DESK)
    ready(page)
    return page


def test_a_number_shows_what_it_paints_is_pulled_and_comes_back(home):
    code = home.locator(f"{ROW.format(2)} .code")
    out = tile(home, 2, "last")
    z = get_engine().encode("bottleneck-8", example_digit(EXAMPLE))
    box = code.bounding_box()
    column = int(z[0].abs().argmax())
    across = box["x"] + (column + 0.5) / 8 * box["width"]
    home.mouse.move(across, box["y"] + 0.5 * box["height"])
    eventually(home, lambda: value(home, 2) != "")
    assert float(value(home, 2).split("=")[1].replace("−", "-")) == pytest.approx(float(z[0, column]), abs=0.006)
    drawn(home)
    painted = tile(home, 2, "last")
    without = z.clone()
    without[0, column] = 0
    part = np.float32((get_engine().decode("bottleneck-8", z) - get_engine().decode("bottleneck-8", without))[0, 0])
    warm = painted[..., 0] - painted[..., 2]  # orange adds, blue takes away
    strong = np.abs(part) > 0.5 * np.abs(part).max()
    assert (np.sign(warm[strong]) == np.sign(part[strong])).all()
    home.mouse.down()
    home.mouse.move(across, box["y"] + 0.05 * box["height"], steps=5)
    eventually(home, lambda: not np.allclose(tile(home, 2, "last"), painted))
    drawn(home)
    pulled = float(value(home, 2).split("=")[1].replace("−", "-"))
    moved = z.clone()
    moved[0, column] = pulled
    expected = np.float32(get_engine().decode("bottleneck-8", moved)[0, 0])
    assert abs(pulled - float(z[0, column])) > 0.1
    assert np.abs(tile(home, 2, "last")[..., 0] - (11 / 255 + expected * (244 / 255))).max() < 0.05
    home.mouse.up()
    home.mouse.move(5, 5)
    eventually(home, lambda: np.allclose(tile(home, 2, "last"), out))
    assert value(home, 2) == ""


def test_the_keyboard_does_the_same(home):
    code = home.locator(f"{ROW.format(3)} .code")
    out = tile(home, 3, "last")
    home.locator(f"{ROW.format(2)} .code").focus()
    home.keyboard.press("Tab")
    assert code.evaluate("node => node === node.getRootNode().activeElement")
    eventually(home, lambda: "z" in value(home, 3))
    home.keyboard.press("Home")
    eventually(home, lambda: value(home, 3).startswith("z₁ "))
    assert code.get_attribute("aria-valuetext").startswith("z₁ = ")
    before = float(code.get_attribute("aria-valuenow"))
    for _ in range(8):
        home.keyboard.press("ArrowDown")
    eventually(home, lambda: float(code.get_attribute("aria-valuenow")) < before)
    eventually(home, lambda: not np.allclose(tile(home, 3, "last"), out))
    home.keyboard.press("Escape")
    eventually(home, lambda: np.allclose(tile(home, 3, "last"), out))


def test_a_thumb_does_the_same(serve, open_page):
    page = open_page(serve("app.py"), **PHONE)
    ready(page)
    out = tile(page, 1, "last")
    page.locator(f"{ROW.format(1)} .code").tap()
    eventually(page, lambda: "z" in value(page, 1))
    assert not np.allclose(tile(page, 1, "last"), out)
    page.locator("h1").tap()
    eventually(page, lambda: np.allclose(tile(page, 1, "last"), out))


def test_the_inside_of_the_denoiser_is_what_the_strip_ran(serve, open_page):
    page = open_page(serve("app.py") + "/denoise", **DESK)
    ready(page, rows=1)
    row = page.locator(".row[data-network]")
    draw_a_seven(page)
    eventually(page, lambda: _wiggle(page) or page.locator("figure.sketch[data-tile=dae]").count())
    row.scroll_into_view_if_needed()  # below the first screen it waits until it is looked at
    drawn(page, 20)

    def shown(selector):
        return np.array(page.locator(selector).first.evaluate(GREYS))

    for tile_, box in (("corrupted", ".row .part:first-child .picture"), ("dae", ".row .part:last-of-type .picture")):
        eventually(page, lambda t=tile_, b=box: (shown(f"figure[data-tile={t}] canvas") == shown(f"{b} canvas")).all())
    assert "4,704 numbers, more than the picture" in page.locator("h2:has([data-note])").inner_text()
    assert row.locator("figure.sheet").count() == 4
    page.mouse.up()


@pytest.mark.parametrize(("path", "name"), [("generate", "cvae-2"), ("bottleneck", "bottleneck-8")])
def test_one_row_shows_what_the_stage_runs(serve, open_page, path, name):
    page = open_page(f"{serve('app.py')}/{path}", **DESK)
    ready(page, rows=1)
    sha256 = get_engine().card(name).sha256
    assert page.locator(".row[data-network]").get_attribute("data-network") == sha256
    before = page.locator(".row[data-drawn]").get_attribute("data-drawn")
    if path == "bottleneck":
        page.locator(".dial input").focus()
        page.keyboard.press("ArrowLeft")
        smaller = get_engine().card("bottleneck-4").sha256
        eventually(page, lambda: page.locator(".row[data-network]").get_attribute("data-network") == smaller)
        eventually(page, lambda: page.locator(".row[data-network] .code canvas").count() == 1)
    else:
        assert page.locator(".row.blind").count() == 1  # no picture has gone in
        page.locator(".row.blind").evaluate("node => node.scrollIntoView({ block: 'end' })")
        canvas = page.locator(".writer canvas").first.bounding_box()
        page.mouse.move(canvas["x"] + 0.3 * canvas["width"], canvas["y"] + 0.8 * canvas["height"])
        eventually(page, lambda: page.locator(".row[data-network]").get_attribute("data-drawn") != before)
    assert page.errors == []


def test_a_number_opens_into_its_sum_and_source(home):
    row, panel = home.locator(ROW.format(3)), home.locator(".panel:not([hidden])")
    code = row.locator(".code").bounding_box()
    home.mouse.click(code["x"] + 0.75 * code["width"], code["y"] + 0.5 * code["height"])  # the second of two
    panel.wait_for()
    z = float(get_engine().encode("bottleneck-2", example_digit(EXAMPLE))[0, 1])
    sums = panel.locator("[data-part=sum]").all_inner_texts()
    assert sums[0] == "z₂" and float(sums[1].replace("−", "-")) == pytest.approx(z, abs=0.006)
    source = panel.locator(".source").first
    source.wait_for()
    assert (
        source.inner_text().startswith("self.bend_in(t)")
        and "aecore/models/tied_matrix.py, line" in source.inner_text()
    )
    weights = panel.locator(".part-of[data-part=w]")
    assert weights.count() > 4
    weights.first.hover()
    eventually(home, lambda: panel.get_attribute("data-lit") == "w")
    home.locator("h1").click()
    panel.get_by_role("button", name="Close").click()
    assert home.locator(".panel:not([hidden])").count() == 0
    row.locator(".code").focus()
    home.keyboard.press("Space")  # the picture that comes out
    panel.wait_for()
    before = panel.inner_text()
    home.keyboard.press("ArrowLeft")
    eventually(home, lambda: panel.inner_text() != before)
    home.keyboard.press("Escape")
    assert home.locator(".panel:not([hidden])").count() == 0


def test_the_rows_show_what_the_networks_do_and_follow_the_pen(home):
    x = example_digit(EXAMPLE)
    for row, name in ((1, "bottleneck-32"), (2, "bottleneck-8"), (3, "bottleneck-2")):
        expected = np.float32(get_engine().reconstruct(name, x)[0, 0])
        assert np.abs(tile(home, row, "last")[..., 0] - (11 / 255 + expected * (244 / 255))).max() < 0.02
    before = tile(home, 3, "last")
    words = home.locator(".line p").all_inner_texts()
    draw_a_seven(home)
    eventually(home, lambda: not np.allclose(tile(home, 3, "last"), before))
    assert home.locator(".network.drawing").count() == 1
    home.mouse.up()
    home.wait_for_selector(".network:not(.drawing)")
    eventually(home, lambda: home.locator(".line p").all_inner_texts() != words)
    assert home.errors == []
