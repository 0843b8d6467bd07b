"""Checkpoints: sound ones load as they were, and no bad file gets through or does harm."""

import json
import struct

import pytest
import torch
from safetensors.torch import save as to_bytes

from aecore import checkpoints
from aecore.checkpoints import Card, Metric
from aecore.errors import CheckpointError
from aecore.models import build


@pytest.fixture
def saved(tmp_path):
    model = build("autoencoder", {"latent_dim": 3}, seed=1)
    card = Card("tiny", "Tiny", "A test.", "autoencoder", {"latent_dim": 3}, {"epochs": 1})
    card.metrics["mse"] = Metric(0.5, "", "lower", "made up")
    return model, checkpoints.save(model, card, tmp_path / "tiny.safetensors")


def test_round_trip_keeps_weights_and_card(saved):
    model, path = saved
    again = checkpoints.load(path)
    x = torch.rand(2, 1, 28, 28)
    torch.testing.assert_close(again(x), model(x), rtol=0, atol=0)
    assert not again.training and again.card.metrics["mse"].value == 0.5
    assert again.card.sha256 == checkpoints.digest(model.state_dict())


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
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def _card(path):
    packed = path.read_bytes()
    (length,) = struct.unpack("<Q", packed[:8])
    return json.loads(json.loads(packed[8 : 8 + length])["__metadata__"]["card"])
