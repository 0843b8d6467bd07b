"""Canonical Huffman codes: what is frequent gets few bits; the lengths alone say which bits.

Source: Huffman 1952, "A method for the construction of minimum-redundancy codes"; canonical as in RFC 1951, section
3.2.2. JavaScript reads the file of a small net, too (ui/live/small.js): for a prefix code it needs whole numbers
alone.
"""

import heapq

import numpy as np

LONGEST = 15  # bits; so that a length fits into half a byte


def lengths(counts: np.ndarray) -> np.ndarray:
    """How many bits each symbol gets, (K,) from 0 to 15: 0 for one that never occurs; one that is alone is said
    to have 1, and takes none (`spent`).

    Args: counts: (K,) how often each occurs.
    """
    counts = np.asarray(counts, np.int64)
    while True:
        bits = _lengths(counts) if np.count_nonzero(counts) > 1 else (counts > 0).astype(np.int64)
        if bits.max(initial=0) <= LONGEST:
            return bits
        counts = np.where(counts > 0, np.maximum(counts // 2, 1), 0)  # flatter, until no code is too long


def _lengths(counts: np.ndarray) -> np.ndarray:
    bits = np.zeros(len(counts), np.int64)
    heap = [(int(count), [symbol]) for symbol, count in enumerate(counts) if count]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        bits[left + right] += 1
        heapq.heappush(heap, (a + b, left + right))
    return bits


def codes(bits: np.ndarray) -> np.ndarray:
    """The code of each symbol as a number, (K,): shorter ones first, among equals in order of the symbols."""
    order = np.lexsort((np.arange(len(bits)), bits))
    code, before, result = 0, 0, np.zeros(len(bits), np.int64)
    for symbol in order:
        if not bits[symbol]:
            continue
        code <<= int(bits[symbol]) - before
        before = int(bits[symbol])
        result[symbol] = code
        code += 1
    return result


def spent(bits: np.ndarray) -> np.ndarray:
    """What each symbol takes in the stream, (K,): nothing where there is only one."""
    return bits if np.count_nonzero(bits) > 1 else np.zeros_like(bits)


def complete(bits: np.ndarray) -> bool:
    """Whether these are lengths as `lengths` makes them: then every sequence of bits is a message."""
    used = bits[bits > 0]
    return used.tolist() == [1] or bool((1 << (LONGEST - used)).sum() == 1 << LONGEST)


def join(values: np.ndarray, bits: np.ndarray) -> np.ndarray:
    """Numbers one behind the other, each with so many bits, highest first -> uint8 of 0 and 1."""
    ends = np.cumsum(bits)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    for place in range(int(bits.max(initial=0))):  # counted from the lowest bit
        there = bits > place
        out[ends[there] - 1 - place] = (values[there] >> place) & 1
    return out


def split(stream: np.ndarray, count: int, bits: np.ndarray, extra: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Read symbols, each followed by as many more bits as `extra` says for it.

    Args:    stream: uint8 of 0 and 1; count: symbols; bits, extra: (K,) of each symbol.
    Returns: symbols (count,), the numbers in their extra bits (count,), and where the next one would begin.
    Raises:  ValueError: the stream ends before that.
    """
    n, longest = len(stream) + 1, LONGEST
    tail = np.concatenate([stream, np.zeros(longest + int(extra.max(initial=0)), np.uint8)]).astype(np.int64)
    symbol_of, step_of = np.zeros(1 << longest, np.int64), np.zeros(1 << longest, np.int64)
    if np.count_nonzero(bits) == 1:
        symbol_of[:] = np.flatnonzero(bits)
    for symbol, (code, length) in enumerate(zip(codes(bits), spent(bits), strict=True)):
        if length:
            first, many = int(code) << (longest - int(length)), 1 << (longest - int(length))
            symbol_of[first : first + many], step_of[first : first + many] = symbol, length
    ahead = sum(tail[place : place + n] << (longest - 1 - place) for place in range(longest))  # the next 15 bits, (n,)
    here, code_bits = symbol_of[ahead], step_of[ahead]
    follow = (np.arange(n) + code_bits + extra[here]).tolist()  # where the next symbol begins, from anywhere
    places, place = [], 0
    for _ in range(count):
        if place >= n:
            break
        places.append(place)
        place = follow[place]
    if place >= n or len(places) < count:
        raise ValueError("the stream of bits ends too early")
    at = np.asarray(places, np.int64)
    symbols, numbers = here[at], np.zeros(count, np.int64)
    for offset in range(int(extra.max(initial=0))):
        more = extra[symbols] > offset
        numbers[more] = numbers[more] << 1 | tail[(at + code_bits[at])[more] + offset]
    return symbols, numbers, place
