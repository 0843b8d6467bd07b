"""Files of compressed digits: a few bytes that say what they are, and the range coder's bytes.

data = compress(x)                  # x (N, 1, 28, 28)
x = decompress(data)

Byte by byte, numbers with the highest byte first:

    0   4   89 41 45 43, "AEC" behind a byte that no text has
    4   1   version, 1
    5   4   the first bytes of the SHA-256 of the tables, which name their network: without these two the rest is noise
    9   1   level: which of the steps
    10  2   digits
    12  4   CRC-32 of all other bytes
    16      the range coder's bytes, to the end
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from aecore import contract
from aecore.compression import coder, codes
from aecore.compression.codes import LEVELS, NETWORKS, STEPS
from aecore.engine import Engine, get_engine
from aecore.errors import CompressedFileError, DataError

MAGIC, VERSION = b"\x89AEC", 1
SUFFIX = ".aec"
HEADER = struct.Struct(">4sB4sBH4s")
MOST_DIGITS = 1000
MOST_BYTES = 1 << 20  # of a file
LEVEL = 13  # unless asked otherwise: a plain autoencoder's digit at 26 dB


@dataclass(frozen=True)
class Opened:
    """What a file holds. x: (N, 1, 28, 28) in [0, 1]; network: of NETWORKS; level: of STEPS; symbols: (N, D)."""

    x: Tensor
    network: str
    level: int
    symbols: np.ndarray


def level_of(step: float) -> int:
    """The level whose step is the nearest by ratio. Raises: ValueError: not a positive number."""
    if not 0 < step < float("inf"):
        raise ValueError(f"step must be a positive number, not {step}")
    return int(np.abs(np.log(np.array(STEPS) / step)).argmin())


def compress(x: Tensor, network: str = codes.WIDE, step: float = STEPS[LEVEL]) -> bytes:
    """Digits as one file.

    Args:    x: (N, 1, 28, 28) in [0, 1], at most MOST_DIGITS; network: one of NETWORKS; step: how far the rounding of
             one number may move the picture (aecore.compression.codes); the nearest of STEPS is taken.
    Raises:  ValueError: another network, a step that is none, too many digits, or a batch that is none
             (aecore.contract). CheckpointError, DataError: the network, or its tables, cannot be read.
    """
    if network not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}, not {network}")
    level = level_of(step)
    contract.check_pictures(x, (1, codes.SIDE, codes.SIDE))
    if not 0 < len(x) <= MOST_DIGITS:
        raise ValueError(f"a file holds 1 to {MOST_DIGITS} digits, not {len(x)}")
    code = codes.load(get_engine(), network)
    return pack(code, code.symbols(x, level), level)


def pack(code: codes.Code, symbols: np.ndarray, level: int) -> bytes:
    """Symbols (N, D) of a network's code as a file. Raises: DataError: the code's tables are missing."""
    payload = coder.encode(symbols.flatten().tolist(), code.tables[level] * len(symbols))
    head = struct.pack(">4sB4sBH", MAGIC, VERSION, codes.digest(code.name)[:4], level, len(symbols))
    return head + struct.pack(">I", zlib.crc32(head + payload)) + payload


def decompress(data: bytes) -> Tensor:
    """The digits of a file, (N, 1, 28, 28) in [0, 1]. Raises: as `unpack`."""
    return unpack(get_engine(), data).x


def unpack(engine: Engine, data: bytes) -> Opened:
    """What a file holds.

    Raises: CompressedFileError: it is foreign, damaged, newer, or made with other networks; its message is for people.
            CheckpointError, DataError: a network, or its tables, cannot be read.
    """
    if len(data) < HEADER.size and MAGIC.startswith(data[:4]):
        raise CompressedFileError("This file is cut short: not even its head is whole. Get the file once more.")
    if data[:4] != MAGIC:
        raise CompressedFileError(f"This is no file of compressed digits. Open one that ends in {SUFFIX}.")
    _, version, digest, level, count, check = HEADER.unpack_from(data)
    if version != VERSION:
        raise CompressedFileError(
            f"This file has version {version} of the format, and this lab reads version {VERSION}. Update the lab."
        )
    payload = data[HEADER.size :]
    if len(data) > MOST_BYTES or check != struct.pack(">I", zlib.crc32(data[: HEADER.size - 4] + payload)):
        raise CompressedFileError("This file is damaged: its bytes do not give its checksum. Get the file once more.")
    if level >= LEVELS or not 0 < count <= MOST_DIGITS:
        raise CompressedFileError("This file asks for what no lab writes. Compress the digits once more.")
    network = _network(digest)
    code = codes.load(engine, network)
    try:
        symbols = coder.decode(payload, code.tables[level] * count)
    except DataError as error:
        raise CompressedFileError("This file is damaged: it holds no digits. Get the file once more.") from error
    symbols = np.array(symbols, np.int64).reshape(count, -1)
    return Opened(code.pictures(symbols, level), network, level, symbols)


def _network(digest: bytes) -> str:
    for name in NETWORKS:
        try:
            if codes.digest(name)[:4] == digest:
                return name
        except DataError:  # not here
            continue
    raise CompressedFileError(
        "This file was made with another network than this lab has, and only that one can open it. "
        "Compress the digits once more here."
    )
