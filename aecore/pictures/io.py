"""Pictures as they are restored, and how they come back: their own size, mode, depth and colour profile."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from PIL import Image

from aecore.errors import ImageError
from aecore.intake import profiles
from aecore.intake.decode import Picture, from_array, from_pillow, read_picture

MAX_PIXELS = 4_000_000
NO_PICTURE = "The array is no picture. Give (H, W), or (H, W, 3), as uint8 or as float in [0, 1]."

_COLORS_OF_16_BITS = {"LA;16": 4, "RGB;16": 2, "RGBA;16": 6}  # modes that Pillow lacks, and PNG's number for them


@dataclass(frozen=True)
class Photo:
    """A picture as the visitor gave it: upright, without metadata.

    pixels:  (H, W) or (H, W, 3); uint8, or float32 in [0, 1] where the file had more than 8 bits. Grey is (H, W) even
             where the file has three equal channels.
    alpha:   (H, W) uint8 or uint16, or None; never changed.
    mode:    Pillow's name for how it comes back, the file's own mode wherever PNG has it; "RGB;16", "RGBA;16" and
             "LA;16" where Pillow has no name.
    levels:  what 0 and 1 of float pixels are in the file that comes back.
    notes:   what does not come back as it was, each one sentence; often empty.
    profile: the ICC profile that the numbers are meant in, which comes back, too; None for sRGB.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None
    mode: str
    levels: tuple[float, float] = (0.0, 255.0)
    notes: tuple[str, ...] = ()
    profile: bytes | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def image(self, pixels: np.ndarray | None = None) -> Image.Image:
        """The picture in its own mode, with these pixels (as `self.pixels`) in place of its own.

        Pillow holds no colours of 16 bits: here they have 8, and `png` writes all.
        """
        pixels = self.pixels if pixels is None else pixels
        if self.mode == "I;16":
            image = _with_key(self._integers(pixels), self.alpha)
        elif self.mode == "1":
            image = Image.fromarray(pixels >= 128).convert("1", dither=Image.Dither.NONE)
        elif self.mode == "P":
            image = _with_palette(_in_channels(_bytes(pixels), 3), self.alpha)
        else:
            image = Image.fromarray(_in_channels(_bytes(pixels), 3 if self.mode.startswith("RGB") else 1))
            if self.alpha is not None:
                image.putalpha(Image.fromarray(_bytes(self.alpha)))
        if self.profile:
            image.info["icc_profile"] = self.profile
        return image

    def png(self, pixels: np.ndarray | None = None) -> bytes:
        """The picture as a PNG file, at its own depth, with these pixels in place of its own."""
        if self.mode not in _COLORS_OF_16_BITS:
            return png(self.image(pixels))
        values = self._integers(self.pixels if pixels is None else pixels)
        values = np.atleast_3d(_in_channels(values, 3 if self.mode.startswith("RGB") else 1))
        if self.alpha is not None:
            values = np.dstack([values, self.alpha])
        return _png_of_16_bits(values, _COLORS_OF_16_BITS[self.mode], self.profile)

    def shown(self, pixels: np.ndarray | None = None) -> np.ndarray:
        """Pixels as a screen shows them: uint8 in sRGB, (H, W), or (H, W, 3) in RGB modes; clear parts as they are."""
        pixels = _bytes(self.pixels if pixels is None else pixels)
        pixels = _in_channels(pixels, 3 if self.mode.startswith("RGB") else 1)
        colors = profiles.to_srgb(pixels, self.profile)
        return pixels if colors is None else colors[..., 0] if pixels.ndim < colors.ndim else colors

    def _integers(self, pixels: np.ndarray) -> np.ndarray:
        low, high = self.levels
        return np.rint(low + (high - low) * pixels.astype(np.float64).clip(0, 1)).astype(np.uint16)


def read_photo(data: bytes) -> Photo:
    """A picture file, refused for the same reasons as `aecore.intake.decode.read_picture` refuses one.

    The first frame, turned upright by its EXIF tag; of more than 4 megapixels it is reduced. PNG holds no CMYK, Lab or
    YCbCr (they come back as RGB), no more than 16 bits a channel and no fractions; a palette with half-clear colours
    comes back as RGBA. Notes say so.

    Raises: ImageError.
    """
    return _photo(read_picture(data, MAX_PIXELS))


def as_photo(picture: bytes | np.ndarray | Image.Image) -> Photo:
    """A file's content, an array or a Pillow picture as a `Photo`.

    Args:    picture: an array is (H, W), (H, W, 2: grey and alpha), (H, W, 3) or (H, W, 4), uint8, uint16, bool (H, W),
             or float in [0, 1], which comes back with 8 bits.
    Raises:  ImageError: not a picture, or not one of 5 pixels a side to 20 megapixels.
    """
    if isinstance(picture, bytes | bytearray | memoryview):
        return read_photo(bytes(picture))
    if isinstance(picture, np.ndarray):
        array = _checked(picture)
        if array.dtype == np.uint16 and array.ndim == 3:
            return _photo(from_array(array, MAX_PIXELS))
        picture = Image.fromarray(array)
    return _photo(from_pillow(picture, MAX_PIXELS))


def png(image: Image.Image) -> bytes:
    """A picture as a PNG file that holds the pixels, their colour profile and nothing else."""
    bare = image.copy()
    bare.info = {key: value for key, value in image.info.items() if key in ("transparency", "icc_profile")}
    file = io.BytesIO()
    bare.save(file, "PNG")
    return file.getvalue()


def _checked(array: np.ndarray) -> np.ndarray:
    """An array that is a picture, floats as uint8. Raises: ImageError."""
    channels = 1 if array.ndim == 2 else array.shape[2] if array.ndim == 3 else 0
    if channels not in (1, 2, 3, 4) or not array.size:
        raise ImageError(NO_PICTURE)
    if array.ndim == 3 and channels == 1:
        array = array[:, :, 0]
    if array.dtype.kind == "f":
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise ImageError(NO_PICTURE)
        array = np.rint(array * 255).astype(np.uint8)
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        array = array.astype(np.uint16)  # in this machine's byte order
    elif array.dtype != np.uint8 and not (array.dtype == np.bool_ and array.ndim == 2):
        raise ImageError(NO_PICTURE)
    return np.ascontiguousarray(array)


# ------------------------------------------------------------------------------------------ grey in three channels


_TINT = 2  # of 255: a lossy file's grey differs by so much from channel to channel


def grey_and_tint(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A picture that is grey up to a faint tint as one channel, and that tint.

    Args:    pixels: (H, W) or (H, W, 3); uint8, or float.
    Returns: (H, W) and what each channel adds to it, (H, W, 3); of colours, and of (H, W): pixels as they are, and 0.
    """
    nothing = np.broadcast_to(np.int8(0), pixels.shape)
    if pixels.ndim == 2:
        return pixels, nothing
    green = pixels[..., 1]
    if all((pixels[..., channel] == green).all() for channel in (0, 2)):
        return np.ascontiguousarray(green), nothing
    wide, narrow, least = (np.int16, np.int8, 1) if pixels.dtype == np.uint8 else (pixels.dtype, pixels.dtype, 1 / 255)
    tint = np.zeros(pixels.shape, narrow)
    for channel in (0, 2):
        away = pixels[..., channel].astype(wide) - green
        if np.abs(away).max() > (_TINT + 0.5) * least:
            return pixels, nothing
        tint[..., channel] = away
    return np.ascontiguousarray(green), tint


def tinted(recon: np.ndarray, tint: np.ndarray) -> np.ndarray:
    """The way back from `grey_and_tint`: of the shape of tint, of the type of recon."""
    if recon.ndim < tint.ndim:
        recon = recon[..., None]
    if recon.dtype == np.uint8:
        return (recon.astype(np.int16) + tint).clip(0, 255).astype(np.uint8)
    return (recon + tint).astype(recon.dtype)


# ------------------------------------------------------------------------------------------ how it comes back


def _photo(picture: Picture) -> Photo:
    """What a file shows, and as what it comes back."""
    pixels, alpha, notes = picture.pixels, picture.alpha, list(picture.notes)
    reduced = picture.size != pixels.shape[1::-1]
    if reduced:
        width, height = picture.size
        notes.append(
            f"Reduced from {width:,} × {height:,} pixels: we restore 4 megapixels at most. "
            "That alone averages noise away; crop the picture to see it at full size."
        )
    if pixels.dtype == np.uint8:
        mode, levels = _mode_of_8_bits(picture, reduced, notes), (0.0, 255.0)
    else:
        mode, levels = _mode_of_16_bits(picture, notes)
    if pixels.ndim == 3 and (pixels == pixels[..., :1]).all():
        pixels = np.ascontiguousarray(pixels[..., 0])
    return Photo(pixels, alpha, mode, levels, tuple(notes), picture.profile)


def _mode_of_8_bits(picture: Picture, reduced: bool, notes: list[str]) -> str:
    clear, mode = picture.alpha is not None, picture.mode
    if mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        notes.append(f"PNG holds no {'Lab' if mode == 'LAB' else mode} colours, so it comes back as RGB.")
    if mode == "1" and clear:
        notes.append("A two-level picture with clear parts comes back in grey.")
    elif mode == "1" and reduced:
        notes.append("A two-level picture that is reduced comes back in grey.")
        return "L"
    if mode == "P":
        if not clear or np.isin(picture.alpha, (0, 255)).all():
            return "P"
        notes.append("A palette cannot hold half-clear colours of a cleaned picture, so it comes back as RGBA.")
    if mode in ("1", "L", "LA", "La"):
        return "LA" if clear else mode[0]
    return "RGBA" if clear else "RGB"


def _mode_of_16_bits(picture: Picture, notes: list[str]) -> tuple[str, tuple[float, float]]:
    low, high = picture.levels
    mode = picture.mode if picture.mode in _COLORS_OF_16_BITS else "I;16"
    if picture.whole and low == 0 and high <= 65535:
        if high < 65535:
            bits = int(high).bit_length()
            notes.append(
                f"Only {bits} of its 16 bits are in use: it is shown as if they were all, and comes back as it was."
            )
        return mode, picture.levels
    if (low, high) == (0, 1):
        notes.append("PNG holds 16 bits a channel and no fractions, so 0 to 1 comes back as 0 to 65,535.")
    else:
        dark = "0 stays 0" if low == 0 else "the darkest 0"
        notes.append(f"PNG holds 16 bits a channel, so the brightest becomes 65,535 and {dark}.")
    return mode, (0.0, 65535.0)


def _bytes(pixels: np.ndarray) -> np.ndarray:
    """Pixels or alpha as uint8."""
    if pixels.dtype == np.uint8:
        return pixels
    full = 65535 if pixels.dtype == np.uint16 else 1
    return np.rint(pixels.clip(0, full) * (255 / full)).astype(np.uint8)


def _in_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    return np.stack([pixels] * channels, -1) if pixels.ndim == 2 and channels > 1 else pixels


def _with_key(values: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """Grey of 16 bits, whose clear parts are one number that no other pixel has."""
    if alpha is None:
        return Image.fromarray(values)
    clear = alpha < np.iinfo(alpha.dtype).max / 2
    unused = np.flatnonzero(np.bincount(values[~clear].ravel(), minlength=65536) == 0)
    key = int(unused[0]) if len(unused) else 0
    image = Image.fromarray(np.where(clear, key, np.where(values == key, 1, values)).astype(np.uint16))
    image.info["transparency"] = key
    return image


def _with_palette(pixels: np.ndarray, alpha: np.ndarray | None) -> Image.Image:
    """At most 256 colours again, the very ones if they suffice; one of them clear if the picture has clear parts."""
    most = 256 if alpha is None else 255
    codes = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    colors, places = np.unique(
        codes if alpha is None else np.where(alpha > 0, codes, codes.flat[0]), return_inverse=True
    )
    if len(colors) <= most:
        image = Image.fromarray(places.reshape(codes.shape).astype(np.uint8)).convert("P")
        image.putpalette(np.stack([colors >> 16, colors >> 8 & 255, colors & 255], -1).astype(np.uint8).tobytes())
    else:
        image = Image.fromarray(pixels).quantize(most, dither=Image.Dither.NONE)
    if alpha is not None:
        image.putpalette((image.getpalette() + [0] * 768)[:768])  # an entry for the clear one as well
        image.paste(255, mask=Image.fromarray(255 - alpha))
        image.info["transparency"] = 255
    return image


def _png_of_16_bits(values: np.ndarray, color: int, profile: bytes | None) -> bytes:
    """A PNG file of (H, W, C) uint16: Pillow writes none with more than one channel, OpenCV none in grey and alpha."""
    height, width = values.shape[:2]
    rows = values.astype(">u2").reshape(height, -1).view(np.uint8)
    rows[1:] -= rows[:-1].copy()  # the filter "up"
    body = zlib.compress(np.insert(rows, 0, 2, axis=1).tobytes())
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0))]
    if profile:
        chunks.append((b"iCCP", b"profile\0\0" + zlib.compress(profile)))
    chunks += [(b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
