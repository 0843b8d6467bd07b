"""The Upsampling page in a real Chromium: a cell's sum, sizes and overlaps, four decoders under the pen."""

import pytest

from aecore import checkpoints
from aecore.recipes import UPSAMPLED
from tests.browser.visitor import DESK, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not set(UPSAMPLED) <= set(checkpoints.names()), reason="no trained models here"),
]
GRID, DECODERS = ".st-key-upsampling_grid_view .grid", ".st-key-upsampling_decoders_view .decoders"


def test_a_cell_shows_its_sum_kernels_the_overlap_and_decoders_follow_the_pen(serve, open_page):
    page = open_page(f"{serve('app.py')}/upsampling", **DESK)
    page.wait_for_selector(f"{GRID}[data-side='9']")
    settled(page)
    grid = page.locator(GRID)

    grid.locator(".output [data-cell='20']").click()  # row 3, column 3, where four kernels overlap
    lit = "cells => cells.map((cell) => Number(cell.dataset.cell))"
    assert grid.locator(".input .lit").evaluate_all(lit) == [0, 1, 4, 5]
    assert grid.locator(".kernel .lit").evaluate_all(lit) == [0, 2, 6, 8]
    assert grid.locator(".sum .term").count() == 4 and grid.locator(".sum").inner_text().endswith("= 4")

    def inner() -> set[str]:
        """Numbers of the cells that the border does not reach."""
        side = int(grid.get_attribute("data-side"))
        cells = grid.locator(".output [data-cell]").all_inner_texts()
        lines = [cells[row * side + 3 : row * side + side - 3] for row in range(3, side - 3)]
        return {cell.strip() for line in lines for cell in line}

    grid.get_by_role("checkbox").check()
    assert inner() == {"1", "2", "4"}
    grid.locator("[data-dial=kernel]").press("ArrowRight")
    page.wait_for_selector(f"{GRID}[data-side='10']")
    assert grid.locator(".size").inner_text().endswith("= 10") and inner() == {"4"}
    grid.locator("[data-dial=stride]").press("ArrowRight")
    page.wait_for_selector(f"{GRID}[data-side='13']")
    assert inner() == {"1", "2", "4"}
    eventually(page, lambda: "up_kernel=4" in page.url and "up_stride=3" in page.url)

    page.wait_for_selector(f"{DECODERS}[data-live='1']")
    pictures = page.locator(f"{DECODERS} figure[data-name] canvas")
    painted = "canvases => canvases.map((canvas) => canvas.toDataURL())"
    before = pictures.evaluate_all(painted)
    assert len(before) == 2 * len(UPSAMPLED)
    pad = page.locator(".pad canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=8)
    eventually(page, lambda: all(map(str.__ne__, pictures.evaluate_all(painted), before)))  # the button is still down
    page.mouse.up()
