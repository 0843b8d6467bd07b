"""The list of layers on a card says what the model does: run by itself, it gives what torch's forward gives."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.data import load_digits
from aecore.models import FAMILIES, build
from aecore.models.layers import Network, describe, written
from aecore.models.operations import UnlistedError
from tests.networks import act, arguments, randomise, results


def run(network: Network, tensors: dict[str, Tensor], method: str, given: list[Tensor]) -> dict[str, Tensor]:
    """The reference: a method from the list alone."""
    takes, gives = network.methods[method].takes, network.methods[method].gives
    values = dict(zip(takes, given, strict=True))

    def value(place: int) -> Tensor:
        if place not in values:
            layer = network.layers[place]
            roles = {role: tensors[name] for role, name in layer.tensors.items()}
            values[place] = act(layer, [value(before) for before in layer.of], roles)
        assert values[place].shape[1:] == network.layers[place].shape
        return values[place]

    return {name: value(place) for name, place in gives.items()}


ROOT = Path(__file__).resolve().parents[2]


@torch.inference_mode()
def assert_agrees(model: nn.Module, network: Network, x: Tensor | None = None) -> None:
    """All methods of a model against its list, on pictures x, random ones unless given."""
    model.eval()
    for method, given in arguments(model, network, x).items():
        answers, expected = run(network, model.state_dict(), method, given), results(model, method, given)
        for name, value in expected.items():
            torch.testing.assert_close(answers[name], value, rtol=0, atol=1e-4)
            assert value.std() > 0.01, name  # something to compare


def round_trip(network: Network) -> Network:
    """As it comes back from a card."""
    return records.read(Network, json.dumps(asdict(network)))


@pytest.mark.parametrize("name", checkpoints.names())
def test_the_list_on_a_shipped_card_is_what_the_model_does(name):
    model = checkpoints.load(name)
    assert model.card.network == describe(model)
    digits = load_digits("test")[0][:4].float() / 255  # a code of strokes answers nothing to static
    assert_agrees(model, model.card.network, digits if model.config.image_shape == (1, 28, 28) else None)


VARIANTS = {
    "autoencoder": ({}, {"body": "conv", "widths": (5, 6)}, {"code": "tanh", "output": "tanh", "input_dropout": 0.5}),
    "vae": ({}, {"body": "conv", "widths": (5, 6), "blocks": 2}),
    "tied_matrix": ({}, {"hidden": 0}),
    "cvae": ({}, {"body": "mlp"}, {"image_shape": (3, 8, 16), "widths": (4,)}),
    "denoiser": ({}, {"image_shape": (3, 16, 8)}),
    "constrained": ({}, {"code": "relu", "output": "linear", "latent_dim": 40}, {"code": "tanh", "tied": False}),
    "predictive": ({}, {"image_shape": (3, 8, 4), "latent_dim": 9}),
    "one_class": ({}, {"image_shape": (3, 8, 16), "latent_dim": 9, "blocks": 1, "square": 4}),
    "hashing": ({}, {"image_shape": (3, 8, 16), "latent_dim": 9, "lengths": (), "blocks": 1}),
    "stacked": ({"hidden": (9,)}, {"code": "sigmoid", "tied": False, "linear_code": True, "latent_dim": 7}),
    "compressor": ({}, {"image_shape": (3, 8, 16), "latent_dim": 9}),
    "gan": ({}, {"image_shape": (3, 8, 16), "widths": (6, 5, 4), "latent_dim": 9}),
    "acgan": ({}, {"image_shape": (3, 8, 16), "latent_dim": 9, "classes": 12}),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_a_list(family):
    for config in VARIANTS.get(family, ({},)):
        model = build(family, config)
        randomise(model)
        network = round_trip(describe(model))
        assert network == describe(model) and "forward" in network.methods
        assert_agrees(model, network)


def test_methods_share_their_layers():
    network = describe(build("cvae", {}))
    kinds = [layer.kind for layer in network.layers]
    assert kinds.count("linear") == 2 and kinds.count("one_hot") == 1  # though four methods were run
    assert network.methods["decode"].takes[0] == network.methods["encode"].gives["z"]
    assert network.methods["posterior"].gives["mu"] == network.methods["encode"].gives["z"]
    assert network.methods["forward"].gives["out"] == network.methods["decode"].gives["recon"]


class Config:
    """Of a test's model: pictures of this shape."""

    def __init__(self, *image_shape: int):
        self.image_shape = image_shape


class Odd(nn.Module):
    """A model made of one function."""

    def __init__(self, function, *shape):
        super().__init__()
        self.config, self.function = Config(*(shape or (2, 6, 6))), function
        self.weight = nn.Parameter(torch.rand(3, 3))

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, self.weight)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x, w: torch.fft.rfft2(x).real, "rfft2"),
        (lambda x, w: F.linear(x.flatten(1)[:, :3], 2 * w.t()), "computes its weights"),
        (lambda x, w: x * w[0, 0], "two shapes"),
        (lambda x, w: torch.cat([x, torch.ones_like(x[:, :1])], 1), "ones_like"),
        (lambda x, w: torch.cat([x, torch.ones(2, 1, 6, 6)], 1), "came from no input"),
        (lambda x, w: x.mean(0, keepdim=True), "mean"),
        (lambda x, w: x.reshape(1, -1), "keep pictures apart"),
        (lambda x, w: x.flip(1), "flip"),
        (lambda x, w: F.interpolate(x, scale_factor=1.5), "repeating pixels"),
        (lambda x, w: F.interpolate(x, scale_factor=2, mode="bilinear"), "repeating pixels"),
        (lambda x, w: x[..., ::2], "cuts out more"),
        (lambda x, w: x + x[:, :1], "two shapes"),
        (lambda x, w: 1 / (1 + x), "reciprocal|divides a number"),
        (lambda x, w: x.to(torch.int64).float(), "rounds"),
        (lambda x, w: torch.cat([x, x], 2), "joins other things"),
        (lambda x, w: F.avg_pool2d(x, 4, ceil_mode=True), "counts in another way"),
    ],
)
def test_what_has_no_place_in_the_list_is_refused_not_guessed(function, says):
    with pytest.raises(UnlistedError, match=says):
        describe(Odd(function))


@pytest.mark.parametrize("settings", [{"groups": 2}, {"dilation": 2}, {"padding": "same"}])
def test_a_convolution_that_browsers_do_not_have_is_refused(settings):
    model = Odd(None)
    model.function = lambda x, w: model.convolution(x)
    model.convolution = nn.Conv2d(2, 4, 3, **settings)
    with pytest.raises(UnlistedError, match=r"groups or gaps|asks for"):
        describe(model)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, w: (2 * x - 1) / 2 + x * x - (1 - x) / (x + 1),
        lambda x, w: F.relu(x - 0.5, inplace=True) + x,
        lambda x, w: F.leaky_relu(x - 0.5, 0.2) * torch.sigmoid(x),
        lambda x, w: torch.cat([x, x[:, :1], *x.chunk(2, 1)], 1),
        lambda x, w: torch.where(x > 0.5, x, 1 - x).clamp(0.2, 0.7).to(torch.float32),
        lambda x, w: F.max_pool2d(x, 2) + F.avg_pool2d(x, 3, 2, 1),
        lambda x, w: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2),
        lambda x, w: x.view(len(x), 4, 18).unsqueeze(2).squeeze(2).contiguous(),
        lambda x, w: F.dropout(x, 0.5, training=False) + 1,
        lambda x, w: F.pixel_shuffle(F.pixel_unshuffle(x, 3), 3)[..., :6, :6],
        lambda x, w: (9 * x.flatten(1)).softmax(1),
    ],
)
def test_what_modules_do_between_layers_is_listed(function):
    model = Odd(function)
    assert_agrees(model, round_trip(describe(model)))


def test_a_model_keeps_its_mode_and_its_numbers():
    model = build("judge", {}).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    state = torch.get_rng_state()
    describe(model)
    assert model.training and torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_a_model_without_a_list_is_saved_all_the_same(tmp_path, monkeypatch):
    class Own(type(build("judge", {}))):
        def forward(self, x):
            return super().forward(x.flip(3))

    monkeypatch.setitem(FAMILIES, "own", replace(FAMILIES["judge"], model=Own))
    card = checkpoints.Card("own", "", "", "own", {}, {})
    path = checkpoints.save(build("own", {}), card, tmp_path / "own.safetensors")
    assert checkpoints.load(path).card.network == Network()


@pytest.mark.parametrize("name", ["bottleneck-2", "cvae", "upscaler"])
def test_every_layer_names_the_source_that_made_it(name):
    model = checkpoints.load(name)
    lines, listed = written(model), describe(model).layers
    assert len(lines) == len(listed)
    for layer, sources in zip(listed, lines, strict=True):
        if layer.kind == "input":
            assert sources == []
            continue
        own = sources[0]
        assert own.file.startswith("aecore/models/")
        source = (ROOT / own.file).read_text().splitlines()[own.number - 1 : own.number + 4]
        assert own.text[:12] in " ".join(source)
        if layer.kind in ("linear", "conv2d", "relu"):
            assert layer.kind in sources[-1].text
