"""The networks in the browser: they agree with torch, refuse damaged files, and follow the pen without the server."""

import base64
import json
import struct

import numpy as np
import pytest
import torch

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.models import build
from aecore.recipes import RECIPES
from tests.browser.conftest import ROOT
from ui import live

pytestmark = pytest.mark.browser
SITE = "http://localhost:8850"  # answered by Playwright, not by a server


@pytest.fixture(scope="module")
def page(browser):
    """A page from which ui/live/ can be imported as it lies on disk, and checkpoints can be fetched."""
    context = browser.new_context()
    page = context.new_page()
    page.files = {}

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path.endswith(".js"):
            route.fulfill(body=(ROOT / "ui/live" / path[1:]).read_bytes(), content_type="text/javascript")
        elif path in page.files:
            route.fulfill(body=page.files[path], content_type="application/octet-stream")
        else:
            route.fulfill(body="<!doctype html><title>Live</title>", content_type="text/html")

    page.route(f"{SITE}/**", answer)
    page.goto(SITE)
    yield page
    context.close()


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits("test")
    return x[:100].float() / 255, y[:100]


# Runs every digit through a network; floats come back as base64 of their bytes.
RUN = """async ([path, labels]) => {
    const { loadNetwork } = await import("/network.js")
    const bytes = async (path) => (await fetch(path)).arrayBuffer()
    const network = await loadNetwork(await bytes(path))
    const pixels = new Float32Array(await bytes("/digits"))
    const rows = labels.map((label, i) => {
        const x = pixels.slice(784 * i, 784 * (i + 1))
        if (network.classify) return { forward: network.forward(x), features: network.features(x), p: network.classify(x) }
        const y = network.takesLabel ? label : undefined
        const z = network.encode(x, y)
        const row = { forward: network.forward(x, y), encode: z, decode: network.decode(z, y) }
        return network.posterior ? { ...row, logvar: network.posterior(x, y).logvar } : row
    })
    const text = (name) => {
        const all = new Uint8Array(new Float32Array(rows.flatMap((row) => [...row[name]])).buffer)
        let binary = ""
        for (let i = 0; i < all.length; i += 32768) binary += String.fromCharCode(...all.subarray(i, i + 32768))
        return btoa(binary)
    }
    return Object.fromEntries(Object.keys(rows[0]).map((name) => [name, text(name)]))
}"""


def in_browser(page, data: bytes, x, y) -> dict[str, torch.Tensor]:
    page.files |= {"/checkpoint": data, "/digits": x.numpy().tobytes()}
    found = page.evaluate(RUN, ["/checkpoint", y.tolist()])
    return {
        name: torch.from_numpy(np.frombuffer(base64.b64decode(text), np.float32).copy()).reshape(len(x), -1)
        for name, text in found.items()
    }


@torch.inference_mode()
def in_torch(model, x, y) -> dict[str, torch.Tensor]:
    if model.card.family == "judge":
        out = {"forward": model(x), "features": model.features(x), "p": model(x).softmax(1)}
    else:
        given = (y,) if model.takes_label else ()
        z = model.encode(x, *given)
        out = {"forward": model(x, *given), "encode": z, "decode": model.decode(z, *given)}
        if hasattr(model, "posterior"):
            out["logvar"] = model.posterior(x, *given)[1]
    return {name: value.flatten(1) for name, value in out.items()}


def assert_same(page, path, digits):
    x, y = digits
    expected = in_torch(checkpoints.load(path), x, y)
    found = in_browser(page, path.read_bytes(), x, y)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert value.std() > 0.01, name  # something to compare
        worst = float((found[name] - value).abs().max())
        print(f"{path.stem} {name}: {worst:.1e}")
        assert worst < 1e-4, name


# ---- parity with torch


@pytest.mark.parametrize("name", [name for name in live.LIVE if name in checkpoints.names()])
def test_a_shipped_network_agrees_with_torch(page, digits, name):
    assert_same(page, checkpoints.folder() / f"{name}.safetensors", digits)


def fresh(name: str, path, **changes) -> None:
    """Writes an untrained model of a recipe whose every tensor is random, also those that start at zero or one."""
    recipe = RECIPES[name]
    model = build(recipe.family, recipe.config | changes)
    rng = torch.Generator().manual_seed(1)
    for key, tensor in model.state_dict().items():
        if key.endswith("running_var"):
            tensor.uniform_(0.5, 2, generator=rng)
        elif tensor.dtype.is_floating_point and tensor.dim() < 2:
            tensor.normal_(0.2, 0.2, generator=rng)
        elif tensor.dtype.is_floating_point:
            tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5, generator=rng)  # keeps the scale from layer to layer
    # asdict of the config, so that the card holds every field, as it does after a training
    config = {key: list(v) if isinstance(v, tuple) else v for key, v in vars(model.config).items()}
    checkpoints.save(model, Card(name, "", "", recipe.family, config, {}), path)


VARIANTS = {
    "ae-conv": {},
    "vae-2": {},
    "cvae-2": {},
    "dae": {},
    "judge": {"widths": (6, 9)},  # channels that are no multiple of four
    "ae-tanh-30": {},
    "vae-nyu": {"widths": (50, 30)},
    "ae-2": {"widths": (5, 6), "blocks": 2, "output": "linear"},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_body_agrees_with_torch_before_it_is_trained(page, digits, tmp_path, name):
    path = tmp_path / f"{name}.safetensors"
    fresh(name, path, **VARIANTS[name])
    x, y = digits
    assert_same(page, path, (x[:10], y[:10]))


def test_other_kernels_strides_and_paddings_agree_with_torch(page):
    rng = torch.Generator().manual_seed(0)
    for kernel, stride, padding, side in [
        (1, 1, 0, 5),
        (3, 2, 1, 7),
        (5, 1, 2, 9),
        (5, 2, 1, 8),
        (3, 1, 0, 3),
        (7, 1, 3, 1),
    ]:
        x = torch.randn(3, side, side, generator=rng)
        weight = torch.randn(5, 3, kernel, kernel, generator=rng)
        bias = torch.randn(5, generator=rng)
        expected = torch.nn.functional.conv2d(x[None], weight, bias, stride, padding)[0]
        found = page.evaluate(
            """async ([x, weight, bias, side, options]) => {
                const { conv2d, flatten, sequential, unflatten } = await import("/layers.js")
                const layers = sequential(unflatten([3, side, side]), conv2d(3, 5, options), flatten())
                const tensors = { "1.weight": new Float32Array(weight), "1.bias": new Float32Array(bias) }
                return [...layers.make(tensors, [3 * side * side]).run(new Float32Array(x))]
            }""",
            [
                *(tensor.flatten().tolist() for tensor in (x, weight, bias)),
                side,
                {"kernel": kernel, "stride": stride, "padding": padding},
            ],
        )
        assert np.allclose(found, expected.flatten(), atol=1e-4), (kernel, stride, padding, side)


# ---- damaged files


def rewritten(data: bytes, change) -> bytes:
    """A safetensors file whose header went through `change`."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def set_card(**fields):
    def change(header):
        card = json.loads(header["__metadata__"]["card"])
        header["__metadata__"]["card"] = json.dumps(card | fields)

    return change


def nan(data: bytes) -> bytes:
    return data[:-4] + struct.pack("<f", float("nan"))


def lie(header):
    header["decoder.0.bias"]["data_offsets"][1] += 10**9


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: data[:1000], "not a safetensors file|damaged|inside"),
        (lambda data: data[:-4], "does not lie inside the file"),
        (lambda data: b"", "not a safetensors file"),
        (lambda data: b"\xff" * 64, "not a safetensors file"),
        (nan, "is not finite"),
        (lambda data: data[:-4] + struct.pack("<f", 0.5), "was altered"),
        (lambda data: rewritten(data, lie), "does not lie inside the file"),
        (lambda data: rewritten(data, lambda header: header.pop("decoder.0.bias")), "altered|does not hold"),
        (lambda data: rewritten(data, lambda header: header.pop("__metadata__")), "no card"),
        (lambda data: rewritten(data, set_card(format=2)), "format 2"),
        (lambda data: rewritten(data, set_card(family="gan")), "does not run here"),
        (lambda data: rewritten(data, set_card(family="constructor")), "does not run here|does not hold"),
        (lambda data: rewritten(data, set_card(family="vae")), "cannot be built|does not hold"),
        (lambda data: rewritten(data, set_card(config={"body": "transformer"})), "cannot be built"),
    ],
)
def test_a_damaged_checkpoint_is_refused(page, damage, says):
    page.files["/damaged"] = damage((checkpoints.folder() / "ae-linear-32.safetensors").read_bytes())
    message = page.evaluate("""async () => {
        const [{ loadNetwork }, { CheckpointError }] = [await import("/network.js"), await import("/safetensors.js")]
        const buffer = await (await fetch("/damaged")).arrayBuffer()
        try { await loadNetwork(buffer) } catch (error) { return [error instanceof CheckpointError, error.message] }
    }""")
    assert message is not None
    ours, text = message
    assert ours, text
    assert any(part in text for part in says.split("|")), text
