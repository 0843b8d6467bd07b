"""What stands on the first screen of the pages that restore: input and result, on a phone, a projector and a desk."""

import pytest

from aecore import checkpoints
from tests.browser.visitor import DESK, PHONE, eventually, settled, still

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not {"judge", "dae", "inpainter"} <= set(checkpoints.names()), reason="no trained models here"),
]
PROJECTOR = {"width": 1024, "height": 768}
BRIGHTEST = "c => Math.max(...c.getContext('2d').getImageData(0, 0, 28, 28).data.filter((_, i) => i % 4 === 0))"
INPUT = {  # page -> what the hand works on
    "denoise": ".pad .sheet",
    "inpaint": ".st-key-inpaint_pad .sheet",
    "super_resolution": ".pad .sheet",
}
RESULT = {
    "denoise": "figure.best .frame",
    "inpaint": ".st-key-inpaint_board figure.best .frame",
    "super_resolution": "figure.best .frame",
}


def opened(open_page, serve, page: str, size: dict):
    tab = open_page(f"{serve('app.py')}/{page}", **size)
    tab.locator(RESULT[page]).first.wait_for(state="attached")
    settled(tab)
    return tab


def box(tab, place: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom, in px of the screen."""
    edges = tab.locator(place).first.bounding_box()
    return edges["x"], edges["y"], edges["x"] + edges["width"], edges["y"] + edges["height"]


@pytest.mark.parametrize("page", INPUT)
def test_a_phone_shows_the_sheet_and_beside_it_the_answer(page, open_page, serve):
    tab = opened(open_page, serve, page, PHONE)
    eventually(tab, lambda: tab.locator(".echo canvas").count() == 2)
    eventually(tab, lambda: all(tab.locator(".echo b").all_inner_texts()))
    _, top, right, bottom = box(tab, INPUT[page])
    echo = box(tab, ".echo")
    assert bottom <= 844 and right <= 390
    assert echo[3] - echo[1] >= 56 and echo[3] <= top  # above the sheet, so that no hand covers it
    for canvas in tab.locator(".echo canvas").all():  # ink on them: an answer, not a blank
        assert canvas.evaluate(BRIGHTEST) > 120


@pytest.mark.parametrize("page", INPUT)
def test_a_larger_screen_shows_the_best_answer_whole_beside_the_sheet(page, open_page, serve):
    tab = opened(open_page, serve, page, DESK)
    whole_beside_the_sheet(tab, page, 900)
    tab.set_viewport_size(PROJECTOR)
    eventually(tab, lambda: box(tab, RESULT[page])[3] <= 768)
    whole_beside_the_sheet(tab, page, 768)


def whole_beside_the_sheet(tab, page: str, height: int) -> None:
    still(tab, lambda: (box(tab, INPUT[page]), box(tab, RESULT[page])))
    sheet, best = box(tab, INPUT[page]), box(tab, RESULT[page])
    assert best[3] <= height and best[0] >= sheet[2]
    frames = [frame.bounding_box() for frame in tab.locator("figure .frame:visible").all()]
    assert min(frame["width"] for frame in frames) >= 120
    for i, one in enumerate(frames):
        for other in frames[:i]:
            apart = max(abs(one["x"] - other["x"]) - one["width"], abs(one["y"] - other["y"]) - one["height"])
            assert apart >= 0
    names = [name.bounding_box() for name in tab.locator("figure .name:visible").all()]
    for i, one in enumerate(names):  # no caption runs into its neighbour's
        for other in names[:i]:
            assert abs(one["y"] - other["y"]) > 4 or abs(one["x"] - other["x"]) >= min(one["width"], other["width"])


@pytest.mark.skipif("photo" not in checkpoints.names(), reason="no trained photo denoiser here")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_first_screen_of_photos_shows_the_whole_photo(size, open_page, serve):
    tab = open_page(f"{serve('app.py')}/photos", **size)
    tab.wait_for_selector(".before-after[data-version]")
    for screen in (size["viewport"], *([PROJECTOR] if size is DESK else [])):
        tab.set_viewport_size(screen)
        still(tab, lambda: box(tab, ".before-after .stage"))
        left, top, right, bottom = box(tab, ".before-after .stage")
        assert right - left >= min(340, screen["width"] - 50) and right <= screen["width"]
        assert top > 0 and bottom <= screen["height"]
