"""The interface for programs: a real server, asked rightly and wrongly; every example of docs/api.md is run."""

import base64
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from openapi_spec_validator import validate
from PIL import Image

from aecore.pictures.sample_pages import sample_page
from aecore.service.verbs import VERBS
from tests.browser.conftest import ROOT, start_streamlit

DOCS = (ROOT / "docs/api.md").read_text(encoding="utf-8")
PAGE = sample_page(torch.Generator().manual_seed(6), rows=1, columns=3)
JSON = "application/json"


def encoded(pixels: np.ndarray, kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


PHOTO = encoded(PAGE.clean, "JPEG")


@pytest.fixture(scope="module")
def server():
    started = start_streamlit("app.py", base="/lab", env={"AECORE_API_ORIGINS": "https://course.example"})
    yield started
    started.stop()


@pytest.fixture(scope="module")
def ask(server):
    """ask(path, body, method, **headers): status, headers in lower case, body."""

    def asked(path: str, body: bytes | None = None, method: str = "", **headers: str):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"{server.url}/api/v1/{path}" if not path.startswith("/") else server.url + path
        request = urllib.request.Request(address, body, names, method=method or ("GET" if body is None else "POST"))
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()

    return asked


def problem(answer: tuple[int, dict[str, str], bytes], status: int) -> dict:
    """The problem that an answer tells."""
    assert answer[0] == status, answer
    assert answer[1]["content-type"] == "application/problem+json"
    told = json.loads(answer[2])
    assert told["status"] == status and told["title"] and told["detail"].rstrip().endswith(".")
    assert "Traceback" not in told["detail"]
    return told


def form(**parts: str | bytes) -> tuple[bytes, str]:
    """A multipart body and its type."""
    lines = []
    for name, value in parts.items():
        file = "; filename=f" if isinstance(value, bytes) else ""
        content = value if isinstance(value, bytes) else value.encode()
        lines.append(
            b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (name.encode(), file.encode()) + content
        )
    return b"\r\n".join([*lines, b"--b--\r\n"]), "multipart/form-data; boundary=b"


def test_the_description_and_the_index_agree(server, ask):
    status, headers, body = ask("openapi.json")
    described = json.loads(body)
    validate(described)
    assert status == 200 and headers["content-type"] == JSON and described["servers"] == [{"url": "/lab/api/v1"}]
    index = json.loads(ask("")[2])
    assert set(index["verbs"]) == set(VERBS) and index["version"] == described["info"]["version"]
    assert index["verbs"]["read"]["address"] == "/lab/api/v1/read"
    assert json.loads(ask("models")[2])["models"]
    assert ask("health")[0] in (200, 503)


def test_a_photo_is_read_however_it_is_sent(ask):
    parts, multipart = form(picture=PHOTO)
    in_json = json.dumps({"picture": "data:image/jpeg;base64," + base64.b64encode(PHOTO).decode()}).encode()
    ways = (
        (PHOTO, "image/jpeg"),
        (PHOTO, "application/octet-stream"),
        (PHOTO, "application/x-www-form-urlencoded"),  # as curl --data-binary calls everything
        (parts, multipart),
        (in_json, JSON),
    )
    for body, kind in ways:
        status, _, answer = ask("read", body, Content_Type=kind)
        assert status == 200, answer
        assert [reading["digit"] for reading in json.loads(answer)["readings"]] == PAGE.y.tolist()


def test_a_picture_comes_back_as_png_or_in_json(ask):
    status, headers, body = ask("denoise", encoded(PAGE.damaged, "PNG"), Content_Type="image/png", Accept="image/png")
    assert status == 200 and headers["content-type"] == "image/png" and headers["cache-control"] == "no-store"
    assert Image.open(io.BytesIO(body)).size == PAGE.damaged.shape[1::-1]
    status, headers, body = ask("generate?text=42&seed=5", b"", Accept="text/html;q=0.5, */*;q=0.1")
    told = json.loads(body)
    assert headers["content-type"] == JSON and told["reads"] == told["labels"] == [4, 2]
    again = ask("generate", b"text=42&seed=5", Content_Type="application/x-www-form-urlencoded", Accept="image/*")
    assert again[2] == base64.b64decode(told["picture"])


@pytest.mark.parametrize(
    ("status", "path", "method", "body", "headers"),
    [
        (404, "/api/v2/read", "POST", b"", {}),
        (404, "/api", "GET", None, {}),
        (404, "nothing", "GET", None, {}),
        (404, "read/more", "POST", b"", {}),
        (405, "read", "GET", None, {}),
        (405, "read", "DELETE", None, {}),
        (405, "models", "POST", b"", {}),
        (406, "read", "POST", b"", {"Accept": "image/png"}),
        (406, "generate", "POST", b"", {"Accept": "text/html, image/png;q=0"}),
        (415, "read", "POST", b"<x/>", {"Content-Type": "text/xml"}),
        (400, "generate", "POST", b"{'text': 7}", {"Content-Type": JSON}),
        (400, "generate", "POST", b"[" * 100_000, {"Content-Type": JSON}),
        (400, "read", "POST", b"no form", {"Content-Type": "multipart/form-data"}),
        (400, "read", "POST", b"no form", {"Content-Type": "multipart/form-data; boundary=b"}),
        (422, "read", "POST", b"", {}),
        (422, "read", "POST", b"\x89PNG\r\n\x1a\n nothing more", {"Content-Type": "image/png"}),
        (422, "generate?text=7&text=8", "POST", b"", {}),
        (422, "generate?temperature=nan", "POST", b"", {}),
        (422, "generate?model=judge", "POST", b"", {}),
        (422, "generate?model=%00%ff%0a", "POST", b"", {}),
        (422, "generate?samples=99999999999999999999", "POST", b"", {}),
        (422, "decode", "POST", b'{"codes": [[1e400]]}', {"Content-Type": JSON}),
        (422, "decode", "POST", b'{"codes": [[]], "a": 1}', {"Content-Type": JSON}),
        (413, "read", "POST", b"x" * (12 * 2**20 + 1), {"Content-Type": "image/png"}),
        (403, "read", "POST", b"", {"Origin": "https://elsewhere.example"}),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_what_is_wrong(server, ask, status, path, method, body, headers):
    told = problem(ask(path, body, method, **headers), status)
    assert len(json.dumps(told)) < 3000


def test_a_body_that_says_no_length_is_not_taken_whole(server):
    host, port = server.url.removeprefix("http://").removesuffix("/lab").split(":")
    with socket.create_connection((host, int(port)), timeout=300) as line:
        line.sendall(b"POST /lab/api/v1/read HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(13):
            line.sendall(b"100000\r\n" + b"x" * 2**20 + b"\r\n")
        line.sendall(b"0\r\n\r\n")
        said = line.recv(4096)
    assert said.startswith(b"HTTP/1.1 413")


def test_other_sites_ask_only_where_the_host_lets_them(ask):
    status, headers, _ = ask("generate?text=7", b"", Origin="https://course.example")
    assert status == 200 and headers["access-control-allow-origin"] == "https://course.example"
    status, headers, _ = ask("generate", None, "OPTIONS", Origin="https://course.example")
    assert status == 204 and headers["access-control-allow-methods"] == "POST" and headers["allow"] == "POST, OPTIONS"
    assert "access-control-allow-origin" not in ask("generate?text=7", b"")[1]


def test_many_ask_at_once(ask):
    with ThreadPoolExecutor(12) as programs:
        answers = list(
            programs.map(lambda seed: ask(f"generate?text=7&seed={seed}", b"", Accept="image/png"), range(12))
        )
    assert [status for status, _, _ in answers] == [200] * 12
    assert len({body for _, _, body in answers}) == 12


# ---- docs/api.md


def test_the_docs_name_every_verb():
    assert re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE) == list(VERBS)


@pytest.mark.parametrize(
    "block", re.findall(r"^```(sh|python)\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL), ids=lambda b: b[0]
)
def test_the_examples_run(server, block, tmp_path):
    language, text = block
    if language == "sh" and shutil.which("curl") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("curl is not installed")
    (tmp_path / "photo.jpg").write_bytes(PHOTO)
    mask = np.zeros(PAGE.clean.shape[:2], np.uint8)
    mask[: len(mask) // 2] = 255
    (tmp_path / "mask.png").write_bytes(encoded(mask, "PNG"))
    (tmp_path / "codes-of-two.json").write_text(json.dumps({"codes": [[0.0] * 32, [0.5] * 32]}))
    text = text.replace("http://localhost:8501", server.url).replace("/path/to/the/lab", str(ROOT))
    command = ["bash", "-e", "-c", text] if language == "sh" else [sys.executable, "-c", text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    wrong = "temperature=warm" in text
    assert ('"status": 422' in done.stdout) == wrong and '"status": 5' not in done.stdout
    for name in re.findall(r"-o (\S+)", text) + re.findall(r'open\("(\S+)", "wb"\)', text):
        content = (tmp_path / name).read_bytes()
        assert content.startswith(b"\x89PNG" if name.endswith(".png") else b"{"), content[:300]


def test_the_server_says_nothing_of_all_this(server):
    assert "Traceback" not in server.said()
