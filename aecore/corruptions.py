"""Corruption processes C(x_noisy | x): one registry of eight ways to damage a picture, one entry point.

`corrupt(name, x, strength, rng)` damages a whole batch at once; `draw` gives the same damage as numbers, which may
then be done to other pictures, also elsewhere (the pages do it in the browser, while a hand draws). Everything is
vectorised over the batch, also when every picture has its own strength or patch position, so that a training step
can mix them at will. Noise is compared with thresholds that depend on the strength (or scaled by it): with an
equally seeded rng a stronger corruption destroys a superset of what a weaker one destroys, and sweeps over strength
are smooth.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from aecore import contract

GREY = 0.5  # what stands where a patch or a stripe was removed
STRIPE_COUNT = 4
BLUR_REACH = 1 / 7  # blur's sd at strength 1, as a fraction of the side: 4 px of 28


@dataclass(frozen=True)
class Realization:
    """One outcome of a corruption, chance included: x_noisy = clip(gain * (down @ x @ across^T) + offset).

    gain, offset: (1 or N, 1 or C, H or 1, W or 1); down: (1 or N, H, H), across: (1 or N, W, W); what is None does
    nothing. removed: bool like gain, the pixels that are known to be gone, or None where nobody could know.
    """

    gain: Tensor | None = None
    offset: Tensor | None = None
    down: Tensor | None = None
    across: Tensor | None = None
    removed: Tensor | None = None

    def apply(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """x (N, C, H, W) -> x_noisy and mask, as `corrupt` returns them."""
        if self.down is not None:  # small dense matrices: at this size faster than a convolution, and one a picture
            x_noisy = self.down[:, None] @ x @ self.across[:, None].mT
        else:
            x_noisy = x if self.gain is None else x * self.gain
        if self.offset is not None:
            x_noisy = x_noisy + self.offset
        mask = None if self.removed is None else self.removed.expand_as(x).to(x.dtype)
        return x_noisy.clamp(0, 1), mask


@dataclass(frozen=True)
class Corruption:
    """One way to damage pictures.

    `draw(x, strength, rng)` gets x (N, C, H, W), for its shape, and strength (1, 1, 1, 1) or (N, 1, 1, 1) and
    returns a Realization; where `movable`, it gets `center` (1 or N, 2) as a fourth argument.
    `describe(strength)` names the physical parameter, for a picture of 28 x 28 where it is in pixels.
    `mask_known` says whether a mask comes with it; `about` is one sentence for the page, with the source.
    """

    name: str
    label: str
    default: float
    draw: Callable[..., Realization]
    describe: Callable[[float], str]
    about: str
    mask_known: bool = False
    movable: bool = False


def corrupt(
    name: str,
    x: Tensor,
    strength: float | Tensor,
    rng: Generator,
    center: tuple[float, float] | Tensor = (0.5, 0.5),
) -> tuple[Tensor, Tensor | None]:
    """Damage a batch of pictures.

    Args:    name: a key of CORRUPTIONS.
             x: (N, C, H, W) float in [0, 1], on any device.
             strength: in [0, 1], one for all or (N,), one a picture; 0 leaves x as it is. What it means
             physically stands in the docstring of each corruption.
             rng: the only source of randomness. Noise is drawn on the rng's device and moved to x's, so the
             same rng gives the same result on any device.
             center: (cx, cy) of the patch in [0, 1], from the left and from the top, or (N, 2); the other
             corruptions have no position.
    Returns: x_noisy: like x, in [0, 1]; and mask: like x, 1 where pixels were removed and 0 elsewhere, or
             None where nobody could know which pixels are damaged.
    Raises:  ValueError: unknown name, wrong shape, type or values, or a strength outside [0, 1].
    """
    return draw(name, x, strength, rng, center).apply(x)


def draw(
    name: str,
    x: Tensor,
    strength: float | Tensor,
    rng: Generator,
    center: tuple[float, float] | Tensor = (0.5, 0.5),
) -> Realization:
    """What `corrupt` would do to x, without doing it. Args, Raises: as `corrupt`."""
    if name not in CORRUPTIONS:
        raise ValueError(f"unknown corruption {name!r}: choose one of {', '.join(CORRUPTIONS)}")
    contract.check_pictures(x)
    s = torch.as_tensor(strength, dtype=x.dtype)
    if s.ndim > 1 or s.numel() not in (1, len(x)):
        raise ValueError(f"strength must be one number or ({len(x)},), not {tuple(s.shape)}")
    if not ((s >= 0) & (s <= 1)).all():  # written so that NaN fails too
        raise ValueError(f"strength must be in [0, 1], not {strength}")
    s = s.to(x.device).view(-1, 1, 1, 1)  # (1 or N, 1, 1, 1)
    corruption = CORRUPTIONS[name]
    if not corruption.movable:
        return corruption.draw(x, s, rng)
    c = torch.as_tensor(center, dtype=x.dtype, device=x.device).view(-1, 2)  # (1 or N, 2)
    if len(c) not in (1, len(x)):
        raise ValueError(f"center must be (cx, cy) or ({len(x)}, 2), not {tuple(c.shape)}")
    return corruption.draw(x, s, rng, c)


def gaussian(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Add white Gaussian noise and clip to [0, 1]; strength is the standard deviation.

    Source: the denoising autoencoder's additive isotropic noise, Vincent et al. 2010, section 3.3.
    """
    return Realization(offset=strength * _normal(x, rng))


def salt_pepper(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Set pixels to black or white, each with probability strength / 2.

    Source: Vincent et al. 2010, section 3.3; 0.4 is the value of the slides "Autoencoders (AEs)".
    """
    u = _uniform_per_pixel(x, rng)
    pepper, salt = u < strength / 2, u >= 1 - strength / 2
    return Realization(gain=(~(pepper | salt)).to(x.dtype), offset=salt.to(x.dtype))


def dropout(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Set each pixel to 0 with probability strength ("masking noise"); kept pixels are not rescaled.

    Source: Vincent et al. 2008; 0.5 is the value of NYU Deep Learning, week 7 (whose notebook doubles the
    kept pixels, as nn.Dropout does: a matter of that model's input range, not of the corruption).
    """
    return _remove(_uniform_per_pixel(x, rng) < strength, 0.0, x)


def speckle(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Multiply each pixel by 1 + n, n ~ N(0, strength^2), and clip: black stays black, ink becomes grainy.

    Source: multiplicative noise of coherent imaging (radar, ultrasound), Goodman 1976, in its usual Gaussian
    form (scikit-image's random_noise "speckle").
    """
    return Realization(gain=1 + strength * _normal(x, rng))


def blur(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Convolve with a Gaussian whose sd is strength * H / 7: 4 px at strength 1 on 28 x 28. Draws no noise.

    Weights are renormalised at the border, so a constant picture stays as it is.
    """
    sd = strength[:, 0, 0, :] * x.shape[-2] * BLUR_REACH  # (1 or N, 1)
    return Realization(down=gaussian_rows(sd, x.shape[-2]), across=gaussian_rows(sd, x.shape[-1]))


def patch(x: Tensor, strength: Tensor, rng: Generator, center: Tensor) -> Realization:
    """Cover a square of side round(strength * min(H, W)) with mid-grey. Draws no noise.

    Near the border the square is pushed back inside, so that strength alone decides how much is hidden.

    Source: the inpainting example of NYU Deep Learning, week 7.
    """
    H, W = x.shape[-2:]
    side = (strength.view(-1) * min(H, W) + 0.5).floor()  # (1 or N,)
    across = _covered(center[:, 0], side, W)  # (1 or N, W)
    down = _covered(center[:, 1], side, H)  # (1 or N, H)
    return _remove(down[:, None, :, None] & across[:, None, None, :], GREY, x)


def stripes(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Cover four evenly spaced bands of rows with mid-grey; strength is the fraction of rows that they take.

    The rng shifts the bands, anew for each picture.
    """
    H = x.shape[-2]
    shift = torch.rand(len(x), 1, 1, 1, generator=rng, device=rng.device, dtype=x.dtype).to(x.device)
    row = (torch.arange(H, device=x.device, dtype=x.dtype).view(1, 1, H, 1) + 0.5) / H
    return _remove((row * STRIPE_COUNT + shift).frac() < strength, GREY, x)


def low_resolution(x: Tensor, strength: Tensor, rng: Generator) -> Realization:
    """Average over the cells of a coarser grid and enlarge again by nearest neighbour. Draws no noise.

    The grid has max(1, round(side * (1 - strength))) cells a side: 0.5 makes 14 x 14 of 28 x 28, 0.75 makes
    7 x 7. A cell's value is the exact area average, also where cells cut through pixels.

    Source: the super-resolution example of NYU Deep Learning, week 7 (its input is 16 x 16).
    """
    down, across = (cell_average(grid_cells(strength[:, 0, 0, :], size), size) for size in x.shape[-2:])
    return Realization(down=down, across=across)


def grid_cells(strength: Tensor, size: int) -> Tensor:
    """Cells a side that `low_resolution` leaves of `size` pixels: whole numbers, shaped like strength."""
    return (size * (1 - strength) + 0.5).floor().clamp(min=1)


def blur_sd(strength: float, size: int = 28) -> float:
    """Standard deviation in pixels of `blur`'s Gaussian on pictures of height `size`."""
    return strength * size * BLUR_REACH


def gaussian_rows(sd: Tensor, size: int) -> Tensor:
    """The matrix of `blur` along one side: rows sum to 1, sd 0 is the identity.

    Args:    sd: (n, 1) in pixels; size: pixels of the side.
    Returns: (n, size, size).
    """
    pixel = torch.arange(size, device=sd.device, dtype=sd.dtype)
    distance = pixel[:, None] - pixel  # (size, size)
    weight = torch.exp(-0.5 * (distance / sd.clamp(min=1e-3)[:, :, None]) ** 2)
    return weight / weight.sum(-1, keepdim=True)


def cell_average(cells: Tensor, size: int) -> Tensor:
    """The matrix of `low_resolution` along one side: each pixel becomes the average of its cell.

    Args:    cells: (n, 1) whole numbers, as `grid_cells` counts them; size: pixels of the side.
    Returns: (n, size, size).
    """
    width = (size / cells)[:, :, None]  # (n, 1, 1)
    pixel = torch.arange(size, device=cells.device, dtype=cells.dtype)
    cell = ((pixel + 0.5) / size * cells).floor()[:, :, None]  # (n, size, 1)
    overlap = torch.minimum((cell + 1) * width, pixel + 1) - torch.maximum(cell * width, pixel)
    weight = overlap.clamp(min=0)
    return weight / weight.sum(-1, keepdim=True)


def _remove(removed: Tensor, fill: float, x: Tensor) -> Realization:
    """Put `fill` where removed, a bool that broadcasts to x, is True."""
    gone = removed.to(x.dtype)
    return Realization(gain=1 - gone, offset=fill * gone, removed=removed)


def _normal(x: Tensor, rng: Generator) -> Tensor:
    """N(0, 1) for each value of x."""
    return torch.randn(x.shape, generator=rng, device=rng.device, dtype=x.dtype).to(x.device)


def _uniform_per_pixel(x: Tensor, rng: Generator) -> Tensor:
    """U[0, 1) per pixel, (N, 1, H, W): a colour pixel is hit as a whole."""
    N, _, H, W = x.shape
    return torch.rand(N, 1, H, W, generator=rng, device=rng.device, dtype=x.dtype).to(x.device)


def _covered(center: Tensor, side: Tensor, size: int) -> Tensor:
    """(1 or N, size) bool: the pixels of an interval of `side` pixels around `center` (in [0, 1])."""
    first = (center * size - side / 2 + 0.5).floor().clamp(min=0)
    first = torch.minimum(first, size - side)[:, None]
    pixel = torch.arange(size, device=side.device)
    return (pixel >= first) & (pixel < first + side[:, None])


def _percent_of(what: str) -> Callable[[float], str]:
    return lambda strength: f"{100 * strength:.0f}% of {what}"


def _standard_deviation(strength: float) -> str:
    return f"sd {strength:.2f}"


def _blur_sd(strength: float) -> str:
    return f"sd {blur_sd(strength):.1f} px"


def _patch_size(strength: float) -> str:
    side = int(28 * strength + 0.5)
    return f"{side} x {side} px"


def _grid_size(strength: float) -> str:
    side = int(grid_cells(torch.tensor(strength), 28))
    return f"{side} x {side} px"


CORRUPTIONS: dict[str, Corruption] = {
    c.name: c
    for c in (
        Corruption(
            "gaussian",
            "Gaussian noise",
            0.5,
            gaussian,
            _standard_deviation,
            "Each pixel gets a normal random number added (Vincent et al. 2010).",
        ),
        Corruption(
            "salt_pepper",
            "Salt and pepper",
            0.4,
            salt_pepper,
            _percent_of("pixels"),
            "Some pixels become black or white at random; 40% is the lecture slides' value.",
        ),
        Corruption(
            "dropout",
            "Dropout",
            0.5,
            dropout,
            _percent_of("pixels"),
            "Some pixels are set to 0, and we know which; 50% is the NYU lecture's value.",
            mask_known=True,
        ),
        Corruption(
            "speckle",
            "Speckle",
            0.7,
            speckle,
            _standard_deviation,
            "Each pixel is multiplied by a random factor, as in radar and ultrasound (Goodman 1976).",
        ),
        Corruption(
            "blur",
            "Blur",
            0.4,
            blur,
            _blur_sd,
            "The picture is convolved with a Gaussian: out of focus.",
        ),
        Corruption(
            "patch",
            "Grey patch",
            12 / 28,
            patch,
            _patch_size,
            "A square is covered, and we know where: the NYU lecture's inpainting.",
            mask_known=True,
            movable=True,
        ),
        Corruption(
            "stripes",
            "Stripes",
            0.4,
            stripes,
            _percent_of("rows"),
            "Four bands of rows are covered, and we know which.",
            mask_known=True,
        ),
        Corruption(
            "low_resolution",
            "Low resolution",
            0.7,
            low_resolution,
            _grid_size,
            "Averaged to a coarser grid: the start of super-resolution, in the NYU lecture from 16 x 16.",
        ),
    )
}
