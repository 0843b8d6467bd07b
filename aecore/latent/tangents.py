"""Of 784 directions the few that keep a digit a digit: singular directions of a network at a picture, and slides.

directions = directions_of(engine.model("vae"), x)          # the first ten at x (1, 1, 28, 28)
row = slide(x, directions.pictures[0], torch.linspace(-4, 4, 9))
left, right = reach(engine.classify, x, y, directions.pictures[0])
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

import torch
from pydantic import FiniteFloat
from torch import Tensor, nn
from torch.func import jacfwd, vmap

from aecore import contract, records
from aecore.engine import Engine
from aecore.features import measures

AGAIN = "python -m benchmarks.tangents --save"
NARROW = 64  # numbers in a code, up to which the code itself decides what can change
CHUNK = 20  # Jacobians at once: bounds the memory
_BLOCK = 8  # steps of a slide that the judge reads at once
Judge = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Directions:
    """values: singular values (K,), the largest first; pictures: of unit length, (K, C, H, W), each turned so that it
    adds more ink than it removes.
    """

    values: Tensor
    pictures: Tensor


def decoder_directions(model: nn.Module, x: Tensor, count: int = 10) -> Directions:
    """How the decoded picture changes with the code: left singular vectors of d decode / d z at z = encode(x).

    Args:    model: with encode and decode, the code of a variational one being its mean; x: (1, C, H, W) in [0, 1];
             count: how many; there are no more than the code has numbers.
    Returns: a singular value is the length of a picture's change by one unit of the code.
    Raises:  ValueError: a model without a code, one that wants the class, or x of another shape.
    Source:  tangents of the manifold that a decoder draws: Rifai et al. 2011, "The Manifold Tangent Classifier";
             Shao, Kumar & Fletcher 2018, arXiv:1711.08014.
    """
    jacobian = _decoder_jacobians(model, _one(x))[0]  # (pixels, D)
    pictures, values, _ = torch.linalg.svd(jacobian, full_matrices=False)
    return _first(values, pictures.T, count, x)


def encoder_directions(model: nn.Module, x: Tensor, count: int = 10) -> Directions:
    """To which changes of the picture the code answers most: right singular vectors of d h / d x at x.

    Args:    as `decoder_directions`.
    Returns: a singular value is how far the code moves for a change of the picture by one unit of length.
    Raises:  as `decoder_directions`.
    Source:  Rifai et al. 2011, "The Manifold Tangent Classifier", section 3.
    """
    jacobian = _encoder_jacobians(model, _one(x))[0]  # (D, pixels)
    _, values, pictures = torch.linalg.svd(jacobian, full_matrices=False)
    return _first(values, pictures, count, x)


def decodes(model: nn.Module) -> bool:
    """Whether a model's tangents are its decoder's: its code is at most NARROW numbers.

    A narrow code can draw few changes, whichever it is. A wide one could draw any; what training held down there is
    how the code answers to the picture, and so the encoder tells.
    """
    return model.config.latent_dim <= NARROW


def directions_of(model: nn.Module, x: Tensor, count: int = 10) -> Directions:
    """Those of the decoder or of the encoder, see `decodes`. Args, Raises: as `decoder_directions`."""
    _check(model, x)
    return (decoder_directions if decodes(model) else encoder_directions)(model, x, count)


def random_directions(shape: Sequence[int], count: int, rng: torch.Generator) -> Tensor:
    """Directions of unit length, all equally likely: (count, *shape); shape: (C, H, W)."""
    normal = torch.randn(count, prod(shape), generator=rng)
    return (normal / normal.norm(dim=1, keepdim=True)).view(count, *shape)


def slide(x: Tensor, direction: Tensor, steps: Tensor | Sequence[float]) -> Tensor:
    """x + t * direction, cut off at black and white.

    Args:    x: (1, C, H, W) in [0, 1]; direction: (C, H, W), a batch of one, or flat; steps: (N,) amounts t.
    Returns: (N, C, H, W) in [0, 1].
    Raises:  ValueError: no single picture, or a direction of another size.
    """
    shape = _one(x).shape[1:]
    if direction.numel() != prod(shape):
        raise ValueError(f"the direction must have the picture's {prod(shape)} pixels, not {direction.numel()}")
    t = torch.as_tensor(steps, dtype=x.dtype, device=x.device)
    return (x + t.view(-1, 1, 1, 1) * direction.reshape(1, *shape).to(x)).clamp(0, 1)


def reach(
    judge: Judge, x: Tensor, y: int | Tensor, direction: Tensor, furthest: float = 10.0, step: float = 0.1
) -> tuple[float, float]:
    """How far a digit goes against and along a direction until the judge no longer reads it.

    Args:    judge: x (N, C, H, W) -> scores (N, classes), such as `Engine.classify`; x: (1, C, H, W); y: its class;
             direction: of unit length, (C, H, W); furthest, step: of the search.
    Returns: left, right: the first t of a `slide` that is read as another digit, a length in pixel space (L2) before
             the cut at black and white; furthest, if there is none; 0 if x itself is not read as y.
    """
    left, right = reaches(judge, _one(x), torch.as_tensor(y).reshape(1), direction.reshape(x.shape), furthest, step)[0]
    return round(float(left), 6), round(float(right), 6)


def reaches(
    judge: Judge, x: Tensor, y: Tensor, directions: Tensor, furthest: float = 10.0, step: float = 0.1
) -> Tensor:
    """`reach` of many: x, directions (N, C, H, W), one direction a picture; y (N,) -> left, right (N, 2)."""
    steps = torch.arange(math.ceil(furthest / step - 1e-6), dtype=torch.float64) * step  # furthest needs no reading
    signed = torch.cat([-directions, directions])  # (2N, C, H, W)
    start, asked = torch.cat([x, x]), torch.cat([y, y])
    ends = torch.full((2 * len(x),), float(furthest), dtype=torch.float64)
    going = torch.arange(2 * len(x))
    for block in steps.split(_BLOCK):
        moved = start[going, None] + block.to(x).view(1, -1, 1, 1, 1) * signed[going, None]  # (going, block, C, H, W)
        read = judge(moved.clamp(0, 1).flatten(0, 1)).argmax(1).view(len(going), -1)
        lost = read != asked[going, None]
        stopped = lost.any(1)
        ends[going[stopped]] = block[lost[stopped].int().argmax(1)]
        going = going[~stopped]
        if not len(going):
            break
    return ends.view(2, -1).T


def spectrum(model: nn.Module, x: Tensor) -> Tensor:
    """Singular values of `directions_of` at each picture, the largest first: x (N, C, H, W) -> (N, K).

    Raises: as `decoder_directions`.
    """
    if decodes(model):
        return torch.cat([measures.singular_values(_decoder_jacobians(model, part)) for part in x.split(CHUNK)])
    return torch.cat([_wide_values(_encoder_jacobians(model, part)) for part in x.split(CHUNK)])


def _wide_values(jacobian: Tensor) -> Tensor:
    """Singular values of (N, D, pixels), three times as fast as by an SVD; below a thousandth of the first, noise."""
    if jacobian.shape[1] > jacobian.shape[2]:
        jacobian = jacobian.transpose(1, 2)
    return torch.linalg.eigvalsh(jacobian @ jacobian.transpose(1, 2)).clamp(min=0).sqrt().flip(1)


def effective_directions(values: Tensor) -> Tensor:
    """How many directions count: (sum s^2)^2 / sum s^4, which is k where k singular values are equal and the others 0.

    Args:    values: (N, K) or (K,).
    Returns: (N,) or a single number, from 1 to K.
    Source:  `aecore.features.measures.directions`, of singular values instead of the Jacobian.
    """
    squares = values.square()
    return squares.sum(-1).square() / squares.square().sum(-1).clamp(min=1e-30)


def _encoder_jacobians(model: nn.Module, x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, D, pixels)."""
    _check(model, x)
    with torch.inference_mode(False), torch.no_grad():
        return measures.jacobians(model.encode, _beside(model, x)).cpu()


def _decoder_jacobians(model: nn.Module, x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, pixels, D)."""
    _check(model, x)
    with torch.inference_mode(False), torch.no_grad(), contract.trusted():
        z = model.encode(_beside(model, x))
        return vmap(jacfwd(lambda one: model.decode(one[None])[0].flatten()))(z).cpu()


def _beside(model: nn.Module, x: Tensor) -> Tensor:
    """A copy of x on the model's device, which derivatives may be taken at even if x was made in inference mode."""
    return x.clone().to(next(model.parameters()).device)


def _check(model: nn.Module, x: Tensor) -> None:
    if not (hasattr(model, "encode") and hasattr(model, "decode")):
        raise ValueError(f"{type(model).__name__} has no code: choose a model that has one, such as vae")
    if model.takes_label:
        raise ValueError(f"{type(model).__name__} wants the class: choose a model that does not, such as vae")
    contract.check_input(model, x)


def _one(x: Tensor) -> Tensor:
    contract.check_pictures(x)
    if len(x) != 1:
        raise ValueError(f"x must be one picture (1, C, H, W), not {len(x)}")
    return x


def _first(values: Tensor, pictures: Tensor, count: int, x: Tensor) -> Directions:
    """The first of all singular vectors, (K, pixels), as pictures."""
    pictures = pictures[:count]
    pictures = torch.where(pictures.sum(1, keepdim=True) < 0, -pictures, pictures)  # their sign means nothing
    return Directions(values[:count].contiguous(), pictures.reshape(-1, *x.shape[1:]).contiguous())


# ---- measured


@dataclass(frozen=True)
class Estimate:
    """A mean or an estimate, and its 95% interval."""

    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat


@dataclass(frozen=True)
class Spectrum:
    """Of one network, over test digits.

    part: "decoder" or "encoder"; mean, low, high: singular values as they are, their mean and 10th and 90th
    percentile; share: the mean share of the sum of squares that the first k values hold, k = 1, 2, ...;
    directions: see `effective_directions`.
    """

    part: str
    mean: list[FiniteFloat]
    low: list[FiniteFloat]
    high: list[FiniteFloat]
    share: list[FiniteFloat]
    directions: Estimate


@dataclass(frozen=True)
class Reach:
    """How far digits go, mean of both senses: t as in `reach`; moved: what is left of t after the cut at black and
    white; never: share in percent that are still read at the furthest.
    """

    t: Estimate
    moved: Estimate
    never: FiniteFloat


@dataclass(frozen=True)
class Dimension:
    """Of pictures, by both estimators of aecore.latent.dimension; count: of the pictures."""

    count: int
    two_nn: Estimate
    likelihood: Estimate


@dataclass(frozen=True)
class Measured:
    """What benchmarks/tangents.py measured.

    digits, reached: how many test digits the spectra and the reaches are of; furthest: of the search; spectra: name of
    the network -> Spectrum; reaches: name -> a Reach a direction; random, nearest: Reach of random directions, and of
    the one to the nearest digit of another class (in that sense alone); dimensions: "all" and "0" to "9"; sure: kind
    of random picture -> percent that the judge reads with at least 90% sureness, "digits" beside them; patches,
    control: median angle in degrees of patches, and of random unit vectors, to the Klein bottle; densest,
    densest_control: of the densest 30% of either; sha256: of networks.
    """

    digits: int
    reached: int
    furthest: FiniteFloat
    spectra: dict[str, Spectrum]
    reaches: dict[str, list[Reach]]
    random: Reach
    nearest: Reach
    dimensions: dict[str, Dimension]
    sure: dict[str, Estimate]
    patches: Estimate
    control: Estimate
    densest: Estimate
    densest_control: Estimate
    sha256: dict[str, str]

    def stale(self, engine: Engine) -> list[str]:
        """Names of the networks at hand that are others than those that were measured."""
        return engine.changed(self.sha256)


def results_file() -> Path:
    """Where the measured table lives: `benchmarks/results/tangents.json` beside the package."""
    return records.RESULTS / "tangents.json"


def load(path: Path | None = None) -> Measured:
    """The measured table. Raises: DataError: it is not there, or not ours."""
    return records.read_table(Measured, path or results_file(), "How far digits go", AGAIN, _whole)


def _whole(table: Measured) -> bool:
    rows = table.spectra.values()
    return (
        bool(rows)
        and all(len(row.mean) == len(row.low) == len(row.high) == len(row.share) > 0 for row in rows)
        and set(table.reaches) == set(table.spectra)
        and all(table.reaches.values())
        and {"all", *map(str, range(10))} <= set(table.dimensions)
        and {"uniform", "shuffled", "digits"} <= set(table.sure)
    )
