"""Rendered photos of pages of real test digits, to try restoration on: whole, and damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor

from aecore.corruptions import corrupt
from aecore.data import load_digits
from aecore.intake.files import MAX_DIGITS, SIDE
from aecore.pictures import page_texture

# what a page is damaged with, and how strongly: so that the digits are hardly found without restoration
DAMAGES = {"salt_pepper": 0.2, "gaussian": 0.5, "speckle": 0.9, "dropout": 0.5, "patch": 0.3}


@dataclass(frozen=True)
class SamplePage:
    """A rendered photo of real test digits.

    clean, damaged: uint8 (H, W, 3); y: (N,) classes; boxes: of the ink, left, top, right, bottom.
    """

    clean: np.ndarray
    damaged: np.ndarray
    y: Tensor
    boxes: tuple[page_texture.Box, ...]


def sample_page(
    rng: torch.Generator,
    *,
    rows: int = 3,
    columns: int = 6,
    side: int = 140,
    damage: str = "salt_pepper",
    strength: float | None = None,
    chalk: bool = False,
) -> SamplePage:
    """Test digits in rows on paper (or in chalk on a board), photographed in uneven light, and the same page damaged.

    Args:   rows, columns: at most 32 digits; side: px that a digit's 28 become; damage: a key of
            `aecore.corruptions.CORRUPTIONS`, done to the ink in grains of side / 28 px; strength: in [0, 1], by
            default as in DAMAGES.
    Raises: ValueError: too many digits, or an unknown damage.
    """
    n = rows * columns
    if not 1 <= n <= MAX_DIGITS:
        raise ValueError(f"a page holds 1 to {MAX_DIGITS} digits, not {n}")
    strength = DAMAGES.get(damage, 0.5) if strength is None else strength
    images, labels = load_digits("test")
    chosen = torch.randint(len(images), (n,), generator=rng)
    art = np.random.default_rng(int(torch.randint(2**62, (), generator=rng)))
    down, across = SIDE + 6, SIDE + 2  # from one digit to the next
    height, width = down * rows + SIDE, across * columns + SIDE
    cells = torch.zeros(1, 1, height, width)  # the page's ink, a cell a pixel of MNIST
    corners = []
    for i, image in enumerate(images[chosen]):
        row, column = divmod(i, columns)
        x, y = (SIDE // 2 + pitch * k + int(art.integers(-3, 4)) for pitch, k in ((across, column), (down, row)))
        corners.append((x, y))
        spot = cells[0, 0, y : y + SIDE, x : x + SIDE]
        torch.maximum(spot, image[0].float() / 255, out=spot)
    damaged = _damage(cells, corners, damage, strength, rng)
    scale = side / SIDE
    size = (round(width * scale), round(height * scale))
    scene = _scene(size, art, chalk)
    boxes = []
    for (x, y), image in zip(corners, images[chosen], strict=True):
        ys, xs = np.nonzero(image[0].numpy() > 127)
        box = (x + xs.min(), y + ys.min(), x + xs.max() + 1, y + ys.max() + 1)
        boxes.append(tuple(float(n * scale) for n in box))
    return SamplePage(
        scene(_enlarge(cells, size, scale)), scene(_enlarge(damaged, size, scale)), labels[chosen], tuple(boxes)
    )


def _damage(
    cells: Tensor, corners: list[tuple[int, int]], damage: str, strength: float, rng: torch.Generator
) -> Tensor:
    """Noise is everywhere on the page; a patch or stripes are as large as a digit, and each digit has its own."""
    if damage not in ("patch", "stripes"):
        return corrupt(damage, cells, strength, rng)[0]
    out = cells.clone()
    digits = torch.cat([cells[:, :, y : y + SIDE, x : x + SIDE] for x, y in corners])
    center = 0.3 + 0.4 * torch.rand(len(corners), 2, generator=rng)
    for (x, y), hurt in zip(corners, corrupt(damage, digits, strength, rng, center)[0], strict=True):
        out[0, :, y : y + SIDE, x : x + SIDE] = hurt
    return out


def _enlarge(cells: Tensor, size: tuple[int, int], scale: float) -> np.ndarray:
    large = cv2.resize(cells[0, 0].numpy(), size, interpolation=cv2.INTER_CUBIC)
    sharp = max(1.0, scale / 4)
    return np.clip((large - 0.5) * sharp + 0.5, 0, 1) * (large > 0.02)


def _scene(size: tuple[int, int], art: np.random.Generator, chalk: bool) -> Callable[[np.ndarray], np.ndarray]:
    """Paper, pen and light of one page: a function from ink (H, W) to the photo (H, W, 3), uint8."""
    width, height = size
    page = (art.uniform(35, 60) if chalk else art.uniform(205, 235)) + 2 * page_texture.texture(height, width, art)
    pen = np.array([225, 225, 215] if chalk else [art.uniform(20, 40), art.uniform(25, 50), art.uniform(60, 110)])
    tint = np.array([1.0, 1.02, 1.0]) if chalk else np.array([1.0, 0.985, 0.95])
    light = page_texture.light(height, width, art)[:, :, None]
    grain = art.normal(0, 2, (height, width, 3))

    def photograph(ink: np.ndarray) -> np.ndarray:
        scene = page[:, :, None] * tint * (1 - ink[:, :, None]) + pen * ink[:, :, None]
        return np.clip(np.rint(scene * light + grain), 0, 255).astype(np.uint8)

    return photograph
