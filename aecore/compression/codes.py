"""Pictures as bytes by way of a code: numbers, rounded with a step, written by the range coder.

code = load(get_engine(), "compress")
symbols = code.symbols(x, level)                 # (N, D) whole numbers
data = coder.encode(symbols[0], code.tables[level])
recon = code.pictures(symbols, level)            # (N, 1, 28, 28)

The step is told in one currency for all codes: how far a rounding by a whole step moves the picture, as the square
root of a summed squared error. So a number that the picture depends on more is rounded more finely. Tables are counted
on the training digits, and shipped for the networks: another machine's networks could round a digit otherwise, and a
table that differs in one share reads other symbols.
"""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from aecore import checkpoints, storage
from aecore.compression import coder
from aecore.compression.coder import Table
from aecore.data import load_digits
from aecore.engine import Engine
from aecore.errors import DataError
from aecore.latent.linear import digits_axes

NETWORKS = ("compress", "ae-conv", "vae")
WIDE, PLAIN, VAE, PCA, DCT = *NETWORKS, "pca", "dct"
LEVELS = 16
COARSEST, FINEST = 5.0, 0.16
STEPS = tuple(COARSEST * (FINEST / COARSEST) ** (level / (LEVELS - 1)) for level in range(LEVELS))
NUDGE = 0.1  # of a number's spread: how far it is moved to see how far the picture moves
NUDGED = 500  # training digits on which that is measured
AGAIN = "python -m aecore tables"
SIDE = 28


@dataclass(frozen=True)
class Code:
    """A way from pictures to whole numbers and back.

    encode: (N, 1, 28, 28) -> (N, D); decode: the reverse; scale: (D,), one step in the code's own numbers, for STEPS
    of 1; tables: for each level D tables.
    """

    name: str
    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]
    scale: Tensor
    tables: tuple[tuple[Table, ...], ...]

    def symbols(self, x: Tensor, level: int) -> np.ndarray:
        """x (N, 1, 28, 28) -> int64 (N, D): how many steps each number is."""
        return rounded(self.encode(x), self.scale, level)

    def pictures(self, symbols: np.ndarray, level: int) -> Tensor:
        """Symbols (N, D) -> recon (N, 1, 28, 28) in [0, 1]."""
        z = torch.from_numpy(np.asarray(symbols, np.float32)) * self.scale * STEPS[level]
        return self.decode(z)

    def write(self, x: Tensor, level: int) -> list[bytes]:
        """Each picture of x (N, 1, 28, 28) as the bytes of its symbols."""
        return [coder.encode(row, self.tables[level]) for row in self.symbols(x, level).tolist()]


def rounded(z: Tensor, scale: Tensor, level: int) -> np.ndarray:
    """Numbers (N, D) in whole steps, int64; what is farther than the coder goes is cut off."""
    steps = (z.double() / (scale.double() * STEPS[level])).round()
    return steps.clamp(-coder.FARTHEST / 2, coder.FARTHEST / 2).long().numpy()


# ---- codes without a network


@dataclass(frozen=True)
class Turn:
    """A code that only turns the space of pixels, so that a step in a number is a step in the picture. basis: (D, 784),
    orthonormal rows; mean: (784,)."""

    basis: Tensor
    mean: Tensor

    def encode(self, x: Tensor) -> Tensor:
        """x (N, 1, 28, 28) -> (N, D)."""
        return (x.flatten(1) - self.mean) @ self.basis.t()

    def decode(self, z: Tensor) -> Tensor:
        """z (N, D) -> recon (N, 1, 28, 28) in [0, 1]."""
        return (z @ self.basis + self.mean).view(-1, 1, SIDE, SIDE).clamp(0, 1)


@functools.lru_cache(maxsize=2)
def turn(name: str) -> Turn:
    """PCA of the training digits, or the DCT. Raises: DataError: the training digits cannot be read."""
    if name == DCT:
        return Turn(cosines(), torch.zeros(SIDE * SIDE))
    axes = digits_axes()
    most = axes.components.gather(1, axes.components.abs().argmax(1, keepdim=True))  # (784, 1)
    return Turn(axes.components * most.sign(), axes.mean)  # an axis has no sign of its own: other machines have others


def linear(name: str) -> Code:
    """PCA or DCT, by the same rounding and the same coder; tables of the training digits, a minute.

    Raises: DataError: the training digits cannot be read.
    """
    images, _ = load_digits("train")
    numbers = turn(name).encode(images.float() / 255)  # (60000, 784)
    scale = torch.ones(numbers.shape[1])
    tables = tuple(fit(numbers, scale, level) for level in range(LEVELS))
    return Code(name, turn(name).encode, turn(name).decode, scale, tables)


def cosines() -> Tensor:
    """The two-dimensional discrete cosine transform of 28 x 28 pixels, orthonormal rows (784, 784).

    Source: Ahmed, Natarajan & Rao 1974, doi:10.1109/T-C.1974.223784 (type II).
    """
    k, n = torch.arange(SIDE)[:, None], torch.arange(SIDE)[None]
    waves = torch.cos(torch.pi * (n + 0.5) * k / SIDE) * (2 / SIDE) ** 0.5  # (28, 28)
    waves[0] /= 2**0.5
    return torch.kron(waves, waves)


def fit(numbers: Tensor, scale: Tensor, level: int) -> tuple[Table, ...]:
    """Tables of many digits' numbers (N, D), one a column."""
    return tuple(coder.fit(column) for column in rounded(numbers, scale, level).T)


# ---- codes of networks, and the file that goes with each


def load(engine: Engine, name: str) -> Code:
    """The code of a network, one of NETWORKS, or PCA.

    Raises: CheckpointError: there is no such network. DataError: its tables are missing, damaged or another network's.
    """
    sha256 = PCA if name == PCA else engine.card(name).sha256
    place = path(name)
    scale, tables, network = _read(place, place.stat().st_mtime_ns if place.exists() else 0)
    if network != sha256:
        raise DataError(f"The tables in {place.name} are of another network than the one here. Make them: {AGAIN}")
    if name == PCA:
        return Code(name, turn(name).encode, turn(name).decode, scale, tables)
    return Code(name, lambda x: engine.encode(name, x), lambda z: engine.decode(name, z), scale, tables)


def make(engine: Engine, name: str) -> Code:
    """A network's code, or PCA, measured and counted on the training digits. Raises: CheckpointError, DataError."""
    if name == PCA:
        return linear(name)
    images, _ = load_digits("train")
    numbers = torch.cat([engine.encode(name, part.float() / 255) for part in images.split(2000)])
    return of(name, lambda x: engine.encode(name, x), lambda z: engine.decode(name, z), numbers)


def of(name: str, encode: Callable[[Tensor], Tensor], decode: Callable[[Tensor], Tensor], numbers: Tensor) -> Code:
    """A code by what encodes and decodes; numbers: (N, D), of the training digits."""
    scale = 1 / sensitivity(decode, numbers[:NUDGED], numbers.std(0))
    return Code(name, encode, decode, scale, tuple(fit(numbers, scale, level) for level in range(LEVELS)))


def sensitivity(decode: Callable[[Tensor], Tensor], z: Tensor, spread: Tensor) -> Tensor:
    """How far the picture moves as one number moves by 1: the root mean over digits of the squared distance, (D,).

    Args: z: (N, D), numbers of some digits; spread: (D,), of each number.
    """
    before, moved = decode(z), []
    for place in range(z.shape[1]):
        nudge = max(float(spread[place]) * NUDGE, 1e-3)
        other = z.clone()
        other[:, place] += nudge
        moved.append(((decode(other) - before).square().flatten(1).sum(1).mean() / nudge**2).sqrt())
    sensitive = torch.stack(moved)
    return sensitive.clamp(min=float(sensitive.max()) * 1e-3)


def path(name: str) -> Path:
    """Where the tables of a network lie: below the checkpoints."""
    return checkpoints.folder() / "codes" / f"{name}-tables.safetensors"


def digest(name: str) -> bytes:
    """SHA-256 of the tables, which name their network. Raises: DataError: they are missing."""
    try:
        return hashlib.sha256(path(name).read_bytes()).digest()
    except OSError as error:
        raise _missing(path(name)) from error


def save(engine: Engine, code: Code) -> Path:
    """Write the tables of a network's code, or of PCA's. Raises: OSError."""
    flat = [table for tables in code.tables for table in tables]
    tensors = {
        "scale": code.scale.float(),
        "first": torch.tensor([table.first for table in flat], dtype=torch.int16),  # (LEVELS * D,)
        "count": torch.tensor([len(table.shares) for table in flat], dtype=torch.int16),
        "shares": torch.tensor([share for table in flat for share in table.shares]).to(torch.uint16),
    }
    made_by = PCA if code.name == PCA else engine.card(code.name).sha256
    place = path(code.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    storage.write_whole(place, to_bytes(tensors, {"network": made_by}))
    return place


def _missing(place: Path) -> DataError:
    return DataError(f"The tables of the compressor are missing: there is no {place.name}. Make them: {AGAIN}")


@functools.lru_cache(maxsize=len(NETWORKS) + 1)
def _read(place: Path, changed: int) -> tuple[Tensor, tuple[tuple[Table, ...], ...], str]:
    damaged = f"The file of tables {place.name} is damaged. Make it again: {AGAIN}"
    try:
        with safe_open(place, "pt") as file:
            scale, first, count, shares = (file.get_tensor(name) for name in ("scale", "first", "count", "shares"))
            network = (file.metadata() or {}).get("network", "")
    except FileNotFoundError as error:
        raise _missing(place) from error
    except (OSError, SafetensorError) as error:
        raise DataError(damaged) from error
    numbers, counts = len(scale), count.tolist()
    if len(first) != len(counts) or len(counts) != LEVELS * numbers or sum(counts) != len(shares):
        raise DataError(damaged)
    ends = np.cumsum([0, *counts]).tolist()
    values = shares.to(torch.int32).tolist()
    try:
        flat = [
            Table(begin, tuple(values[left:right]))
            for begin, left, right in zip(first.tolist(), ends, ends[1:], strict=False)
        ]
    except ValueError as error:
        raise DataError(damaged) from error
    return scale, tuple(tuple(flat[row * numbers : (row + 1) * numbers]) for row in range(LEVELS)), network
