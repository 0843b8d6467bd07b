"""Holes in pictures: a registry of four kinds, and one function that makes them as masks.

A mask is float32 (N, 1, H, W), 1 where a pixel is missing and 0 where it is known. The geometry of patch, dropout and
stripes is that of `aecore.corruptions`, so that a hole of the same kind and strength is the same hole on every page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Generator, Tensor

from aecore import contract
from aecore.corruptions import CORRUPTIONS, GREY, draw
from aecore.errors import ImageError

if TYPE_CHECKING:
    from aecore.intake.files import Digit

SIDES = ("top", "bottom", "left", "right")
_SHAPE = (1, 28, 28)
_MASK_PIXELS = 4_000_000  # a larger painting is averaged


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


def from_picture(
    data: bytes, frame: tuple[float, float, float, float] | None = None, size: tuple[int, int] | None = None
) -> Tensor:
    """A mask that somebody painted, in any picture file: white is missing, black and clear are known.

    Where hardly anything but paint of one colour is on a clear layer, what is painted is missing, whatever its colour.

    Args:    data: the file's content; frame: (left, top, right, bottom), the part of the picture that covers the digit,
             as `aecore.intake.files.Digit.frame`, None for all of it; size: (width, height) of the picture in which
             `frame` counts pixels, the mask's own size if None. A mask of another size is scaled.
    Returns: (1, 1, 28, 28), 1 where at least a quarter of a pixel was painted: half a scratch is a scratch.
    Raises:  ImageError: not a picture, damaged or too large, or of other proportions than the picture.
    """
    from PIL import Image

    from aecore.intake.decode import read_picture  # late: it brings OpenCV and scikit-image

    picture = read_picture(data, _MASK_PIXELS)
    painted = _painted(picture.pixels, picture.alpha)  # (h, w) in [0, 1]
    if size is None:
        size = picture.size
    if abs(picture.size[0] * size[1] - picture.size[1] * size[0]) > max(*size, *picture.size):  # a pixel of rounding
        raise ImageError(
            f"The mask has {picture.size[0]} x {picture.size[1]} pixels, the picture {size[0]} x {size[1]}: "
            "their proportions differ. Paint it on a copy of the picture."
        )
    height, width = painted.shape
    left, top, right, bottom = (0, 0, *size) if frame is None else frame
    across, down = width / size[0], height / size[1]
    box = np.array([left * across, top * down, right * across, bottom * down])
    beyond = int(np.ceil(max(0, -box.min(), box[2] - width, box[3] - height)))  # black around the painting
    canvas = Image.fromarray(np.pad(painted, beyond))
    small = canvas.resize(_SHAPE[:0:-1], Image.Resampling.BOX, box=tuple((box + beyond).tolist()))
    share = torch.from_numpy(np.array(small))
    return (share >= 0.25).float().view(1, *_SHAPE)


def for_digits(data: bytes, digits: "list[Digit]", size: tuple[int, int]) -> Tensor:
    """A mask painted over a picture, cut with each of its digits as the digit was cut.

    Args:    data: as in `from_picture`; of 28 x 28 pixels where the picture has other proportions, it is for every
             digit; digits: as found in the picture; size: (width, height) of the picture.
    Returns: (N, 1, 28, 28).
    Raises:  ImageError: as `from_picture`, or nothing of a digit is covered.
    """
    from aecore.intake.decode import size_of

    if size_of(data) == _SHAPE[:0:-1] and size[0] != size[1]:
        mask = from_picture(data).expand(len(digits), -1, -1, -1)
    else:
        mask = torch.cat([from_picture(data, digit.frame, size) for digit in digits])
    if not mask.any():
        raise ImageError("The mask covers nothing of a digit. Paint white where pixels are missing.")
    return mask


def _painted(pixels: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """How much of each pixel was painted, in [0, 1]; pixels and alpha: as in `aecore.intake.decode.Picture`."""
    value = pixels.max(2) if pixels.ndim == 3 else pixels
    value = value.astype(np.float32) / (255 if pixels.dtype == np.uint8 else 1)
    if alpha is None:
        return value
    share = alpha.astype(np.float32) / np.iinfo(alpha.dtype).max
    most = max(float(share.max()), 0.1)
    seen = value[share > most / 2]
    if 0 < seen.size < share.size / 2 and seen.max() - seen.min() < 0.25:
        return share / most  # also of a brush that covers only half
    return value * share


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
    return f"{100 * strength:.0f}% of the digit"


def _as_corruption(name: str, about: str, fill: float = GREY, random: bool = False) -> Mask:
    c = CORRUPTIONS[name]
    return Mask(name, c.label, c.default, c.describe, about, fill, random, c.movable)


MASKS: dict[str, Mask] = {
    hole.name: hole
    for hole in (
        _as_corruption("patch", "A grey square: the NYU lecture's inpainting (week 7)."),
        _as_corruption("dropout", "Single pixels, anywhere; 50% is the NYU lecture's value.", fill=0.0, random=True),
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
