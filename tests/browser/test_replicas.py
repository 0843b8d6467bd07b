"""Two replicas behind Debian's nginx with the configuration of deploy/, below a base path: a visitor stays with one."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import ROOT, start_streamlit, unavailable
from tests.browser.frame import whole
from tests.browser.visitor import DESK, eventually, go

pytestmark = pytest.mark.browser
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def replicas():
    if NGINX is None:
        unavailable("No nginx found: install nginx-light to run this test.")
    started = [start_streamlit("app.py", base="/lab", env={"AECORE_LOG": "json"}) for _ in range(2)]
    yield started
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def address(replicas, tmp_path_factory):
    """nginx's, with the file of the repository but for its ports."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    text = (ROOT / "deploy/nginx.conf").read_text()
    ports = [re.search(r":(\d+)/", server.url)[1] for server in replicas]
    for written, here in zip(("127.0.0.1:8501", "127.0.0.1:8502"), ports, strict=True):
        assert text.count(written) == 1
        text = text.replace(written, f"127.0.0.1:{here}")
    text = text.replace(
        "listen 8080;", f"listen 127.0.0.1:{port};\n        add_header X-Replica $upstream_addr always;"
    )
    if os.geteuid() == 0:
        text = "user root;\n" + text  # its folders are the test's
    (folder / "nginx.conf").write_text(text)
    process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder, "-g", "daemon off;"])
    url = f"http://127.0.0.1:{port}/lab"
    deadline = time.monotonic() + 20
    while True:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                break
        except (urllib.error.URLError, OSError):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


def test_a_visitor_walks_on_one_replica_and_goes_on_when_it_dies(replicas, address, open_page):
    page, met = open_page("about:blank", **DESK), []
    page.on("response", lambda response: met.append(response.headers.get("x-replica")))
    page.goto(f"{address}/denoise?denoise_seed=11")
    page.locator("figure[data-tile=clean] canvas").wait_for()
    box = page.locator(".pad canvas").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 110, box["y"] + 220, steps=8)
    page.mouse.up()
    page.get_by_text("Your drawing").first.wait_for()
    go(page, "Interpolate")
    page.locator(".walk canvas").first.wait_for()
    (mine,) = {replica for replica in met if replica}
    (dying,) = [server for server in replicas if server.url.split("/")[2] == mine]
    met.clear()
    dying.stop()
    page.goto(address)  # which nobody has asked the other for: a cold server's first page may be Home, too
    whole(page, "home")
    (other,) = [server for server in replicas if server is not dying]
    eventually(page, lambda: any(other.url.split("/")[2] in replica for replica in met if replica))


def test_programs_come_through(address):
    with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=60) as answer:
        assert json.load(answer)["servers"] == [{"url": "/lab/api/v1"}]


def test_the_configuration_holds_back_large_bodies(address):
    request = urllib.request.Request(f"{address}/answers/none", b"." * 13_000_000, method="POST")
    with pytest.raises((urllib.error.HTTPError, ConnectionError, urllib.error.URLError)) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert getattr(refused.value, "code", 413) == 413
