"""The networks in the browser: they agree with torch, refuse damaged files, and are sent once a browser."""

import base64
import json
import re
import struct

import numpy as np
import pytest
import torch

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.intake.files import digit_from_strokes
from aecore.models import FAMILIES, build
from aecore.recipes import RECIPES
from pages.home import strip
from tests.browser.conftest import ROOT
from ui.input.pad import rasterise, stroke

pytestmark = pytest.mark.browser
SITE = "http://localhost:8850"  # answered by Playwright, not by a server


@pytest.fixture(scope="module")
def page(browser):
    """A page from which the modules of ui/ can be imported as it lies on disk, and checkpoints can be fetched."""
    context = browser.new_context()
    page = context.new_page()
    page.files = {}

    def answer(route):
        path = route.request.url.removeprefix(SITE)
        if path.endswith(".js"):
            route.fulfill(body=(ROOT / path[1:]).read_bytes(), content_type="text/javascript")
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
    const { loadNetwork } = await import("/ui/live/network.js")
    const bytes = async (path) => (await fetch(path)).arrayBuffer()
    const network = await loadNetwork(await bytes(path))
    const pixels = new Float32Array(await bytes("/digits"))
    const rows = labels.map((label, i) => {
        const x = pixels.slice(784 * i, 784 * (i + 1))
        const { classify, features, forward } = network
        if (classify) return { forward: forward(x), features: features(x), p: classify(x) }
        if (!network.encode) return { forward: forward(x) }
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
    elif model.card.family == "upscaler":
        out = {"forward": model(x)}
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


@pytest.mark.parametrize(
    "name", [name for name in checkpoints.names() if FAMILIES[checkpoints.read_card(name).family].live]
)
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
    "upscaler": {},
    "upscaler-no-7": {"widths": (5, 6), "blocks": 2},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_every_body_agrees_with_torch_before_it_is_trained(page, digits, tmp_path, name):
    path = tmp_path / f"{name}.safetensors"
    fresh(name, path, **VARIANTS[name])
    x, y = digits
    assert_same(page, path, (x[:10], y[:10]))


# A layer between unflatten and flatten: the picture x (channels, height, width) through it, in PyTorch's order.
LAYER = """async ([make, args, shape, x, weight, bias]) => {
    const { [make]: layer, flatten, sequential, unflatten } = await import("/ui/live/layers.js")
    const layers = sequential(unflatten(shape), layer(...args), flatten())
    const tensors = { "1.weight": new Float32Array(weight), "1.bias": new Float32Array(bias) }
    const step = layers.make(tensors, [x.length])
    step.run(new Float32Array(x.length).fill(9)) // what an earlier call leaves behind must not matter
    return [...step.run(new Float32Array(x))]
}"""


def through_layer(page, make, args, x, weight, bias):
    values = (tensor.flatten().tolist() for tensor in (x, weight, bias))
    return page.evaluate(LAYER, [make, args, list(x.shape), *values])


@pytest.mark.parametrize(
    ("kernel", "step", "padding", "height", "width"),
    [
        (1, 1, 0, 5, 5),
        (3, 1, 1, 7, 7),  # Winograd's way, whose tiles go beyond a picture with an odd side
        (3, 1, 1, 4, 9),
        (3, 1, 1, 1, 1),
        (3, 2, 1, 7, 6),
        (3, 1, 0, 3, 3),
        (5, 1, 2, 9, 4),
        (5, 2, 1, 8, 8),
        (7, 1, 3, 1, 1),
    ],
)
def test_convolutions_agree_with_torch(page, kernel, step, padding, height, width):
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(3, height, width, generator=rng)
    weight = torch.randn(5, 3, kernel, kernel, generator=rng)
    bias = torch.randn(5, generator=rng)
    expected = torch.nn.functional.conv2d(x[None], weight, bias, step, padding)
    options = {"kernel": kernel, "stride": step, "padding": padding}
    found = through_layer(page, "conv2d", [3, 5, options], x, weight, bias)
    assert np.allclose(found, expected.flatten(), atol=1e-5)


@pytest.mark.parametrize(("height", "width"), [(7, 7), (4, 3), (1, 1)])
def test_a_convolution_after_upsampling_agrees_with_torch(page, height, width):
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(6, height, width, generator=rng)
    layers = torch.nn.Sequential(torch.nn.Upsample(scale_factor=2, mode="nearest"), torch.nn.Conv2d(6, 5, 3, padding=1))
    expected = layers(x[None])[0]
    found = through_layer(page, "upsampledConv2d", [6, 5], x, layers[1].weight, layers[1].bias)
    assert np.allclose(found, expected.detach().flatten(), atol=1e-5)


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
        const { loadNetwork } = await import("/ui/live/network.js")
        const { CheckpointError } = await import("/ui/live/safetensors.js")
        const buffer = await (await fetch("/damaged")).arrayBuffer()
        try { await loadNetwork(buffer) } catch (error) { return [error instanceof CheckpointError, error.message] }
    }""")
    assert message is not None
    ours, text = message
    assert ours, text
    assert any(part in text for part in says.split("|")), text


# ---- drawings in MNIST's form

DRAWINGS = {
    "one": [stroke([(0.5, 0.2), (0.5, 0.8)])],
    "slanted, thin": [stroke([(0.3, 0.2), (0.45, 0.5), (0.7, 0.8)], width=0.03)],
    "small": [stroke([(0.6, 0.6), (0.7, 0.6), (0.65, 0.75)])],
    "seven": [stroke([(0.25, 0.2), (0.75, 0.22), (0.6, 0.5), (0.45, 0.85)])],
    "eight": [stroke([(0.5 + 0.2 * np.sin(2 * t), 0.5 - 0.32 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)])],
    "five, two strokes": [
        stroke([(0.6, 0.2), (0.35, 0.22), (0.33, 0.45), (0.6, 0.5), (0.62, 0.75), (0.3, 0.8)], width=0.06),
        stroke([(0.35, 0.2), (0.75, 0.18)], width=0.06),
    ],
    "at the edge": [stroke([(0.02, 0.02), (0.3, 0.05), (0.05, 0.6)])],
    "very thick": [stroke([(0.3, 0.3), (0.7, 0.3), (0.5, 0.75)], width=0.2)],
    "a point": [stroke([(0.5, 0.5)])],
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_normalised_as_on_the_server(page, name):
    image = rasterise(DRAWINGS[name])
    expected = digit_from_strokes(image).x.numpy().ravel()
    found = page.evaluate(
        """async (ink) => {
            const { normalizeDrawing } = await import("/ui/input/digit.js")
            return [...normalizeDrawing(new Uint8Array(ink), 112)]
        }""",
        image.ravel().tolist(),
    )
    error = float(np.abs(np.array(found) - expected).mean())
    print(f"{name}: {error:.4f}")
    assert error < 0.01


def test_an_empty_drawing_is_no_digit(page):
    found = page.evaluate(
        """async () => (await import("/ui/input/digit.js")).normalizeDrawing(new Uint8Array(112 * 112), 112)"""
    )
    assert found is None


# ---- delivery once a browser, and nothing sent while the pen is down but the drawing

APP = "tests/browser/apps/live_app.py"


class Traffic:
    """Everything that a page asks for and that its websockets carry."""

    def __init__(self, page):
        self.requests, self.sent = [], []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: self.sent.append(frame)))

    def files(self):
        """Names of the files that were asked for, in order."""
        return [url.split("/")[-2] for url in self.requests if "/files/" in url]


def visit(context, url, networks=2):
    page = context.new_page()
    traffic = Traffic(page)
    page.goto(url)
    ready(page, networks)
    return page, traffic


def ready(page, networks=2):
    """Waits until so many networks are there and the script has ended."""
    page.wait_for_function(
        """(count) => {
            const shelf = globalThis[Symbol.for("autoencoder-lab.networks")]
            return shelf?.size === count && [...shelf.values()].every((slot) => slot.here)
        }""",
        arg=networks,
    )
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState != 'running'")


def test_a_network_is_sent_once_a_browser(serve, browser):
    url = serve(APP)
    context = browser.new_context()
    page, traffic = visit(context, url)
    assert traffic.files() == ["ae-linear-32", "vae-nyu"]  # in the order asked for
    page.get_by_role("link", name="second").click()  # in the page's memory
    page.get_by_role("button", name="Run again").click()
    page.wait_for_timeout(500)
    ready(page)
    assert len(traffic.files()) == 2
    kept = """() => performance.getEntriesByType("resource").filter((e) => e.name.includes("/files/"))
        .map((e) => e.transferSize)"""
    assert min(page.evaluate(kept)) > 100_000
    again, _ = visit(context, url)  # in the browser's cache
    assert again.evaluate(kept) == [0, 0]
    context.close()
    context = browser.new_context()
    other, _ = visit(context, f"{url}/second")  # somebody else's browser, and a deep link
    assert min(other.evaluate(kept)) > 100_000
    context.close()


def test_a_network_that_did_not_come_is_asked_for_again(serve, browser):
    context = browser.new_context()
    page = context.new_page()
    lost = []

    def lose(route):
        lost.append(route.request.url)
        route.abort() if len(lost) == 1 else route.continue_()

    page.route("**/files/**", lose)
    page.goto(serve(APP))
    ready(page)
    assert lost[0] == lost[1] != lost[2]
    context.close()


def test_while_the_pen_is_down_only_the_drawing_is_sent(serve, browser):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page, traffic = visit(context, serve("app.py"), networks=len(strip.networks(get_engine())))
    page.wait_for_timeout(1500)  # what loads late
    traffic.requests.clear()
    traffic.sent.clear()
    box = page.locator(".pad canvas").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for place in range(40):  # two seconds, in which the networks compute in every frame
        down = (0.2 + 0.015 * place) * box["height"]
        page.mouse.move(box["x"] + (0.5 - 0.005 * place) * box["width"], box["y"] + down)
        page.wait_for_timeout(50)
    assert page.locator("figure.sketch canvas").count() > 2
    drawn = [int(found[1]) for frame in traffic.sent if (found := SEQ.search(frame)) and b"settled" not in frame]
    assert len(drawn) > 2
    assert drawn == sorted(set(drawn))  # each message has a newer drawing
    assert len(drawn) == sum(b"settled" not in frame for frame in traffic.sent)
    assert traffic.requests == []
    context.close()


SEQ = re.compile(rb'"seq":(\d+)')
