"""Pieces of 3 x 3 pixels of photographs, and the Klein bottle near which those with much contrast lie.

patches = high_contrast_patches(2000, rng)         # (2000, 9)
v = coordinates(patches)                           # (2000, 8), on the unit sphere
degrees_away(v)                                    # from the surface
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore.data import photos

# photographs of things, no scans and no textures; of the two motorcycles one
PHOTOS: dict[str, Callable[[], np.ndarray]] = {
    name: photos.TRAIN[name][0] for name in ("astronaut", "motorcycle_left", "rocket", "coins", "clock")
} | photos.TEST
POOL = 5000  # patches drawn from each photograph, before those with little contrast go
TOP = 0.2  # share with the highest contrast
_FINE = 180  # points each way round the surface that distances are measured to: 1 to 2 degrees apart


def _edges() -> Tensor:
    """The matrix D of the contrast: x' D x is the sum of squared differences of the 12 pairs of adjacent pixels."""
    laplacian = torch.zeros(9, 9, dtype=torch.float64)
    for place in range(9):
        for other in ([place + 1] if place % 3 < 2 else []) + ([place + 3] if place < 6 else []):
            laplacian[[place, other], [place, other]] += 1
            laplacian[[place, other], [other, place]] -= 1
    return laplacian


def _basis() -> Tensor:
    """The cosine basis e1 to e8 of the paper, each of D-norm 1: (8, 9), across before down."""
    flat, slope, bend = (torch.tensor(row, dtype=torch.float64) for row in ([1, 1, 1], [1, 0, -1], [1, -2, 1]))
    pairs = [(flat, slope), (slope, flat), (flat, bend), (bend, flat)]  # down, across
    pairs += [(slope, slope), (bend, slope), (slope, bend), (bend, bend)]
    basis = torch.stack([torch.outer(down, across).flatten() for down, across in pairs])
    return basis / (basis @ _edges() * basis).sum(1, keepdim=True).sqrt()


D, BASIS = _edges(), _basis()


def contrast(patches: Tensor) -> Tensor:
    """The D-norm of each patch, (N, 9) -> (N,).

    Source: Lee, Pedersen & Mumford 2003, doi:10.1023/A:1023705401078, section 2.
    """
    patches = patches.double()
    return (patches @ D * patches).sum(1).clamp(min=0).sqrt()


def high_contrast_patches(count: int, rng: torch.Generator) -> Tensor:
    """Patches of photographs as the papers prepare them.

    The photographs are halved first, which hides the traces of 8 bits and of JPEG; then the logarithm of the grey
    value, minus the patch's mean; of these, in each photograph, the TOP share with the highest contrast, divided by it.

    Args:    count: how many, from all PHOTOS alike; rng: of places and order.
    Returns: (count, 9) float64, of mean 0 and D-norm 1, row by row.
    Raises:  ValueError: more than are drawn.
    Source:  Lee, Pedersen & Mumford 2003, doi:10.1023/A:1023705401078; Carlsson et al. 2008,
             doi:10.1007/s11263-007-0056-x. Photographs: see `photos.load_photos`.
    """
    top = int(TOP * POOL)
    if not 0 < count <= top * len(PHOTOS):
        raise ValueError(f"count must be from 1 to {top * len(PHOTOS):,}, not {count:,}")
    chosen = []
    for load in PHOTOS.values():
        grey = Image.fromarray(load()).convert("L").convert("F")
        grey = grey.resize([side // 2 for side in grey.size], Image.Resampling.BOX)
        windows = torch.from_numpy(np.log1p(np.asarray(grey, np.float64))).unfold(0, 3, 1).unfold(1, 3, 1)
        windows = windows.reshape(-1, 9)
        patches = windows[torch.randperm(len(windows), generator=rng)[:POOL]]
        patches = patches - patches.mean(1, keepdim=True)
        strength, order = contrast(patches).topk(top)
        chosen.append(patches[order] / strength[:, None])
    patches = torch.cat(chosen)
    return patches[torch.randperm(len(patches), generator=rng)[:count]]


def coordinates(patches: Tensor) -> Tensor:
    """Patches (N, 9) in the cosine basis, (N, 8): of unit length where the D-norm is 1.

    The first two are slopes across and down, the next two bends across and down.
    """
    return patches.double() @ BASIS.T / BASIS.square().sum(1)  # BASIS is orthogonal, its rows not of length 1


def pictures(v: Tensor) -> Tensor:
    """Coordinates (N, 8) back to patches (N, 9) of mean 0."""
    return v.double() @ BASIS


def klein_bottle(n: int) -> Tensor:
    """The surface of c (a x + b y)^2 + d (a x + b y) with a^2 + b^2 = c^2 + d^2 = 1, x and y at -1, 0 and 1.

    (a, b) turns by half a circle and (c, d) by a whole one: (-a, -b, c, -d) is the same patch, and closes the surface.

    Args:    n: points each way.
    Returns: (n * n, 8) coordinates of unit length; `.view(n, n, 8)` is the grid, (a, b) before (c, d).
    Source:  Carlsson, Ishkhanov, de Silva & Zomorodian 2008, doi:10.1007/s11263-007-0056-x, section 5.
    """
    turn = torch.arange(n, dtype=torch.float64) * math.pi / n
    bend = 2 * turn
    return _polynomials(*torch.meshgrid(turn, bend, indexing="ij"))


def primary_circle(n: int) -> Tensor:
    """The slopes alone, c = 0, in every direction: (n, 8), the circle in the first two coordinates."""
    turn = torch.arange(n, dtype=torch.float64) * 2 * math.pi / n
    return _polynomials(turn, torch.zeros_like(turn))


def secondary_circles(n: int) -> tuple[Tensor, Tensor]:
    """Across and down alone, from slope to bend and on: (n, 8) each. They meet the primary circle, not each other."""
    bend = torch.arange(n, dtype=torch.float64) * 2 * math.pi / n
    across = torch.zeros_like(bend)
    return _polynomials(across, bend), _polynomials(across + math.pi / 2, bend)


def _polynomials(turn: Tensor, bend: Tensor) -> Tensor:
    """Patches with (a, b) = (cos, sin) of turn and (d, c) of bend, as coordinates (N, 8)."""
    turn, bend = turn.reshape(-1, 1), bend.reshape(-1, 1)
    across, down = torch.tensor([-1.0, 0, 1], dtype=torch.float64).repeat(3), torch.arange(9) // 3 - 1
    along = turn.cos() * across + turn.sin() * down  # (N, 9)
    patches = bend.sin() * along.square() + bend.cos() * along
    v = coordinates(patches)
    return v / v.norm(dim=1, keepdim=True)


def degrees_away(v: Tensor) -> Tensor:
    """Angle on the unit sphere between each point and the nearest of the Klein bottle: (N, 8) -> degrees (N,)."""
    surface = klein_bottle(_FINE)
    nearest = torch.cat([(part.double() @ surface.T).amax(1) for part in v.split(500)])
    return nearest.clamp(-1, 1).acos().rad2deg()


def densest(v: Tensor, share: float, k: int = 15) -> Tensor:
    """The points in the thick of the others: those whose k-th neighbour is nearest, densest first.

    Args:    v: (N, 8), more than k; share: of the points, from 0 to 1.
    Returns: (share N, 8).
    Source:  X(k, p) of Carlsson et al. 2008, doi:10.1007/s11263-007-0056-x, section 3.
    """
    radius = torch.cat([torch.cdist(part, v).topk(k + 1, largest=False).values[:, -1] for part in v.split(500)])
    return v[radius.argsort()[: round(share * len(v))]]


def random_points(count: int, rng: torch.Generator) -> Tensor:
    """Control: points anywhere on the same sphere, (count, 8)."""
    normal = torch.randn(count, 8, generator=rng, dtype=torch.float64)
    return normal / normal.norm(dim=1, keepdim=True)
