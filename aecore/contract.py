"""What batches must be, checked in this one place: what does not fit is a ValueError that says what to do.

Pictures are float in [0, 1] and finite; masks hold 0 and 1, 1 where a pixel is missing; classes are int64. Whoever
takes a batch from people checks it first: the models, corruptions, metrics, restorations and maps. It costs one pass
over the batch. Training looks at its data beforehand and switches the checks off inside its loop (`trusted`): on an
accelerator each would wait for all work before it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from math import isfinite, prod

import torch
from torch import Tensor, nn

_trusted = ContextVar("trusted", default=False)
SLACK = 1e-3  # beyond [0, 1]: what interpolation and rounding may add


@contextmanager
def trusted() -> Iterator[None]:
    """Inside nothing is checked, in this thread: for batches that were made from checked ones."""
    token = _trusted.set(True)
    try:
        yield
    finally:
        _trusted.reset(token)


def check_pictures(x: Tensor, shape: Sequence[int | None] = (None, None, None), name: str = "x") -> None:
    """A batch of pictures.

    Args:    x: (N, C, H, W); shape: (C, H, W), None where any will do; name: what the caller calls it.
    Raises:  ValueError: no tensor, another type or shape, a value outside [0, 1], or none that is finite.
    """
    if _trusted.get():
        return
    check_shape(x, shape, name)
    check_values(x, name)


def check_shape(x: Tensor, shape: Sequence[int | None] = (None, None, None), name: str = "x") -> None:
    """The first half of `check_pictures`: type and shape."""
    if _trusted.get():
        return
    if not isinstance(x, Tensor):
        raise ValueError(f"{name} must be a float tensor, not {type(x).__name__}: use torch.as_tensor")
    if x.layout is not torch.strided or x.is_complex():
        advice = f"{name}.real" if x.is_complex() else f"{name}.to_dense()"
        raise ValueError(f"{name} must be a float tensor, dense and real: use {advice}")
    fits = x.ndim == 4 and all(want in (None, size) for want, size in zip(shape, x.shape[1:], strict=True))
    if fits and x.is_floating_point():
        return
    wanted = ", ".join(str(size or letter) for size, letter in zip((None, *shape), "NCHW", strict=True))
    advice = ""
    if not x.is_floating_point():
        is_bytes = x.dtype is not torch.bool and x.numel() and int(x.max()) > 1
        advice = f": divide by 255, as in {name}.float() / 255" if is_bytes else f": use {name}.float()"
    elif x.ndim < 4 and None not in shape and x.numel() % prod(shape) == 0 and x.shape[-1] in (shape[-1], prod(shape)):
        advice = f": use {name}.reshape(-1, {', '.join(map(str, shape))})"
    raise ValueError(f"{name} must be a float tensor ({wanted}) in [0, 1], not {_type(x)} {tuple(x.shape)}{advice}")


def check_values(x: Tensor, name: str = "x") -> None:
    """The second half of `check_pictures`: finite, and in [0, 1]."""
    if _trusted.get() or not x.numel():
        return
    low, high = map(float, x.detach().aminmax())
    if low >= -SLACK and high <= 1 + SLACK:  # written so that NaN fails too
        return
    if not bool(x.isfinite().all()):
        bad = int((~x.isfinite()).sum())
        raise ValueError(
            f"{name} holds {bad:,} values that are NaN or infinite: replace them, as torch.nan_to_num does"
        )
    if low >= 0 and high <= 255 and high > 2:
        advice = f"divide by 255, as in {name} / 255"
    elif low >= -1 - SLACK and high <= 1 + SLACK:
        advice = f"if black is -1, use ({name} + 1) / 2, else {name}.clamp(0, 1)"
    else:
        advice = f"scale it, or use {name}.clamp(0, 1)"
    raise ValueError(f"{name} must be in [0, 1], not from {low:.4g} to {high:.4g}: {advice}")


def check_input(model: nn.Module, x: Tensor, shape: Sequence[int | None] | None = None) -> None:
    """Pictures for a model: of its config's shape unless `shape` says another, its type, on its device."""
    if _trusted.get():
        return
    check_shape(x, model.config.image_shape if shape is None else shape)
    _check_place(model, x, "x")
    check_values(x)


def check_signals(model: nn.Module, x: Tensor) -> None:
    """Traces for a model: (N, C, L) of its config's shape, its type, on its device, finite, from -2 to 3.

    A strong pulse may lie outside [0, 1], where traces lie. Raises: ValueError.
    """
    if _trusted.get():
        return
    channels, length = model.config.image_shape
    if not isinstance(x, Tensor) or not x.is_floating_point() or x.ndim != 3 or x.shape[1:] != (channels, length):
        what = f"{_type(x)} {tuple(x.shape)}" if isinstance(x, Tensor) else type(x).__name__
        wanted = f"a float tensor (N, {channels}, {length}) around 0.5"
        raise ValueError(f"x must be {wanted}, not {what}: cut the signal to {length} samples")
    _check_place(model, x, "x")
    if not x.numel():
        return
    low, high = map(float, x.detach().aminmax())
    if not (low >= -2 and high <= 3):  # written so that NaN fails too
        raise ValueError(
            f"x must be finite and lie around 0.5, not from {low:.4g} to {high:.4g}: use signals.levelled(x, 0.1)"
        )


def check_codes(model: nn.Module, z: Tensor) -> None:
    """Codes for a model: (N, latent_dim) of its own. Raises: ValueError."""
    if _trusted.get():
        return
    latent_dim = getattr(model, "latent_dim", None) or model.config.latent_dim
    if not isinstance(z, Tensor) or not z.is_floating_point() or z.ndim != 2 or z.shape[1] != latent_dim:
        what = f"{_type(z)} {tuple(z.shape)}" if isinstance(z, Tensor) else type(z).__name__
        raise ValueError(f"z must be a float tensor (N, {latent_dim}), not {what}: use what this model's encode gives")
    _check_place(model, z, "z")
    if z.numel() and not all(map(isfinite, map(float, z.detach().aminmax()))):  # NaN is handed on
        raise ValueError("z holds values that are NaN or infinite: replace them, as torch.nan_to_num does")


def check_labels(y: Tensor, n: int, classes: int = 10) -> None:
    """Classes of n pictures: int64 (n,), from 0 to classes - 1. Raises: ValueError."""
    if _trusted.get():
        return
    if not isinstance(y, Tensor):
        raise ValueError(f"y must be a tensor, not {type(y).__name__}: use torch.as_tensor")
    if y.dtype is not torch.int64:
        raise ValueError(f"y must be int64, not {_type(y)}: use y.long()")
    if y.shape != (n,):
        raise ValueError(f"y must hold one class for each of the {n:,} pictures, ({n},), not {tuple(y.shape)}")
    if n and not 0 <= int(y.min()) <= int(y.max()) < classes:
        raise ValueError(f"y must be from 0 to {classes - 1}, not from {int(y.min())} to {int(y.max())}")


def as_mask(mask: Tensor, x: Tensor) -> Tensor:
    """A mask as numbers of x's type, (N, 1, H, W) or like x, 1 where a pixel is missing.

    Args:    mask: so already, or of True and False; x: (N, C, H, W), checked.
    Raises:  ValueError: no tensor, another shape, or any other number than 0 and 1.
    """
    if _trusted.get():
        return mask
    if not isinstance(mask, Tensor):
        raise ValueError(f"the mask must be a tensor, not {type(mask).__name__}: use torch.as_tensor")
    n, channels, height, width = x.shape
    if mask.shape not in ((n, 1, height, width), (n, channels, height, width)):
        raise ValueError(f"the mask must be ({n}, 1, {height}, {width}), as x has, not {tuple(mask.shape)}")
    if mask.dtype is not torch.bool and not bool(((mask == 0) | (mask == 1)).all()):
        middle = 127 if float(mask.max()) > 1 else 0.5
        raise ValueError(f"the mask must hold 0 and 1 alone, 1 where a pixel is missing: use mask > {middle}")
    return mask.to(x.dtype)


def _check_place(model: nn.Module, tensor: Tensor, name: str) -> None:
    weight = next(model.parameters())
    if tensor.dtype is not weight.dtype:
        advice = f"{name}.float()" if weight.dtype is torch.float32 else f"{name}.to({weight.dtype})"
        raise ValueError(f"{name} is {_type(tensor)} and the model {_type(weight)}: use {advice}")
    if tensor.device != weight.device:
        raise ValueError(
            f"{name} is on {tensor.device} and the model on {weight.device}: use {name}.to('{weight.device}')"
        )


def _type(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
