"""A busy machine: answers come late and out of order, questions reach the server in one heap; the newest wins."""

import re

import pytest

from aecore.checkpoints import names
from tests.browser.line import Line
from tests.browser.visitor import DESK, eventually, new_page, quiet, rested, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not {"judge", "dae", "ae-conv", "ae-2-bce", "vae-2", "vae"} <= set(names()), reason="no trained models here"
    ),
]


@pytest.fixture
def opened(serve, newcomer):
    """Opens a page of the lab over a line that a test slows; returns both."""

    def open_it(path: str, ready: str):
        page = new_page(newcomer(**DESK))
        line = Line(page)
        page.goto(f"{serve('app.py')}/{path}")
        page.locator(ready).first.wait_for()
        settled(page)
        return page, line

    return open_it


def stroke(page, *places: tuple[float, float]):
    sheet = page.locator(".pad canvas").first
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def seven_then_a_bar(page):
    """Two strokes, so far apart that the page looks again between them."""
    stroke(page, (0.3, 0.25), (0.68, 0.25), (0.45, 0.8))
    rested(page)
    stroke(page, (0.35, 0.52), (0.65, 0.52))
    rested(page)


def test_the_map_its_equations_and_umap_show_the_last_stroke(opened):
    page, line = opened("latent_map", ".st-key-map_panels_board .own p")
    page.get_by_text("Under the hood").click()
    settled(page)
    line.hold()
    seven_then_a_bar(page)
    line.release()
    quiet(page)
    line.hold_asks()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Redo").click()
    rested(page)
    line.release_asks()
    equations = page.locator(".st-key-map_equations_open annotation, [data-testid=stExpander] annotation")

    def inset() -> str:
        told = page.locator(".st-key-map_panels_board .own p").filter(has_text="μ").first.inner_text()
        return re.search(r"μ \(([^)]+)\)", told)[1].replace("−", "-").replace(" ", "")

    def below() -> str:
        told = " ".join(equations.all_text_contents())
        return re.sub(r"[\\ ]", "", re.search(r"\\mu = \(([^)]+)\)", told)[1])

    def near() -> bool:
        pairs = zip(inset().split(","), below().split(","), strict=True)
        return all(abs(float(a) - float(b)) < 0.02 for a, b in pairs)

    page.get_by_text("Under the hood").scroll_into_view_if_needed()  # what nobody sees steps back instead
    eventually(page, near, lambda: f"{inset()} in the map, {below()} below")
    eventually(page, lambda: page.get_by_text("placing your drawing").count() == 0, lambda: "UMAP places it for ever")


def numbers(page) -> list[str]:
    return page.locator(".strip-body figure figcaption").all_inner_texts()


def test_the_numbers_are_those_of_the_last_stroke(opened):
    page, line = opened("denoise", "figure[data-tile=clean] canvas")
    late = []

    def answer(route):
        response = route.fetch()
        if late:
            return route.fulfill(response=response)
        late.append(lambda: route.fulfill(response=response))  # the first answer waits until the second is there

    page.route("**/answers/*", answer)
    line.hold()
    seven_then_a_bar(page)
    eventually(page, lambda: late)
    late[0]()
    line.release()
    quiet(page)
    shown = numbers(page)
    page.reload()
    page.locator(".strip-body figure.best").first.wait_for()
    eventually(page, lambda: numbers(page) == shown, lambda: f"{shown} and after a reload {numbers(page)}")


def test_nothing_is_called_cancelled_that_nobody_cancelled(opened):
    page, line = opened("inpaint?inpaint_kind=Patch&inpaint_x=0.4", ".st-key-inpaint_descent .search")
    said = []

    def state() -> str:
        said.append(page.locator(".st-key-inpaint_descent .state").inner_text())
        return said[-1]

    eventually(page, lambda: "step" in state() or "took" in state(), state)
    line.drop()
    eventually(page, lambda: line.connections == 2)
    eventually(page, lambda: "took" in state(), state)
    assert not [text for text in said if "ancelled" in text]
    assert page.get_by_text("cancelled").count() == 0
