"""Three textures, each with a part to learn from, one to set limits by and one to look for faults in; and patches."""

import torch
from torch import Tensor

from aecore.data.photos import TRAIN
from aecore.errors import DataError

TEXTURES = ("brick", "grass", "gravel")
PATCH = 16  # pixels a side
COUNT = 12_000  # patches that a network learns from
MOST = 25_000_000  # pixels of a picture
_CUT = 256  # columns up to here are learnt from


def texture(name: str, part: str) -> Tensor:
    """A grey texture.

    Args:    name: of TEXTURES; part: "train" for what is learnt from, "held" for what limits are set by, "test" for
             what is shown.
    Returns: uint8 (1, 512, 256) or (1, 256, 256).
    Raises:  ValueError: another name or part.
    Source:  scikit-image, skimage.data.brick, grass and gravel (CC0).
    """
    parts = {"train": (slice(None), slice(_CUT)), "held": (slice(_CUT, None), slice(_CUT, None)),
             "test": (slice(_CUT), slice(_CUT, None))}  # fmt: skip
    if name not in TEXTURES or part not in parts:
        raise ValueError(f"a texture is one of {', '.join(TEXTURES)}, its part one of {', '.join(parts)}")
    return torch.from_numpy(TRAIN[name][0]())[parts[part]][None]


def check_size(picture: Tensor) -> None:
    """Raises: DataError: a picture (1, H, W) is smaller than a patch, or has more than MOST pixels."""
    _, height, width = picture.shape
    if min(height, width) < PATCH:
        raise DataError(
            f"The picture is {width} x {height} pixels: too small to look for faults in. "
            f"Choose one of at least {PATCH} pixels a side."
        )
    if height * width > MOST:
        raise DataError(
            f"The picture has {height * width / 1e6:.0f} million pixels. Make it smaller: "
            f"{MOST // 1_000_000} million are the most."
        )


def patches_of(picture: Tensor, count: int, seed: int = 0) -> Tensor:
    """Patches at random places of a picture, (1, H, W) -> (count, 1, PATCH, PATCH).

    Raises: DataError: as `check_size`.
    """
    check_size(picture)
    _, height, width = picture.shape
    rng = torch.Generator().manual_seed(seed)
    top, left = (torch.randint(side - PATCH + 1, (count,), generator=rng) for side in (height, width))
    windows = picture[0].unfold(0, PATCH, 1).unfold(1, PATCH, 1)  # (H', W', PATCH, PATCH), no copy
    return windows[top, left][:, None].contiguous()


def texture_patches(split: str, name: str) -> tuple[Tensor, Tensor]:
    """What a network learns a texture from: x uint8 (N, 1, 16, 16), y int64 (N,), all 0."""
    x = patches_of(texture(name, split), COUNT if split == "train" else 2000)
    return x, torch.zeros(len(x), dtype=torch.long)
