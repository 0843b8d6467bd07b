"""Fixtures of the browser tests: a real Chromium, and Streamlit servers for scripts.

Without a Chromium the browser tests are skipped, except where the environment variable CI is set: there they fail.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from benchmarks import chromium
from tests.browser.contexts import Contexts
from tests.browser.visitor import DESK, TIMEOUT, new_page

ROOT = Path(__file__).resolve().parents[2]
STEPS = 150  # of Inpaint's search: long enough to be seen at work, and a third of the processor's time


def unavailable(reason: str) -> None:
    (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


@pytest.fixture(scope="session")
def browser():
    """The browser, one a test session."""
    if chromium.find() is None:
        unavailable("No Chromium found: install chromium to run the browser tests.")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        unavailable("Playwright is not installed: pip install playwright.")
    with sync_playwright() as playwright:
        # see contexts.py; and no process of its own to paint, which without a GPU only costs
        started = chromium.launch(playwright, "--process-per-site", "--in-process-gpu")
        yield started
        started.close()


def pytest_runtest_call(item):
    """The page that a test is given is in front: behind another one Chromium draws a frame a second."""
    for given in item.funcargs.values():
        if hasattr(page := getattr(given, "page", given), "bring_to_front"):
            page.bring_to_front()


@pytest.fixture(scope="session")
def contexts(browser):
    """The browser's contexts, to be lent and given back."""
    return Contexts(browser)


@pytest.fixture(scope="module")
def context(contexts):
    """context(**options): the module's browser context of these options."""
    lent = {}

    def get(**options):
        options = DESK | options
        name = json.dumps(options, sort_keys=True)
        if name not in lent:
            lent[name] = contexts.lend(**options)
        return lent[name]

    yield get
    for used in lent.values():
        contexts.give_back(used)


@pytest.fixture
def newcomer(contexts):
    """newcomer(**options): the context of somebody who has never been here, until the test ends."""
    lent = []

    def come(**options):
        lent.append(contexts.lend(**DESK | options))
        return lent[-1]

    yield come
    for used in lent:
        contexts.give_back(used)


def _opener(context):
    pages = []

    def opener(url: str, color_scheme: str | None = None, **options):
        size = None if "is_mobile" in options else options.pop("viewport", None)
        page = new_page(context(**options))  # as few of them as can be: another theme or size is the page's
        if size:
            page.set_viewport_size(size)
        if color_scheme:
            page.emulate_media(color_scheme=color_scheme)
        pages.append(page)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(url)
        return page

    yield opener
    for page in pages:
        page.close()


@pytest.fixture
def open_page(context):
    """open_page(url, **context_options) opens a page, closed after the test; `page.errors`: what its scripts threw."""
    yield from _opener(context)


@pytest.fixture(scope="module")
def open_shared(context):
    """As open_page, for a page that the tests of a module share."""
    yield from _opener(context)


@pytest.fixture(scope="session")
def serve(browser):  # no server where there is no browser to look at it
    """serve(script, *options) starts `streamlit run script` on a free port and returns its URL.

    Servers live until the end of the session; a script that is served already is not started again.
    """
    servers: dict[tuple[str, ...], Server] = {}

    def start(script: str | Path, *options: str, env: dict[str, str] | None = None) -> str:
        name = (str(script), *options, *sorted((env or {}).items()))
        if name not in servers:
            servers[name] = start_streamlit(script, *options, env=env)
        return servers[name].url

    yield start
    for server in servers.values():
        server.process.terminate()
    for server in servers.values():
        server.stop()


@dataclass
class Server:
    """A running `streamlit run`; log: what it has printed, a file."""

    url: str
    process: subprocess.Popen
    log: IO[str]

    def said(self) -> str:
        """All that it has printed so far."""
        self.log.seek(0)
        return self.log.read()

    def stop(self) -> None:
        """End it, also where it does not want to."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_streamlit(script: str | Path, *options: str, env: dict[str, str] | None = None, base: str = "") -> Server:
    """Starts a server for a script (relative to the repository's root) and waits until it is healthy.

    base: path below which it serves, as "/lab".
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / script), *options]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command += ["--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    command += ["--server.baseUrlPath", base]
    # A file, since a pipe that nobody reads fills up and blocks the server.
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "AECORE_SEARCH_STEPS": str(STEPS), **(env or {})},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    server = Server(f"http://127.0.0.1:{port}{base}", process, log)
    deadline = time.monotonic() + TIMEOUT / 1000
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1) as answer:
                if answer.status == 200:
                    return server
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.1)
    server.stop()
    pytest.fail(f"streamlit run {script} did not start:\n{server.said()[-2000:]}")
