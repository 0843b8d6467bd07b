"""Which patches of a picture are hidden, at random or in one block, and how well they are guessed."""

import torch
from torch import Tensor

SHARES = (0.25, 0.5, 0.75, 0.9)  # of the patches that are hidden, where a model is measured


def scattered(n: int, grid: tuple[int, int], share: float, rng: torch.Generator) -> Tensor:
    """Patches hidden at random, the same number in each of n pictures.

    Args:    grid: patches down and across; share: of all of them, rounded to whole patches.
    Returns: (n, patches), 1 where hidden, row by row.
    """
    return _lowest(torch.rand(n, grid[0] * grid[1], generator=rng), share)


def block(n: int, grid: tuple[int, int], share: float, rng: torch.Generator) -> Tensor:
    """As many patches, but in one piece: those nearest to a patch drawn at random.

    Returns: as `scattered`.
    """
    rows, columns = grid
    place = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"), 2).view(-1, 2)
    centre = place[torch.randint(len(place), (n,), generator=rng)]  # (n, 2)
    away = (place - centre[:, None]).float().norm(dim=2)  # (n, patches)
    return _lowest(away + 1e-3 * torch.rand(away.shape, generator=rng), share)  # equally near ones at random


WAYS = {"random": scattered, "block": block}


def _lowest(order: Tensor, share: float) -> Tensor:
    """1 at the lowest numbers of each row, a share of them."""
    count = round(share * order.shape[1])
    return torch.zeros_like(order).scatter(1, order.argsort(1)[:, :count], 1)


def as_mask(hidden: Tensor, grid: tuple[int, int], patch: int) -> Tensor:
    """Hidden patches (N, patches) -> their pixels, (N, 1, H, W), 1 where missing."""
    squares = hidden.view(-1, 1, *grid)
    return squares.repeat_interleave(patch, 2).repeat_interleave(patch, 3)


def errors(recon: Tensor, x: Tensor, mask: Tensor) -> Tensor:
    """Squared error of each picture, summed over its missing pixels: (N,)."""
    return ((recon - x).square() * mask).flatten(1).sum(1)


def pooled_psnr(error: Tensor, mask: Tensor, channels: int = 1) -> float:
    """PSNR in dB over the missing pixels of all pictures together: many a patch is all black.

    Args: error: of `errors`; mask: (N, 1, H, W); channels: of the pictures.
    """
    return float(-10 * (error.sum() / (channels * mask.sum())).log10())
