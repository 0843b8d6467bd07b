"""What tests of listed networks share: models with random weights, and what their methods are called with."""

import torch
from torch import Tensor, nn

from aecore.models.layers import Network


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


@torch.inference_mode()
def arguments(model: nn.Module, network: Network, x: Tensor | None = None, y: Tensor | None = None) -> dict:
    """Method -> what to call it with: x (N, *image_shape), y (N,), random if not given; the codes of x; a mask."""
    rng = torch.Generator().manual_seed(2)
    given = {"x": torch.rand(4, *model.config.image_shape, generator=rng) if x is None else x}
    given["y"] = torch.arange(len(given["x"])) % 10 if y is None else y
    given["mask"] = (torch.rand(given["x"].shape, generator=rng) < 0.5).float()
    names = {place: layer.settings["name"] for place, layer in enumerate(network.layers) if layer.kind == "input"}
    calls = {}
    for method, listed in network.methods.items():
        calls[method] = [given[names[place]] if place in names else calls["z"][0] for place in listed.takes]
        if method == "encode":
            calls["z"] = [model.encode(*calls[method])]
    calls.pop("z", None)
    return calls


@torch.inference_mode()
def results(model: nn.Module, method: str, given: list[Tensor]) -> dict[str, Tensor]:
    """What torch gives for a listed method, by the names in the list."""
    name, masked = method.removesuffix("_masked"), method.endswith("_masked")
    out = getattr(model, name)(*given[:-1], mask=given[-1]) if masked else getattr(model, name)(*given)
    names = {"posterior": ("mu", "logvar"), "encode": ("z",), "decode": ("recon",), "features": ("features",)}
    names |= {"classify": ("probabilities",)}
    return dict(zip(names.get(name, ("out",)), out if isinstance(out, tuple) else (out,), strict=True))
