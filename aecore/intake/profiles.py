"""Colour profiles: what a picture's numbers mean, and how they look in sRGB. littleCMS does the work.

A profile is the content of an ICC file, or None for sRGB.
"""

from __future__ import annotations

import io
import struct

import numpy as np
from PIL import Image, ImageCms

Point = tuple[float, float]  # x and y of a colour (CIE 1931)
Points = tuple[Point, Point, Point, Point]  # white, red, green, blue

_D65 = (0.3127, 0.3290)
_D50 = np.array([0.9642, 1.0, 0.8249])  # the white of an ICC profile
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

SRGB_POINTS: Points = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
# ITU-T H.273, as PNG and AVIF name them
CODED_POINTS: dict[int, Points] = {
    1: SRGB_POINTS,
    9: (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),  # BT.2020
    11: ((0.314, 0.351), (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # DCI P3
    12: (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),  # Display P3
}
CODED_CURVES = {4: ("power", 2.2), 5: ("power", 2.8), 8: ("power", 1.0)}  # others are near sRGB's


def build(points: Points, curve: str | tuple[str, float], grey: bool = False) -> bytes | None:
    """An ICC profile (version 4) of these primaries and this curve from numbers to light; None if there is none.

    Args: curve: "sRGB", or ("power", exponent); grey: for pictures of one channel.
    Source: ICC.1:2022; the whites are adapted by Bradford's matrix, as its annex E has it.
    """
    if any(y <= 0 or not 0 <= x <= 1 or x + y > 1.2 for x, y in points):
        return None
    white, *primaries = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in points)
    if curve == "sRGB":
        trace = _parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    else:
        trace = _parametric(0, curve[1])
    tags = {b"desc": _text("As the picture file says"), b"cprt": _text("No copyright"), b"wtpt": _xyz(_D50)}
    if grey:
        tags[b"kTRC"] = trace
    else:
        matrix = np.stack(primaries, 1)
        if abs(np.linalg.det(matrix)) < 1e-6:
            return None
        cones = _BRADFORD @ white
        if (cones <= 0).any():
            return None
        adapt = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ _D50 / cones) @ _BRADFORD
        columns = adapt @ (matrix * np.linalg.solve(matrix, white))
        if np.abs(columns).max() > 100:
            return None
        tags[b"chad"] = b"sf32\0\0\0\0" + _fixed(*adapt.ravel())
        for name, column in zip((b"r", b"g", b"b"), columns.T, strict=True):
            tags[name + b"XYZ"], tags[name + b"TRC"] = _xyz(column), trace
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += content
    space = b"GRAY" if grey else b"RGB "
    header = struct.pack(">I4xI4s4s4s", at + len(body), 0x04400000, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _fixed(*_D50)
    return header.ljust(128, b"\0") + table + body


def _parametric(kind: int, *numbers: float) -> bytes:
    return struct.pack(">4s4xHxx", b"para", kind) + _fixed(*numbers)


def _xyz(values: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _text(words: str) -> bytes:
    return struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", 2 * len(words), 28) + words.encode("utf-16-be")


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


# ------------------------------------------------------------------------------------------ what they mean


def of(picture: Image.Image) -> bytes | None:
    """The profile of a picture that Pillow has opened: ICC, or PNG's gamma."""
    info = picture.info
    if info.get("icc_profile"):
        return info["icc_profile"]
    gamma = info.get("gamma")
    if "srgb" in info or not isinstance(gamma, int | float) or not 0.01 <= gamma <= 10:
        return None
    points = info.get("chromaticity") or ()
    points = tuple((points[i], points[i + 1]) for i in (0, 2, 4, 6)) if len(points) == 8 else SRGB_POINTS
    return build(points, ("power", 1 / gamma), grey=picture.mode[0] in "1LI")


def worth_keeping(profile: bytes | None, channels: int) -> tuple[bytes | None, bool]:
    """The profile if numbers mean something else in it than in sRGB, and whether it is one at all.

    Args:    channels: 1 (grey) or 3.
    Returns: None for no profile, for one that says what sRGB says, and for one that is damaged or fits no such
             picture, for which the second value is False.
    """
    if not profile:
        return None, True
    steps = np.linspace(0, 255, 18 if channels == 3 else 256).round().astype(np.uint8)
    colors = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(18, -1, 3) if channels == 3 else steps[None]
    shown = to_srgb(colors, profile)
    if shown is None:
        return None, False
    expected = colors if channels == 3 else np.stack([colors] * 3, -1)
    return (None if np.abs(shown.astype(int) - expected).max() <= 1 else profile), True


def to_srgb(pixels: np.ndarray, profile: bytes | None) -> np.ndarray | None:
    """How pixels look: sRGB.

    Args:    pixels: uint8 (H, W) or (H, W, 3), or (H, W, 4) for CMYK with ink 255.
    Returns: uint8 (H, W, 3); `pixels` themselves without a profile; None if the profile is damaged or fits them not.
    """
    if profile is None:
        return pixels
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if pixels.ndim == 2:
            if opened.profile.xcolor_space.strip() == "RGB":  # as viewers take it
                return to_srgb(np.stack([pixels] * 3, -1), profile)
            levels = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
            return np.asarray(_changed(levels, opened, ImageCms.Flags.NOOPTIMIZE))[0][pixels]
        return np.asarray(_changed(Image.fromarray(pixels, "CMYK" if pixels.shape[2] == 4 else "RGB"), opened))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError, AttributeError):
        return None


def _changed(
    image: Image.Image, profile: ImageCms.ImageCmsProfile, flags: ImageCms.Flags = ImageCms.Flags.NONE
) -> Image.Image:
    change = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), image.mode, "RGB", flags=flags)
    return ImageCms.applyTransform(image, change)


def lab_to_srgb(picture: Image.Image) -> Image.Image:
    """A picture in Lab as RGB."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
