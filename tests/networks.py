"""What tests of listed networks share: models with random weights, and their methods in torch and in JavaScript."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore.models.layers import METHODS, Layer, Network


def randomise(model: nn.Module, seed: int = 1) -> None:
    """Make every tensor random, also those that start at zero or one; the scale stays from layer to layer."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            if key.endswith("running_var"):
                tensor.uniform_(0.5, 2, generator=rng)
            elif tensor.is_floating_point() and tensor.dim() < 2:  # a bias, or a batch normalisation's weight near 1
                tensor.copy_(tensor.round().clamp(0, 1) + 0.2 * torch.randn(tensor.shape, generator=rng))
            elif tensor.is_floating_point():
                tensor.normal_(0, (2 / tensor[0].numel()) ** 0.5, generator=rng)


def act(layer: Layer, values: list[Tensor], tensors: dict[str, Tensor]) -> Tensor:
    """A layer by its kind and settings alone; values: what it acts on; tensors: by role."""
    x, settings, kind = values[0], layer.settings, layer.kind
    weights = [tensors.get("weight"), tensors.get("bias")]
    steps = [settings.get("stride"), settings.get("padding")]
    match kind:
        case "linear":
            return F.linear(x, *weights) if x.dim() == 2 else F.conv1d(x, weights[0][:, :, None], weights[1])
        case "layer_norm" | "shift" | "visible" | "attend" | "mix" | "masked" | "mean_token" | "gelu":
            return act_on_tokens(layer, values, tensors)
        case "transposed_linear":
            return F.linear(x, weights[0].T, weights[1])
        case "conv1d" | "conv2d":
            return getattr(F, kind)(x, *weights, *steps)
        case "conv_transpose1d" | "conv_transpose2d":
            smallest = getattr(F, kind)(x, *weights, *steps).shape[2:]
            more = [side - least for side, least in zip(layer.shape[1:], smallest, strict=True)]
            return getattr(F, kind)(x, *weights, *steps, more)
        case "batch_norm":
            return F.batch_norm(x, tensors["mean"], tensors["variance"], *weights, eps=settings["eps"])
        case "relu" | "tanh" | "sigmoid" | "add" | "sub" | "mul" | "div" | "where":
            return getattr(torch, kind)(*values)
        case "max_pool1d" | "max_pool2d" | "avg_pool1d" | "avg_pool2d":
            return getattr(F, kind)(x, settings["kernel"], *steps)
        case "max_places2d":
            return F.max_pool2d(x, settings["kernel"], *steps, return_indices=True)[1].float()
        case "max_unpool2d":
            return F.max_unpool2d(x, values[1].long(), 2, output_size=layer.shape[1:])
        case "affine":
            return settings["scale"] * x.float() + settings["shift"]
        case "leaky_relu":
            return F.leaky_relu(x, settings["slope"])
        case "clamp":
            return x.clamp(settings["min"], settings["max"])
        case "greater":
            return x > settings["than"]
        case "softmax":
            return x.softmax(1)
        case "upsample":
            return F.interpolate(x, scale_factor=settings["factor"], mode="nearest")
        case "pixel_shuffle" | "pixel_unshuffle":
            return getattr(F, kind)(x, settings["factor"])
        case "reshape":
            return x.reshape(len(x), *layer.shape)
        case "expand":
            return x.expand(-1, *layer.shape)
        case "one_hot":
            return F.one_hot(x, settings["classes"]).float()
        case "concat":
            return torch.cat(values, 1)
        case "slice":
            return x[:, settings["begin"] : settings["end"]]
    raise AssertionError(f"no reference for {kind}")


def act_on_tokens(layer: Layer, values: list[Tensor], tensors: dict[str, Tensor]) -> Tensor:
    """The same for what acts on tokens, which are (N, D, T) here."""
    x = values[0]
    match layer.kind:
        case "layer_norm":
            centred = x - x.mean(1, keepdim=True)
            scaled = centred / (centred.square().mean(1, keepdim=True) + layer.settings["eps"]).sqrt()
            return scaled * tensors["weight"][:, None] + tensors["bias"][:, None]
        case "shift":
            return x + tensors["shift"].T
        case "visible":
            return x * (1 - values[1])[:, None]
        case "attend":
            query, key, _ = x.unflatten(1, (3, layer.settings["heads"], -1)).unbind(1)  # (N, heads, d, T)
            scores = torch.einsum("nhdi,nhdj->nhij", query, key) / query.shape[2] ** 0.5
            return (scores - 1e9 * (values[1][:, None, None] if len(values) > 1 else 0)).softmax(3)
        case "mix":
            value = values[1].unflatten(1, (3, x.shape[1], -1))[:, 2]  # (N, heads, d, T)
            return torch.einsum("nhij,nhdj->nhdi", x, value).flatten(1, 2)
        case "masked":
            return torch.where(values[1][:, None] > 0, tensors["token"][:, None], x)
        case "mean_token":
            return x.mean(2)
        case "gelu":
            return x * torch.distributions.Normal(0.0, 1.0).cdf(x)
    raise AssertionError(layer.kind)


@torch.inference_mode()
def inner_values(
    network: Network, tensors: dict[str, Tensor], given: dict[int, Tensor], last: int
) -> dict[int, Tensor]:
    """Place of a layer -> what it makes of the inputs at some places, for all layers up to the last that can be run."""
    values = dict(given)
    for place, layer in enumerate(network.layers[: last + 1]):
        if place not in values and layer.kind != "input" and all(before in values for before in layer.of):
            roles = {role: tensors[tensor] for role, tensor in layer.tensors.items()}
            values[place] = act(layer, [values[before] for before in layer.of], roles)
    return values


@torch.inference_mode()
def arguments(
    model: nn.Module, network: Network, x: Tensor | None = None, y: Tensor | None = None
) -> dict[str, list[Tensor]]:
    """Method -> what to call it with: x (N, *image_shape) and y (N,), random if not given; the codes of x; a mask."""
    rng = torch.Generator().manual_seed(2)
    given = {"x": torch.rand(4, *model.config.image_shape, generator=rng) if x is None else x}
    given["y"] = torch.arange(len(given["x"])) % 10 if y is None else y
    if "encode" not in network.methods and hasattr(model.config, "latent_dim"):  # a generator: it draws from noise
        given["z"] = torch.randn(len(given["x"]), model.config.latent_dim, generator=rng)
    share = 0.5 / 4.0 ** torch.arange(len(given["x"])).view(-1, *[1] * (given["x"].dim() - 1))  # less and less
    given["mask"] = (torch.rand(given["x"].shape, generator=rng) < share).float()
    names = {place: layer.settings["name"] for place, layer in enumerate(network.layers) if layer.kind == "input"}
    calls = {}
    for method, listed in network.methods.items():
        calls[method] = [given[names.get(place, "z")] for place in listed.takes]
        if method == "encode":
            given["z"] = model.encode(*calls[method])
    return calls


@torch.inference_mode()
def results(model: nn.Module, method: str, given: list[Tensor]) -> dict[str, Tensor]:
    """What torch gives for a listed method, by the names in the list."""
    name = method.removesuffix("_masked")
    out = getattr(model, name)(*given) if name == method else getattr(model, name)(*given[:-1], mask=given[-1])
    return dict(zip(METHODS[name], out if isinstance(out, tuple) else (out,), strict=True))


# Calls the methods of a checkpoint; calls: [method, arguments], each a list of labels, or base64 of floats for n calls.
ANSWERS = """async (load, checkpoint, calls, n, room) => {
    const { loadNetwork } = await load("/ui/live/network.js")
    const rooms = await load("/ui/live/room.js")
    const bytes = (text) => { // of megabytes: a loop, not a call for each of them
        const binary = atob(text)
        const all = new Uint8Array(binary.length)
        for (let i = 0; i < all.length; i++) all[i] = binary.charCodeAt(i)
        return all.buffer
    }
    const network = await loadNetwork(bytes(checkpoint), new rooms[room]())
    const text = (arrays) => {
        const numbers = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0))
        arrays.reduce((at, array) => (numbers.set(array, at), at + array.length), 0)
        const all = new Uint8Array(numbers.buffer)
        let binary = ""
        for (let i = 0; i < all.length; i += 32768) binary += String.fromCharCode(...all.subarray(i, i + 32768))
        return btoa(binary)
    }
    return calls.map(([method, given]) => {
        const values = given.map((value) => (typeof value === "string" ? new Float32Array(bytes(value)) : value))
        const answers = Array.from({ length: n }, (_, i) => {
            const one = (all, size) => (Array.isArray(all) ? all[i] : all.slice(size * i, size * (i + 1)))
            return network[method](...values.map((all) => one(all, all.length / n)))
        })
        const names = answers[0] instanceof Float32Array ? null : Object.keys(answers[0])
        if (!names) return text(answers)
        return Object.fromEntries(names.map((name) => [name, text(answers.map((answer) => answer[name]))]))
    })
}"""


def answers(
    run: Callable[..., Any], checkpoint: bytes, calls: dict[str, list[Tensor]], room: str
) -> dict[str, dict[str, Tensor]]:
    """What the browser's network gives: method -> name -> (N, features).

    Args: run: runs a script in node or in a page, see `tests.node.run`; calls: as `arguments` returns them; room: the
          class of ui/live/room.js that it computes in.
    """

    def sent(value: Tensor) -> list[int] | str:
        return value.tolist() if value.dtype == torch.int64 else base64.b64encode(value.numpy().tobytes()).decode()

    def got(text: str) -> Tensor:
        return torch.from_numpy(np.frombuffer(base64.b64decode(text), np.float32).copy()).reshape(n, -1)

    n = len(next(iter(calls.values()))[0])
    asked = [[method, [sent(value) for value in given]] for method, given in calls.items()]
    texts = run(ANSWERS, base64.b64encode(checkpoint).decode(), asked, n, room)
    names = {method: METHODS[method.removesuffix("_masked")] for method in calls}
    return {
        method: {key: got(text[key] if isinstance(text, dict) else text) for key in names[method]}
        for method, text in zip(calls, texts, strict=True)
    }


def assert_same(run: Callable[..., Any], model: nn.Module, checkpoint: bytes, x: Tensor, y: Tensor) -> None:
    """All methods of a loaded model and of its file, on x (N, *image_shape) and y (N,): to 1e-4, in either room."""
    calls = arguments(model, model.card.network, x, y)
    wanted = {method: results(model, method, given) for method, given in calls.items()}
    for room in ("SimdRoom", "PlainRoom"):
        for method, values in answers(run, checkpoint, calls, room).items():
            for name, expected in wanted[method].items():
                assert expected.std() > 1e-3, name  # something to compare
                worst = float((values[name] - expected.flatten(1)).abs().max())
                print(f"{model.card.name} {method} {name} in a {room}: {worst:.1e}")
                assert worst < 1e-4, (method, name, room)
