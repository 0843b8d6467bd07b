"""Picture files made by hand, as Pillow does not write them: PNG of any depth with any chunk, TIFF, colour profiles."""

import io
import struct
import zlib

import numpy as np
import tifffile

# white, red, green, blue as x and y (CIE 1931)
SRGB = ((0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06))
WIDE = ((0.3127, 0.329), (0.68, 0.32), (0.265, 0.69), (0.15, 0.06))  # Display P3
ADOBE = ((0.3127, 0.329), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def encode(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(values, *chunks, depth=8, palette=None, end=True):
    """A PNG of (H, W) or (H, W, C) integers below 2 ** depth; palette: (N, 3), then values are places in it."""
    values = np.asarray(values)
    height, width = values.shape[:2]
    channels = 1 if values.ndim == 2 else values.shape[2]
    color = 3 if palette is not None else {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    flat = values.reshape(height, -1)
    if depth == 16:
        rows = flat.astype(">u2").view(np.uint8)
    elif depth == 8:
        rows = flat.astype(np.uint8)
    else:
        bits = (flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1
        rows = np.packbits(bits.reshape(height, -1).astype(np.uint8), axis=1)
    body = zlib.compress(b"".join(b"\0" + row.tobytes() for row in np.ascontiguousarray(rows)))
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))]
    parts += [chunk(b"PLTE", np.asarray(palette, np.uint8).tobytes())] if palette is not None else []
    parts += [*chunks, chunk(b"IDAT", body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + (chunk(b"IEND", b"") if end else b"")


def gamma(value):
    return chunk(b"gAMA", struct.pack(">I", round(value * 100_000)))


def chromaticities(points):
    return chunk(b"cHRM", struct.pack(">8I", *(round(value * 100_000) for point in points for value in point)))


def embedded(icc):
    return chunk(b"iCCP", b"a profile\0\0" + zlib.compress(icc))


def tiff(values, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, values, **options)
    return file.getvalue()


def jpeg2000(picture, icc):
    """A JP2 that carries an ICC profile, which Pillow does not write."""
    data = encode(picture, "JPEG2000")
    at = data.index(b"colr") - 4
    (length,) = struct.unpack_from(">I", data, at)
    box = struct.pack(">I4sBBB", len(icc) + 11, b"colr", 2, 0, 0) + icc
    header = data.index(b"jp2h") - 4
    (whole,) = struct.unpack_from(">I", data, header)
    data = (
        data[:header] + struct.pack(">I", whole + len(box) - length) + data[header + 4 : at] + box + data[at + length :]
    )
    return data


# ------------------------------------------------------------------------------------------ profiles


def _profile(space, connection, tags, version=0x02400000, kind=b"mntr"):
    table, body, at = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(content))
        body += content
    header = struct.pack(">I4xI4s4s4s", at + len(body), version, kind, space, connection)
    header += struct.pack(">6H4s", 2001, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _numbers(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + table + body


def _numbers(*values):
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _xyz(*values):
    return b"XYZ \0\0\0\0" + _numbers(*values)


def _named():
    name = b"made by a test\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(8 + 3 + 67)
    return {b"desc": text, b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(0.9505, 1, 1.089)}


def rgb_profile(points=SRGB, exponent=2.2, curve=None):
    """An ICC profile, version 2, of primaries and one gamma or curve; the whites are adapted by Bradford's matrix."""
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    white, *primaries = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in points)
    scale = np.linalg.solve(np.stack(primaries, 1), white)
    gain = bradford @ [0.9642, 1, 0.8249] / (bradford @ white)
    adapt = np.linalg.inv(bradford) @ (gain[:, None] * bradford)
    curve = curve or b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256))
    tags = _named()
    for name, primary, weight in zip((b"r", b"g", b"b"), primaries, scale, strict=True):
        tags[name + b"XYZ"], tags[name + b"TRC"] = _xyz(*(adapt @ primary * weight)), curve
    return _profile(b"RGB ", b"XYZ ", tags)


def grey_profile(exponent=1.8):
    return _profile(
        b"GRAY", b"XYZ ", _named() | {b"kTRC": b"curv\0\0\0\0" + struct.pack(">IH", 1, round(exponent * 256))}
    )


def cmyk_profile():
    """An ICC profile of inks that differ much from what Pillow takes them for: a table of 3 steps an ink to Lab."""
    steps, table = np.linspace(0, 1, 3), []
    for c in steps:
        for m in steps:
            for y in steps:
                for k in steps:
                    light = 100 * (1 - 0.45 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - 0.85 * k)
                    table.append((light * 2.55, 128 + (60 * m - 35 * c) * (1 - k), 128 + (80 * y - 45 * c) * (1 - k)))
    ramp = bytes(range(256))
    content = struct.pack(">4s4xBBBx", b"mft1", 4, 3, 3) + _numbers(1, 0, 0, 0, 1, 0, 0, 0, 1) + ramp * 4
    content += np.array(table).round().clip(0, 255).astype(np.uint8).tobytes() + ramp * 3
    return _profile(b"CMYK", b"Lab ", _named() | {b"A2B0": content}, kind=b"prtr")
