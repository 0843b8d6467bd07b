"""A digit's scores, side by side, once somebody has said what is normal: any digit, or one class.

marks = score(x, normal=4)                  # x (N, 1, 28, 28): score -> (N,), high for odd
"""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import contract
from aecore.anomaly import plane, scores
from aecore.anomaly.plane import Plane
from aecore.data import load_digits
from aecore.engine import Engine, get_engine

AE, INK, DAE, BOTH, VAE, ELBO, PCA = "ae", "ink", "dae", "both", "vae", "elbo", "pca"
NEAREST, DOUBT = "nearest", "doubt"
NAMES = {
    AE: "Autoencoder's error",
    DAE: "Denoiser's error",
    BOTH: "Error and code",
    VAE: "VAE's error",
    INK: "VAE's error / ink",
    ELBO: "VAE's −ELBO",
    PCA: "PCA's error",
    NEAREST: "Nearest neighbours",
    DOUBT: "Judge's doubt",
}
DIGITS = "digits"
BASE = 10_000  # training digits among which neighbours are looked for where all digits are normal


@dataclass(frozen=True)
class Normal:
    """What is normal. name: "digits", or a class, "0" to "9"."""

    name: str

    def __post_init__(self):
        if self.name not in NORMALS:
            raise ValueError(f"normal must be {DIGITS!r} or a class from 0 to 9, not {self.name!r}")

    @property
    def digit(self) -> int | None:
        """The class, or None for all digits."""
        return None if self.name == DIGITS else int(self.name)

    @property
    def networks(self) -> dict[str, str]:
        """Score -> the checkpoint that redraws for it. That of a class saw no other class; the CVAE did, and is told
        which one to expect."""
        if self.digit is None:
            return {AE: "ae-conv", DAE: "dae", VAE: "vae"}
        return {DAE: f"one-class-{self.digit}", VAE: "cvae"}

    @property
    def first(self) -> str:
        """The score of the network that the page begins with."""
        return next(iter(self.networks))

    @property
    def scores(self) -> tuple[str, ...]:
        """Keys of the scores that there are."""
        own = (AE, DAE) if self.digit is None else (DAE, BOTH)
        return (*own, VAE, INK, ELBO, PCA, NEAREST, DOUBT)


NORMALS = (DIGITS, *map(str, range(10)))


def redraw(engine: Engine, normal: Normal, x: Tensor) -> dict[str, Tensor]:
    """What each way that redraws makes of pictures: score -> recon, as x (N, 1, 28, 28). Raises: CheckpointError."""
    recon = {}
    for key, name in normal.networks.items():
        y = torch.full((len(x),), normal.digit) if engine.takes_label(name) else None
        recon[key] = engine.reconstruct(name, x, y=y)
    recon |= {INK: recon[VAE], ELBO: recon[VAE], PCA: axes(normal).project(x)}
    return recon if normal.digit is None else recon | {BOTH: recon[DAE]}


def measure(engine: Engine, normal: Normal, x: Tensor, recon: dict[str, Tensor]) -> dict[str, Tensor]:
    """All scores of pictures, (N,) each, high for odd; recon: of `redraw`. Raises: CheckpointError."""
    marks = {key: scores.error(x, recon[key]) for key in (*normal.networks, PCA)}
    marks[INK] = scores.error_per_ink(x, recon[INK])
    marks[ELBO] = _negative_elbo(engine, normal, x)
    marks[NEAREST] = scores.nearest(x, base(normal))
    if normal.digit is not None:
        marks[BOTH] = _oddness(engine, normal, x)
    marks[DOUBT] = scores.doubt(engine.classify(x), normal.digit)
    return {key: marks[key] for key in normal.scores}


def score(x: Tensor, normal: str | int = DIGITS) -> dict[str, Tensor]:
    """How odd pictures are, by every score that there is.

    Args:    x: (N, 1, 28, 28) in [0, 1]; normal: "digits", or a class from 0 to 9.
    Returns: score -> (N,), high for odd; squared errors, nats ("elbo", "doubt") or a distance ("nearest").
    Raises:  ValueError: no such class, or a batch that is none (aecore.contract). CheckpointError, DataError.
    """
    contract.check_pictures(x, (1, 28, 28))
    engine, chosen = get_engine(), Normal(str(normal))
    return measure(engine, chosen, x, redraw(engine, chosen, x))


def axes(normal: Normal) -> Plane:
    """The normal training digits' principal axes."""
    return _axes(normal.name)


@functools.lru_cache(maxsize=len(NORMALS))
def _axes(name: str) -> Plane:
    digit = Normal(name).digit
    return plane.fit(training_digits(digit, every=6 if digit is None else 1))  # ten thousand tell as much as sixty


@functools.lru_cache(maxsize=2)  # 20 to 30 MB each
def _base(name: str) -> Tensor:
    return training_digits(Normal(name).digit, most=BASE).flatten(1)


def base(normal: Normal) -> Tensor:
    """The normal training digits among which neighbours are looked for, (M, 784)."""
    return _base(normal.name)


def neighbour(normal: Normal, x: Tensor) -> Tensor:
    """The normal training digit that is nearest to each picture, as x (N, 1, 28, 28)."""
    return base(normal)[torch.cdist(x.flatten(1), base(normal)).argmin(1)].reshape(x.shape)


def training_digits(digit: int | None, every: int = 1, most: int | None = None) -> Tensor:
    """Training digits, or those of a class, (N, 1, 28, 28) in [0, 1]: one in `every`, the first `most` of them."""
    images, y = load_digits("train")
    return (images if digit is None else images[y == digit])[::every][:most].float() / 255


def _negative_elbo(engine: Engine, normal: Normal, x: Tensor) -> Tensor:
    name = normal.networks[VAE]
    model = engine.model(name)
    with torch.inference_mode():
        x = x.to(engine.device)
        y = torch.full((len(x),), normal.digit, device=x.device) if model.takes_label else None
        noise = scores.draws(model.config.latent_dim)
        parts = [
            scores.negative_elbo(model, part, noise, None if y is None else y[: len(part)]) for part in x.split(500)
        ]
        return torch.cat(parts).cpu()


def _oddness(engine: Engine, normal: Normal, x: Tensor) -> Tensor:
    model = engine.model(normal.networks[DAE])
    with torch.inference_mode():
        return torch.cat([model.oddness(part.to(engine.device)).cpu() for part in x.split(500)])
