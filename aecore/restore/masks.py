"""Holes in pictures: a registry of four kinds, and one function that makes them as masks.

A mask is float32 (N, 1, H, W), 1 where a pixel is missing and 0 where it is known. The geometry of patch, dropout and
stripes is that of `aecore.corruptions`, so that a hole of the same kind and strength is the same hole on every page.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from aecore import contract
from aecore.corruptions import CORRUPTIONS, GREY, draw

SIDES = ("top", "bottom", "left", "right")
_SHAPE = (1, 28, 28)


@dataclass(frozen=True)
class Mask:
    """One kind of mask.

    default: strength in [0, 1], physically what `describe(strength)` says; fill: what the lab's damaged pictures show
    where pixels are missing, and what blind methods were trained on; random: the rng decides where;
    movable: `center` decides where; sided: `side` does.
    """

    name: str
    label: str
    default: float
    describe: Callable[[float], str]
    about: str
    fill: float = GREY
    random: bool = False
    movable: bool = False
    sided: bool = False


def make(
    kind: str,
    like: int | Tensor,
    strength: float | Tensor | None = None,
    rng: Generator | None = None,
    center: tuple[float, float] | Tensor = (0.5, 0.5),
    side: str = "top",
) -> Tensor:
    """Masks of one kind.

    Args:    kind: a key of MASKS.
             like: how many masks of 28 x 28, or a batch (N, C, H, W) to make them for.
             strength: in [0, 1], one for all or (N,); None for the kind's default. Patch: its side as a fraction of
             the picture's; dropout: share of pixels; half: share of rows (or columns) from `side` on; stripes: share
             of rows.
             rng: where pixels or bands fall; needed by the kinds that are `random`.
             center: (cx, cy) in [0, 1] or (N, 2), of the patch; side: one of SIDES, of the half.
    Returns: (N, 1, H, W) float32, 1 where a pixel is missing.
    Raises:  ValueError: an unknown kind or side, a strength outside [0, 1], or no rng where one is needed.
    """
    if kind not in MASKS:
        raise ValueError(f"unknown kind of mask {kind!r}: choose one of {', '.join(MASKS)}")
    hole = MASKS[kind]
    if hole.random and rng is None:
        raise ValueError(f"{kind!r} is random: it needs an rng")
    x = torch.zeros(like, *_SHAPE) if isinstance(like, int) else like[:, :1]
    strength = hole.default if strength is None else strength
    if hole.sided:
        missing = _half(x, torch.as_tensor(strength, dtype=torch.float32).to(x.device), side)
    else:
        missing = draw(kind, x, strength, rng, center).removed
    return missing.expand_as(x).to(torch.float32)


def from_picture(data: bytes, frame: tuple[float, float, float, float] | None = None) -> Tensor:
    """A mask that somebody painted, in any picture file: white is missing, black is known.

    Args:    data: the file's content; frame: (left, top, right, bottom), the part of the painting that covers the
             digit, in its pixels, as `aecore.intake.files.Digit.frame`; None for all of it.
    Returns: (1, 1, 28, 28), 1 where at least a quarter of a pixel was painted: half a scratch is a scratch.
    Raises:  ImageError: not a picture, damaged or too large.
    """
    import numpy as np
    from PIL import Image, ImageOps

    from aecore.intake.files import open_picture

    with open_picture(data) as picture:
        painted = ImageOps.exif_transpose(picture.convert("L"))
        box = (0, 0, *painted.size) if frame is None else tuple(round(edge) for edge in frame)
        small = painted.crop(box).resize(_SHAPE[:0:-1], Image.Resampling.BOX)  # black beyond the painting
        share = torch.from_numpy(np.asarray(small, np.float32) / 255)
    return (share >= 0.25).float().view(1, *_SHAPE)


def hide(x: Tensor, mask: Tensor, fill: float = GREY) -> Tensor:
    """x with `fill` where pixels are missing: what is under the mask cannot leak.

    Args:   x: (N, C, H, W) in [0, 1]; mask: (N, 1, H, W) or like x, 1 where missing.
    Raises: ValueError: x is no such tensor; its values are not looked at, since under the mask they do not matter.
    """
    contract.check_shape(x)
    return torch.where(mask > 0.5, fill, x)


def paste(x: Tensor, recon: Tensor, mask: Tensor) -> Tensor:
    """The known pixels of x exactly as they are, and those of recon where they are missing. Raises: as `hide`."""
    contract.check_shape(x)
    contract.check_shape(recon, name="recon")
    return torch.where(mask > 0.5, recon, x)


def _half(x: Tensor, strength: Tensor, side: str) -> Tensor:
    """(1 or N, 1, H or 1, W or 1) bool: the rows or columns within round(strength * size) of a side."""
    if side not in SIDES:
        raise ValueError(f"unknown side {side!r}: choose one of {', '.join(SIDES)}")
    if not ((strength >= 0) & (strength <= 1)).all():  # written so that NaN fails too
        raise ValueError(f"strength must be in [0, 1], not {strength}")
    size = x.shape[-2 if side in ("top", "bottom") else -1]
    line = torch.arange(size, device=x.device)
    if side in ("bottom", "right"):
        line = line.flip(0)
    missing = line < (strength.view(-1, 1) * size + 0.5).floor()  # (1 or N, size)
    return missing[:, None, :, None] if side in ("top", "bottom") else missing[:, None, None, :]


def _percent_of_digit(strength: float) -> str:
    return f"{100 * strength:.0f} % of the digit"


def _as_corruption(name: str, about: str, fill: float = GREY, random: bool = False) -> Mask:
    c = CORRUPTIONS[name]
    return Mask(name, c.label, c.default, c.describe, about, fill, random, c.movable)


MASKS: dict[str, Mask] = {
    hole.name: hole
    for hole in (
        _as_corruption("patch", "A grey square: the NYU lecture's inpainting (week 7)."),
        _as_corruption("dropout", "Single pixels, anywhere; 50 % is the NYU lecture's value.", fill=0.0, random=True),
        Mask(
            "half",
            "Half of the digit",
            0.5,
            _percent_of_digit,
            "Everything from one side on: the top of a 4 and of a 9 look alike once it is gone.",
            sided=True,
        ),
        _as_corruption("stripes", "Four bands of rows.", random=True),
    )
}
