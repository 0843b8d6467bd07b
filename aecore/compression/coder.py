"""An entropy coder: whole numbers to bytes, in as few as their frequencies allow, and back.

tables = [fit(column) for column in symbols.T]      # symbols (N, D), of training data
data = encode(symbols[0], tables)                   # bytes
assert decode(data, tables) == symbols[0].tolist()

All of it is arithmetic with whole numbers, so that every machine writes the same bytes and reads them alike; a table of
probabilities as floats could be rounded in two ways. The libraries that exist write whole words
of 32 bits, which for 19 bytes is too coarse, and take floats.
"""

import functools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aecore.errors import DataError

PRECISION = 16  # bits of a frequency
TOTAL = 1 << PRECISION
TOP, BOTTOM = 1 << 32, 1 << 24  # the interval's width stays in BOTTOM..TOP
FARTHEST = 1 << 20  # how far outside its table a symbol may lie


@dataclass(frozen=True)
class Table:
    """How often each symbol occurs. The symbols first, first + 1, ... have the shares, out of TOTAL, each at least 1;
    the last share is that of everything outside, which costs more bits the farther it lies."""

    first: int
    shares: tuple[int, ...]

    def __post_init__(self) -> None:
        if sum(self.shares) != TOTAL or min(self.shares) < 1:
            raise ValueError(f"shares must be at least 1 each and {TOTAL} together")

    @functools.cached_property
    def below(self) -> list[int]:
        """Where each share begins: sums of those before it."""
        return [0, *np.cumsum(self.shares[:-1]).tolist()]

    @functools.cached_property
    def bits(self) -> np.ndarray:
        """What each share costs, float64 (len(shares),)."""
        return PRECISION - np.log2(np.array(self.shares, np.float64))


def fit(symbols: np.ndarray) -> Table:
    """The table of symbols that were seen; those between the least and the greatest are in it, seen or not.

    Args:   symbols: whole numbers (N,).
    Raises: ValueError: none, or spread over too many values.
    """
    if not len(symbols):
        raise ValueError("a table needs symbols")
    first = int(symbols.min())
    return from_counts(first, np.bincount(symbols.astype(np.int64) - first))


def from_counts(first: int, counts: np.ndarray) -> Table:
    """The table of counts of first, first + 1, ...; every symbol's share is at least 1.

    Raises: ValueError: more values than shares, or nothing counted.
    """
    counts = np.append(counts.astype(np.int64), 0)  # outside
    if len(counts) > TOTAL // 2 or counts.sum() < 1:
        raise ValueError(f"1 to {TOTAL // 2 - 1} values, at least one of them seen, must be counted")
    shares = 1 + counts * (TOTAL - len(counts)) // counts.sum()
    shares[shares.argmax()] += TOTAL - shares.sum()
    return Table(first, tuple(shares.tolist()))


def encode(symbols: Sequence[int], tables: Sequence[Table]) -> bytes:
    """Symbols as bytes, by one table each. Where there are fewer tables, the last symbols have the last table.

    Each symbol narrows an interval to its share; the shortest number inside the last interval is written.

    Raises: ValueError: a symbol FARTHEST or more outside its table.
    Source: Martin 1979, Range encoding: an algorithm for removing redundancy from a digitised message.
    """
    encoder = _Encoder()
    for place, symbol in enumerate(symbols):
        table = tables[min(place, len(tables) - 1)]
        index, last = int(symbol) - table.first, len(table.shares) - 1
        if 0 <= index < last:
            encoder.narrow(table.below[index], table.shares[index])
            continue
        encoder.narrow(table.below[last], table.shares[last])
        excess = index - last + 1 if index >= last else -index  # from 1
        if excess >= FARTHEST:
            raise ValueError(f"the symbol {symbol} lies too far outside its table")
        encoder.bit(index >= last)
        length = excess.bit_length()
        for _ in range(length - 1):
            encoder.bit(False)
        for digit in f"{excess:b}":  # Elias gamma: as many 0s as bits follow the first 1
            encoder.bit(digit == "1")
    return encoder.finish()


def decode(data: bytes, tables: Sequence[Table], count: int | None = None) -> list[int]:
    """The reverse of `encode`.

    Args:   count: of symbols; as many as tables, if not given.
    Raises: DataError: these bytes cannot come from `encode`. Most damage is not seen here: that takes a checksum.
    """
    decoder, symbols = _Decoder(data), []
    for place in range(len(tables) if count is None else count):
        table = tables[min(place, len(tables) - 1)]
        index = decoder.symbol(table.below, table.shares)
        last = len(table.shares) - 1
        if index < last:
            symbols.append(table.first + index)
            continue
        above, length = decoder.bit(), 1
        while not decoder.bit():
            length += 1
            if 1 << length > FARTHEST:
                raise DataError("These bytes hold no such symbols.")
        excess = 1
        for _ in range(length - 1):
            excess = 2 * excess + decoder.bit()
        symbols.append(table.first + last - 1 + excess if above else table.first - excess)
    return symbols


def ideal_bits(symbols: np.ndarray, tables: Sequence[Table]) -> np.ndarray:
    """What the tables say that symbols cost: the sum of -log2 of the shares. No coder with these tables needs less.

    Args:    symbols: (N, D), by D tables.
    Returns: float64 (N,).
    Source:  Shannon 1948, theorem 9.
    """
    total = np.zeros(len(symbols))
    for column, table in zip(symbols.T.astype(np.int64), tables, strict=True):
        last = len(table.shares) - 1
        index = column - table.first
        outside = (index < 0) | (index >= last)
        total += table.bits[np.where(outside, last, index)]
        excess = np.where(index < 0, -index, index - last + 1)[outside]
        total[outside] += 2 * np.floor(np.log2(excess)) + 2
    return total


class _Encoder:
    """The interval [low, low + width), of which the bytes in `out` are the part that is settled."""

    def __init__(self) -> None:
        self.low, self.width, self.out = 0, TOP, bytearray()

    def narrow(self, below: int, share: int) -> None:
        part = self.width >> PRECISION
        self.low += part * below
        self.width = part * share
        self._carry()
        while self.width < BOTTOM:
            self.out.append(self.low >> 24)
            self.low = (self.low << 8) & (TOP - 1)
            self.width <<= 8

    def bit(self, on: bool) -> None:
        self.narrow(TOTAL // 2 if on else 0, TOTAL // 2)

    def finish(self) -> bytes:
        """The shortest number inside; zeros at its end go without saying."""
        for size in range(5):
            unit = 1 << (32 - 8 * size)
            number = -(-self.low // unit) * unit
            if number < self.low + self.width:
                break
        self.low = number
        self._carry()
        return bytes(self.out + self.low.to_bytes(4, "big")).rstrip(b"\0")

    def _carry(self) -> None:
        if self.low < TOP:
            return
        self.low -= TOP
        place = len(self.out) - 1
        while self.out[place] == 255:
            self.out[place] = 0
            place -= 1
        self.out[place] += 1


class _Decoder:
    """`offset`: how far above the interval's lower end the number lies; in what an encoder wrote, less than `width`."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place, self.width = data, 4, TOP
        self.offset = int.from_bytes(data[:4].ljust(4, b"\0"), "big")

    def symbol(self, below: Sequence[int], shares: Sequence[int]) -> int:
        part = self.width >> PRECISION
        if self.offset >= part * TOTAL:  # no share is there; from here on `offset` would grow with every byte
            raise DataError("These bytes hold no such symbols.")
        index = bisect_right(below, self.offset // part) - 1
        self.offset -= part * below[index]
        self.width = part * shares[index]
        while self.width < BOTTOM:
            self.offset = self.offset << 8 | (self.data[self.place] if self.place < len(self.data) else 0)
            self.width <<= 8
            self.place += 1
        return index

    def bit(self) -> int:
        return self.symbol((0, TOTAL // 2), (TOTAL // 2, TOTAL // 2))
