"""Samples of a conditional model by the thousand, checked by the judge, and the files that people take home."""

import csv
import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore.engine import Engine

MOST = 10_000  # samples in one batch
_CHUNK = 500


@dataclass(frozen=True)
class Samples:
    """A batch of generated digits.

    x: uint8 (N, 28, 28), 255 ink; y: int64 (N,) the class that was asked for; reads: (N,) the class that the judge
    reads; sure: (N,) float32, the probability that it gives to what it reads.
    """

    x: np.ndarray
    y: np.ndarray
    reads: np.ndarray
    sure: np.ndarray

    @property
    def agreement(self) -> float:
        """Share of the samples in which the judge reads the asked class."""
        return float((self.reads == self.y).mean())


def draw(
    engine: Engine,
    name: str,
    y: Tensor,
    rng: torch.Generator,
    temperature: float = 1.0,
    step: Tensor | None = None,
    shared: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Samples:
    """One digit of each asked class: z = temperature * epsilon + step, epsilon ~ N(0, I), decoded and judged.

    The pictures are the mean of p(x | z, y), as is usual, not draws of single black and white pixels.

    Args:    y: int64 (N,), N from 1 to MOST; step: (latent_dim,) from `styles.Directions.step`, or one a digit,
             (N, latent_dim); shared: all digits get the same epsilon: one hand;
             progress: called with the share done after every few hundred.
    Raises:  ValueError: too many, none, or classes that do not exist. CheckpointError: a model cannot be loaded.
    """
    if not 1 <= len(y) <= MOST or int(y.min()) < 0 or int(y.max()) > 9:
        raise ValueError(f"ask for 1 to {MOST:,} digits from 0 to 9, not {len(y):,}")
    epsilon = torch.randn(1 if shared else len(y), engine.model(name).config.latent_dim, generator=rng)
    z = temperature * epsilon.expand(len(y), -1)
    if step is not None:
        z = z + step
    pictures, judged = [], []
    for part, classes in zip(z.split(_CHUNK), y.split(_CHUNK), strict=True):
        x = engine.decode(name, part, classes)
        judged.append(engine.classify(x))
        pictures.append((x[:, 0] * 255).round().to(torch.uint8))
        progress(sum(map(len, pictures)) / len(y))
    p = torch.cat(judged)
    return Samples(torch.cat(pictures).numpy(), y.numpy(), p.argmax(1).numpy(), p.amax(1).numpy())


def sheet(x: np.ndarray, columns: int, scale: int = 2) -> bytes:
    """A contact sheet: uint8 (N, H, W) row by row as one PNG, each pixel `scale` px wide."""
    n, height, width = x.shape
    rows = -(-n // columns)
    paper = np.zeros((rows * columns, height, width), np.uint8)
    paper[:n] = x
    whole = paper.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)
    buffer = io.BytesIO()
    Image.fromarray(whole.repeat(scale, 0).repeat(scale, 1)).save(buffer, "PNG")
    return buffer.getvalue()


def png_zip(samples: Samples) -> bytes:
    """A zip of one PNG a digit, 00000-7.png and so on, and labels.csv with the judge's verdicts."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["file", "label", "judge_reads", "judge_probability"])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # PNGs do not get any smaller
        rows = zip(samples.x, samples.y, samples.reads, samples.sure, strict=True)
        for place, (x, y, reads, sure) in enumerate(rows):
            name = f"{place:05d}-{y}.png"
            picture = io.BytesIO()
            Image.fromarray(x).save(picture, "PNG", compress_level=1)
            archive.writestr(name, picture.getvalue())
            writer.writerow([name, int(y), int(reads), f"{sure:.4f}"])
        archive.writestr("labels.csv", table.getvalue())
    return buffer.getvalue()


def idx(array: np.ndarray) -> bytes:
    """Unsigned bytes of any shape as a gzipped IDX file, the format of MNIST.

    Source: LeCun, Cortes & Burges, the MNIST database: magic 0, 0, 8 (unsigned byte), number of dimensions, each
            dimension as a big-endian 32-bit number, then the data.
    """
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return gzip.compress(header + array.astype(np.uint8).tobytes(), compresslevel=6, mtime=0)


def idx_pair(samples: Samples, prefix: str = "generated") -> dict[str, bytes]:
    """File name -> bytes of the two files that MNIST's readers expect: images and the labels that were asked for."""
    return {
        f"{prefix}-images-idx3-ubyte.gz": idx(samples.x),
        f"{prefix}-labels-idx1-ubyte.gz": idx(samples.y),
    }


def idx_zip(samples: Samples) -> bytes:
    """Both files of `idx_pair` in one download."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in idx_pair(samples).items():
            archive.writestr(name, data)
    return buffer.getvalue()


def unconditional(
    engine: Engine, name: str, n: int, rng: torch.Generator, like: Tensor | None = None
) -> tuple[Tensor, Tensor | None]:
    """n digits that nobody asked a class for, from codes of N(0, I): the same draw for every family.

    Args:    like: (M, 1, 28, 28) real digits; then the codes come from a Gaussian with the mean and covariance of
             their codes instead, the best that one can do for an autoencoder after its training.
    Returns: x (n, 1, 28, 28); the classes (n,), in turn, that a conditional model was given, else None.
    """
    y = torch.arange(n) % 10 if engine.takes_label(name) else None
    if like is None:
        return engine.sample(name, n, rng, y), y
    codes = engine.encode(name, like).double()
    spread = torch.linalg.cholesky(codes.T.cov() + 1e-6 * torch.eye(codes.shape[1]))  # z = mean + L epsilon
    z = codes.mean(0) + torch.randn(n, codes.shape[1], generator=rng, dtype=torch.float64) @ spread.T
    return engine.decode(name, z.float(), y), y
