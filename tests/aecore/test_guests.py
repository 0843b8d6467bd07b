"""A visitor's own network: its numbers are taken, its words are not, and what is no network of digits is refused."""

import gc
import json
import pickle
import struct

import pytest
import torch

from aecore import checkpoints, guests
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import CheckpointError, ProjectionError
from aecore.maps import guest as guest_map
from aecore.maps import shipped
from aecore.models import build


def file_of(family: str, config: dict, change=None) -> bytes:
    """A checkpoint with random weights; change: what is done to the model before it is saved."""
    model = build(family, config, seed=0)
    if change:
        with torch.no_grad():
            change(model)
    card = Card("hostile <b>", "**A title**", "words " * 9, family, config, {})
    return checkpoints.dumps(model, card)


SMALL = {"latent_dim": 2, "widths": [8]}


def test_the_engine_runs_a_guest_as_long_as_somebody_holds_it():
    engine = Engine("cpu", remember=8)
    guest = guests.read(file_of("autoencoder", SMALL), "Yours")
    assert guest.card.title == "Yours" and "words" not in guest.card.summary and guest.card.network.layers
    engine.welcome(guest)
    x = load_digits("test")[0][:3].float() / 255
    assert torch.equal(engine.reconstruct(guest.name, x), guest.model(x)) and engine.card(guest.name) is guest.card
    assert guests.read(guest.data).name == guest.name  # by its content
    name = guest.name
    del guest
    gc.collect()
    assert engine.guest(name) is None and engine.guests() == 0
    with pytest.raises(CheckpointError):
        engine.model(name)


def altered(data: bytes) -> bytes:
    return data[:-4] + struct.pack("<f", 0.5)


def header(data: bytes, change) -> bytes:
    """The same file with another header."""
    (length,) = struct.unpack("<Q", data[:8])
    head = json.loads(data[8 : 8 + length])
    card = json.loads(head["__metadata__"]["card"])
    change(card)
    head["__metadata__"]["card"] = json.dumps(card)
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


WRONG = {
    "empty": lambda data: b"",
    "no checkpoint": lambda data: b"PNG" * 50,
    "a pickle": lambda data: pickle.dumps({"weight": [1.0]}),
    "a zip of pickles": lambda data: b"PK\x03\x04" + data,
    "half": lambda data: data[: len(data) // 2],
    "altered": altered,
    "too large": lambda data: data + bytes(guests.MOST_BYTES),
    "another family": lambda data: header(data, lambda card: card.update(family="judge")),
    "no family": lambda data: header(data, lambda card: card.update(family="os.system")),
    "another code": lambda data: header(data, lambda card: card["config"].update(latent_dim=3)),
    "far too many layers": lambda data: header(data, lambda card: card["config"].update(widths=[8] * 10**6)),
    "other pictures": lambda data: header(data, lambda card: card["config"].update(image_shape=[1, 14, 56])),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_network_of_digits_is_refused_in_a_sentence(name):
    with pytest.raises(CheckpointError) as refusal:
        guests.read(WRONG[name](file_of("autoencoder", SMALL)))
    words = str(refusal.value)
    assert "/" not in words and "Training page" in words and len(words) < 250


def test_numbers_that_overflow_and_foreign_networks_are_refused():
    poisoned = file_of("autoencoder", SMALL, lambda model: model.decoder[0].weight.fill_(float("inf")))
    with pytest.raises(CheckpointError, match="finite"):
        guests.read(poisoned)
    with pytest.raises(CheckpointError, match="another family"):
        guests.read(checkpoints.path_of("judge").read_bytes())
    large = {"latent_dim": 800, "widths": []}
    with pytest.raises(CheckpointError, match="too large"):
        guests.read(file_of("autoencoder", large, lambda model: [p.zero_() for p in model.parameters()]))


def test_a_plane_is_drawn_as_it_is_and_more_numbers_by_pca(monkeypatch):
    digits = tuple(part[:300] for part in shipped.test_digits())
    monkeypatch.setattr(shipped, "test_digits", lambda: digits)
    monkeypatch.setattr(shipped, "measure", lambda recipe, tensors: {})
    flat = file_of("vae", SMALL)
    first, last = guest_map.lay_out(flat, "Yours")
    model = guests.read(flat).model
    mu, logvar = model.posterior(digits[0])
    assert torch.allclose(first.coordinates, mu, atol=1e-5) and torch.allclose(first.logvar, logvar, atol=1e-5)
    assert first.decodable and last.card.model == guests.read(flat).name
    deep = file_of("autoencoder", {"latent_dim": 5, "widths": [8]})
    laid, _ = guest_map.lay_out(deep, "Yours")
    z = guests.read(deep).model.encode(digits[0])
    variances = torch.linalg.svdvals(z - z.mean(0)).square()[:2] / len(z)
    assert torch.allclose(laid.coordinates.var(0, unbiased=False), variances, rtol=1e-3) and not laid.decodable
    with pytest.raises(ProjectionError, match="two"):
        next(guest_map.lay_out(file_of("autoencoder", {"latent_dim": 1}), "Yours"))
