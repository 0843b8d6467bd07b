"""Any uploaded bytes, or a drawing, to digits like MNIST's; the defence against bad files lives here.

What is ink, and which ink makes a digit, is decided in `ink.py`.
"""

from __future__ import annotations

import io
import math
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from PIL import Image, PngImagePlugin
from torch import Tensor

from aecore.errors import ImageError
from aecore.intake.segment import SIDE, find_digits, normalize

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")  # an MPO opens as JPEG
MAX_BYTES = 10 * 2**20
MAX_PIXELS = 20_000_000
MAX_ASPECT = 50
MAX_DIGITS = 32
MIN_SIDE = 5  # pixels; scikit-learn's digits have 8

_MAX_SCANS = 100  # a camera's progressive JPEG has about 10; each scan costs a pass over all pixels
_WORK_PIXELS = 2_500_000  # larger pictures are reduced to about this many pixels
_WEBP_CANVAS = 30 * 2**20  # bytes
_BAND_PIXELS = 2**20  # pictures are converted in bands of this many pixels, to bound memory
_ONE_AT_A_TIME = threading.Lock()  # a 20 megapixel picture takes 80 MB while it is decoded

# Process-wide, for lack of a setting per call: Pillow refuses twice this before it allocates anything, and we
# refuse the rest after its header is read. Compressed text in a PNG is never used: 1 MB of it is plenty.
Image.MAX_IMAGE_PIXELS = min(Image.MAX_IMAGE_PIXELS or MAX_PIXELS, MAX_PIXELS)
PngImagePlugin.MAX_TEXT_MEMORY = PngImagePlugin.MAX_TEXT_CHUNK

_BROKEN = "The picture file is damaged or incomplete. Save it again, as PNG or JPEG, and upload the new file."
_NO_INK = "No digit was found in the picture. Use one with clear strokes, darker or lighter than the background."


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
    gray, factor, notes = _decode(data)  # gray: (H, W) float32 in [0, 255], reduced by `factor`
    ready = _already_normal(gray)
    if ready is not None:
        return [_digit(ready, (0, 0, SIDE, SIDE), notes)]
    return digits_from_gray(gray, factor, notes)


def digits_from_gray(gray: np.ndarray, factor: float = 1.0, notes: tuple[str, ...] = ()) -> list[Digit]:
    """All digits in a grey picture that is decoded already, in reading order.

    Args:    gray: (H, W) float32 in [0, 255]; factor: what it was reduced by, boxes are multiplied with it;
             notes: for every digit.
    Raises:  ImageError: no digit, or more than 32.
    """
    pieces = find_digits(gray)
    if len(pieces) > MAX_DIGITS:
        raise ImageError(f"More than {MAX_DIGITS} digits were found. Crop the picture to fewer of them.")
    digits = []
    for piece in pieces:
        normal = normalize(piece.ink)
        if normal is not None:
            left, top, right, bottom = (n * factor for n in piece.box)
            box = (math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
            x0, y0, x1, y1 = piece.window
            zoom = (x1 - x0) / piece.ink.shape[1], (y1 - y0) / piece.ink.shape[0]
            left, top, right, bottom = normal.frame
            frame = (x0 + left * zoom[0], y0 + top * zoom[1], x0 + right * zoom[0], y0 + bottom * zoom[1])
            digits.append(_digit(normal.x, box, notes, tuple(n * factor for n in frame), normal.grown))
    if not digits:
        raise ImageError(_NO_INK)
    return digits


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


def _decode(data: bytes) -> tuple[np.ndarray, float, tuple[str, ...]]:
    """The upright grey picture (H, W) float32 in [0, 255], the factor it was reduced by, and notes."""
    with open_picture(data) as picture:
        full = max(picture.size)
        notes = frame_notes(picture)
        pixels, alpha = _pixels(picture)
        gray = turn(_gray(pixels, alpha), orientation(picture))
    return gray, full / max(gray.shape), notes


@contextmanager
def open_picture(data: bytes, max_pixels: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """A picture file of anybody's, checked for every trap that is known, opened but not decoded yet.

    One picture at a time in the process, since decoding is what takes memory: leave the block soon. Any failure
    inside the block becomes an ImageError, so nothing but reading the picture belongs there.

    Args:    data: the file's content, at most 10 MB; max_pixels: refuse more, up to 20 megapixels.
    Raises:  ImageError: not a picture in one of FORMATS, damaged, lying about itself, or too large.
    """
    if not data:
        raise ImageError("The file is empty. Choose a picture in PNG or JPEG format.")
    if len(data) > MAX_BYTES:
        raise ImageError("The file is larger than 10 MB. Upload a smaller copy of the picture.")
    with _ONE_AT_A_TIME, _any_failure_is_an_image_error():
        _check_container(data)
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _check_size(*picture.size, max_pixels)
            if picture.format == "TIFF":
                _check_tiff(picture, data)
            yield picture


def orientation(picture: Image.Image) -> int:
    """How a picture must be turned, 1 to 8; ask after loading, since Pillow turns a TIFF itself."""
    found = picture.getexif().get(0x0112, 1)
    return found if found in range(1, 9) else 1


@contextmanager
def _any_failure_is_an_image_error() -> Iterator[None]:
    """Pillow and the libraries under it raise at least ten kinds of error on bad bytes; visitors see one."""
    try:
        yield
    except ImageError:
        raise
    except Image.UnidentifiedImageError as error:
        raise ImageError(
            "The file is not a picture in a known format. Save it as PNG or JPEG and upload that."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_many(MAX_PIXELS)) from error
    except Exception as error:
        raise ImageError(_BROKEN) from error


def _too_many(pixels: int) -> str:
    return f"The picture has more than {pixels / 1e6:.0f} megapixels. Upload a smaller copy of it."


def _check_size(width: int, height: int, max_pixels: int = MAX_PIXELS) -> None:
    if width * height > max_pixels:
        raise ImageError(_too_many(max_pixels))
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ImageError(f"The picture is longer than {MAX_ASPECT} times its width. Crop it.")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is less than {MIN_SIDE} pixels wide or high. Use a larger one.")


def _check_container(data: bytes) -> None:
    """Find truncation and lies before anything large is allocated, as far as the container shows them."""
    if data.startswith(b"\xff\xd8"):
        _check_jpeg(data)
    elif data.startswith(b"\x89PNG"):
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            _check_size(*picture.size)
            picture.verify()  # checksums of all chunks, down to the end mark
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_webp(data)


_NEXT_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")  # not a stuffed zero, not a restart mark
_FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def _check_jpeg(data: bytes) -> None:
    """Walk the segments of the first image: few scans, enough bytes for the pixels claimed, an end mark."""
    at, scans, coded, blocks = 2, 0, 0, 0
    while True:
        marker = _NEXT_MARKER.search(data, at)
        if marker is None:
            raise ImageError(_BROKEN)
        kind, at = data[marker.end() - 1], marker.end()
        if kind == 0xD9:
            break
        if kind in (0x01, 0xD8):
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if kind in _FRAME_HEADERS:
            height, width = (int.from_bytes(data[at + i : at + i + 2], "big") for i in (3, 5))
            _check_size(width, height)
            blocks = math.ceil(width / 8) * math.ceil(height / 8)
        at += max(2, length)
        if kind == 0xDA:
            scans += 1
            if scans > _MAX_SCANS:
                raise ImageError(_BROKEN)
            end = _NEXT_MARKER.search(data, at)
            coded += (end.start() if end else len(data)) - at
    if coded * 8 < blocks:  # each 8x8 block takes a bit at the least
        raise ImageError(_BROKEN)


def _check_webp(data: bytes) -> None:
    """Try a large WebP with OpenCV: Pillow fills a canvas of the claimed size before it looks at the pixels."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise ImageError(_BROKEN)
    kind, body = data[12:16], data[20:30]
    bits = int.from_bytes(body[1:5], "little")
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(body[i : i + 3], "little") for i in (4, 7))
    elif kind == b"VP8L":
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(body[i : i + 2], "little") & 0x3FFF for i in (6, 8))
    _check_size(width, height)
    if width * height * 4 < _WEBP_CANVAS:
        return
    if kind == b"VP8X" and body[0] & 2:
        raise ImageError("The animation is too large. Save one frame of it as PNG or JPEG and upload that.")
    if cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) is None:
        raise ImageError(_BROKEN)


def _check_tiff(picture: Image.Image, data: bytes) -> None:
    """Strips and tiles must lie inside the file; JPEG inside TIFF must not have many scans."""
    tags = picture.tag_v2
    for offsets, lengths in ((273, 279), (324, 325)):
        for offset, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False):
            if offset + length > len(data):
                raise ImageError(_BROKEN)
    pieces = len(tags.get(273, ())) + len(tags.get(324, ()))
    if tags.get(259, 1) in (6, 7) and data.count(b"\xff\xda") > _MAX_SCANS + pieces:
        raise ImageError(_BROKEN)


def frame_notes(picture: Image.Image) -> tuple[str, ...]:
    """What the visitor should know of a file with more than one picture in it; usually nothing."""
    if picture.format == "MPO" or not getattr(picture, "is_animated", False):
        return ()  # the second image of an MPO is the same scene again
    if picture.format == "TIFF":
        return ("The file has several pages; only the first was read.",)
    return ("The picture is animated; only its first frame was read.",)


def _pixels(picture: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Pixels of a picture, a large one reduced; converted band by band so that no full-size copy arises.

    Returns: (h, w, 3) uint8 colour already multiplied by alpha, or (h, w) float32 grey in [0, 255];
             alpha (h, w) float32 in [0, 1], or None if the picture has none.
    """
    factor = math.ceil(math.sqrt(picture.width * picture.height / _WORK_PIXELS))
    width = picture.width
    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, (width // factor, picture.height // factor))  # decoded at 1/2, 1/4 or 1/8 size
        factor = max(1, round(factor * picture.width / width))
    picture.load()
    _check_size(*picture.size)
    deep = picture.mode.startswith("I") or picture.mode == "F"
    clear = picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info
    rows = factor * max(1, _BAND_PIXELS // (picture.width * factor))
    bands = []
    for top in range(0, picture.height, rows):
        band = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        if deep:
            bands.append(_reduce_deep(np.asarray(band), factor))
            continue
        if picture.mode == "LAB":
            band = band.getchannel(0).convert("RGB")
        elif clear:
            band = band.convert("RGBA").convert("RGBa")  # averages must not mix in colours of clear pixels
        else:
            band = band.convert("RGB")
        bands.append(np.asarray(band.reduce(factor) if factor > 1 else band))
    pixels = np.concatenate(bands)
    if deep:
        return _stretch(pixels), None
    if clear:
        return np.ascontiguousarray(pixels[:, :, :3]), pixels[:, :, 3] / np.float32(255)
    return pixels, None


def _reduce_deep(band: np.ndarray, factor: int) -> np.ndarray:
    values = np.nan_to_num(band.astype(np.float32), posinf=0, neginf=0)
    size = (math.ceil(band.shape[1] / factor), math.ceil(band.shape[0] / factor))
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA) if factor > 1 else values


def _stretch(values: np.ndarray) -> np.ndarray:
    """Values of 16 or 32 bits to [0, 255]: full scale is the power of two above the largest, or 1 for floats."""
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 65535:
        return (values - low) * (255 / max(high - low, 1e-30))
    full = 1.0 if high <= 1 else 2.0 ** max(8, math.ceil(math.log2(high + 1))) - 1
    return values * (255 / full)


def _gray(pixels: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """Brightness, over a background chosen so that the ink of a transparent picture stands out."""
    gray = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if alpha is None or alpha.min() == 1:
        return gray
    if alpha.max() == 0:
        raise ImageError(_NO_INK)
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    if np.median(border) > 0.99:  # a painted picture with clear parts, round corners for instance
        background = float(np.median(gray[alpha > 0.99]))
    else:  # ink on nothing, or on a veil
        background = max((0.0, 255.0), key=lambda level: float(np.std(gray + level * (1 - alpha))))
    return gray + background * (1 - alpha)


def turn(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn a picture (H, W) or (H, W, C) upright by its EXIF orientation, 1 to 8."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)
