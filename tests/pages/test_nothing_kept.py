"""What the line under every uploader says: nothing is stored. Nor does a page need the network, or a disk."""

import gc
import io
import os
import sys

import numpy as np
import pytest
from PIL import Image

from tests.pages.test_pages import png
from tests.visits import settled, sound, visit
from ui.input.upload import PRIVACY
from ui.server import jobs

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_heard: list[str] | None = None  # what was written and connected to, while somebody listens


def _hear(event: str, args: tuple) -> None:
    if _heard is None:
        return
    if event == "open" and isinstance(args[2], int) and args[2] & WRITES and not isinstance(args[0], int):
        path = str(args[0])  # a number is a file that was heard when it was opened by its name
        if not path.startswith(("/dev/", "/proc/")) and "__pycache__" not in path:
            _heard.append(path)
    elif event == "socket.connect" and not (isinstance(args[1], str | bytes) or args[1][0] in ("127.0.0.1", "::1")):
        _heard.append(str(args[1]))


sys.addaudithook(_hear)


@pytest.fixture
def heard(monkeypatch):
    """Whatever is written or connected to by this process in the test."""
    global _heard
    _heard = []
    yield _heard
    _heard = None


def test_the_ear_hears(tmp_path, heard):
    (tmp_path / "file").write_text("x")
    assert heard == [str(tmp_path / "file")]


@pytest.mark.parametrize("page", ["home", "generate"])
def test_a_page_writes_nothing_and_asks_nobody(page, heard):
    sound(visit(page))
    assert heard == []


def picture() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("page", "control", "uploader", "data", "reader"),
    [
        ("denoise", "denoise_source", "denoise_upload", png(50), "aecore.intake.files.digits_from_bytes"),
        ("photos", "photos_source", "photos_upload", picture(), "aecore.pictures.io.read_photo"),
    ],
)
def test_an_upload_is_opened_by_a_worker_and_gone_with_its_session(
    page, control, uploader, data, reader, heard, monkeypatch
):
    monkeypatch.setattr(reader, None)  # in this process nobody opens pictures
    at = visit(page)
    at.segmented_control(key=control).select("upload").run()
    assert PRIVACY in [caption.value for caption in at.caption]
    at.file_uploader(key=uploader).upload("photo.png", data)
    at = settled(at.run())
    assert not at.warning and heard == []
    content = jobs.digest(data)
    assert [key for key in jobs._queue._results if content in key]
    del at.session_state[f"_upload:{uploader}"]  # as all of it goes when the session ends
    gc.collect()
    jobs.cached(("any",))  # and whoever comes next makes the queue tidy up
    assert not [key for key in jobs._queue._results if content in key]
