"""A drawing as text for an address: `1` and base64url of its strokes, coarse enough to paste, fine enough to read.

Version 1, after base64url, is a sequence of strokes and two bytes of check sum (CRC-32, its low half). A stroke is

    flags (bit 0: it erases, bit 1: a width a point), number of points (LEB128), width(s) - 1 in a byte each,
    the first point in three bytes, and each further point as a step: one byte, dx + 7 and dy + 7 in four bits each,
    or 0xFF and a point in three bytes where it is too far,

in units of 1/250 of the sheet's side; a point in three bytes is x + 250 and y + 250, twelve bits each.
"""

import base64
import binascii
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ui.input.pad.strokes import UNITS, Stroke, parse_strokes

STEP = 8  # of the pad's units: what one unit here is
_ROOMY, MOST = 260, 700  # characters: of a digit, and of any drawing
_SPACINGS = (1, 3, 4.5, 6, 9, 13)  # between kept points, in units of here, finest first
_REACH = 7
_ORIGIN = UNITS // STEP
_FAR = 0xFF


def encode(strokes: Sequence[Stroke]) -> str:
    """The text of strokes, "" for none: as fine as fits into a digit's share of a link, or else as fits at all.

    Raises: ValueError: a drawing that is too long for a link.
    """
    if not strokes:
        return ""
    texts = [_text(b"".join(_bytes(stroke, spacing) for stroke in strokes)) for spacing in _SPACINGS]
    short = [text for text in texts if len(text) <= _ROOMY] or [text for text in texts if len(text) <= MOST]
    if not short:
        raise ValueError("This drawing has too many strokes for a link.")
    return short[0]


def decode(text: str) -> tuple[Stroke, ...]:
    """The strokes of a text, which may come from anywhere.

    Raises: ValueError: it is damaged, or of another version.
    """
    if not text:
        return ()
    if not text.startswith("1") or len(text) > 2 * MOST or not text.isascii():
        raise ValueError("No drawing of a version that is known here.")
    try:
        data = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("Not base64url.") from error
    if len(data) < 3 or _text(data[:-2]) != text:
        raise ValueError("The check sum is wrong.")
    return parse_strokes(list(_strokes(iter(data[:-2]))))


def _text(data: bytes) -> str:
    check = (zlib.crc32(data) & 0xFFFF).to_bytes(2, "big")
    return "1" + base64.urlsafe_b64encode(data + check).decode().rstrip("=")


def _bytes(stroke: Stroke, spacing: float) -> bytes:
    flat, width = stroke["points"], stroke["width"]
    points = [(round(x / STEP), round(y / STEP)) for x, y in zip(flat[::2], flat[1::2], strict=True)]
    places = _spread(points, spacing)
    points = [points[place] for place in places]
    widths = [width[place] for place in places] if isinstance(width, list) else [width]
    out = bytearray([stroke["erase"] + 2 * isinstance(width, list), *_leb128(len(points))])
    out += bytes(max(round(value / STEP), 1) - 1 for value in widths)
    out += _point(*points[0])
    for (x, y), (next_x, next_y) in pairwise(points):
        dx, dy = next_x - x + _REACH, next_y - y + _REACH
        near = 0 <= dx <= 2 * _REACH and 0 <= dy <= 2 * _REACH  # 14 at most, so never _FAR
        out += bytes([dx << 4 | dy]) if near else bytes([_FAR]) + _point(next_x, next_y)
    return bytes(out)


def _spread(points: Sequence[tuple[int, int]], spacing: float) -> list[int]:
    """Which points to keep: the ends, and others so far from the one before and from the last."""
    places, last = [0], points[-1]
    for place, point in enumerate(points[1:-1], 1):
        if _far(points[places[-1]], point, spacing) and _far(point, last, spacing):
            places.append(place)
    return [*places, len(points) - 1] if len(points) > 1 else places


def _far(a: tuple[int, int], b: tuple[int, int], spacing: float) -> bool:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 >= spacing**2


def _leb128(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _point(x: int, y: int) -> bytes:
    return ((x + _ORIGIN) << 12 | (y + _ORIGIN)).to_bytes(3, "big")


def _strokes(data: Iterator[int]) -> Iterator[Stroke]:
    try:
        for flags in data:
            count = _number(data)
            widths = [STEP * (next(data) + 1) for _ in range(count if flags & 2 else 1)]
            points = _points(data, count)
            yield {
                "points": [STEP * value for point in points for value in point],
                "width": widths if flags & 2 else widths[0],
                "erase": bool(flags & 1),
            }
    except StopIteration:
        raise ValueError("It ends too early.") from None


def _number(data: Iterator[int]) -> int:
    number, shift = 0, 0
    while shift <= 14:
        byte = next(data)
        number |= (byte & 127) << shift
        if byte < 128:
            return number
        shift += 7
    raise ValueError("Too many points.")


def _points(data: Iterator[int], count: int) -> list[tuple[int, int]]:
    points = [_whole(data)]
    while len(points) < count:
        byte, (x, y) = next(data), points[-1]
        points.append(_whole(data) if byte == _FAR else (x + (byte >> 4) - _REACH, y + (byte & 15) - _REACH))
    return points


def _whole(data: Iterator[int]) -> tuple[int, int]:
    bits = int.from_bytes(bytes([next(data) for _ in range(3)]), "big")
    return (bits >> 12) - _ORIGIN, (bits & 0xFFF) - _ORIGIN
