"""The Chromium that the browser tests and the benchmarks drive, and how it is started: headless, with nothing extra."""

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tests look for a browser also where Playwright is not installed
    from playwright.sync_api import Browser, Playwright

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """The path of an installed Chromium or Chrome; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch(playwright: "Playwright", *more: str) -> "Browser":
    """Start it; more: arguments beside ARGS. Raises: SystemExit: there is none on this machine."""
    path = find()
    if path is None:
        raise SystemExit("No Chromium found: install chromium, then try again.")
    return playwright.chromium.launch(executable_path=path, args=[*ARGS, *more])
