"""Files that mean harm: real pictures of every accepted format and what becomes of them by mutation, and the bombs."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw

from tests import picture_files as made

MAGIC = [b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xda", b"\x80\0\0\0"]


def encode(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def scene(width=160, height=120):
    picture = Image.new("RGB", (width, height), (225, 222, 215))
    draw = ImageDraw.Draw(picture)
    draw.line([(30, 30), (60, 30), (42, 90)], fill=(30, 30, 60), width=6)
    draw.ellipse([90, 30, 125, 90], outline=(30, 30, 60), width=6)
    return picture


def seeds():
    """A real file of each kind."""
    rgb = scene()
    alpha = rgb.convert("RGBA")
    alpha.putalpha(rgb.convert("L").point(lambda v: 255 - v))
    exif = Image.Exif()
    exif[0x0112] = 6
    other = rgb.transpose(Image.Transpose.ROTATE_180)
    deep = Image.fromarray(np.asarray(rgb.convert("L")).astype(np.uint16) * 257)
    return {
        "png": encode(rgb, "PNG"),
        "png-alpha": encode(alpha, "PNG"),
        "png-palette": encode(rgb.convert("P"), "PNG", transparency=3),
        "png-16": encode(deep, "PNG"),
        "apng": encode(rgb, "PNG", save_all=True, append_images=[other]),
        "jpeg": encode(rgb, "JPEG", exif=exif),
        "jpeg-progressive": encode(rgb, "JPEG", progressive=True),
        "jpeg-cmyk": encode(rgb.convert("CMYK"), "JPEG"),
        "mpo": encode(rgb, "MPO", save_all=True, append_images=[other]),
        "webp": encode(rgb, "WEBP"),
        "webp-lossless": encode(alpha, "WEBP", lossless=True),
        "webp-animated": encode(rgb, "WEBP", save_all=True, append_images=[other]),
        "gif": encode(rgb.convert("P"), "GIF", save_all=True, append_images=[other.convert("P")]),
        "bmp": encode(rgb, "BMP"),
        "bmp-palette": encode(rgb.convert("P"), "BMP"),
        "tiff": encode(rgb, "TIFF"),
        "tiff-lzw": encode(alpha, "TIFF", compression="tiff_lzw"),
        "tiff-jpeg": encode(rgb, "TIFF", compression="jpeg"),
        "tiff-fax": encode(rgb.convert("1"), "TIFF", compression="group4"),
        "tiff-16": encode(deep, "TIFF", compression="tiff_deflate"),
        "tiff-float": encode(Image.fromarray(np.asarray(deep, np.float32) / 65535), "TIFF"),
        "tiff-16-colours": made.tiff(np.asarray(rgb).astype(np.uint16) * 257, photometric="rgb", compression="zlib"),
        "tiff-float-colours": made.tiff(np.asarray(rgb, np.float32) / 255, photometric="rgb"),
        "tiff-profile": encode(rgb, "TIFF", icc_profile=made.rgb_profile(made.WIDE)),
        "png-16-colours": made.png(np.asarray(alpha).astype(np.uint16) * 257, depth=16),
        "png-16-key": made.png(np.asarray(rgb).astype(np.uint16) * 257, made.chunk(b"tRNS", bytes(6)), depth=16),
        "png-gamma": made.png(np.asarray(rgb), made.gamma(0.5), made.chromaticities(made.WIDE)),
        "png-profile": made.png(np.asarray(rgb), made.embedded(made.rgb_profile(made.WIDE))),
        "jpeg-profile": encode(rgb.convert("CMYK"), "JPEG", icc_profile=made.cmyk_profile()),
        "avif": encode(rgb, "AVIF"),
        "avif-alpha": encode(alpha, "AVIF", icc_profile=made.rgb_profile(made.WIDE)),
        "avif-animated": encode(rgb, "AVIF", save_all=True, append_images=[other]),
        "jp2": encode(rgb, "JPEG2000"),
        "jp2-alpha": encode(alpha, "JPEG2000", quality_layers=[30, 5], tile_size=(64, 64)),
        "j2k": encode(rgb.convert("L"), "JPEG2000", no_jp2=True, irreversible=True),
        "jp2-profile": made.jpeg2000(rgb, made.rgb_profile(made.WIDE)),
    }


def mutated(file, rng):
    """The file after one to four harms, mostly near its head: flipped bytes, magic numbers, cuts, repeats, swaps."""
    data = bytearray(file)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, max(1, min(len(data), 10 ** rng.integers(2, 6)))))  # headers matter most
        kind = rng.integers(0, 6)
        if kind <= 1 and data:
            data[at % len(data)] = int(rng.integers(0, 256))
        elif kind == 2:
            piece = MAGIC[int(rng.integers(0, len(MAGIC)))]
            data[at : at + len(piece)] = piece
        elif kind == 3:
            del data[at : at + int(rng.integers(1, 40))]
        elif kind == 4:
            data[at:at] = data[at : at + int(rng.integers(1, 400))]
        else:
            data = data[: max(1, len(data) - at)]
    return bytes(data)


def with_right_checksums(data):
    """A PNG whose chunks, as far as they can be told apart, have the checksums that a reader asks for."""
    fixed, at = bytearray(data), 8
    while at + 12 <= len(fixed):
        end = at + 8 + int.from_bytes(fixed[at : at + 4], "big")
        if end + 4 > len(fixed):
            break
        fixed[end : end + 4] = struct.pack(">I", zlib.crc32(fixed[at + 4 : end]))
        at = end + 4
    return bytes(fixed)


# ------------------------------------------------------------------------------------------ bombs and lies


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width, height, body, *extra, color=2):
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    parts = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", body), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def webp(width, height):
    """34 bytes that claim any size, lossless."""
    bits = struct.pack("<BI", 0x2F, (width - 1) | (height - 1) << 14)
    body = b"VP8L" + struct.pack("<I", len(bits) + 9) + bits + bytes(9)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def scan_bomb():
    """A progressive JPEG whose last scan is repeated 2,000 times."""
    data = encode(Image.new("L", (4000, 4000), 128), "JPEG", progressive=True)
    last, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
    return data[:last] + data[last:end] * 2000 + data[end:]


def hollow_jpeg():
    """A progressive JPEG of 20 megapixels with hardly a byte of pixels."""
    small = encode(Image.new("RGB", (16, 16)), "JPEG", progressive=True)
    frame = small.index(b"\xff\xc2")
    return small[: frame + 5] + struct.pack(">HH", 4400, 4400) + small[frame + 9 :]


def lying_tiff():
    """A tile of 60,000 x 60,000 in a picture of 100 x 100."""
    entries = [
        (256, 4, 100), (257, 4, 100), (258, 3, 8), (259, 3, 8), (262, 3, 1), (277, 3, 1),
        (322, 4, 60000), (323, 4, 60000), (324, 4, 200), (325, 4, 5000),
    ]  # fmt: skip
    table = struct.pack("<H", len(entries))
    table += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + bytes(4)
    head = b"II*\0" + struct.pack("<I", 8) + table
    return head.ljust(200, b"\0") + zlib.compress(bytes(5_000_000)).ljust(5000, b"\0")


def lying_float_tiff():
    """Colours of 32 bits, which only OpenCV reads: 2,800 x 2,800 of them in 2,000 bytes."""
    entries = [
        (256, 4, 2800), (257, 4, 2800), (258, 3, 32), (259, 3, 8), (262, 3, 1), (273, 4, 200), (277, 3, 1),
        (278, 4, 2800), (279, 4, 2000), (339, 3, 3),
    ]  # fmt: skip
    table = struct.pack("<H", len(entries))
    table += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + bytes(4)
    return (b"II*\0" + struct.pack("<I", 8) + table).ljust(200, b"\0") + zlib.compress(bytes(1_000_000)).ljust(2000)


def resized_avif(side, claimed):
    """An AVIF of black pixels, side x side, that says it has claimed x claimed."""
    data = encode(Image.new("RGB", (side, side)), "AVIF", speed=10)
    return data.replace(
        b"ispe" + struct.pack(">III", 0, side, side), b"ispe" + struct.pack(">III", 0, claimed, claimed)
    )


def resized_jp2(claimed, *places):
    """A JPEG 2000 of 100 x 100 black pixels in one tile that says it has claimed x claimed, here or there."""
    data = encode(Image.new("RGB", (100, 100)), "JPEG2000")
    if "header" in places:
        data = data.replace(b"ihdr" + struct.pack(">II", 100, 100), b"ihdr" + struct.pack(">II", claimed, claimed))
    if "code" in places:
        at = data.index(b"\xff\x51") + 6
        data = data[:at] + struct.pack(">II", claimed, claimed) + data[at + 8 :]
    return data


def precincts_jp2():
    """Black pixels whose code is cut into a packet for every one of them."""
    data = encode(Image.new("RGB", (2000, 2000)), "JPEG2000", precinct_size=(256, 256))
    at = data.index(b"\xff\x52") + 4
    levels = data[at + 5]
    return data[: at + 10] + b"\x11" * (levels + 1) + data[at + 11 + levels :]


def many_texts():
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000)))
    return png(64, 64, zlib.compress(bytes(64 * 193)), *[text] * 60)


def hostile():
    blank = bytes(4_000_000)
    return {
        "png of 81 megapixels": png(9000, 9000, zlib.compress(bytes(3_000_000))),
        "png that lies": png(4470, 4470, zlib.compress(blank)),
        "png with much text": many_texts(),
        "png cut": encode(Image.effect_noise((3000, 3000), 20), "PNG")[:-5000],
        "webp of 169 megapixels": webp(13000, 13000),
        "webp that lies": webp(4470, 4470),
        "jpeg scan bomb": scan_bomb(),
        "jpeg that lies": hollow_jpeg(),
        "jpeg cut": encode(Image.effect_noise((4400, 4400), 40), "JPEG", progressive=True)[:-200],
        "gif that lies": b"GIF89a\xff\xff\xff\xff\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x08\x01\0\0;",
        "bmp that lies": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 4400, 4400, 1, 24, 0, 0, 0, 0, 0, 0),
        "tiff tile bomb": lying_tiff(),
        "tiff of floats that lies": lying_float_tiff(),
        "png of 16 bits that lies": made.png(np.zeros((5, 5, 3), int), depth=16).replace(
            chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 5, 16, 2, 0, 0, 0)),
            chunk(b"IHDR", struct.pack(">IIBBBBB", 2800, 2800, 16, 2, 0, 0, 0)),
        ),
        "png with a profile bomb": made.png(np.zeros((64, 64, 3), int), made.embedded(bytes(300_000_000))),
        "avif of 169 megapixels": resized_avif(100, 13000),
        "avif that lies": resized_avif(100, 4400),
        "avif of larger frames": resized_avif(1500, 100),
        "jp2 of 169 megapixels": resized_jp2(13000, "header", "code"),
        "jp2 that lies": resized_jp2(4400, "header", "code"),
        "jp2 whose header lies": resized_jp2(4400, "header"),
        "jp2 whose code lies": resized_jp2(4400, "code"),
        "jp2 of one piece": encode(Image.new("RGB", (4400, 4400)), "JPEG2000", num_resolutions=1),
        "jp2 of tiny precincts": precincts_jp2(),
        "tiff cut": encode(Image.effect_noise((3000, 3000), 20), "TIFF", compression="tiff_lzw")[:-5000],
        "not a picture": b"\0" * 5_000_000,
    }
