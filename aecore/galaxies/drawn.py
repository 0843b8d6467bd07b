"""What galaxies out of nothing are worth: of a generator that is told the class, and of a VAE's prior.

A generator's pictures have half the side of the data, so all are measured at that size, enlarged again for the
classifier, which has seen such blur in its training.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F
from pydantic import FiniteFloat
from torch import Tensor, nn

from aecore import checkpoints, records
from aecore.data.galaxies import CLASSES, load_galaxies, load_half_galaxies
from aecore.engine import Engine
from aecore.galaxies.table import SORTER
from aecore.gans import measures
from aecore.gans.measures import Worth
from aecore.jitter import turned

DRAWER = "acgan-galaxies"
AGAIN = "python -m benchmarks.drawn_galaxies --work FOLDER --save"
GAN, PRIOR, BY_CLASS, REAL = "gan", "prior", "by class", "real"
ROWS = (GAN, PRIOR, BY_CLASS, REAL)
SEEDS = 3
SHOWN = 6  # pictures of a class, side by side
ANGLES = 24  # at which each training galaxy, also mirrored, is held beside a picture to see whether it was copied
COPIED = 0.5  # of a test galaxy's distance to the nearest training galaxy: whoever is nearer has copied


@dataclass(frozen=True)
class Measured:
    """rows: of ROWS -> worth of 752 pictures, one a training, `nearest` the median distance to the nearest training
    galaxy at any angle; copied: of GAN, percent that lie nearer than COPIED of `unseen`, one a training; unseen: median
    distance from a test galaxy to the nearest training galaxy; right: percent of test galaxies that the classifier
    names as their label says, at this size; epochs: of the generators; pictures: of each class SHOWN that the VAE
    drew by class, WebP in base64; sha256: of the networks."""

    rows: dict[str, list[Worth]]
    copied: list[FiniteFloat]
    unseen: FiniteFloat
    right: FiniteFloat
    epochs: int
    pictures: list[list[str]]
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


class Enlarging(nn.Module):
    """The classifier of galaxies, for pictures of half the side."""

    def __init__(self, sorter: nn.Module):
        super().__init__()
        self.sorter, self.head = sorter, sorter.head

    def features(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [0, 1] -> (N, F)."""
        return self.sorter.features(F.interpolate(x, scale_factor=2.0, mode="bilinear"))


@dataclass(frozen=True)
class Reference:
    """What drawn galaxies are held against. against: features of the test galaxies; y: classes of the training
    galaxies, of which as many are drawn of each; training: these (M, 3, H, W); unseen, right: as in `Measured`."""

    against: measures.Reference
    y: Tensor
    training: Tensor
    unseen: float
    right: float


def reference(device: torch.device, looked_up: int | None = None) -> Reference:
    """Prepare it once.

    Args:    looked_up: so many of the training galaxies are looked up for copies, all by default.
    Raises:  DataError, CheckpointError.
    """
    (x, y), (x_test, y_test) = load_half_galaxies("train"), load_half_galaxies("test")
    x, x_test = (pictures.to(device).float() / 255 for pictures in (x, x_test))
    sorter = Enlarging(checkpoints.load(SORTER).to(device)).eval()
    against = measures.reference(sorter, x_test, x[:1])  # copies are looked for here, at all angles
    x = x[:looked_up]
    unseen = float(nearest(x_test, x).median())
    p = measures.read(sorter, x_test)[1]
    right = 100 * float((p.argmax(1).cpu() == y_test).float().mean())
    return Reference(against, y, x, unseen, right)


@torch.inference_mode()
def worth(held: Reference, x: Tensor, y: Tensor | None = None) -> tuple[Worth, Tensor]:
    """Worth of pictures (N, 3, H, W) drawn for classes y (N,), and each one's distance to the nearest training galaxy.

    `Worth.nearest` is their median; `Worth.entropy` is at most log 4.
    """
    distance = nearest(x, held.training)
    of_all = measures.worth(held.against, x, y)
    return replace(of_all, nearest=float(distance.median())), distance


@torch.inference_mode()
def nearest(x: Tensor, training: Tensor) -> Tensor:
    """Distance (N,) from each picture to the nearest of `training` (M, 3, H, W), at any angle and mirrored."""
    best = torch.full((len(x),), torch.inf, device=x.device)
    for place in range(2 * ANGLES):
        angle = torch.full((len(training),), 2 * torch.pi * (place // 2) / ANGLES, device=training.device)
        mirror = torch.full_like(angle, 1 - 2 * (place % 2))
        copies = turned(training, angle, mirror)
        best = torch.minimum(best, measures.nearest(x, copies.flatten(1))[0])
    return best


@torch.inference_mode()
def drawn(model: nn.Module, y: Tensor, rng: torch.Generator) -> Tensor:
    """A galaxy (N, 3, H, W) for each class of y (N,)."""
    return torch.cat([model.sample(part, rng) for part in y.split(measures.CHUNK)])


def draw(engine: Engine, kind: int, count: int, rng: torch.Generator) -> tuple[Tensor, int]:
    """Galaxies (count, 3, 64, 64) of a kind, a place in CLASSES, and how many the classifier names so."""
    y = torch.full((count,), kind)
    x = engine.sample(DRAWER, count, rng, y)
    _, p = measures.read(Enlarging(engine.model(SORTER)), x)
    return x, int((p.argmax(1).cpu() == y).sum())


@torch.inference_mode()
def of_vae(model: nn.Module, y: Tensor, rng: torch.Generator) -> dict[str, Tensor]:
    """As many galaxies (N, 3, H / 2, W / 2) of a VAE: of its prior, and of a Gaussian around each class's codes."""
    device = next(model.parameters()).device
    x, labels = load_galaxies("train")
    parts = [model.encode(part.to(device).float() / 255) for part in x.split(100)]
    codes, noise = torch.cat(parts).cpu(), torch.randn(len(y), model.config.latent_dim, generator=rng)
    z = torch.empty_like(noise)
    for kind in range(len(CLASSES)):
        own = codes[labels == kind]
        root = torch.linalg.cholesky(torch.cov(own.T) + 1e-4 * torch.eye(own.shape[1]))
        z[y == kind] = own.mean(0) + noise[y == kind] @ root.T

    def decoded(z: Tensor) -> Tensor:
        return torch.cat([F.avg_pool2d(model.decode(part.to(device)), 2) for part in z.split(100)])

    return {PRIOR: decoded(noise), BY_CLASS: decoded(z)}


def results_file() -> Path:
    """Where the measured table lives."""
    return records.RESULTS / "drawn_galaxies.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "What drawn galaxies are worth", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    return (
        set(ROWS) <= set(table.rows)
        and all(table.rows.values())
        and len(table.copied) == len(table.rows[GAN])
        and [len(row) for row in table.pictures] == [SHOWN] * len(CLASSES)
    )
