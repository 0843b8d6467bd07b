"""Boxes of the ISO base media format, in which AVIF and JPEG 2000 come, and the pixels that an AVIF really holds."""

import struct

from aecore.errors import ImageError

BROKEN = "The picture file is damaged or incomplete. Save it again, as PNG or JPEG, and upload the new file."


def coded_pixels(data: bytes) -> int:
    """Pixels of the frames in an AVIF: of all its items, or of the largest of an animated one's samples.

    Raises: ImageError: a frame's header ends too early.
    """
    items, samples = _places(data)
    return max(sum(_frame_pixels(data, at) for at in items), *(_frame_pixels(data, at) for at in samples), 0)


def boxes_of(data: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """Boxes of the ISO base media format between two places: kind, and where the content begins and ends."""
    boxes = []
    while start + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, start)
        content = start + 8
        if length == 1:
            length, content = int.from_bytes(data[content : content + 8], "big"), content + 8
        stop = end if length == 0 else start + length
        if not content <= stop <= end:
            break
        boxes.append((kind, content, stop))
        start = stop
    return boxes


def _places(data: bytes) -> tuple[list[int], list[int]]:
    """Where the items of an AVIF begin in the file, and the samples of an animated one."""
    items, samples = [], []
    for kind, start, end in boxes_of(data, 0, len(data)):
        if kind == b"meta":
            inner = boxes_of(data, start + 4, end)
            idat = next((content for name, content, _ in inner if name == b"idat"), 0)
            items += [at for name, content, _ in inner if name == b"iloc" for at in _item_places(data, content, idat)]
        elif kind == b"moov":
            inner = [(kind, start, end)]
            for level in (b"trak", b"mdia", b"minf", b"stbl"):
                inner = [box for _, first, last in inner for box in boxes_of(data, first, last) if box[0] == level]
            for _, first, last in inner:
                for name, content, _ in boxes_of(data, first, last):
                    if name in (b"stco", b"co64"):
                        size = 4 if name == b"stco" else 8
                        samples.append(int.from_bytes(data[content + 8 : content + 8 + size], "big"))
    return items, samples


def _item_places(data: bytes, at: int, idat: int) -> list[int]:
    """The first place of each item in an `iloc` box (ISO/IEC 14496-12, 8.11.3)."""
    version, sizes = data[at], int.from_bytes(data[at + 4 : at + 6], "big")
    offset, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    at += 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    places = []
    for _ in range(min(number(4 if version == 2 else 2), 70_000)):
        number(4 if version == 2 else 2)  # its id
        method = number(2) & 15 if version in (1, 2) else 0
        number(2)
        start = number(base)
        for extent in range(number(2)):
            if version in (1, 2):
                number(index)
            place = start + number(offset) + (idat if method == 1 else 0)
            number(length)
            if at > len(data):
                return places
            if extent == 0:
                places.append(place)
    return places


def _frame_pixels(data: bytes, at: int) -> int:
    """Pixels of the AV1 frames that begin at a place, as their sequence header has them; 0 if there is none."""
    for _ in range(8):
        if at >= len(data) or data[at] & 0x82 != 2:  # each unit must say its length
            return 0
        kind, at = data[at] >> 3 & 15, at + (2 if data[at] & 4 else 1)
        length = shift = 0
        while at < len(data) and shift < 35:
            length |= (data[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if not data[at - 1] & 128:
                break
        if kind == 1:
            return _sequence_pixels(data[at : at + min(length, 300)])
        at += length
    return 0


def _sequence_pixels(header: bytes) -> int:
    """Largest width times height of an AV1 sequence header (AV1 bitstream specification, 5.5)."""
    bits = int.from_bytes(header, "big")
    left = 8 * len(header)

    def read(n: int) -> int:
        nonlocal left
        left -= n
        if left < 0:
            raise ImageError(BROKEN)
        return bits >> left & (1 << n) - 1

    read(4)
    if read(1):  # the short header of a still picture
        read(5)
    else:
        model = 0
        if read(1):  # timing
            read(64)
            if read(1):
                zeros = 0
                while not read(1):
                    zeros += 1
                read(zeros)
            if read(1):
                model = read(5) + 1
                read(42)
        delay = read(1)
        for _ in range(read(5) + 1):
            read(12)
            if read(5) > 7:
                read(1)
            if model and read(1):
                read(2 * model + 1)
            if delay and read(1):
                read(4)
    across, down = read(4) + 1, read(4) + 1
    return (read(across) + 1) * (read(down) + 1)
