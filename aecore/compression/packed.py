"""The file of a small net: pruned, shared, Huffman-coded, and run again from these very bytes.

    data = pack("judge", model, shared)      # bytes
    net = unpack(data)                       # net.model in eval mode; ui/live/small.js reads the same file

Version 1: "AESN", version (1 byte), length of the name (1), name: the recipe that builds the network; its tensors in
the order of their names; the CRC-32 of all before (4; little endian, as are all numbers).
A shared weight: how many values (1), the values (2 each, half precision), how many weights are not 0 (4), two tables of
code lengths (half a byte each: of the GAPS classes of gaps, and of the values); then the gaps, then the places of the
values among the values, both as bits, each filled up to a whole byte. A gap, the g zeros before a weight, is the class
of g + 1 (its number of bits less one), then its bits below the highest.
A batch normalisation: one scale and one shift a channel. Anything else: its numbers in half precision.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np
import torch
from torch import Tensor, nn

from aecore.compression import huffman
from aecore.compression.pruning import MEASURED_WEIGHTS
from aecore.compression.sharing import Shared
from aecore.errors import AecoreError
from aecore.models import build
from aecore.recipes import RECIPES

MAGIC, VERSION = b"AESN", 1
GAPS = 24  # classes: up to 2^24 zeros in a row
LARGEST = 400_000  # bytes that are looked at: reading takes some 650 bytes of memory for each
EPSILON = 1e-5  # what a batch normalisation adds to a variance
_MEAN, _VARIANCE, _COUNT = ".running_mean", ".running_var", ".num_batches_tracked"


class PackedError(AecoreError):
    """A file that is no small net of ours, or a damaged one."""


@dataclass(frozen=True)
class Size:
    """Where a file's bytes are. positions: of the weights that are not 0; values: which value each has; tables: the
    values themselves and the code lengths; rest: biases, normalisations, header."""

    positions: int
    values: int
    tables: int
    rest: int

    @property
    def total(self) -> int:
        """Bytes of the file."""
        return self.positions + self.values + self.tables + self.rest


@dataclass(frozen=True)
class Net:
    """What a file holds. name: of its recipe; model: in eval mode; shared: its weights; size: where its bytes are."""

    name: str
    model: nn.Module
    shared: dict[str, Shared]
    size: Size


def pack(name: str, model: nn.Module, shared: dict[str, Shared]) -> bytes:
    """A network as a file. Args: name: of the recipe that built it; model: its biases and normalisations; shared: its
    weights."""
    head = MAGIC + struct.pack("<BB", VERSION, len(name.encode())) + name.encode()
    body = b"".join([head, *(part for _, part in _parts(model, shared))])
    return body + struct.pack("<I", zlib.crc32(body))


def _parts(model: nn.Module, shared: dict[str, Shared]) -> Iterator[tuple[str, bytes]]:
    """Field of `Size`, bytes; of all tensors in the order of their names."""
    state = model.state_dict()
    for name in sorted(state):
        if name in shared:
            yield from _layer(shared[name])
        elif not name.endswith((_MEAN, _VARIANCE, _COUNT)):
            yield "rest", _half(_normalised(state, name))


def _layer(one: Shared) -> Iterator[tuple[str, bytes]]:
    flat = one.index.flatten().numpy()
    places = np.flatnonzero(flat)
    runs = np.diff(places, prepend=-1)  # a gap and 1: from 1 on
    classes = np.log2(runs).astype(np.int64)  # exact: runs are far below 2^52
    values = flat[places] - 1
    gap_bits = huffman.lengths(np.bincount(classes, minlength=GAPS))
    value_bits = huffman.lengths(np.bincount(values, minlength=len(one.values)))
    yield "tables", struct.pack("<B", len(one.values)) + _half(one.values) + struct.pack("<I", len(places))
    yield "tables", _nibbles(gap_bits) + _nibbles(value_bits)
    codes, mantissa = huffman.codes(gap_bits), runs - (1 << classes)
    stream = huffman.join((codes[classes] << classes) | mantissa, huffman.spent(gap_bits)[classes] + classes)
    yield "positions", np.packbits(stream).tobytes()
    stream = huffman.join(huffman.codes(value_bits)[values], huffman.spent(value_bits)[values])
    yield "values", np.packbits(stream).tobytes()


def unpack(data: bytes) -> Net:
    """The network of a file.

    Raises: PackedError: no such file, a damaged or too large one, or of a network that is not known here; the message
            says which.
    """
    if data[:4] != MAGIC:
        raise PackedError("This is no small net of the lab. Choose a file that ends in .aesn.")
    if len(data) > LARGEST:
        raise PackedError(
            f"This small net has {len(data):,} bytes, and the lab reads at most {LARGEST:,}. Choose a smaller one."
        )
    if len(data) < 11 or zlib.crc32(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
        raise PackedError("This small net is damaged. Download or make it again.")
    if data[4] != VERSION:
        raise PackedError(f"This small net is of version {data[4]}, which this lab cannot read. Update the lab.")
    name = data[6 : 6 + data[5]].decode(errors="replace")
    if name not in RECIPES:
        raise PackedError("This small net is of a network that this lab does not have. Update the lab.")
    with torch.device("meta"):
        model = build(RECIPES[name].family, RECIPES[name].config)
    try:
        reader = _Reader(data[6 + data[5] : -4])
        state, shared = _state(model, reader)
        if reader.place != len(reader.data):
            raise ValueError("bytes are left over")
    except (ValueError, IndexError, struct.error, OverflowError) as error:
        raise PackedError(f"This small net is damaged ({error}). Download or make it again.") from error
    model.load_state_dict(state, assign=True)
    counted = {key: reader.sizes[key] for key in ("positions", "values", "tables")}
    size = Size(**counted, rest=len(data) - sum(counted.values()))
    return Net(name, model.requires_grad_(False).eval(), shared, size)


class _Reader:
    """Bytes, read from the first to the last. sizes: how many were of which kind."""

    def __init__(self, data: bytes):
        self.data, self.place = data, 0
        self.sizes = {"positions": 0, "values": 0, "tables": 0}

    def bytes(self, count: int, kind: str = "") -> bytes:
        if self.place + count > len(self.data):
            raise ValueError("it ends too early")
        self.place += count
        if kind:
            self.sizes[kind] += count
        return self.data[self.place - count : self.place]

    def numbers(self, count: int, kind: str = "") -> Tensor:
        numbers = torch.from_numpy(np.frombuffer(self.bytes(2 * count, kind), "<f2").astype(np.float32))
        if not bool(numbers.isfinite().all()):
            raise ValueError("a number is not finite")
        return numbers

    def lengths(self, count: int) -> np.ndarray:
        nibbles = np.frombuffer(self.bytes((count + 1) // 2, "tables"), np.uint8)
        bits = np.stack([nibbles >> 4, nibbles & 15], 1).flatten()[:count].astype(np.int64)
        if not huffman.complete(bits):
            raise ValueError("a table of code lengths is no code")
        return bits

    def symbols(self, count: int, bits: np.ndarray, extra: np.ndarray, kind: str) -> tuple[np.ndarray, np.ndarray]:
        longest = -(-count * (huffman.LONGEST + int(extra.max(initial=0))) // 8)
        stream = np.unpackbits(np.frombuffer(self.data[self.place : self.place + longest], np.uint8))
        symbols, numbers, end = huffman.split(stream, count, bits, extra)
        self.bytes(-(-end // 8), kind)
        return symbols, numbers


def _state(model: nn.Module, reader: _Reader) -> tuple[dict[str, Tensor], dict[str, Shared]]:
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    state: dict[str, Tensor] = {}
    shared: dict[str, Shared] = {}
    for name in sorted(shapes):
        shape = shapes[name]
        if name.endswith(_COUNT):
            state[name] = torch.zeros(shape, dtype=torch.long)
        elif name.endswith((_MEAN, _VARIANCE)):
            state[name] = torch.full(shape, 0.0 if name.endswith(_MEAN) else 1 - EPSILON)
        elif len(shape) < MEASURED_WEIGHTS:
            state[name] = reader.numbers(prod(shape)).view(shape)
        else:
            shared[name] = _read_layer(reader, shape)
            state[name] = shared[name].weight()
    return state, shared


def _read_layer(reader: _Reader, shape: torch.Size) -> Shared:
    (k,) = reader.bytes(1, "tables")
    values = reader.numbers(k, "tables")
    (count,) = struct.unpack("<I", reader.bytes(4, "tables"))
    if not (0 < count <= prod(shape) and k):
        raise ValueError("a layer has more weights than places, or none")
    gap_bits, value_bits = reader.lengths(GAPS), reader.lengths(k)
    classes, mantissa = reader.symbols(count, gap_bits, np.arange(GAPS), "positions")
    places = np.cumsum((1 << classes) + mantissa) - 1
    symbols, _ = reader.symbols(count, value_bits, np.zeros(k, np.int64), "values")
    if places[-1] >= prod(shape):
        raise ValueError("a weight lies outside its layer")
    flat = torch.zeros(prod(shape), dtype=torch.long)
    flat[torch.from_numpy(places)] = 1 + torch.from_numpy(symbols)
    return Shared(values, flat.view(shape))


def _normalised(state: dict[str, Tensor], name: str) -> Tensor:
    """A tensor; of a batch normalisation its weight as the scale, its bias as the shift: y = scale x + shift."""
    prefix, _, role = name.rpartition(".")
    if prefix + _MEAN not in state:
        return state[name]
    scale = state[f"{prefix}.weight"] / (state[prefix + _VARIANCE] + EPSILON).sqrt()
    return scale if role == "weight" else state[f"{prefix}.bias"] - scale * state[prefix + _MEAN]


def _half(numbers: Tensor) -> bytes:
    return numbers.half().numpy().astype("<f2").tobytes()


def _nibbles(bits: np.ndarray) -> bytes:
    padded = np.concatenate([bits, np.zeros(len(bits) % 2, np.int64)]).reshape(-1, 2)
    return (padded[:, 0] << 4 | padded[:, 1]).astype(np.uint8).tobytes()
