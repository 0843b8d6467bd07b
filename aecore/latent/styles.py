"""Style of a digit: slant, width and thickness, how to measure them, and where they lie in a model's latent space."""

import functools
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import contract
from aecore.data import load_digits
from aecore.engine import Engine


@dataclass(frozen=True)
class Style:
    """One property of handwriting; label, unit: for people; more, less: the words for its two ends."""

    label: str
    unit: str
    less: str
    more: str


STYLES = {  # in the order of the columns of `measure`
    "slant": Style("Slant", "°", "leans left", "leans right"),
    "width": Style("Width", "of the height", "narrower", "wider"),
    "thickness": Style("Thickness", "px", "thinner", "thicker"),
}
FIT, HELD_OUT = 2000, 1000  # test digits; the first find the directions, the others say how good they are
HELD = 0.3  # R² from which on a code holds a style well enough to set it


def measure(x: Tensor) -> Tensor:
    """Slant, width and thickness of each digit.

    slant: degrees by which a stroke leans to the right, from the shear of the second moments, atan(-m11 / m02);
    width: standard deviation of the ink along x after that shear is undone, as a share of the one along y;
    thickness: px, twice the ink divided by the length of its outline. The outline of a grey picture is its total
    variation (Rudin, Osher & Fatemi 1992), with differences taken along both diagonals.

    Args:    x: (N, 1, H, W) in [0, 1].
    Returns: (N, 3), columns as in STYLES; a picture without ink has zeros.
    Raises:  ValueError: pictures of more than one channel, or values outside [0, 1].
    """
    contract.check_pictures(x, (1, None, None))
    ink = x[:, 0]
    along_x, along_y = ink.sum(1), ink.sum(2)  # (N, W), (N, H)
    total = ink.sum((1, 2)).clamp_min(1e-6)
    columns, rows = torch.arange(ink.shape[2], device=x.device), torch.arange(ink.shape[1], device=x.device)
    dx = columns - ((along_x * columns).sum(1) / total)[:, None]
    dy = rows - ((along_y * rows).sum(1) / total)[:, None]
    m20, m02 = (along_x * dx**2).sum(1) / total, ((along_y * dy**2).sum(1) / total).clamp_min(1e-6)
    m11 = (torch.bmm(ink, dx[:, :, None])[:, :, 0] * dy).sum(1) / total
    framed = torch.nn.functional.pad(ink, (1, 1, 1, 1))
    falling = framed[:, 1:, 1:] - framed[:, :-1, :-1]
    rising = framed[:, 1:, :-1] - framed[:, :-1, 1:]
    outline = ((falling**2 + rising**2) / 2).sqrt().sum((1, 2)).clamp_min(1e-6)
    slant = torch.rad2deg(torch.atan(-m11 / m02))
    width = ((m20 - m11**2 / m02).clamp_min(0) / m02).sqrt()
    return torch.stack([slant, width, 2 * ink.sum((1, 2)) / outline], 1)


@dataclass(frozen=True)
class Directions:
    """Where the styles lie in a conditional model's latent space.

    vectors: (3, latent_dim), the step that makes a digit one standard deviation more slanted, wider, thicker;
    sd: (3,) those standard deviations, among digits of one class, in the units of STYLES;
    r2: (3,) share of a style's variance within a class that the code tells, on held-out digits; 1 is everything,
    0 or less is nothing: then the code does not hold this style, and no direction can set it.
    """

    vectors: Tensor
    sd: Tensor
    r2: Tensor

    def step(self, amounts: dict[str, float]) -> Tensor:
        """The change of code for some amounts, style -> standard deviations: (latent_dim,). Raises: KeyError."""
        order = list(STYLES)
        unknown = set(amounts) - set(order)
        if unknown:
            raise KeyError(f"no style is called {', '.join(sorted(unknown))}; choose from {', '.join(order)}")
        return torch.tensor([float(amounts.get(name, 0)) for name in order]) @ self.vectors


def directions(engine: Engine, name: str) -> Directions:
    """Find slant, width and thickness in the codes of a conditional model: once a checkpoint, then remembered.

    Raises: CheckpointError: the model cannot be loaded. ValueError: it is not conditional.
    """
    if not engine.takes_label(name):
        raise ValueError(f"{name} is not conditional: its code holds the class as well as the style")
    return _directions(engine, name, engine.card(name).sha256)


@functools.lru_cache(maxsize=16)
def _directions(engine: Engine, name: str, sha256: str) -> Directions:
    images, labels = load_digits("test")
    x, y = images[: FIT + HELD_OUT].float() / 255, labels[: FIT + HELD_OUT]
    return calibrate(engine, name, fit(engine.encode(name, x, y), y, measure(x), FIT))


def fit(z: Tensor, y: Tensor, measured: Tensor, n: int) -> Directions:
    """Style directions from digits: codes regressed on styles, the class taken out of both.

    The average difference of the codes of digits that differ in one style and not in the others: numbers of the
    code that mean nothing average out, so that a step stays where real digits are.

    Args:    z: (N, latent_dim) codes; y: (N,) classes; measured: (N, 3) styles; n: how many to fit, the others
             are held out for r2.
    Source:  least squares with fixed effects of the class (Frisch & Waugh 1933); attribute vectors of
             Larsen et al. 2016, arXiv:1512.09300.
    """
    z, measured = _within(z, y, n), _within(measured, y, n)
    sd = measured[:n].std(0)
    styles = measured / sd
    vectors = torch.linalg.lstsq(styles[:n], z[:n]).solution  # (3, latent_dim)
    back = torch.linalg.lstsq(z[:n], styles[:n]).solution  # (latent_dim, 3): what the code tells of the styles
    residual = (styles[n:] - z[n:] @ back).square().sum(0)
    return Directions(vectors, sd, 1 - residual / styles[n:].square().sum(0))


def calibrate(engine: Engine, name: str, axes: Directions) -> Directions:
    """Directions whose steps do what they say: one sd asked, one sd drawn, the other styles left alone.

    A decoder is more timid than real digits are: told of a thicker digit it draws half of the difference. So the steps
    are mixed and stretched by the inverse of `response`, one step of Newton's method; styles that the code does not
    hold are left out of it.
    """
    held = (axes.r2 >= HELD).nonzero()[:, 0]
    reply = response(engine, name, axes)[held][:, held]
    if not len(held) or float(torch.linalg.det(reply).abs()) < 0.01:
        return axes
    vectors = axes.vectors.clone()
    vectors[held] = torch.linalg.solve(reply, axes.vectors[held])
    return Directions(vectors, axes.sd, axes.r2)


def response(engine: Engine, name: str, axes: Directions, seed: int = 0, n: int = 100) -> Tensor:
    """What the steps really do: (3, 3), row: the style asked for, column: the style measured, in sd for one sd.

    Random styles of all classes are decoded one step down and one step up, and measured. 1 on the diagonal would be
    perfect obedience, 0 elsewhere perfect independence.
    """
    y = torch.arange(n) % 10
    z = torch.randn(n, axes.vectors.shape[1], generator=torch.Generator().manual_seed(seed))
    rows = []
    for vector in axes.vectors:
        up, down = (measure(engine.decode(name, z + sign * vector, y)) for sign in (1, -1))
        rows.append(((up - down) / 2 / axes.sd).mean(0))
    return torch.stack(rows)


def _within(values: Tensor, y: Tensor, n: int) -> Tensor:
    """Differences from the mean of the own class, which the first n digits give."""
    hot = torch.nn.functional.one_hot(y).to(values.dtype)  # (N, classes)
    means = (hot[:n].T @ values[:n]) / hot[:n].sum(0)[:, None].clamp_min(1)
    return values - means[y]
