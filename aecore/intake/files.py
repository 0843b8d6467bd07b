"""Any picture file, picture or drawing to digits like MNIST's.

How a file becomes pixels is in `decode.py`, where its ink stands out in `channel.py`, what is ink and which ink makes
a digit in `segment.py`, the form of MNIST's digits in `normal.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from aecore.errors import ImageError
from aecore.intake.channel import channels
from aecore.intake.decode import read_picture
from aecore.intake.normal import SIDE, normalize
from aecore.intake.segment import Piece, find_digits

MAX_DIGITS = 32

_WORK_PIXELS = 2_500_000  # digits are looked for in a picture reduced to about this many pixels
_NO_INK = "No digit was found in the picture. Use one whose strokes clearly differ from the background."


@dataclass(frozen=True)
class Digit:
    """One digit, ready for a model.

    x:     (1, 1, 28, 28) float32 in [0, 1], ink 1, background 0.
    box:   (left, top, right, bottom) in pixels of the upright picture; right and bottom are exclusive.
    notes: what the visitor should know about how the picture was read, each one sentence; often empty.
    frame: what x covers in the upright picture, as box, but in fractions of pixels; may reach beyond the picture.
    grown: by how much the stroke was widened (thinned, below 0) for x, in pixels of x.
    """

    x: Tensor
    box: tuple[int, int, int, int]
    notes: tuple[str, ...] = ()
    frame: tuple[float, float, float, float] = (0.0, 0.0, 28.0, 28.0)
    grown: float = 0.0


def digits_from_bytes(data: bytes) -> list[Digit]:
    """All digits in a picture file, in reading order.

    Reads PNG, JPEG, MPO, WebP, GIF, BMP and TIFF: the first frame, turned upright by its EXIF tag, transparent
    parts filled with a background that its ink stands out from. A 28x28 picture in white on black is taken as it
    is (in black on white: only inverted).

    Args:    data: the file's content, at most 10 MB and 20 megapixels, sides within 1:50.
    Returns: 1 to 32 digits.
    Raises:  ImageError: not such a picture, damaged, too large, or with no digit or more than 32 in it.
    """
    picture = read_picture(data, _WORK_PIXELS)
    views = _views(picture.pixels, picture.alpha)
    factor = max(picture.size) / max(views[0].shape)
    ready = _already_normal(views[0])
    if ready is not None:
        return [_digit(ready, (0, 0, SIDE, SIDE), picture.notes)]
    return digits_from_views(views, factor, picture.notes)


def digits_from_gray(gray: np.ndarray, factor: float = 1.0, notes: tuple[str, ...] = ()) -> list[Digit]:
    """All digits in a grey picture that is decoded already, in reading order.

    Args:    gray: (H, W) float32 in [0, 255]; factor: what it was reduced by, boxes are multiplied with it;
             notes: for every digit.
    Raises:  ImageError: no digit, or more than 32.
    """
    return digits_from_views([gray], factor, notes)


def digits_from_views(views: list[np.ndarray], factor: float = 1.0, notes: tuple[str, ...] = ()) -> list[Digit]:
    """As `digits_from_gray`, in the first of some views of one picture in which there is a digit."""
    for view in views:
        pieces, left_out = find_digits(view)
        if len(pieces) > MAX_DIGITS:
            raise ImageError(f"More than {MAX_DIGITS} digits were found. Crop the picture to fewer of them.")
        said = (*notes, *_smaller(left_out))
        digits = [digit for piece in pieces if (digit := _from_piece(piece, factor, said)) is not None]
        if digits:
            return digits
    raise ImageError(_NO_INK)


def _smaller(count: int) -> tuple[str, ...]:
    """A note on marks that were left out beside much larger digits."""
    if not count:
        return ()
    if count == 1:
        return ("A much smaller mark was left out. If it is a digit, crop the picture to it.",)
    return (f"{count} much smaller marks were left out. If they are digits, crop the picture to them.",)


def _from_piece(piece: Piece, factor: float, notes: tuple[str, ...]) -> Digit | None:
    normal = normalize(piece.ink)
    if normal is None:
        return None
    left, top, right, bottom = (n * factor for n in piece.box)
    box = (math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    x0, y0, x1, y1 = piece.window
    zoom = (x1 - x0) / piece.ink.shape[1], (y1 - y0) / piece.ink.shape[0]
    left, top, right, bottom = normal.frame
    frame = (x0 + left * zoom[0], y0 + top * zoom[1], x0 + right * zoom[0], y0 + bottom * zoom[1])
    return _digit(normal.x, box, notes, tuple(n * factor for n in frame), normal.grown)


def digit_from_strokes(array: np.ndarray) -> Digit:
    """A drawing as one digit; every stroke of it belongs to the digit.

    Args:    array: (H, W) white ink on black, or (H, W, 4) RGBA whose alpha is the ink; where the canvas itself is
             opaque, and for (H, W, 3), the ink is what differs from the border's colour;
             uint8 in [0, 255], or float in [0, 1]. A (28, 28) drawing is taken as it is.
    Returns: the digit; its box is in pixels of the drawing.
    Raises:  ImageError: the drawing is empty, or no such array.
    """
    ink = np.asarray(array)
    if ink.ndim not in (2, 3) or not ink.size or max(ink.shape) > 4096 or ink.dtype.kind not in "biuf":
        raise ImageError("The drawing could not be read. Clear the pad and draw again.")
    ink = ink.astype(np.float32) / (1.0 if ink.dtype.kind in "bf" else 255.0)
    if not np.isfinite(ink).all() or ink.min() < 0 or ink.max() > 1:
        raise ImageError("The drawing could not be read. Clear the pad and draw again.")
    if ink.ndim == 3:
        ink = _strokes(ink)
    box = _ink_box(ink)
    if box is None:
        raise ImageError("The drawing is empty. Draw a digit first.")
    if ink.shape == (SIDE, SIDE):
        return _digit(ink, box, ())
    normal = normalize(ink / ink.max())
    return _digit(normal.x, box, (), normal.frame, normal.grown)


def _digit(
    small: np.ndarray,
    box: tuple[int, int, int, int],
    notes: tuple[str, ...],
    frame: tuple[float, float, float, float] = (0.0, 0.0, SIDE, SIDE),
    grown: float = 0.0,
) -> Digit:
    x = torch.from_numpy(np.ascontiguousarray(small, np.float32)).reshape(1, 1, SIDE, SIDE)
    return Digit(x, box, notes, frame, grown)


def _strokes(canvas: np.ndarray) -> np.ndarray:
    """The ink (H, W) of a colour canvas (H, W, 3 or 4) in [0, 1]: its alpha, or what differs from the border."""
    if canvas.shape[2] not in (3, 4):
        raise ImageError("The drawing could not be read. Clear the pad and draw again.")
    edge = np.concatenate([canvas[0], canvas[-1], canvas[1:-1, 0], canvas[1:-1, -1]])  # (pixels, channels)
    paper = np.median(edge, axis=0)
    if canvas.shape[2] == 4 and paper[3] < 0.5:  # a clear canvas
        return canvas[:, :, 3]
    return np.abs(canvas[:, :, :3] - paper[:3]).max(2)


def _ink_box(ink: np.ndarray) -> tuple[int, int, int, int] | None:
    columns, rows = np.flatnonzero((ink > 0.05).any(0)), np.flatnonzero((ink > 0.05).any(1))
    if not len(columns):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _already_normal(gray: np.ndarray) -> np.ndarray | None:
    """A 28x28 picture with a black (or evenly white) border, in [0, 1]; None for any other."""
    if gray.shape != (SIDE, SIDE):
        return None
    border = np.concatenate([gray[0], gray[-1], gray[1:-1, 0], gray[1:-1, -1]])
    middle = float(np.median(border))
    if middle > 215 and np.mean(np.abs(border - middle) < 10) > 0.9:
        gray, middle = 255 - gray, 255 - middle
    if middle > 40:
        return None
    if gray.max() < 100:
        raise ImageError(_NO_INK)
    return gray / 255


def _views(pixels: np.ndarray, alpha: np.ndarray | None) -> list[np.ndarray]:
    """Grey pictures (H, W), float32 in [0, 255], in which to look for digits, the likeliest first.

    Of a transparent picture that is its brightness, over a background chosen so that its ink stands out.
    """
    if pixels.dtype != np.uint8:
        pixels = pixels.astype(np.float32) * np.float32(255)
    if alpha is None or alpha.min() == np.iinfo(alpha.dtype).max:
        return channels(pixels)
    gray = (pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)).astype(np.float32)
    alpha = alpha / np.float32(np.iinfo(alpha.dtype).max)
    if alpha.max() == 0:
        raise ImageError(_NO_INK)
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    if np.median(border) > 0.99:  # a painted picture with clear parts, round corners for instance
        background = float(np.median(gray[alpha > 0.99]))
    else:  # ink on nothing, or on a veil
        background = max((0.0, 255.0), key=lambda level: float(np.std(gray * alpha + level * (1 - alpha))))
    return [gray * alpha + background * (1 - alpha)]
