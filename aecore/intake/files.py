"""Any picture file to pixels that mean what the file shows; and pictures, or drawings, to digits like MNIST's.

What a file may be and what is refused is in `containers.py`, what its colours mean in `profiles.py`, where its ink
stands out in `channel.py`, what is ink and which ink makes a digit in `segment.py`, the form of MNIST's digits in
`normal.py`.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from PIL import AvifImagePlugin, Image
from torch import Tensor

from aecore.errors import ImageError
from aecore.intake import containers, profiles
from aecore.intake.channel import channels
from aecore.intake.containers import BROKEN, FORMATS, MAX_PIXELS, WHOLE_PIXELS, Container, check_size, look_over
from aecore.intake.normal import SIDE, normalize
from aecore.intake.segment import Piece, find_digits

MAX_DIGITS = 32

_WORK_PIXELS = 2_500_000  # digits are looked for in a picture reduced to about this many pixels
_BAND_PIXELS = 2**20  # pictures are converted in bands of this many pixels, to bound memory
_ONE_AT_A_TIME = threading.Lock()  # a 20 megapixel picture takes 80 MB while it is decoded

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # process-wide: a picture of one visitor does not take all cores

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


# ------------------------------------------------------------------------------------------ reading a file


@dataclass(frozen=True)
class Picture:
    """What a picture file shows: its first frame, upright; nothing of it is changed that can be kept.

    pixels:  (H, W) or (H, W, 3); uint8, or float32 in [0, 1] where the file has more than 8 bits a channel.
    alpha:   (H, W) uint8 or uint16, 0 where clear; None if the file has none.
    mode:    Pillow's name for the file's own pixels; "RGB;16", "RGBA;16" and "LA;16" for those that Pillow lacks.
    levels:  the file's numbers that 0 and 1 of float pixels stand for.
    whole:   whether these numbers are integers, or floats.
    profile: the ICC profile that the numbers are meant in; None for sRGB.
    size:    (width, height) of the upright file in pixels; `pixels` may be reduced.
    notes:   what the visitor should know, each one sentence.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    mode: str
    levels: tuple[float, float]
    whole: bool
    profile: bytes | None
    size: tuple[int, int]
    notes: tuple[str, ...]


def read_picture(data: bytes, max_pixels: int = MAX_PIXELS) -> Picture:
    """Any picture file: PNG, JPEG, MPO, WebP, GIF, BMP, TIFF, AVIF, JPEG 2000, whatever its name ends in.

    Args:    data: the file's content, at most 10 MB and 20 megapixels, sides within 1:50; max_pixels: of the result; a
             larger picture is averaged over blocks of 2 x 2, 3 x 3 and so on.
    Raises:  ImageError: not such a picture, damaged, lying about itself, or too large.
    """
    with _ONE_AT_A_TIME, _any_failure_is_an_image_error():
        container = look_over(data)
        try:
            with _opened(container) as picture:
                if not container.deep or picture.mode.startswith("I") or picture.mode == "F":
                    return _read(picture, container, max_pixels)
                if picture.width * picture.height > WHOLE_PIXELS:
                    picture.info.pop("transparency", None)
                    return _read(picture, replace(container, notes=(*container.notes, containers.EIGHT)), max_pixels)
                picture.load()  # finds what is damaged
                way = _orientation(picture) if container.turn is None else 1  # OpenCV turns a TIFF itself
        except Image.UnidentifiedImageError:
            if container.turn is None:
                raise ImageError(containers.TIFF if data[:2] in (b"II", b"MM") else containers.UNKNOWN) from None
            way = 1  # a TIFF that only OpenCV knows
        return _read_deep(container, way, max_pixels)


def from_pillow(picture: Image.Image, max_pixels: int = MAX_PIXELS) -> Picture:
    """A Pillow picture; result and errors as of `read_picture`."""
    with _any_failure_is_an_image_error():
        check_size(*picture.size)
        picture.load()  # else it might be decoded at less than its size, which its owner would not expect
        return _read(picture, Container(b""), max_pixels)


def from_array(array: np.ndarray, max_pixels: int = MAX_PIXELS) -> Picture:
    """An array (H, W, 2: grey and alpha), (H, W, 3) or (H, W, 4) of uint16; result and errors as of `read_picture`."""
    check_size(array.shape[1], array.shape[0])
    colors, alpha = (array, None) if array.shape[2] == 3 else (array[..., :-1], array[..., -1])
    return _assemble(colors[..., 0] if array.shape[2] == 2 else colors, alpha, Container(b""), 1, max_pixels)


def size_of(data: bytes) -> tuple[int, int]:
    """(width, height) of a picture file as it is shown, without decoding it. Raises: ImageError."""
    with _ONE_AT_A_TIME, _any_failure_is_an_image_error():
        container = look_over(data)
        if container.turn is not None:
            return container.size if container.turn < 5 else container.size[::-1]
        with _opened(container) as picture:
            return _upright_size(picture)


@contextmanager
def _opened(container: Container) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(container.data), formats=FORMATS) as picture:
        check_size(*picture.size)
        containers.check_coded(container, *picture.size)
        yield picture


def _orientation(picture: Image.Image) -> int:
    """How a picture must be turned, 1 to 8; ask after loading, since Pillow turns a TIFF itself."""
    way = picture.getexif().get(0x0112, 1)
    return way if way in range(1, 9) else 1


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    """(width, height) as it is shown; of a TIFF, Pillow says it so from the start."""
    turned = _orientation(picture) >= 5 and picture.format != "TIFF"
    return picture.size[::-1] if turned else picture.size


@contextmanager
def _any_failure_is_an_image_error() -> Iterator[None]:
    """Pillow and the libraries under it raise at least ten kinds of error on bad bytes; visitors see one."""
    try:
        yield
    except ImageError:
        raise
    except Image.UnidentifiedImageError as error:
        raise ImageError(containers.UNKNOWN) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(containers.too_many()) from error
    except Exception as error:
        raise ImageError(BROKEN) from error


def _frame_notes(picture: Image.Image) -> tuple[str, ...]:
    """What the visitor should know of a file with more than one picture in it; usually nothing."""
    if picture.format in ("MPO", "TIFF"):
        return ()  # the second image of an MPO is the same scene again; a TIFF's pages are counted already
    return (containers.ANIMATED,) if getattr(picture, "is_animated", False) else ()


# ---- what Pillow decodes


def _read(picture: Image.Image, container: Container, max_pixels: int) -> Picture:
    size = _upright_size(picture)
    notes = container.notes + _frame_notes(picture)
    factor = _load(picture, max_pixels, container)
    way, mode = _orientation(picture), picture.mode
    profile = container.profile or profiles.of(picture)
    values, alpha = _values(picture, factor, profile if mode == "CMYK" else None)
    if mode in ("CMYK", "LAB"):  # they are sRGB now
        usable = mode == "LAB" or not profile or profiles.to_srgb(np.zeros((1, 1, 4), np.uint8), profile) is not None
        profile = None
    else:
        profile, usable = profiles.worth_keeping(profile, 1 if values.ndim == 2 else 3)
    whole = mode != "F"
    pixels, levels = _to_unit(_negative(values) if container.negative else values, whole, alpha is not None)
    return Picture(
        turn(pixels, way),
        None if alpha is None else turn(alpha, way),
        "I;16" if mode.startswith("I;16") else mode,
        levels,
        whole,
        profile,
        size,
        notes if usable else (*notes, containers.PROFILE),
    )


def _factor(size: tuple[int, int], max_pixels: int) -> int:
    """By how much the sides of a picture are divided so that it has at most so many pixels."""
    return math.ceil(math.sqrt(size[0] * size[1] / max_pixels))


def _load(picture: Image.Image, max_pixels: int, container: Container) -> int:
    """Decode a picture, at less than its full size where its format can; by how much it is still to be reduced."""
    factor = _factor(picture.size, max_pixels)
    if container.data and picture.format in ("JPEG", "MPO"):
        picture.draft(None, (picture.width // factor, picture.height // factor))  # at 1/2, 1/4 or 1/8
    elif container.data and picture.format == "JPEG2000":
        halvings = min(math.ceil(math.log2(factor)), container.levels)
        if container.tile >> 2 * halvings > WHOLE_PIXELS:
            raise ImageError(containers.HEAVY)
        picture.reduce = halvings
    picture.load()
    check_size(*picture.size)
    return _factor(picture.size, max_pixels)


def _values(picture: Image.Image, factor: int, inks: bytes | None) -> tuple[np.ndarray, np.ndarray | None]:
    """The numbers of a decoded picture, reduced; converted band by band so that no full-size copy arises.

    Args:    inks: the profile of CMYK.
    Returns: (h, w) or (h, w, 3), of the picture's own type, CMYK and Lab as sRGB; alpha (h, w) uint8, or None.
    """
    mode, key = picture.mode, picture.info.get("transparency")
    deep, gray = mode.startswith("I") or mode == "F", mode in ("1", "L", "LA", "La")
    clear = isinstance(key, int) if deep else picture.has_transparency_data
    target = ("LA" if clear else "L") if gray else ("RGBA" if clear else "RGB")
    bands = []
    rows = factor * max(1, _BAND_PIXELS // (picture.width * factor))
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        if deep:
            values = _unsigned(band, picture)
            alpha = np.where(values == key, np.uint8(0), np.uint8(255)) if clear else None
            bands.append(_reduced(values, alpha, factor))
            continue
        if mode == "LAB":
            band = profiles.lab_to_srgb(band)
        elif inks and (colors := profiles.to_srgb(np.asarray(band), inks)) is not None:
            band = Image.fromarray(colors)
        else:
            band = band.convert(target)
        values = np.asarray(band.reduce(factor) if factor > 1 else band)
        if clear:
            bands.append((values[..., 0] if gray else values[..., :-1], values[..., -1]))
        else:
            bands.append((values, None))
    values, alphas = zip(*bands, strict=True)
    return np.concatenate(values), np.concatenate(alphas) if clear else None


def _unsigned(band: Image.Image, picture: Image.Image) -> np.ndarray:
    """Numbers of 16 or 32 bits; Pillow takes a TIFF's unsigned 32 bits for signed."""
    values = np.asarray(band)
    tags = getattr(picture, "tag_v2", None)
    return values.view(np.uint32) if picture.mode == "I" and tags and tags.get(339, (1,)) == (1,) else values


# ---- more than 8 bits


def _read_deep(container: Container, way: int, max_pixels: int) -> Picture:
    """What OpenCV decodes: all bits of colours of 16 bits and more, and TIFFs that Pillow does not know."""
    if container.size[0] * container.size[1] > WHOLE_PIXELS:
        raise ImageError(containers.HEAVY)
    values = cv2.imdecode(np.frombuffer(container.data, np.uint8), cv2.IMREAD_UNCHANGED)
    size = container.size if (container.turn or 1) < 5 else container.size[::-1]
    if values is None or values.shape[1::-1] != size:
        raise ImageError(BROKEN if container.turn is None else containers.TIFF)
    alpha = None
    if values.ndim == 3:
        if values.shape[2] == 4 and container.alpha:
            alpha = values[..., 3]
        values = values[..., 0] if container.gray else values[..., 2::-1]  # from blue, green, red
    if container.key:
        alpha = np.where((values == container.key).all(-1), np.uint16(0), np.uint16(65535))
    if alpha is not None and container.alpha == "premultiplied":
        share = np.maximum(alpha, 1)[..., None].astype(np.float64) / np.iinfo(alpha.dtype).max
        values = np.minimum(np.rint(values / share), np.iinfo(values.dtype).max).astype(values.dtype)
    return _assemble(values, alpha, container, way, max_pixels)


def _assemble(values: np.ndarray, alpha: np.ndarray | None, container: Container, way: int, max_pixels: int) -> Picture:
    """A picture of numbers of any type, and alpha of the same type or of 16 bits."""
    size, whole = values.shape[1::-1], values.dtype.kind != "f"
    factor = _factor(size, max_pixels)
    if alpha is not None and alpha.dtype != np.uint16:
        top = np.iinfo(alpha.dtype).max if whole else 1
        alpha = np.rint(alpha.clip(0, top) * (65535 / top)).astype(np.uint16)
    values, alpha = _reduced(values, alpha, factor)
    profile, usable = profiles.worth_keeping(container.profile, 1 if values.ndim == 2 else 3)
    pixels, levels = _to_unit(_negative(values) if container.negative else values, whole, alpha is not None)
    letters = ("L" if values.ndim == 2 else "RGB") + "A" * (alpha is not None)
    return Picture(
        turn(pixels, way),
        None if alpha is None else turn(alpha, way),
        f"{letters};16" if len(letters) > 1 else "F" if not whole else "I;16" if levels[1] <= 65535 else "I",
        levels,
        whole,
        profile,
        size if way < 5 else size[::-1],
        container.notes if usable else (*container.notes, containers.PROFILE),
    )


def _reduced(values: np.ndarray, alpha: np.ndarray | None, factor: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Means of blocks, as float32, and of alpha, of its type; the numbers themselves for factor 1.

    What is not finite becomes 0. Colours of clear pixels are not mixed in.
    """
    if values.dtype.kind == "f":
        values = np.nan_to_num(values, posinf=0, neginf=0)
    if factor == 1:
        return values, alpha
    size = (math.ceil(values.shape[1] / factor), math.ceil(values.shape[0] / factor))
    values = values.astype(np.float32)
    if alpha is None:
        return cv2.resize(values, size, interpolation=cv2.INTER_AREA), None
    share = alpha.astype(np.float32)
    mass = cv2.resize(share, size, interpolation=cv2.INTER_AREA)
    share, weight = (share, mass) if values.ndim == 2 else (share[..., None], mass[..., None])
    means = cv2.resize(values * share, size, interpolation=cv2.INTER_AREA) / np.maximum(weight, 1e-3)
    return means, np.rint(mass).astype(alpha.dtype)


def _negative(values: np.ndarray) -> np.ndarray:
    """Numbers whose 0 is white, so that it is black."""
    if values.dtype.kind == "u":
        return np.iinfo(values.dtype).max - values
    low, high = values.min(), values.max()
    return 1 - values if low >= 0 and high <= 1 else low + high - values


def _to_unit(values: np.ndarray, whole: bool, clear: bool) -> tuple[np.ndarray, tuple[float, float]]:
    """Numbers as pixels, and what 0 and 1 of these stand for, see `Picture`; uint8 stays as it is.

    Black is 0, white the largest number of the bits in use: of 16 in colours and where there are clear parts, else as
    few as hold the brightest pixel, so that a picture of 12 bits is seen. Floats up to 1 are taken as they are; up to
    more, the brightest is white. Only numbers below 0 move black.
    """
    if values.dtype == np.uint8:
        return values, (0.0, 255.0)
    low, high = min(0.0, float(values.min())), float(values.max())
    if not whole:
        high = max(high, 1.0) if low == 0 and high <= 1 else high
    elif low == 0:
        bits = math.ceil(math.log2(high + 1)) if high > 0 else 16
        high = 2.0 ** max(16 if values.ndim == 3 or clear else 8, bits) - 1
    high = max(high, low + 1e-6)
    span = np.float32(high - low) if values.dtype == np.uint16 else high - low
    return ((values - np.float32(low)) / span).astype(np.float32), (low, high)


# ---- digits


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


def turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn a picture (H, W) or (H, W, C) upright by its EXIF orientation, 1 to 8."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
