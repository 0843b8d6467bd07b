"""The networks in JavaScript, run by node: they agree with torch, and refuse what is damaged or does not fit."""

import base64
import json
import struct
from dataclasses import dataclass

import pytest
import torch
from safetensors.torch import save as to_bytes
from torch import nn

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.models import FAMILIES, build
from aecore.models.layers import describe
from aecore.recipes import RECIPES
from tests.networks import assert_same, inner_values, randomise
from tests.node import run, run_alone


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits("test")
    places = [int((y == digit).nonzero()[turn, 0]) for turn in range(2) for digit in range(10)]
    return x[places].float() / 255, y[places]


# ---- parity with torch


@pytest.mark.parametrize("name", checkpoints.names())
def test_a_shipped_network_agrees_with_torch(digits, name):
    model = checkpoints.load(name)
    x, y = digits
    if model.config.image_shape != (1, 28, 28):
        x = some(model.config.image_shape)
    y = y[: len(x)] % getattr(model.config, "classes", 10)
    assert_same(run, model, checkpoints.path_of(name).read_bytes(), x, y)


def test_what_runs_in_the_browser_lists_its_layers():
    cards = [checkpoints.read_card(name) for name in checkpoints.names()]
    assert all(card.network.layers for card in cards if FAMILIES[card.family].live)


def written(model: nn.Module, path, half: bool = False) -> nn.Module:
    """A model with random weights, its file written, its card as the file has it."""
    randomise(model)
    model.eval()
    if half:
        checkpoints.round_to_half(model.state_dict().values())
    checkpoints.save(model, Card(path.stem, "", "", "", {}, {}), path)
    model.card = Card(path.stem, "", "", "", {}, {}, network=describe(model))
    return model


VARIANTS = {
    "ae-conv": {},
    "vae-2": {},
    "cvae-2": {},
    "dae": {},
    "judge": {"widths": (6, 9)},  # channels that are no multiple of four
    "ae-tanh-30": {},
    "vae-nyu": {"widths": (50, 30)},
    "ae-2": {"widths": (5, 6), "blocks": 2, "output": "linear"},
    "inpainter": {"widths": (5, 6)},
    "masked": {"width": 24, "decoder_width": 12, "decoder_depth": 1},
    "masked-photos": {"width": 24, "decoder_width": 12, "depth": 1, "heads": 2},
    "photo": {"widths": (8, 12), "blocks": 1},
    "bottleneck-32": {"latent_dim": 7},
    "linear-32": {},
    "memoriser": {},
    "upscaler": {},
    "up-unpooling": {"widths": (5, 6)},
    "up-transposed-3": {"widths": (5, 6)},
    "upscaler-no-7": {"widths": (5, 6), "blocks": 2},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_body_agrees_with_torch_before_it_is_trained(tmp_path, name):
    recipe, path = RECIPES[name], tmp_path / f"{name}.safetensors"
    model = written(build(recipe.family, recipe.config | VARIANTS[name]), path)
    assert_same(run, model, path.read_bytes(), some(model.config.image_shape), torch.arange(5))


@pytest.mark.parametrize("half", [False, True])
def test_colour_pictures_of_another_size(tmp_path, half):
    config = {"image_shape": (3, 64, 64), "latent_dim": 24, "body": "conv", "widths": (8, 16, 24), "output": "linear"}
    path = tmp_path / "colour.safetensors"
    model = written(build("autoencoder", config), path, half)
    assert (b'"F16"' in path.read_bytes()) == half
    assert_same(run, model, path.read_bytes(), some((3, 64, 64)), torch.arange(5))


@dataclass(frozen=True)
class Shape:
    """The config of a model of these tests."""

    image_shape: tuple[int, ...]


class Wrapped(nn.Module):
    """Any module as a model."""

    def __init__(self, module: nn.Module, *image_shape: int):
        super().__init__()
        self.module, self.config = module, Shape(image_shape)

    def forward(self, x):
        return self.module(x)


class Signals(Wrapped):
    """An autoencoder of signals: convolutions of one dimension, pooling, both ways up."""

    def __init__(self, length: int, code: int):
        encoder = nn.Sequential(
            *(nn.Conv1d(1, 6, 7, stride=2, padding=3), nn.BatchNorm1d(6), nn.LeakyReLU(0.1)),
            *(nn.Conv1d(6, 8, 5, padding=2, bias=False), nn.Tanh(), nn.BatchNorm1d(8), nn.MaxPool1d(5)),
            *(nn.AvgPool1d(3, 2, 1), nn.Flatten(), nn.Linear(8 * length // 20, code)),
        )
        decoder = nn.Sequential(
            *(nn.Linear(code, 8 * length // 20), nn.Unflatten(1, (8, length // 20)), nn.Upsample(scale_factor=5)),
            *(nn.Conv1d(8, 6, 3, padding=1), nn.ReLU(), nn.ConvTranspose1d(6, 4, 4, 2, 1), nn.ReLU()),
            *(nn.ConvTranspose1d(4, 1, 3, 2, 1, output_padding=1), nn.Sigmoid()),
        )
        super().__init__(nn.Sequential(encoder, decoder), 1, length)

    def encode(self, x):
        return self.module[0](x)

    def decode(self, z):
        return self.module[1](z)


def test_signals(tmp_path):
    path = tmp_path / "signals.safetensors"
    model = written(Signals(500, 12), path)
    assert {"conv1d", "max_pool1d", "conv_transpose1d"} <= {layer.kind for layer in model.card.network.layers}
    assert_same(run, model, path.read_bytes(), some((1, 500)), torch.arange(5))


class Twice(nn.Module):
    """What comes out of the first module is used by the second and once more: the two are not one."""

    def __init__(self, first: nn.Module, second: nn.Module):
        super().__init__()
        self.first, self.second = first, second

    def forward(self, x):
        x = self.first(x)
        return torch.cat([self.second(x), x], 1)


def conv(*arguments, shape=(3, 7, 6), **options):
    """A convolution of a picture or a signal."""
    kind = nn.Conv2d if len(shape) == 3 else nn.Conv1d
    return kind(shape[0], *arguments, **options), shape


MODULES = {
    "1x1": conv(5, 1),
    "3x3": conv(5, 3, padding=1, shape=(3, 7, 7)),  # Winograd's way, whose tiles go beyond a picture with an odd side
    "3x3, flat": conv(5, 3, padding=1, shape=(3, 4, 9)),
    "3x3 of a pixel": conv(5, 3, padding=1, shape=(3, 1, 1)),
    "3x3, stride 2": conv(5, 3, 2, 1),
    "3x3, no padding": conv(5, 3, shape=(3, 3, 3)),
    "5x5": conv(5, 5, padding=2, shape=(3, 9, 4)),
    "5x5, stride 2": conv(5, 5, 2, 1, shape=(3, 8, 8)),
    "7x7 of a pixel": conv(5, 7, padding=3, shape=(3, 1, 1)),
    "1x5 and 3x1": (nn.Sequential(nn.Conv2d(2, 4, (1, 5), (1, 2), (0, 2)), nn.Conv2d(4, 3, (3, 1))), (2, 6, 9)),
    "of a signal": conv(5, 4, 3, 2, shape=(2, 17)),
    "3 of a signal": conv(4, 3, padding=1, shape=(4, 9)),
    "transposed": (nn.ConvTranspose2d(3, 5, 4, 2, 1), (3, 4, 5)),
    "transposed, odd": (nn.ConvTranspose2d(3, 2, 3, 2, 1, output_padding=1), (3, 3, 4)),
    "transposed, apart": (nn.ConvTranspose2d(2, 3, 2, 3, bias=False), (2, 3, 3)),
    "upsampled": (nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(6, 5, 3, padding=1)), (6, 4, 3)),
    "upsampled pixel": (nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(6, 5, 3, padding=1)), (6, 1, 1)),
    "upsampled by 3": (nn.Sequential(nn.Upsample(scale_factor=3), nn.Conv2d(2, 5, 3, padding=1)), (2, 3, 2)),
    "upsampled, used twice": (Twice(nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3, padding=1)), (2, 3, 5)),
    "upsampled signal": (nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv1d(2, 3, 3, padding=1)), (2, 5)),
    "normalised": (nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.BatchNorm2d(3)), (2, 5, 5)),
    "upsampled and normalised": (
        nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(2, 3, 3, padding=1, bias=False), nn.BatchNorm2d(3)),
        (2, 4, 4),
    ),
    "normalised, used twice": (Twice(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3)), (2, 5, 5)),
    "normalised, plain": (nn.Sequential(nn.ReLU(), nn.BatchNorm2d(2, affine=False)), (2, 4, 4)),
    "normalised code": (nn.Sequential(nn.Flatten(), nn.Linear(12, 5, bias=False), nn.BatchNorm1d(5)), (3, 2, 2)),
    "pooled": (nn.Sequential(nn.MaxPool2d(3, 2, 1), nn.AvgPool2d((1, 2))), (3, 8, 9)),
    "pooled mean": (nn.AvgPool2d(3, 2, 1), (2, 5, 6)),
    "folded": (nn.Sequential(nn.PixelUnshuffle(3), nn.Conv2d(9, 18, 1), nn.PixelShuffle(3)), (1, 6, 9)),
    "classes": (nn.Sequential(nn.Conv2d(2, 3, 3), nn.Flatten(), nn.Linear(12, 7), nn.Softmax(1)), (2, 4, 4)),
}


@pytest.mark.parametrize("name", MODULES)
def test_layers_agree_with_torch(tmp_path, name):
    module, shape = MODULES[name]
    path = tmp_path / "layers.safetensors"
    model = written(Wrapped(module, *shape), path)
    assert_same(run, model, path.read_bytes(), some(shape, negative=True), torch.arange(5))


def some(shape, negative: bool = False) -> torch.Tensor:
    """Five random pictures, or signals."""
    rng = torch.Generator().manual_seed(0)
    return torch.randn(5, *shape, generator=rng) if negative else torch.rand(5, *shape, generator=rng)


# ---- where they compute


def test_without_webassembly_they_compute_in_plain_javascript():
    rooms = """async (load) => {
        const { newRoom } = await load("/ui/live/room.js")
        const kind = () => newRoom().constructor.name
        const { Module } = WebAssembly
        WebAssembly.Module = class { constructor() { throw new Error("the page's policy forbids it") } }
        const forbidden = kind()
        WebAssembly.Module = Module
        const allowed = kind()
        delete globalThis.WebAssembly
        return [forbidden, allowed, kind()]
    }"""
    assert run_alone(rooms) == ["PlainRoom", "SimdRoom", "PlainRoom"]


@pytest.mark.parametrize("kind", ["SimdRoom", "PlainRoom"])
def test_a_network_that_runs_takes_no_more_room(kind):
    sizes = """async (load, checkpoint, kind) => {
        const { loadNetwork } = await load("/ui/live/network.js")
        const room = new (await load("/ui/live/room.js"))[kind]()
        const network = await loadNetwork(Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0)).buffer, room)
        const ends = [0, 1, 2].map((i) => {
            const logits = network.forward(new Float32Array(784).fill(i / 2))
            for (let place = 1; place < 5; place++) network.value(place)
            return [room.end, room.numbers.length, Number.isFinite(logits[0])]
        })
        return [ends, 4 * room.numbers.length]
    }"""
    ends, taken = run(sizes, base64.b64encode(checkpoints.path_of("judge").read_bytes()).decode(), kind)
    assert ends[0] == ends[1] == ends[2] and ends[0][2]
    assert taken < 6e6  # bytes: 0.5 M weights, 16 numbers for 9 of most of them, and what one layer works with


@pytest.mark.parametrize("kind", ["SimdRoom", "PlainRoom"])
def test_networks_in_one_room_leave_each_other_alone(kind):
    script = """async (load, checkpoints, kind) => {
        const { loadNetwork } = await load("/ui/live/network.js")
        const rooms = await load("/ui/live/room.js")
        const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer
        const x = new Float32Array(784).fill(0.4)
        const shared = new rooms[kind]()
        const together = []
        for (const text of checkpoints) together.push(await loadNetwork(bytes(text), shared))
        const [first] = together.map((network) => [...network.forward(x)])
        const again = [...together[0].forward(x)] // after the other has run
        return [[...(await loadNetwork(bytes(checkpoints[0]), new rooms[kind]())).forward(x)], first, again]
    }"""
    files = [base64.b64encode(checkpoints.path_of(name).read_bytes()).decode() for name in ("judge", "ae-2")]
    alone, first, again = run(script, files, kind)
    assert alone == first == again and len(set(alone)) == 10


# ---- what stands inside

INSIDE = """async (load, checkpoint, method, given) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer
    const network = await loadNetwork(bytes(checkpoint))
    let early = "nothing"
    try { network.value(1) } catch (error) { early = error.message }
    network[method](...given.map((value) => (Array.isArray(value) ? Float32Array.from(value) : value)))
    return [early, network.card.network.layers.map((_, place) => {
        try { return [...network.value(place)] } catch { return null }
    })]
}"""


@pytest.mark.parametrize(
    ("name", "method"), [("ae-conv", "forward"), ("vae-2", "posterior"), ("inpainter", "forward_masked")]
)
@torch.inference_mode()
def test_every_value_inside_can_be_read_and_is_torchs(digits, name, method):
    model, x = checkpoints.load(name), digits[0][:1]
    network = model.card.network
    mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(2)) < 0.3).float()
    given = [x, mask] if method == "forward_masked" else [x]
    checkpoint = base64.b64encode(checkpoints.path_of(name).read_bytes()).decode()
    early, values = run(INSIDE, checkpoint, method, [value.flatten().tolist() for value in given])
    assert early == "nothing has run through this layer yet"
    inputs = dict(zip(network.methods[method].takes, given, strict=True))
    expected = inner_values(network, model.state_dict(), inputs, max(network.methods[method].gives.values()))
    for place, value in expected.items():
        inside = torch.tensor(values[place], dtype=torch.float32)
        torch.testing.assert_close(inside, value.float().flatten(), rtol=0, atol=2e-4)
    assert len(expected) > 15


# ---- what does not fit


def rewritten(data: bytes, change) -> bytes:
    """A safetensors file whose header went through `change`."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def with_card(data: bytes, **fields) -> bytes:
    def change(header):
        card = json.loads(header["__metadata__"]["card"])
        header["__metadata__"]["card"] = json.dumps(card | fields)

    return rewritten(data, change)


def with_layer(data: bytes, place: int, **fields) -> bytes:
    """The list of layers changed at one place."""

    def change(header):
        card = json.loads(header["__metadata__"]["card"])
        card["network"]["layers"][place] |= fields
        header["__metadata__"]["card"] = json.dumps(card)

    return rewritten(data, change)


def lie(header):
    header["decoder.0.bias"]["data_offsets"][1] += 10**9


DAMAGES = [
    (lambda data: data[:1000], "not a safetensors file|damaged|inside"),
    (lambda data: data[:-4], "does not lie inside the file"),
    (lambda data: b"", "not a safetensors file"),
    (lambda data: b"\xff" * 64, "not a safetensors file"),
    (lambda data: data[:-4] + b"\xff" * 4, "is not finite"),
    (lambda data: data[:-4] + b"\x01" * 4, "was altered"),
    (lambda data: rewritten(data, lie), "does not lie inside the file"),
    (lambda data: rewritten(data, lambda header: header.pop("decoder.0.bias")), "altered|does not hold"),
    (lambda data: rewritten(data, lambda header: header.pop("__metadata__")), "no card"),
    (lambda data: with_card(data, format=2), "format 2"),
    (lambda data: with_card(data, network={"layers": [], "methods": {}}), "lists no layers"),
    (lambda data: with_card(data, network=None), "lists no layers"),
    (lambda data: with_card(data, network=[1]), "cannot be built|lists no layers"),
    (lambda data: with_layer(data, 2, kind="attention"), "nothing here does 'attention'"),
    (lambda data: with_layer(data, 2, kind="constructor"), "nothing here does 'constructor'"),
    (lambda data: with_layer(data, 2, of=[4]), "comes later"),
    (lambda data: with_layer(data, 2, of=[]), "cannot be built"),
    (lambda data: with_layer(data, 2, shape=[33]), "does not hold"),
    (lambda data: with_layer(data, 1, shape=[783]), "does not make"),
    (lambda data: with_layer(data, 3, shape=[31]), "it makes 32, not 31"),
    (
        lambda data: with_layer(data, 2, tensors={"weight": "decoder.0.weight", "bias": "decoder.0.bias"}),
        "does not hold",
    ),
    (lambda data: with_layer(data, 2, tensors={}), "does not hold"),
]


@pytest.mark.parametrize("half", [False, True])
def test_a_damaged_checkpoint_is_refused(tmp_path, half):
    path = tmp_path / "ae-linear-32.safetensors"
    written(build("autoencoder", dict(RECIPES["ae-linear-32"].config)), path, half)
    whole = path.read_bytes()
    answers = run(
        """async (load, checkpoints) => {
            const { loadNetwork } = await load("/ui/live/network.js")
            const { CheckpointError } = await load("/ui/live/safetensors.js")
            const answer = async (text) => {
                const buffer = Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer
                try { await loadNetwork(buffer) }
                catch (error) { return [error instanceof CheckpointError, `${error}`] }
                return [false, "loaded"]
            }
            return Promise.all(checkpoints.map(answer))
        }""",
        [base64.b64encode(damage(whole)).decode() for damage, _ in DAMAGES],
    )
    for (ours, text), (_, says) in zip(answers, DAMAGES, strict=True):
        assert ours, text
        assert any(part in text for part in says.split("|")), (text, says)


def test_a_call_that_does_not_fit_is_refused(tmp_path):
    path = tmp_path / "cvae.safetensors"
    written(build("cvae", {"widths": (4, 4)}), path)
    messages = run(
        """async (load, checkpoint) => {
            const { loadNetwork } = await load("/ui/live/network.js")
            const network = await loadNetwork(Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0)).buffer)
            const x = new Float32Array(784)
            const calls = [[x], [x, 10], [x, 1.5], [x.slice(1), 3], [undefined, 3], [x, 3]]
            return calls.map((given) => {
                try { return network.encode(...given).length } catch (error) { return error.message }
            })
        }""",
        base64.b64encode(path.read_bytes()).decode(),
    )
    assert messages == [*["a conditional network needs y, the class"] * 3, *["it takes 1 x 28 x 28 numbers"] * 2, 16]


@pytest.mark.parametrize(("dtype", "count"), [(torch.float16, 63_488), (torch.float8_e4m3fn, 254)])
def test_few_bits_a_number_are_read_as_torch_reads_them(dtype, count):
    bits = torch.arange(2 ** (8 * dtype.itemsize), dtype=torch.int32)
    every = bits.to({1: torch.uint8, 2: torch.uint16}[dtype.itemsize]).view(dtype)
    finite = every[every.float().isfinite()]
    record = {"card": json.dumps({"format": 1, "name": "all", "sha256": checkpoints.digest({"all": finite})})}
    numbers = run(
        """async (load, checkpoint) => {
            const { readCheckpoint } = await load("/ui/live/safetensors.js")
            const { tensors } = await readCheckpoint(Uint8Array.from(atob(checkpoint), (c) => c.charCodeAt(0)).buffer)
            return [...tensors.all]
        }""",
        base64.b64encode(to_bytes({"all": finite}, record)).decode(),
    )
    assert len(numbers) == count and torch.equal(torch.tensor(numbers), finite.float())
