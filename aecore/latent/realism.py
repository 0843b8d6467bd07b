"""How far a picture lies from real digits: the nearest of ten thousand, as the judge's features see likeness."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from cachetools import LRUCache, cached
from torch import Tensor

from aecore import losses, neighbours
from aecore.data import load_digits
from aecore.engine import CHUNK, Engine, get_engine
from aecore.latent.paths import PATHS

REFERENCE = 10_000  # training digits that count as "real"; their features take 5 MB
PAIRS = 200  # of a survey
HELD_OUT = 1_000  # test digits that say how far from them a real digit usually lies


@dataclass(frozen=True)
class Manifold:
    """Real digits as points in the judge's feature space.

    features: (REFERENCE, F) of the first training digits, of length 1; usual: median distance of an unseen real digit
    to the nearest of them; range: its 5th and 95th percentile in units of that median.
    """

    features: Tensor
    usual: float
    range: tuple[float, float]

    def nearest(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """The nearest real digit of each picture.

        Args:    features: (N, F) of pictures, by `features_of`.
        Returns: distance (N,) in units of `usual`: 1 is as far as an unseen real digit usually lies; index (N,)
                 of the training digit.
        """
        index = (features @ self.features.T).argmax(1)  # of all those of length 1, the nearest is at the least angle
        return (features - self.features[index]).norm(dim=1) / self.usual, index


def features_of(engine: Engine, x: Tensor) -> Tensor:
    """The directions of the judge's features: x (N, 1, 28, 28) -> (N, F), each of length 1.

    Their length says how sure the judge is, and a stranger's are short: by length and direction together noise would
    lie nearer to a digit than most digits do. Raises: CheckpointError: there is no judge.
    Source: Sun et al. 2022, "Out-of-distribution detection with deep nearest neighbors", arXiv:2204.06507.
    """
    return F.normalize(engine.answer("judge", "features", x))


@cached(LRUCache(1), key=lambda engine: engine.model("judge").card.sha256, lock=threading.Lock())
def real_digits(engine: Engine) -> Manifold:
    """The Manifold of MNIST, computed once for each judge (a second). Raises: CheckpointError, DataError."""
    train, test = (load_digits(split)[0][:n].clone() for split, n in (("train", REFERENCE), ("test", HELD_OUT)))
    reference = torch.cat([features_of(engine, part.float() / 255) for part in train.split(CHUNK)])
    distance, _ = neighbours.nearest(features_of(engine, test.float() / 255), reference)
    usual = float(distance.median())
    low, high = (float(distance.quantile(share)) / usual for share in (0.05, 0.95))
    return Manifold(reference, usual, (low, high))


def negative_elbo(engine: Engine, name: str, x: Tensor, samples: int, rng: torch.Generator) -> Tensor:
    """How unlikely a variational model finds pictures: reconstruction term plus KL, in nats; lower is likelier.

    On grey pixels the reconstruction term is the cross-entropy, which a grey pixel raises by itself.

    Args:    name: of a variational model that takes no class; x: (N, 1, 28, 28); samples: of q(z|x) to average over.
    Returns: (N,).
    Raises:  CheckpointError: the model cannot be loaded.
    Source:  Kingma & Welling 2014, eq. 3, arXiv:1312.6114.
    """
    model = engine.model(name)
    with torch.inference_mode():
        x = x.to(engine.device)
        mu, logvar = model.posterior(x)
        total = losses.kl_standard_normal(mu, logvar)
        for _ in range(samples):
            logits = model.decode_logits(model.reparameterize(mu, logvar, rng))
            total = total + losses.bernoulli_nll(logits, x) / samples
        return total.cpu()


@dataclass(frozen=True)
class Survey:
    """Many walks halfway. medians: "pixels", the cross-fade, or model -> median distance to real digits, see
    `Manifold`; closer: model -> share of the pairs in which it keeps closer than the cross-fade."""

    medians: dict[str, float]
    closer: dict[str, float]


def survey(path: str, names: list[str]) -> Iterator[Survey]:
    """How far walks halfway stray from real digits, over PAIRS pairs of test digits of different classes.

    Args:    path: a key of `aecore.latent.paths.PATHS`; names: of models with a code.
    Yields:  what is measured so far, at last all.
    Raises:  CheckpointError: a model or the judge cannot be loaded.
    """
    engine = get_engine()
    images, labels = load_digits("test")
    a, b = torch.randint(len(images), (2, 2 * PAIRS), generator=torch.Generator().manual_seed(0))
    differ = labels[a] != labels[b]
    a, b = (images[index[differ][:PAIRS]].float() / 255 for index in (a, b))
    real = real_digits(engine)

    def distance(x: Tensor) -> Tensor:
        return real.nearest(features_of(engine, x))[0]

    half = torch.tensor([0.5])
    fade = distance((a + b) / 2)
    medians, closer = {"pixels": float(fade.median())}, {}
    yield Survey(medians, closer)
    for name in names:
        codes = zip(engine.encode(name, a), engine.encode(name, b), strict=True)
        own = distance(engine.decode(name, torch.cat([PATHS[path].points(*ends, half) for ends in codes])))
        medians[name], closer[name] = float(own.median()), float((own < fade).float().mean())
        yield Survey(medians, closer)
