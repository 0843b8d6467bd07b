"""Files that browsers fetch: the very bytes, for good, and nothing else of the disk."""

import gzip
import hashlib

import numpy as np
import pytest

from aecore import checkpoints
from aecore.data import load_digits
from tests.requested import requested
from ui.server import files

NAME = "ae-linear-32"
needs_models = pytest.mark.skipif(NAME not in checkpoints.names(), reason="no trained models here")


def get(path: str) -> tuple[int, dict[str, str], bytes]:
    return requested(files.ROUTES, path)


@needs_models
def test_a_network_is_its_checkpoint_and_is_kept_for_good():
    sha256 = checkpoints.read_card(NAME).sha256
    status, headers, content = get(files.address(NAME, sha256))
    assert status == 200
    assert content == (checkpoints.folder() / f"{NAME}.safetensors").read_bytes()
    assert "immutable" in headers["cache-control"]
    assert headers["content-encoding"] == "identity"


def test_the_digits_are_those_of_the_data_set():
    status, _, content = get(files.address(files.DIGITS, files.digits_sha256()))
    assert status == 200
    assert hashlib.sha256(content).hexdigest() == files.digits_sha256()
    pixels = np.frombuffer(gzip.decompress(content), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    assert (pixels == load_digits("test")[0].numpy()).all()


@pytest.mark.parametrize(
    "path",
    [f"{NAME}/{'0' * 64}", "nothing/0", f"{files.DIGITS}/0", "../../app.py/0", "\0/0", f"{NAME}.safetensors/"],
)
def test_nothing_else_is_there(path):
    assert get(f"{files.PREFIX}/{path}")[0] == 404


@needs_models
@pytest.mark.parametrize("damage", [lambda whole: whole[:-100], lambda whole: whole[:-1] + bytes([whole[-1] ^ 1])])
def test_a_damaged_checkpoint_is_not_sent(tmp_path, monkeypatch, damage):
    sha256 = checkpoints.read_card(NAME).sha256
    whole = (checkpoints.folder() / f"{NAME}.safetensors").read_bytes()
    monkeypatch.setattr(checkpoints, "folder", lambda: tmp_path)
    (tmp_path / f"{NAME}.safetensors").write_bytes(whole)
    assert get(files.address(NAME, sha256))[0] == 200
    (tmp_path / f"{NAME}.safetensors").write_bytes(damage(whole))
    assert get(files.address(NAME, sha256))[0] == 404
