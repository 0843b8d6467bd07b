"""The Upsampling page's bets, and its sources."""

from functools import partial

import torch
import torch.nn.functional as F

from pages.upsampling import decoders, grid
from pages.upsampling.decoders import OTHER, Enlarged
from pages.upsampling.grid import SIDE, Settings
from pages.upsampling.state import state
from ui.output.verdict import a_digit
from ui.teach import bets
from ui.teach.bets import Answer, Bet

KERNEL = 4
UNEVEN = (0.5, 1.0, -0.5, 0.0, 1.5, 0.5, 0.0, -1.0, 0.5, 2.0, 1.0, 0.5, -1.0, 0.0, 0.5, 1.0)  # weights, as by chance
EDGE = 3  # cells at the border of an output that fewer kernels reach

SOURCES = (
    "Sources: OpenGenus, “Autoencoder” (upsampling, unpooling, transposed convolution); "
    "[Odena, Dumoulin & Olah 2016](https://distill.pub/2016/deconv-checkerboard/) (checkerboards); "
    "[Dumoulin & Visin 2016](https://arxiv.org/abs/1603.07285) (convolution arithmetic); "
    "[Zeiler et al. 2010](https://doi.org/10.1109/CVPR.2010.5539957) (deconvolutional networks); "
    "[Zeiler et al. 2011](https://doi.org/10.1109/ICCV.2011.6126474) (unpooling); "
    "[Shi et al. 2016](https://arxiv.org/abs/1609.07009) (is it the same as a convolution?)."
)


def flat(settings: Settings | None) -> Answer | None:
    """What becomes of ones through a kernel of ones."""
    if settings is None or settings.kernel != KERNEL or set(settings.weights) != {1.0}:
        return None
    values = inside(settings)
    return Answer(int(len(values) == 1), f"Away from the border its cells are {said(values)}.")


def uneven(settings: Settings | None) -> Answer | None:
    """What becomes of ones through a kernel of other weights."""
    if settings is None or settings.weights != UNEVEN:
        return None
    values = inside(settings)
    sentence = f"{KERNEL} kernels cover each cell, but with different weights: its cells are {said(values)}."
    return Answer(int(len(values) > 1), sentence)


def inside(settings: Settings) -> list[float]:
    """Values of the output away from its border, each once."""
    x = torch.tensor(settings.cells).reshape(1, 1, SIDE, SIDE)
    weight = torch.tensor(settings.weights).reshape(1, 1, settings.kernel, settings.kernel)
    out = F.conv_transpose2d(x, weight, stride=settings.stride, padding=settings.padding)[0, 0]
    middle = out[EDGE:-EDGE, EDGE:-EDGE]
    return sorted({round(float(value), 3) for value in middle.flatten()})


def said(values: list[float]) -> str:
    """As "all 4", "1, 2 or 4"."""
    if len(values) == 1:
        return f"all {values[0]:g}"
    return f"{', '.join(f'{value:g}' for value in values[:-1])} or {values[-1]:g}"


def redrawn(now: Enlarged | None) -> Answer | None:
    """Whose digit unpooling draws."""
    if now is None or now.places != OTHER:
        return None
    if now.redrawn is None:
        return Answer(2, "Your picture is not read as a digit, so it is 0 of the 2.")
    option = 0 if now.redrawn == now.reads else 1 if now.redrawn == now.other_reads else 2
    return Answer(option, f"The code is that of {a_digit(now.reads)}; the judge reads {a_digit(now.redrawn)}.")


BETS = (
    Bet(
        f"A flat picture goes through a {KERNEL} x {KERNEL} kernel of ones, stride 2. What comes out?",
        ("A checkerboard", "Flat, except at the border"),
        partial(grid.set_by_page, kernel=KERNEL),
        lambda results: flat(results.grid),
        grid.KEY,
    ),
    Bet(
        "The same kernel, with random weights. Is it still flat?",
        ("Still flat", "No, a pattern"),
        partial(grid.set_by_page, kernel=KERNEL, weights=UNEVEN),
        lambda results: uneven(results.grid),
        grid.KEY,
    ),
    Bet(
        "Unpooling gets the code of one digit and the places of another. Whose digit does it draw?",
        ("The code's", "The places'", "Neither"),
        partial(decoders.set_places, OTHER),
        lambda results: redrawn(results.digit),
        decoders.KEY,
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("upsampling", BETS, state, SOURCES)
