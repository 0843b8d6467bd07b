"""Numbers that tell one wide code from another: active units, the Jacobian, kernels, how far noise moves it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

from aecore import contract, corruptions

ACTIVE = 0.1  # a unit is active if it is above this share of the code's largest
RARE = 0.01  # a pixel belongs to the digits' region if more than this share of the training digits has ink there
SAME = 0.9  # correlation with its first picture above which a kernel counts as never learned
Encode = Callable[[Tensor], Tensor]


def active_units(z: Tensor) -> Tensor:
    """Units above ACTIVE of the largest of each code, by size; z: (N, D). Returns: int64 (N,)."""
    size = z.abs()
    return (size > ACTIVE * size.amax(1, keepdim=True)).sum(1)


def jacobians(encode: Encode, x: Tensor) -> Tensor:
    """dz/dx of each picture by autograd: x (N, C, H, W) -> (N, D, pixels)."""
    with contract.trusted():
        return vmap(jacrev(lambda one: encode(one[None])[0]))(x).flatten(2)


def jacobian_norms(jacobian: Tensor) -> Tensor:
    """||J||_F of each, (N, D, pixels) -> (N,)."""
    return jacobian.square().sum((1, 2)).sqrt()


def directions(jacobian: Tensor) -> Tensor:
    """How many directions of x each code feels: (sum s^2)^2 / sum s^4 over the singular values s.

    It is k where k singular values are equal and the others 0.

    Args:    jacobian: (N, D, pixels).
    Returns: (N,), from 1 to min(D, pixels).
    Source:  the participation ratio, Bell & Dean 1970, doi:10.1039/DF9705000055.
    """
    gram = jacobian @ jacobian.transpose(1, 2)  # (N, D, D), whose eigenvalues are s^2
    return gram.diagonal(dim1=1, dim2=2).sum(1).square() / gram.square().sum((1, 2)).clamp(min=1e-30)


def singular_values(jacobian: Tensor) -> Tensor:
    """Of each, the largest first: (N, D, pixels) -> (N, min(D, pixels))."""
    return torch.linalg.svdvals(jacobian)


def regions(x: Tensor) -> tuple[Tensor, Tensor]:
    """Where digits have ink, and where no digit ever has: bool (pixels,) each; x: (N, C, H, W), all training digits."""
    inked = (x > 0).flatten(1).float().mean(0)
    return inked > RARE, inked == 0


def never_learned(kernels: Tensor, first: Tensor, inside: Tensor) -> int:
    """How many kernels still look as they did before training, within the digits' region.

    Args: kernels, first: (D, pixels), now and at the start; inside: bool (pixels,).
    """
    now, before = kernels[:, inside], first[:, inside]
    now, before = now - now.mean(1, keepdim=True), before - before.mean(1, keepdim=True)
    cosine = (now * before).sum(1) / (now.norm(dim=1) * before.norm(dim=1)).clamp(min=1e-12)
    return int((cosine > SAME).sum())


def moved(function: Callable[[Tensor], Tensor], x: Tensor, noise: tuple[str, float], rng: torch.Generator) -> float:
    """How far noise moves what a function makes of x, as a share of the way to another digit.

    Args:    function: x (N, C, H, W) -> (N, ...); noise: a key of aecore.corruptions and its strength; rng: of it.
    Returns: mean distance between f(x_noisy) and f(x), over the mean distance between f of two different pictures.
    """
    x_noisy, _ = corruptions.corrupt(noise[0], x, noise[1], rng)
    y, y_noisy = function(x).flatten(1), function(x_noisy).flatten(1)
    return float((y_noisy - y).norm(dim=1).mean() / (y - y.roll(1, 0)).norm(dim=1).mean())


def kernels_of(model: nn.Module) -> Tensor:
    """The encoder's first weights, a kernel a row: (D, pixels).

    Raises: ValueError: the model's encoder does not begin with one matrix on all pixels.
    """
    pixels = model.config.image_shape[0] * model.config.image_shape[1] * model.config.image_shape[2]
    for name, parameter in model.named_parameters():
        if name in ("weight", "encoder.1.weight") and parameter.ndim == 2 and parameter.shape[1] == pixels:
            return parameter.detach()
    raise ValueError(f"{type(model).__name__} has no kernels: its encoder does not begin with one matrix")
