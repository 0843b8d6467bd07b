"""Pictures read and written at their own size and mode."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aecore.errors import ImageError
from aecore.intake.files import MIN_SIDE, frame_notes, open_picture, orientation, turn

MAX_PIXELS = 4_000_000
NO_PICTURE = "The array is no picture. Give (H, W), or (H, W, 3), as uint8 or as float in [0, 1]."

_TOO_LARGE = "The picture has more than 4 megapixels. Upload a smaller copy of it."


@dataclass(frozen=True)
class Photo:
    """A picture as the visitor gave it: upright, without metadata.

    pixels: (H, W) or (H, W, 3); uint8, or float32 in [0, 1] where the file had more than 8 bits.
    alpha:  (H, W) uint8, or None; never changed.
    mode:   Pillow's name for how it comes back, the file's own mode wherever PNG has it.
    levels: what 0 and 1 of float pixels were in the file.
    notes:  what does not come back as it was, each one sentence; often empty.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    mode: str
    levels: tuple[float, float] = (0.0, 255.0)
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def image(self, pixels: np.ndarray | None = None) -> Image.Image:
        """The picture in its own mode, with these pixels (as `self.pixels`) in place of its own."""
        pixels = self.pixels if pixels is None else pixels
        if self.mode == "I;16":
            low, high = self.levels
            return Image.fromarray(np.rint(low + (high - low) * pixels.astype(np.float64)).astype(np.uint16))
        if self.mode == "1":
            return Image.fromarray(pixels >= 128).convert("1", dither=Image.Dither.NONE)
        if self.mode == "P":
            return _with_palette(pixels, self.alpha)
        image = Image.fromarray(pixels)
        if self.alpha is not None:
            image.putalpha(Image.fromarray(self.alpha))
        return image


def read_photo(data: bytes) -> Photo:
    """A picture file of up to 4 megapixels, refused for the same reasons as `aecore.intake.files` refuses one.

    The first frame, turned upright by its EXIF tag. PNG holds no CMYK, Lab or YCbCr (they come back as RGB) and no
    more than 16 bits a pixel; a palette with half-clear colours comes back as RGBA.

    Raises: ImageError.
    """
    with open_picture(data, MAX_PIXELS) as picture:
        notes = frame_notes(picture)
        picture.load()
        return _take(picture, notes)


def as_photo(picture: bytes | np.ndarray | Image.Image) -> Photo:
    """A file's content, an array or a Pillow picture as a `Photo`.

    Args:    picture: an array is (H, W), (H, W, 2: grey and alpha), (H, W, 3) or (H, W, 4), uint8, uint16 (grey only),
             bool, or float in [0, 1], which comes back with 8 bits.
    Raises:  ImageError: not a picture, or not one of 5 pixels a side to 4 megapixels.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        return read_photo(bytes(picture))
    if isinstance(picture, np.ndarray):
        picture = _from_array(picture)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise ImageError(_TOO_LARGE)
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is less than {MIN_SIDE} pixels wide or high. Use a larger one.")
    picture.load()
    return _take(picture, ())


def png(image: Image.Image) -> bytes:
    """A picture as a PNG file that holds the pixels and nothing else."""
    bare = image.copy()
    bare.info = {key: value for key, value in image.info.items() if key == "transparency"}
    file = io.BytesIO()
    bare.save(file, "PNG")
    return file.getvalue()


def _from_array(array: np.ndarray) -> Image.Image:
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if channels not in (1, 2, 3, 4) or not array.size or max(array.shape) > MAX_PIXELS:
        raise ImageError(NO_PICTURE)
    if array.size > MAX_PIXELS * channels:
        raise ImageError(_TOO_LARGE)
    if array.ndim == 3 and channels == 1:
        array = array[:, :, 0]
    if array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise ImageError(NO_PICTURE)
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype != np.uint8 and not (array.dtype in (np.uint16, np.bool_) and array.ndim == 2):
        raise ImageError(NO_PICTURE)
    return Image.fromarray(np.ascontiguousarray(array))


def _take(picture: Image.Image, notes: tuple[str, ...]) -> Photo:
    """Pixels of a loaded Pillow picture."""
    mode, way = picture.mode, orientation(picture)
    clear = picture.has_transparency_data
    if mode.startswith("I") or mode == "F":
        return _take_deep(picture, way, notes)
    if mode in ("L", "1", "LA", "La"):
        kept = "LA" if clear else mode
        if mode == "1" and clear:
            notes += ("A two-level picture with clear parts comes back in grey.",)
        picture = picture.convert("LA" if clear else "L")
    elif mode == "LAB":
        kept, picture = "RGB", _from_lab(picture)
    else:
        kept = mode if mode in ("RGB", "RGBA", "P") else "RGBA" if clear else "RGB"
        picture = picture.convert("RGBA" if clear else "RGB")
    if mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        notes += (f"PNG holds no {'Lab' if mode == 'LAB' else mode} colours, so it comes back as RGB.",)
    array = turn(np.asarray(picture), way)
    alpha = np.ascontiguousarray(array[:, :, -1]) if clear else None
    pixels = array if array.ndim == 2 else array[:, :, 0] if array.shape[2] == 2 else array[:, :, :3]
    if mode == "RGB" and clear:
        kept = "RGBA"  # one colour was the clear one, and that colour is about to change
    if mode == "P" and clear and not np.isin(alpha, (0, 255)).all():
        kept = "RGBA"
        notes += ("A palette cannot hold half-clear colours of a cleaned picture, so it comes back as RGBA.",)
    return Photo(np.ascontiguousarray(pixels), alpha, kept, notes=notes)


def _take_deep(picture: Image.Image, way: int, notes: tuple[str, ...]) -> Photo:
    """Grey of 16 or 32 bits, or floats: its own range becomes [0, 1], so that a dim 12-bit picture is seen too."""
    values = np.nan_to_num(np.asarray(picture).astype(np.float32), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    pixels = (values - low) / (high - low) if high > low else np.zeros_like(values)
    if low < 0 or high > 65535 or picture.mode == "F":
        low, high = 0.0, 65535.0
        notes += ("PNG holds 16 bits a pixel, so the brightest becomes 65,535 and the darkest 0.",)
    return Photo(turn(pixels, way), None, "I;16", (low, high), notes)


def _from_lab(picture: Image.Image) -> Image.Image:
    from PIL import ImageCms

    return ImageCms.profileToProfile(
        picture, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )


def _with_palette(pixels: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """At most 256 colours again, the best ones for the new pixels; one of them clear if the picture has clear parts."""
    image = Image.fromarray(pixels).quantize(255 if alpha is not None else 256, dither=Image.Dither.NONE)
    if alpha is not None:
        image.putpalette((image.getpalette() + [0] * 768)[:768])  # an entry for the clear one as well
        image.paste(255, mask=Image.fromarray(255 - alpha))
        image.info["transparency"] = 255
    return image
