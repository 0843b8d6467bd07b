"""Samples of a conditional model by the thousand, checked by the judge, and the files that people take home."""

import csv
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from aecore.data import load_digits
from aecore.engine import Engine, get_engine
from aecore.latent.prompts import Caption
from aecore.latent.realism import features_of, real_digits
from aecore.latent.styles import directions, measure

MOST = 10_000  # samples in one batch
TEMPERATURES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
EACH = 200  # samples a temperature and model
PRIOR_SAMPLES, PRIOR_SHOWN = 200, 10  # digits a row of `compare_priors`, and how many of them it gives back
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
    *_, samples = _drawing(engine, name, y, rng, temperature, step, shared, progress)
    return samples


def write(
    engine: Engine,
    name: str,
    asked: Caption,
    seed: int,
    temperature: float = 1.0,
    samples: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> Samples:
    """What a caption asks for, digit by digit in one hand; or so many samples of its digits, each in its own.

    Args, Raises: as `draw`; asked: with at least one digit; name: also of a model that is told no class: `y` is then
                  what the judge reads in what it drew.
    """
    model, n = engine.model(name), samples or len(asked.glyphs)
    steps = torch.zeros(len(asked.glyphs), model.config.latent_dim)
    if knows_styles(model) and any(glyph.style for glyph in asked.glyphs):
        steps = torch.stack([directions(engine, name).step(glyph.style) for glyph in asked.glyphs])
    turn = torch.arange(n) % len(asked.glyphs)
    y, rng = torch.tensor([glyph.digit for glyph in asked.glyphs])[turn], torch.Generator().manual_seed(seed)
    drawn = draw(engine, name, y, rng, temperature, steps[turn], shared=samples is None, progress=progress)
    return drawn if model.takes_label else replace(drawn, y=drawn.reads)


def knows_styles(model: nn.Module) -> bool:
    """Whether slant, width and thickness can be asked of a model: its code holds the style, and not the class."""
    return hasattr(model, "encode") and model.takes_label


def batch(name: str, y: Tensor, seed: int, temperature: float, amounts: dict[str, float]) -> Iterator[float | Samples]:
    """As `draw`, with the process's engine; yields the share done after every few hundred, at last the Samples.

    Args: amounts: of the styles, as `styles.Directions.step` takes them; styles without an amount stay as drawn.
    """
    engine, rng = get_engine(), torch.Generator().manual_seed(seed)
    step = directions(engine, name).step(amounts) if any(amounts.values()) else None
    yield from _drawing(engine, name, y, rng, temperature, step)


def _drawing(
    engine: Engine,
    name: str,
    y: Tensor,
    rng: torch.Generator,
    temperature: float,
    step: Tensor | None,
    shared: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Iterator[float | Samples]:
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
        share = sum(map(len, pictures)) / len(y)
        progress(share)
        yield share
    p = torch.cat(judged)
    yield Samples(torch.cat(pictures).numpy(), y.numpy(), p.argmax(1).numpy(), p.amax(1).numpy())


def by_temperature(name: str) -> Iterator[tuple[list[float], list[float]]]:
    """Agreement and variety of a conditional model's samples at TEMPERATURES; yields what there is so far.

    The variety is the standard deviation of the slant within a class, as a share of real digits'.

    Raises: CheckpointError: this model or the judge cannot be loaded.
    """
    engine = get_engine()
    y = torch.arange(EACH) % 10
    agreement, variety = [], []
    for temperature in TEMPERATURES:
        samples = draw(engine, name, y, torch.Generator().manual_seed(0), temperature)
        slant = measure(torch.from_numpy(samples.x).float()[:, None] / 255)[:, 0].view(-1, 10)  # columns: classes
        agreement.append(samples.agreement)
        variety.append(float((slant - slant.mean(0)).std() / directions(engine, name).sd[0]))
        yield agreement, variety


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
            archive.writestr(_entry(name), picture.getvalue())
            writer.writerow([name, int(y), int(reads), f"{sure:.4f}"])
        archive.writestr(_entry("labels.csv"), table.getvalue())
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


def _entry(name: str) -> zipfile.ZipInfo:
    """A file in a zip without the time of day: the same samples give the same zip."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o644 << 16
    return entry


def idx_zip(samples: Samples) -> bytes:
    """Both files of `idx_pair` in one download."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in idx_pair(samples).items():
            archive.writestr(_entry(name), data)
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


@dataclass(frozen=True)
class Row:
    """What codes of one origin decode to.

    model: the checkpoint, "" for real test digits; fitted: whether the codes come from a Gaussian fitted to those of
    real digits, not from N(0, I); x, p: (PRIOR_SHOWN, ...) the first digits and the judge's probabilities; y: their
    classes as asked for, or None; over PRIOR_SAMPLES digits: sure: mean probability that the judge gives to what it
    reads; distance: mean, to the nearest real digit, see `realism.Manifold`; agreement: share read as asked, or None.
    """

    model: str
    fitted: bool
    x: Tensor
    p: Tensor
    y: list[int] | None
    sure: float
    distance: float
    agreement: float | None


def compare_priors(names: list[str], autoencoder: str, seed: int) -> Iterator[list[Row]]:
    """Codes from N(0, I) through several models, the best that one can do for an autoencoder, and real digits.

    Args:    names: of checkpoints; autoencoder: the one of them whose codes a Gaussian is fitted to, or "".
    Yields:  the rows so far, at last all.
    Raises:  CheckpointError: a model or the judge cannot be loaded.
    """
    engine, rows = get_engine(), []
    real = load_digits("test")[0][:1000].float() / 255
    plan = [(name, None) for name in names] + ([(autoencoder, real)] if autoencoder else [])
    for name, like in [*plan, ("", None)]:
        y, x = None, real[:PRIOR_SAMPLES]
        if name:
            x, y = unconditional(engine, name, PRIOR_SAMPLES, torch.Generator().manual_seed(seed), like)
        p = engine.classify(x)
        rows.append(
            Row(
                model=name,
                fitted=like is not None,
                x=x[:PRIOR_SHOWN],
                p=p[:PRIOR_SHOWN],
                y=None if y is None else y[:PRIOR_SHOWN].tolist(),
                sure=float(p.amax(1).mean()),
                distance=float(real_digits(engine).nearest(features_of(engine, x))[0].mean()),
                agreement=None if y is None else float((p.argmax(1) == y).float().mean()),
            )
        )
        yield rows
