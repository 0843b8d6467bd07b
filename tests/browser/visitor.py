"""What every visitor does, whatever the page: wait until something holds, and go to another page."""

import time
from collections.abc import Callable

from pages import PAGES

TIMEOUT = 120_000  # ms; generous, since machines are slow and busy, and a test must not depend on that
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def eventually(page, condition: Callable[[], object], what: Callable[[], str] = str) -> None:
    """Wait until a condition holds; `what` says what is there instead, if it never does."""
    deadline = time.monotonic() + TIMEOUT / 1000
    while not condition():
        assert time.monotonic() < deadline, what()
        page.wait_for_timeout(50)


def idle(page) -> None:
    """Wait until no script runs for the page; what it then shows may be the answer to an earlier question."""
    page.wait_for_selector("[data-test-script-state=notRunning]", state="attached", timeout=TIMEOUT)


def go(page, title: str) -> None:
    """Choose a page from the bar, through the menu of its section, and wait for its head."""
    (section,) = (each.section for each in PAGES if each.title == title)
    if section:
        page.get_by_test_id("stTopNavSection").filter(has_text=section).click()
    role = "menuitem" if section else "link"
    page.get_by_role(role, name=title, exact=True).click()
    head = "Autoencoder Lab" if title == PAGES[0].title else title
    page.get_by_role("heading", level=1, name=head, exact=True).wait_for(timeout=TIMEOUT)
