"""What a picture file says about itself, read before anything is decoded; the defence against bad files lives here.

Each kind of file is walked over once: damage, lies about the size and whatever would cost much to decode are refused,
and what decoders do not tell is noted: the colour profile, 16-bit colours, white that is zero.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, TiffImagePlugin

from aecore.errors import ImageError
from aecore.intake import profiles
from aecore.intake.boxes import BROKEN, boxes_of, coded_pixels

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000")  # an MPO opens as JPEG
MAX_BYTES = 10 * 2**20
MAX_PIXELS = 20_000_000
MAX_ASPECT = 50
MIN_SIDE = 5  # pixels; scikit-learn's digits have 8
WHOLE_PIXELS = 8_000_000  # what takes over ten bytes a pixel while it is decoded may have so many

_MAX_SCANS = 100  # a camera's progressive JPEG has about 10; each scan costs a pass over all pixels
_WEBP_CANVAS = 30 * 2**20  # bytes
_MAX_PROFILE = 4 * 2**20  # bytes; a printer's profile has one or two megabytes
_MAX_PACKETS = 200_000  # of a JPEG 2000: each costs memory, empty or not

UNKNOWN = "The file is not a picture in a known format. Save it as PNG or JPEG and upload that."
_HEIC = "HEIC pictures cannot be read here. Export the picture as JPEG, or set the camera to “Most compatible”."
TIFF = "This kind of TIFF cannot be read here. Save it with 8 bits a channel, or as PNG."
HEAVY = "The file takes too much memory to decode. Save it as PNG or JPEG and upload that."
EIGHT = "The file has more than 8 bits a channel; 8 of them were read."
_HDR = (
    "The picture is in high dynamic range; here it is taken as an ordinary one, so its brightness may look different."
)
PROFILE = "The file's colour profile could not be read, so its colours are taken as sRGB."
_PAGES = "The file has several pages; only the first was read."
ANIMATED = "The picture is animated; only its first frame was read."

# Process-wide, for lack of a setting per call: Pillow refuses twice this before it allocates anything, and we
# refuse the rest after its header is read.
Image.MAX_IMAGE_PIXELS = min(Image.MAX_IMAGE_PIXELS or MAX_PIXELS, MAX_PIXELS)
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # bad files are visitors' business, not the log's


@dataclass(frozen=True)
class Container:
    """A picture file that has been looked over.

    data:    what decoders are given: the file without what nobody needs, or with the end mark that it lacks.
    size:    (width, height) as stored, of a PNG or TIFF.
    profile: the ICC profile that its numbers are meant in; None for sRGB, and where Pillow reads it itself.
    deep:    it has more than 8 bits a channel, and OpenCV reads them all.
    gray:    a deep one without colours, although OpenCV reads some.
    alpha:   of a deep one's fourth channel: "straight", "premultiplied", or None for a channel without meaning.
    key:     the colour that stands for clear in a PNG of 16 bits, one number a channel.
    negative: a TIFF whose 0 is white, where Pillow does not turn it over.
    turn:    a deep TIFF's orientation, 1 to 8.
    coded:   pixels of the frames that an AVIF really holds, None for other files.
    levels, tile: of a JPEG 2000: how often it can be halved, and the pixels that are decoded at once.
    notes:   sentences for the visitor.
    """

    data: bytes
    size: tuple[int, int] = (0, 0)
    profile: bytes | None = None
    deep: bool = False
    gray: bool = False
    alpha: str | None = "straight"
    key: tuple[int, ...] | None = None
    negative: bool = False
    turn: int | None = None
    coded: int | None = None
    levels: int = 0
    tile: int = 0
    notes: tuple[str, ...] = ()


def look_over(data: bytes) -> Container:
    """Check a picture file as far as its container goes.

    Raises: ImageError: empty, more than 10 MB, damaged, lying, too large, or in a format that is known and not read.
            Odd files may raise anything else; the caller turns that into an ImageError.
    """
    if not data:
        raise ImageError("The file is empty. Choose a picture in PNG or JPEG format.")
    if len(data) > MAX_BYTES:
        raise ImageError("The file is larger than 10 MB. Upload a smaller copy of the picture.")
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(data)
    if data[4:8] == b"ftyp":
        return _heif(data)
    if data.startswith((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  ")):
        return _jpeg2000(data)
    return Container(data)


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is too large, too long or too small. Raises: ImageError."""
    if width * height > MAX_PIXELS:
        raise ImageError(too_many())
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise ImageError(f"The picture is longer than {MAX_ASPECT} times its width. Crop it.")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"The picture is less than {MIN_SIDE} pixels wide or high. Use a larger one.")


def check_coded(container: Container, width: int, height: int) -> None:
    """Refuse an AVIF that says another size than its frames have. Raises: ImageError."""
    declared = width * height
    if container.coded is None:
        return
    if container.coded > 3 * declared + 10**6 or (declared > 10**6 and container.coded < declared):  # 3: alpha, preview
        raise ImageError(BROKEN)


def too_many() -> str:
    """What is said of too many pixels."""
    return f"The picture has more than {MAX_PIXELS / 1e6:.0f} megapixels. Upload a smaller copy of it."


# ------------------------------------------------------------------------------------------ PNG


_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_TURNS = (b"XML:com.adobe.xmp\0", b"Raw profile type exif\0")  # texts that may say how the picture is turned
_LONG_TURN = 100_000  # bytes
_FOR_PILLOW = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf")


def _png(data: bytes) -> Container:
    """Chunks that matter, each with the right checksum; texts of any size, animation and the rest are left out."""
    at, pieces, said, turns = 8, [data[:8]], {}, set()
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        start, at = at, at + 12 + length
        if at > len(data) or kind == b"IEND":
            if kind not in (b"IEND", *_TEXTS):
                raise ImageError(BROKEN)
            break
        content = memoryview(data)[start + 8 : at - 4]
        if kind in _TEXTS:
            turned = next((key for key in _TURNS if content[: len(key)] == key), None)
            if turned is None or turned in turns or length > _LONG_TURN:
                continue
            turns.add(turned)
        if zlib.crc32(kind + bytes(content)) != int.from_bytes(data[at - 4 : at], "big"):
            raise ImageError(BROKEN)
        if kind == b"IHDR":
            check_size(*struct.unpack(">II", content[:8]))
        if kind == b"tRNS" and said.get(b"IHDR", b"")[8:10] in (b"\x02\x00", b"\x04\x00"):
            # Pillow spreads 2 and 4 bits of grey over 8, but not the clear one
            value = int.from_bytes(content[:2], "big") * 255 // (2 ** said[b"IHDR"][8] - 1)
            pieces.append(_chunk(kind, struct.pack(">H", min(value, 255))))
        elif kind in _FOR_PILLOW or kind in _TEXTS:
            pieces.append(memoryview(data)[start:at])
        said.setdefault(kind, bytes(content) if kind != b"IDAT" else b"")
    if b"IHDR" not in said or b"IDAT" not in said:
        raise ImageError(BROKEN)
    pieces.append(_chunk(b"IEND", b""))
    depth, color = said[b"IHDR"][8:10]
    key = None
    if b"tRNS" in said and depth == 16 and color in (0, 2):
        key = struct.unpack(f">{1 if color == 0 else 3}H", said[b"tRNS"][: 2 if color == 0 else 6])
    profile, notes = _png_profile(said, grey=color in (0, 4))
    if b"acTL" in said:
        notes = (*notes, ANIMATED)
    size = struct.unpack_from(">II", said[b"IHDR"])
    deep = depth == 16 and color != 0
    return Container(b"".join(pieces), size, profile, deep, gray=color == 4, key=key, notes=notes)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png_profile(said: dict[bytes, bytes], grey: bool) -> tuple[bytes | None, tuple[str, ...]]:
    """What its numbers mean, the first of four chunks that says so (PNG, third edition, 4.3)."""
    if len(said.get(b"cICP", b"")) == 4:
        primaries, transfer = said[b"cICP"][:2]
        return _coded(primaries, transfer)
    if b"iCCP" in said:
        packed = said[b"iCCP"].partition(b"\0")[2]
        unpack = zlib.decompressobj()
        try:
            profile = unpack.decompress(packed[1:], _MAX_PROFILE)
        except zlib.error:
            profile = b""
        return (profile, ()) if profile and unpack.eof else (None, (PROFILE,))
    if b"sRGB" in said or len(said.get(b"gAMA", b"")) != 4:
        return None, ()
    gamma = int.from_bytes(said[b"gAMA"], "big") / 100_000
    if not 0.01 <= gamma <= 10:
        return None, ()
    points = profiles.SRGB_POINTS
    if len(said.get(b"cHRM", b"")) == 32 and not grey:
        values = np.array(struct.unpack(">8I", said[b"cHRM"])) / 100_000  # white, red, green, blue
        points = tuple(map(tuple, values.reshape(4, 2).tolist()))
    profile = profiles.build(points, ("power", 1 / gamma), grey)
    return (profile, ()) if profile else (None, (PROFILE,))


def _coded(primaries: int, transfer: int) -> tuple[bytes | None, tuple[str, ...]]:
    """Code points as PNG's cICP and AVIF's nclx have them (ITU-T H.273)."""
    if transfer in (16, 18):
        return profiles.build(profiles.CODED_POINTS.get(primaries, profiles.SRGB_POINTS), "sRGB"), (_HDR,)
    points, curve = profiles.CODED_POINTS.get(primaries), profiles.CODED_CURVES.get(transfer, "sRGB")
    if curve == "sRGB" and points in (None, profiles.SRGB_POINTS):
        return None, ()
    return profiles.build(points or profiles.SRGB_POINTS, curve), ()


# ------------------------------------------------------------------------------------------ JPEG


_NEXT_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")  # not a stuffed zero, not a restart mark
_FRAME_HEADERS = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_END = b"\xff\xd9"
_ONES = bytes(range(254, 7, -3)) * 8  # nonsense as coded pixels; begins with ones, while decoders fill up with zeros
_NONSENSE = _ONES + b"".join(bytes([0xFF, mark]) + _ONES for mark in range(0xD0, 0xD8))  # also behind a restart mark


def _jpeg(data: bytes) -> Container:
    """Walk the segments of the first image: few scans, enough bytes for the pixels claimed, an end or all rows."""
    at, scans, coded, blocks = 2, 0, 0, 0
    missing: dict[int, list[int]] = {}  # channel -> bits of each of its 64 coefficients that are still to come
    while True:
        marker = _NEXT_MARKER.search(data, at)
        if marker is None:
            break
        kind, at = data[marker.end() - 1], marker.end()
        if kind == 0xD9:
            break
        if kind in (0x01, 0xD8):
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if kind in _FRAME_HEADERS:
            height, width = (int.from_bytes(data[at + i : at + i + 2], "big") for i in (3, 5))
            check_size(width, height)
            blocks = math.ceil(width / 8) * math.ceil(height / 8)
            missing = {data[at + 8 + 3 * channel]: [16] * 64 for channel in range(data[at + 7])}
        if kind == 0xDA:
            channels = data[at + 2]
            first, last, bits = data[at + 3 + 2 * channels : at + 6 + 2 * channels]
            for channel in range(channels):
                left = missing.get(data[at + 3 + 2 * channel], [0] * 64)
                left[first : last + 1] = [bits & 15] * len(left[first : last + 1])
        at += max(2, length)
        if kind == 0xDA:
            scans += 1
            if scans > _MAX_SCANS:
                raise ImageError(BROKEN)
            end = _NEXT_MARKER.search(data, at)
            coded += (end.start() if end else len(data)) - at
    if coded * 8 < blocks or not scans:  # each 8x8 block takes a bit at the least
        raise ImageError(BROKEN)
    if marker is None:
        data = data.rstrip(b"\xff")
        if any(map(any, missing.values())) or _decoded(data, b"") != _decoded(data, _NONSENSE):
            raise ImageError(BROKEN)
        data += _END
    return Container(data)


def _decoded(data: bytes, more: bytes) -> bytes:
    """A digest of the pixels of a JPEG without its end mark, if `more` followed.

    Where all rows are there, nothing that follows changes them; where some are missing, they are made of it.
    """
    digest = hashlib.sha256()
    with Image.open(_Joined(data, more + _END), formats=("JPEG",)) as picture:
        if picture.width * picture.height > MAX_PIXELS // 5:  # no larger one is read at its full size
            picture.draft(None, (picture.width // 2, picture.height // 2))
        picture.load()
        rows = max(1, 2**20 // picture.width)
        for top in range(0, picture.height, rows):
            digest.update(picture.crop((0, top, picture.width, min(top + rows, picture.height))).tobytes())
    return digest.digest()


class _Joined(io.RawIOBase):
    """Two pieces of bytes as one file that is read from, without a copy of them."""

    def __init__(self, first: bytes, second: bytes) -> None:
        self._first, self._second, self._at = memoryview(first), memoryview(second), 0

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = (0, self._at, len(self._first) + len(self._second))[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = None if size < 0 else self._at + size
        split = len(self._first)
        after = None if end is None else max(0, end - split)
        piece = bytes(self._first[self._at : end]) + bytes(self._second[max(0, self._at - split) : after])
        self._at += len(piece)
        return piece


# ------------------------------------------------------------------------------------------ WebP


def _webp(data: bytes) -> Container:
    """Try a large WebP with OpenCV: Pillow fills a canvas of the claimed size before it looks at the pixels."""
    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise ImageError(BROKEN)
    kind, body = data[12:16], data[20:30]
    bits = int.from_bytes(body[1:5], "little")
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(body[i : i + 3], "little") for i in (4, 7))
    elif kind == b"VP8L":
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(body[i : i + 2], "little") & 0x3FFF for i in (6, 8))
    check_size(width, height)
    if width * height * 4 < _WEBP_CANVAS:
        return Container(data)
    if kind == b"VP8X" and body[0] & 2:
        raise ImageError("The animation is too large. Save one frame of it as PNG or JPEG and upload that.")
    if cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE) is None:
        raise ImageError(BROKEN)
    return Container(data)


# ------------------------------------------------------------------------------------------ TIFF


def _tiff(data: bytes) -> Container:
    """Strips and tiles must lie inside the file and be of the picture's size; JPEG inside must not have many scans."""
    file = io.BytesIO(data)
    tags = TiffImagePlugin.ImageFileDirectory_v2(file.read(16 if data[2:4] in (b"+\0", b"\0+") else 8))
    file.seek(tags.next)
    tags.load(file)
    width, height = tags[256], tags[257]
    check_size(width, height)
    notes = (_PAGES,) if tags.next else ()
    for offsets, lengths in ((273, 279), (324, 325)):
        for offset, length in zip(tags.get(offsets, ()), tags.get(lengths, ()), strict=False):
            if offset + length > len(data):
                raise ImageError(BROKEN)
    if tags.get(322, 0) > 2 * width + 1024 or tags.get(323, 0) > 2 * height + 1024:
        raise ImageError(BROKEN)
    pieces = len(tags.get(273, ())) + len(tags.get(324, ()))
    if tags.get(259, 1) in (6, 7) and data.count(b"\xff\xda") > _MAX_SCANS + pieces:
        raise ImageError(BROKEN)
    bits, channels, color = tags.get(258, (1,)), tags.get(277, 1), tags.get(262, 1)
    if max(bits) <= 8:
        return Container(data, (width, height), notes=notes)
    deep = (
        min(bits) == max(bits) >= 16
        and color in (0, 1, 2)
        and channels in ((3, 4) if color == 2 else (1,))
        and (channels == 1 or tags.get(284, 1) == 1)
        and tags.get(259, 1) in (1, 5, 8, 32773, 32946)  # none, LZW, deflate, packed bits
    )
    if not deep:
        notes = (*notes, EIGHT) if channels > 1 else notes
        return Container(data, (width, height), negative=color == 0 and channels == 1, notes=notes)
    alpha = {(1,): "premultiplied", (0,): None}.get(tuple(tags.get(338, ())), "straight")
    turn = tags.get(274, 1)
    return Container(
        data,
        (width, height),
        tags.get(34675),
        deep=True,
        alpha=alpha,
        negative=color == 0,
        turn=turn if 1 <= turn <= 8 else 1,
        notes=notes,
    )


# ------------------------------------------------------------------------------------------ AVIF (and not HEIC)


def _heif(data: bytes) -> Container:
    """AVIF, whose coded frames must not be larger than it claims to be; HEIC is named and refused."""
    length = int.from_bytes(data[:4], "big")
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(length, len(data), 1024), 4))}
    if not brands & {b"avif", b"avis"}:
        if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}:
            raise ImageError(_HEIC)
        return Container(data)
    notes: tuple[str, ...] = ()
    profile = None
    if (at := data.find(b"colrnclx")) >= 0:
        profile, notes = _coded(*struct.unpack_from(">HH", data, at + 8))
    if (at := data.find(b"av1C")) >= 0 and data[at + 6 : at + 7] and data[at + 6] & 0x40:
        notes = (*notes, EIGHT)
    return Container(data, profile=profile, coded=coded_pixels(data), notes=notes)


# ------------------------------------------------------------------------------------------ JPEG 2000


def _jpeg2000(data: bytes) -> Container:
    """Its real size, how much is decoded at once, and into how many packets it is cut, of which each costs memory."""
    start, profile, said, notes = 0, None, None, ()
    if not data.startswith(b"\xff\x4f"):
        boxes = {kind: (first, last) for kind, first, last in reversed(boxes_of(data, 0, len(data)))}
        start = boxes[b"jp2c"][0]
        for kind, first, last in boxes_of(data, *boxes[b"jp2h"]):
            if kind == b"colr" and data[first] == 2 and last - first <= _MAX_PROFILE:
                profile = data[first + 3 : last]
            elif kind == b"ihdr":
                said = struct.unpack_from(">II", data, first)
    if data[start : start + 4] != b"\xff\x4f\xff\x51":
        raise ImageError(BROKEN)
    fields = struct.unpack_from(">HHIIIIIIIIH", data, start + 4)
    right, bottom, left, top, across, down, tile_left, tile_top, channels = fields[2:]
    width, height = right - left, bottom - top
    check_size(width, height)
    if said not in (None, (height, width)) or not 1 <= channels <= 4 or not across or not down:
        raise ImageError(BROKEN)
    tiles = math.ceil((right - tile_left) / across) * math.ceil((bottom - tile_top) / down)
    tile = min(across, width), min(down, height)
    depth = max(data[start + 42 + 3 * channel] & 127 for channel in range(channels)) + 1
    if depth > 8 and channels > 1:
        notes = (EIGHT,)
    levels = packets = layers = 0
    segments, there = _coding(data, start + 2)
    for kind, content in segments:
        if kind == 0x52:  # COD: how every channel is coded
            styles, body, times = data[content], data[content + 5 : content + 43], channels
            layers = int.from_bytes(data[content + 2 : content + 4], "big")
            levels = body[0]
        else:  # COC: how one of them is
            styles, body, times = data[content + 1], data[content + 2 : content + 40], 1
        if body[0] > 32 or body[1] + body[2] < 4:  # blocks of code under 16 x 16 pixels
            raise ImageError(HEAVY)
        for level in range(body[0] + 1):
            size = body[5 + level] if styles & 1 else 0xFF  # of a precinct, as powers of two
            wide, high = (math.ceil(side / 2 ** (body[0] - level)) for side in tile)
            packets += ((wide >> (size & 15)) + 1) * ((high >> (size >> 4)) + 1) * layers * tiles * times
    if not packets or len(there) != tiles:
        raise ImageError(BROKEN)
    if packets > _MAX_PACKETS:
        raise ImageError(HEAVY)
    return Container(data, profile=profile, levels=levels, tile=tile[0] * tile[1], notes=notes)


def _coding(data: bytes, at: int) -> tuple[list[tuple[int, int]], set[int]]:
    """Kind and place of what says how a code stream's channels are coded (COD and COC), and the tiles that are there.

    Raises: ImageError: a tile codes them in a way of its own, which hardly anybody writes and which may say anything.
    """
    segments, tiles, part_ends = [], set(), 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0x93:  # the pixels of a part of a tile
            at = part_ends or len(data)
            continue
        if kind == 0x90:  # such a part begins
            length = int.from_bytes(data[at + 6 : at + 10], "big")
            part_ends = at + length if length >= 14 else len(data)
            tiles.add(int.from_bytes(data[at + 4 : at + 6], "big"))
        elif kind in (0x52, 0x53):
            if part_ends:
                raise ImageError(HEAVY)
            segments.append((kind, at + 4))
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return segments, tiles
