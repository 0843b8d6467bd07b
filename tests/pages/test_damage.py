"""What is missing or damaged on the disk costs its own part of a page, which says what to do; the rest works."""

import json
import os
import shutil
import struct
from types import SimpleNamespace

import pytest

from aecore import checkpoints
from aecore import engine as engines
from aecore.anomaly import table as anomaly
from aecore.compression import rates
from aecore.data import digits
from aecore.features import table
from aecore.galaxies import table as sky
from aecore.gans import table as gans
from aecore.latent import capacity, steps, tangents
from aecore.learning import digits as learning
from aecore.masking import table as masking
from aecore.pretraining import table as pretraining
from aecore.restore import inpainting, upscaling
from aecore.retrieval import table as retrieval
from aecore.signals import table as hearing
from pages import PAGES
from tests.visits import ALONE, sound, visit
from ui.component import component
from ui.input.digit import all_test_digits
from ui.output import strip

FOLDERS = [page.folder for page in PAGES]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A folder of the shipped checkpoints, some of them damaged, each in another way; and their engine, once made."""
    tmp_path = tmp_path_factory.mktemp("checkpoints")
    for path in checkpoints.folder().glob("*.safetensors"):
        shutil.copy(path, tmp_path)
    packed = b"[" * 5000 + b"]" * 5000
    (tmp_path / "dae.safetensors").write_bytes(struct.pack("<Q", len(packed)) + packed)
    for name in ("vae", "upscaler"):
        (tmp_path / f"{name}.safetensors").unlink()
    (tmp_path / "vae.safetensors").mkdir()
    os.mkfifo(tmp_path / "upscaler.safetensors")
    rewritten = {
        "cvae-2": ["parameters", "many"],
        "vae-2": ["metrics", {"mse": {"value": None}}],
        "ae-2": ["title", None],
    }
    for name, (key, value) in rewritten.items():
        path = tmp_path / f"{name}.safetensors"
        whole = path.read_bytes()
        (length,) = struct.unpack("<Q", whole[:8])
        header = json.loads(whole[8 : 8 + length])
        header["__metadata__"]["card"] = json.dumps(json.loads(header["__metadata__"]["card"]) | {key: value})
        packed = json.dumps(header).encode()
        path.write_bytes(struct.pack("<Q", len(packed)) + packed + whole[8 + length :])
    altered = tmp_path / "ae-conv.safetensors"
    altered.write_bytes(altered.read_bytes()[:-1] + b"\1")  # behind a sound card
    shutil.copy(altered, tmp_path / "photo.safetensors")
    for name in ("._judge", "two\nlines"):
        (tmp_path / f"{name}.safetensors").write_bytes(b"Mac OS X")
    return SimpleNamespace(folder=tmp_path, engine=None)


@pytest.fixture
def damaged(shelf, monkeypatch):
    """Nothing but that folder, and one engine for all pages, which loads what the first of them asks for."""
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(shelf.folder))
    monkeypatch.setattr(engines, "_engine", shelf.engine)
    yield
    shelf.engine = engines._engine


def said(at):
    return " ".join(element.value for element in [*at.caption, *at.warning, *at.markdown])


def opened(page):
    """A page; Home with its models' cards, too."""
    at = sound(visit(page))
    if page != "home":
        return at
    at.session_state["home_models_open"] = True
    return sound(at.run())


@pytest.mark.parametrize("page", FOLDERS)
def test_a_bad_checkpoint_costs_that_model_only(page, damaged):
    at = opened(page)
    if page == "home":
        for name in ("dae", "cvae-2", "vae-2", "ae-2", "ae-conv", "photo"):
            assert f"{name}.safetensors" in said(at)
        assert "Textbook autoencoder" in said(at) and "Lecture denoiser" in said(at)


@pytest.mark.parametrize("page", FOLDERS)
@pytest.mark.parametrize("damage", ["missing", "altered"])
def test_test_digits_that_are_missing_are_named(page, damage, tmp_path, monkeypatch):
    if damage == "altered":
        for name in digits._SHA256:
            (tmp_path / name).write_bytes(b"other digits")
    monkeypatch.setattr(digits, "_HERE", tmp_path)
    caches = (all_test_digits, learning.packed, learning.sha256)
    for cached in caches:
        cached.cache_clear()
    at = opened(page)
    for cached in caches:
        cached.cache_clear()
    none = {"photos", "generate", "lessons", "signals", "galaxies"}  # which show no test digit, or none at first
    if page not in ALONE | none:
        assert "t10k-images-idx3-ubyte.gz" in said(at) and "Restore it from the project's repository" in said(at)
    if page == "home":
        assert "Textbook autoencoder" in said(at)  # the models' cards are there


TABLES = {
    "inpaint": (inpainting, "results_file", "restoration.json"),
    "super_resolution": (upscaling, "results_file", "upscaling.json"),
    "bottleneck": (capacity, "results_file", "bottleneck.json"),
    "interpolate": (steps, "table_file", "transformations.json"),
    "regularise": (table, "results_file", "regularise.json"),
    "tangents": (tangents, "results_file", "tangents.json"),
    "masked": (masking, "results_file", "masked.json"),
    "search": (retrieval, "results_file", "search.json"),
    "anomalies": (anomaly, "results_file", "anomalies.json"),
    "compress": (rates, "results_file", "compress.json"),
    "few_labels": (pretraining, "results_file", "few_labels.json"),
    "signals": (hearing, "results_file", "signals.json"),
    "galaxies": (sky, "results_file", "galaxies.json"),
    "gans": (gans, "results_file", "gans.json"),
}


@pytest.mark.parametrize("page", TABLES)
@pytest.mark.parametrize("content", ["{}", "[" * 5000, "empty"])
def test_a_table_of_another_shape_costs_its_part_of_the_page(page, content, tmp_path, monkeypatch):
    module, function, name = TABLES[page]
    if content == "empty":  # of the right shape, but nothing was measured
        record = json.loads(getattr(module, function)().read_text())
        content = json.dumps({key: {} if isinstance(value, dict) else value for key, value in record.items()})
    path = tmp_path / name
    path.write_text(content)
    monkeypatch.setattr(module, function, lambda: path)
    at = sound(visit(page))
    if page != "interpolate":  # where a sentence is left out
        assert "python -m benchmarks." in said(at)


@pytest.mark.parametrize("device", ["nonsense", "cuda:99", " "])
def test_a_wrong_device_is_a_note_on_every_page(device, monkeypatch):
    monkeypatch.setenv("AECORE_DEVICE", device)
    monkeypatch.setattr(engines, "_engine", None)
    notes = [element.value for element in sound(visit("home")).warning]
    assert len(notes) == (1 if device.strip() else 0)
    assert all(f"AECORE_DEVICE is '{device}'" in note and "the CPU computes" in note for note in notes)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense"])
def test_a_cluster_that_is_away_is_a_note_and_pages_go_on(address, monkeypatch):
    monkeypatch.setenv("AECORE_ENGINE", address)
    monkeypatch.setattr(engines, "_engine", None)
    at = opened("home")
    (note,) = (element.value for element in at.warning)
    assert "computes by itself" in note and "Textbook autoencoder" in said(at)


def test_a_missing_script_costs_its_component(monkeypatch):
    monkeypatch.setattr(strip, "_STRIP", component("ui/output/strip/none", html="<i></i>"))
    at = opened("home")
    assert "none.js" in said(at) and "Textbook autoencoder" in said(at)
