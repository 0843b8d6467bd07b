"""The heartbeats of Signals in a real Chromium: the tab, the sliders, and what they change."""

import pytest

from aecore.checkpoints import names
from tests.browser.visitor import DESK, eventually, settled

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("heartbeats" not in names(), reason="no trained models here"),
]
NETWORK, FILTER = (f".strip figure[data-row={row}] output" for row in ("network", "filter"))


def test_more_noise_changes_the_gain_at_once_and_nobody_takes_it_for_a_diagnosis(serve, open_page):
    page = open_page(serve("app.py") + "/signals", **DESK)
    page.get_by_role("radio", name="Heartbeats").click()
    eventually(page, lambda: "dB" in page.locator(NETWORK).inner_text())
    settled(page)
    assert page.get_by_text("Not for diagnosis").first.is_visible()
    before = page.locator(FILTER).inner_text()  # the network's happens to stay the same
    page.locator(".strip input[data-noise=muscle]").focus()
    page.keyboard.press("End")
    eventually(page, lambda: page.locator(FILTER).inner_text() not in ("", before))
    eventually(page, lambda: "heart_muscle=" in page.url)
    assert not page.errors
