"""Checkpoints: sound ones load as they were, and no bad file gets through or does harm."""

import contextlib
import json
import math
import os
import shutil
import struct
import subprocess
import sys

import pytest
import torch
from packaging.version import Version
from safetensors.torch import save as to_bytes

from aecore import checkpoints
from aecore.checkpoints import Card, Metric
from aecore.errors import CheckpointError
from aecore.models import build


@pytest.fixture(params=["single", "half"])
def saved(request, tmp_path):
    model = build("autoencoder", {"latent_dim": 3}, seed=1)
    if request.param == "half":
        checkpoints.round_to_half(model.state_dict().values())
    card = Card("tiny", "Tiny", "A test.", "autoencoder", {"latent_dim": 3}, {"epochs": 1})
    card.metrics["mse"] = Metric(0.5, "", "lower", "made up")
    return model, checkpoints.save(model, card, tmp_path / "tiny.safetensors")


def test_round_trip_keeps_weights_and_card(saved):
    model, path = saved
    again = checkpoints.load(path)
    x = torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(again(x), model(x), rtol=0, atol=0)
    assert not again.training and again.card.metrics["mse"].value == 0.5
    assert again.card.sha256 == checkpoints.digest(checkpoints.packed(model.state_dict()))
    assert {tensor.dtype for tensor in again.state_dict().values()} == {torch.float32}


def test_names_follow_their_folder_though_it_is_not_read_each_time(saved, monkeypatch):
    _, path = saved
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(path.parent))
    os.utime(path.parent, (1e9, 1e9))  # long ago: what was read then holds
    assert checkpoints.names() == ["tiny"]
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints.Path, "glob", lambda *_: pytest.fail("it was read again"))
        assert checkpoints.names() == ["tiny"]
    shutil.copy(path, path.with_name("other.safetensors"))
    assert checkpoints.names() == ["other", "tiny"]
    path.unlink()
    assert checkpoints.names() == ["other"]


def test_half_precision_takes_half_the_bytes_where_it_changes_no_number(tmp_path):
    model = build("judge", {})
    model.body[1].running_mean += 0.1
    card = Card("judge", "", "", "judge", {}, {})
    single = checkpoints.save(model, card, tmp_path / "single.safetensors").stat().st_size
    checkpoints.round_to_half(model.state_dict().values())
    path = checkpoints.save(model, card, tmp_path / "half.safetensors")
    assert 0.48 * single < path.stat().st_size < 0.52 * single
    again = checkpoints.load(path).state_dict()
    for key, tensor in model.state_dict().items():
        assert torch.equal(again[key], tensor) and again[key].dtype == tensor.dtype, key
    assert again["body.1.num_batches_tracked"].dtype == torch.int64
    assert torch.equal(again["body.1.running_mean"], torch.full((32,), 0.1))  # few numbers: they are not rounded
    assert torch.equal(again["head.bias"], model.head.bias) and model.head.weight.numel() < checkpoints.SMALL


def test_what_half_precision_cannot_hold_is_not_rounded():
    large, tiny = torch.full((5000,), 1e5), torch.full((5000,), 1e-5)
    checkpoints.round_to_half([large, tiny])
    assert float(large[0]) == 1e5 and 0 < float(tiny[0]) != 1e-5
    packed = checkpoints.packed({"large": large, "tiny": tiny, "count": torch.tensor(3)})
    assert [tensor.dtype for tensor in packed.values()] == [torch.float32, torch.float16, torch.int64]


def test_eight_bits_a_number_take_a_quarter_of_the_bytes(tmp_path):
    model = build("stacked", {"hidden": (300,), "latent_dim": 200})
    card = Card("stack", "", "", "stacked", {"hidden": [300], "latent_dim": 200}, {})
    single = checkpoints.save(model, card, tmp_path / "single.safetensors").stat().st_size
    checkpoints.round_to_half(model.state_dict().values(), torch.float8_e4m3fn)
    path = checkpoints.save(model, card, tmp_path / "quarter.safetensors")
    assert 0.24 * single < path.stat().st_size < 0.28 * single
    again = checkpoints.load(path).state_dict()
    assert all(torch.equal(again[key], tensor) for key, tensor in model.state_dict().items())
    weight = again["weights.0"]
    assert len(weight.unique()) < 256 and weight.dtype == torch.float32


def test_any_cut_is_noticed(saved):
    _, path = saved
    whole = path.read_bytes()
    for length in (0, 4, 9, 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=r"tiny\.safetensors"):
            checkpoints.load(path)


def test_any_flipped_bit_of_the_weights_is_noticed(saved):
    _, path = saved
    whole = bytearray(path.read_bytes())
    (header,) = struct.unpack("<Q", whole[:8])
    for place in (8 + header, (8 + header + len(whole)) // 2, len(whole) - 1):
        altered = bytearray(whole)
        altered[place] ^= 1
        path.write_bytes(altered)
        with pytest.raises(CheckpointError, match="altered"):
            checkpoints.load(path)


def test_numbers_that_are_not_finite_are_refused(saved):
    model, path = saved
    with torch.no_grad():
        next(model.parameters()).view(-1)[0] = float("nan")
    checkpoints.save(model, Card("tiny", "", "", "autoencoder", {"latent_dim": 3}, {}), path)
    with pytest.raises(CheckpointError, match="finite"):
        checkpoints.load(path)


def test_a_lying_header_allocates_nothing(saved):
    _, path = saved
    header = {"w": {"dtype": "F32", "shape": [10**11], "data_offsets": [0, 4 * 10**11]}}
    card = {**_card(path), "config": {"latent_dim": 10**9}}
    header["__metadata__"] = {"card": json.dumps(card)}
    packed = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(packed)) + packed)
    with pytest.raises(CheckpointError, match="does not hold"):
        checkpoints.load(path)


@pytest.mark.parametrize(
    "change", [{"family": "transformer"}, {"format": 99}, {"config": {"latent_dims": 3}}, {"config": None}, {"x": 1}]
)
def test_a_card_of_another_kind_is_refused(saved, change):
    model, path = saved
    path.write_bytes(to_bytes(dict(model.state_dict()), {"card": json.dumps(_card(path) | change)}))
    with pytest.raises(CheckpointError):
        checkpoints.load(path)


def test_a_missing_file_says_how_to_get_it():
    with pytest.raises(CheckpointError, match="python -m aecore train nothing"):
        checkpoints.load("nothing")


def test_a_full_disk_leaves_the_old_file_whole(saved, monkeypatch):
    model, path = saved
    before = path.read_bytes()

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(CheckpointError, match="could not be written"):
        checkpoints.save(model, Card("tiny", "", "", "autoencoder", {"latent_dim": 3}, {}), path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_nonsense_in_a_header_is_about_that_file_only(saved):
    _, path = saved
    whole = path.read_bytes()
    (length,) = struct.unpack("<Q", whole[:8])
    header, weights = json.loads(whole[8 : 8 + length]), whole[8 + length :]
    card, tensor = _card(path), "encoder.1.weight"

    def loads(changed: dict | bytes) -> bool:
        packed = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
        path.write_bytes(struct.pack("<Q", len(packed)) + packed + weights)
        with contextlib.suppress(CheckpointError):
            checkpoints.read_card(path)
        try:
            checkpoints.load(path)
        except CheckpointError as error:
            assert "tiny.safetensors" in str(error)
            return False
        return True

    def with_card(changed: dict) -> dict:
        return header | {"__metadata__": {"card": json.dumps(card | changed)}}

    assert loads(header)
    for deep in (b'{"a":' * 5000, b"[" * 5000 + b"]" * 5000):
        assert not loads(deep)
    for text in ("[" * 5000, '{"config":' * 5000 + "1" + "}" * 5000, "1" * 5000, "null"):
        assert not loads(header | {"__metadata__": {"card": text}})
    for value in (None, -1.5, True, "x", [], [1, "a"], {}, {"a": []}, 10**30, math.nan, math.inf, [[]]):
        assert not loads(header | {tensor: value})
        assert not loads(header | {"__metadata__": value})
        for key in header[tensor]:
            assert not loads(header | {tensor: header[tensor] | {key: value}})
        for key in ("latent_dim", "body", "image_shape", "output", "input_dropout"):
            assert not loads(with_card({"config": {"latent_dim": 3, key: value}}))
    for value in (None, [1, "a"], math.nan):
        for key in card:
            assert not loads(with_card({key: value}))
    for value in (None, [], {}, math.nan, math.inf):
        for key in card["metrics"]["mse"]:
            assert not loads(with_card({"metrics": {"mse": card["metrics"]["mse"] | {key: value}}}))


@pytest.mark.skipif(
    Version(torch.__version__) < Version("2.14"), reason="torch 2.8 brings it for any weights that begin at random"
)
def test_no_shipped_checkpoint_brings_the_compiler_along():
    """On the meta device torch computes some things in Python, and imports 900 modules and 84 MB for it."""
    code = (
        "import sys\nfrom aecore import checkpoints\n"
        "for name in checkpoints.names():\n    checkpoints.load(name)\n"
        "    assert 'torch._dynamo' not in sys.modules, f'{name}: guard what its __init__ computes with .is_meta'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("config", [{"body": "conv", "widths": [16], "blocks": 10**9}, {"widths": [1] * 100_000}])
def test_a_config_of_endless_layers_is_not_built(saved, config):
    model, path = saved
    path.write_bytes(to_bytes(dict(model.state_dict()), {"card": json.dumps(_card(path) | {"config": config})}))
    with pytest.raises(CheckpointError, match="cannot be built"):
        checkpoints.load(path)
    assert torch.is_grad_enabled()  # whoever trains next in this thread needs it


@pytest.mark.parametrize("place", ["folder", "pipe", "nothing"])
def test_what_is_no_file_is_no_checkpoint(tmp_path, monkeypatch, place):
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(tmp_path))
    path = tmp_path / "vae.safetensors"
    if place == "folder":
        path.mkdir()
    elif place == "pipe":
        os.mkfifo(path)
    assert checkpoints.names() == []
    for read in (checkpoints.read_card, checkpoints.load):
        with pytest.raises(CheckpointError, match=r"vae\.safetensors"):
            read("vae")


def test_only_files_with_a_name_of_their_own_are_listed(saved, monkeypatch):
    _, path = saved
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(path.parent))
    for name in ("._tiny.safetensors", ".tiny.safetensors.7.partial", "tiny.txt", "two\nlines.safetensors"):
        (path.parent / name).write_bytes(b"x")
    with contextlib.suppress(OSError):  # a file system that allows names of any bytes
        (path.parent / "\udcff.safetensors").write_bytes(b"x")
    assert checkpoints.names() == ["tiny"]


def test_a_path_may_be_given_as_text(saved, monkeypatch):
    _, path = saved
    monkeypatch.chdir(path.parent.parent)
    folder = path.parent.name
    texts = [str(path), f"{folder}/tiny.safetensors", f"./{folder}/tiny", str(path)[: -len(".safetensors")]]
    for text in texts:
        assert checkpoints.load(text).card.name == checkpoints.read_card(text).name == "tiny"
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(path.parent))
    for text in ("tiny", "tiny.safetensors"):
        assert checkpoints.load(text).card.name == "tiny"
    for text in ("", ".", "..", "nothing/", "a\0b", "x" * 300, "x/" * 3000, f"{folder}/vae", "vae.safetensors"):
        with pytest.raises(CheckpointError):
            checkpoints.load(text)


def test_another_models_file_under_a_name_is_refused(saved, monkeypatch):
    _, path = saved
    monkeypatch.setenv("AECORE_CHECKPOINTS", str(path.parent))
    shutil.copy(path, path.with_name("vae.safetensors"))
    with pytest.raises(CheckpointError, match=r"vae\.safetensors holds another model, tiny"):
        checkpoints.load("vae")


def test_a_card_whose_config_leaves_defaults_out_has_them_all_the_same(saved):
    assert checkpoints.read_card(saved[1]).config["image_shape"] == [1, 28, 28]


def _card(path):
    packed = path.read_bytes()
    (length,) = struct.unpack("<Q", packed[:8])
    return json.loads(json.loads(packed[8 : 8 + length])["__metadata__"]["card"])
