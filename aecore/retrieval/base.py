"""The 60,000 training digits as codes of 64 bits, and what is found in them.

base = load()
hits = search(x, k=10, bits=32)[0]           # x (N, 1, 28, 28)
print(hits.y, hits.distance)
"""

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from aecore import checkpoints, contract, storage
from aecore.data import load_digits
from aecore.engine import CHUNK, Engine, get_engine
from aecore.errors import DataError
from aecore.retrieval.bits import hamming, nearest, pack

NETWORK = "hashing"
LENGTHS = (16, 32, 64)  # bits of a code, or of its beginning
AGAIN = "python -m aecore index"


@dataclass(frozen=True)
class Base:
    """Digits that can be looked up. codes: uint8 (N, 8), 64 bits each; y: uint8 (N,), their classes, which no search
    sees; network: SHA-256 of the tensors that made the codes."""

    codes: np.ndarray
    y: np.ndarray
    network: str

    def distances(self, code: np.ndarray, bits: int) -> np.ndarray:
        """In how many of the first `bits` bits each digit differs from a code, uint8 (8,); uint8 (N,)."""
        return hamming(code[: bits // 8], self.codes[:, : bits // 8])


@dataclass(frozen=True)
class Hits:
    """What was found for one digit, nearest first. places: in the training digits, (k,); distance: in bits, (k,);
    y: their classes, (k,)."""

    places: list[int]
    distance: list[int]
    y: list[int]


def make(engine: Engine) -> Base:
    """The codes of all training digits; ten seconds. Raises: CheckpointError, DataError."""
    images, y = load_digits("train")
    bits = torch.cat([engine.encode(NETWORK, part.float() / 255) > 0 for part in images.split(CHUNK)])
    return Base(pack(bits), y.numpy().astype(np.uint8), engine.card(NETWORK).sha256)


def code_of(engine: Engine, x: Tensor) -> np.ndarray:
    """The codes of digits: x (N, 1, 28, 28) -> uint8 (N, 8). Raises: CheckpointError."""
    return pack(engine.encode(NETWORK, x) > 0)


def look_up(base: Base, code: np.ndarray, bits: int, k: int) -> Hits:
    """The k digits whose codes are nearest to one, uint8 (8,), by its first `bits` bits."""
    distance = base.distances(code, bits)
    places = nearest(distance, k)
    return Hits(places.tolist(), distance[places].tolist(), base.y[places].tolist())


def search(x: Tensor, k: int = 10, bits: int = 64) -> list[Hits]:
    """The training digits that are most like each of some digits.

    Args:    x: (N, 1, 28, 28) in [0, 1]; k: how many for each; bits: of the code, one of LENGTHS.
    Raises:  ValueError: another number of bits, no hit asked for, or a batch that is none (aecore.contract).
             CheckpointError, DataError: the network, or the codes, cannot be read.
    """
    if bits not in LENGTHS:
        raise ValueError(f"bits must be one of {', '.join(map(str, LENGTHS))}, not {bits}")
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    contract.check_pictures(x, (1, 28, 28))
    base = load()
    return [look_up(base, code, bits, k) for code in code_of(get_engine(), x)]


# ---- the file


def path() -> Path:
    """Where the codes lie: below the checkpoints."""
    return checkpoints.folder() / "codes" / f"{NETWORK}.safetensors"


def save(base: Base) -> Path:
    """Write the codes. Raises: OSError."""
    tensors = {"codes": torch.from_numpy(base.codes), "y": torch.from_numpy(base.y)}
    path().parent.mkdir(parents=True, exist_ok=True)
    storage.write_whole(path(), to_bytes(tensors, {"network": base.network}))
    return path()


def load() -> Base:
    """The codes that are at hand.

    Raises: CheckpointError: there is no network to make them. DataError: they are missing, damaged, or of another one.
    """
    made_by = get_engine().card(NETWORK).sha256
    base = _read(path(), path().stat().st_mtime_ns if path().exists() else 0)
    if base.network != made_by:
        raise DataError(f"The codes in {path().name} are of another network than the one here. Make them: {AGAIN}")
    return base


@functools.lru_cache(maxsize=1)
def _read(place: Path, changed: int) -> Base:
    try:
        with safe_open(place, "np") as file:
            codes, y = file.get_tensor("codes"), file.get_tensor("y")
            network = (file.metadata() or {}).get("network", "")
    except FileNotFoundError as error:
        raise DataError(f"The codes to search are missing: there is no {place.name}. Make them: {AGAIN}") from error
    except (OSError, SafetensorError) as error:
        raise DataError(f"The file of codes {place.name} is damaged. Make it again: {AGAIN}") from error
    if codes.dtype != np.uint8 or codes.ndim != 2 or codes.shape[1] != max(LENGTHS) // 8 or y.shape != codes.shape[:1]:
        raise DataError(f"The file of codes {place.name} is damaged. Make it again: {AGAIN}")
    return Base(codes, y, network)
