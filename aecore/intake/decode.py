"""Any picture file to pixels that mean what the file shows.

What a file may be and what is refused is in `containers.py`, what its colours mean in `profiles.py`.
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
from PIL import AvifImagePlugin, Image

from aecore.errors import ImageError
from aecore.intake import containers, profiles
from aecore.intake.containers import BROKEN, FORMATS, MAX_PIXELS, WHOLE_PIXELS, Container, check_size, look_over

_BAND_PIXELS = 2**20  # pictures are converted in bands of this many pixels, to bound memory
_ONE_AT_A_TIME = threading.Lock()  # a 20 megapixel picture takes 80 MB while it is decoded

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # process-wide: a picture of one visitor does not take all cores


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


def turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn a picture (H, W) or (H, W, C) upright by its EXIF orientation, 1 to 8."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
