"""Photographs, textures and scans that scikit-image and scikit-learn carry inside their packages: no download."""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from PIL import Image
from torch import Tensor

PATCH = 64  # pixels a side of what a photo denoiser is trained on


def _skimage(name: str) -> np.ndarray:
    import skimage.data  # late: the app needs none of this at its start

    return getattr(skimage.data, name)()


def _motorcycle(side: int) -> np.ndarray:
    return _skimage("stereo_motorcycle")[side]


def _horse() -> np.ndarray:
    return _skimage("horse").astype(np.uint8) * 255  # a silhouette of True and False


def _sklearn(name: str) -> np.ndarray:
    from sklearn.datasets import load_sample_image

    return load_sample_image(name)


# name -> where it comes from, and patches cut from it: many from photographs of things, few from scans and textures,
# so that a wall of bricks does not decide what a picture looks like
TRAIN: dict[str, tuple[Callable[[], np.ndarray], int]] = {
    "astronaut": (partial(_skimage, "astronaut"), 1400),
    "china": (partial(_sklearn, "china.jpg"), 1400),
    "flower": (partial(_sklearn, "flower.jpg"), 1000),
    "motorcycle_left": (partial(_motorcycle, 0), 1400),
    "motorcycle_right": (partial(_motorcycle, 1), 1000),
    "rocket": (partial(_skimage, "rocket"), 1000),
    "coins": (partial(_skimage, "coins"), 700),
    "clock": (partial(_skimage, "clock"), 500),
    "brick": (partial(_skimage, "brick"), 500),
    "grass": (partial(_skimage, "grass"), 500),
    "gravel": (partial(_skimage, "gravel"), 500),
    "hubble": (partial(_skimage, "hubble_deep_field"), 300),
    "ihc": (partial(_skimage, "immunohistochemistry"), 500),
    "retina": (partial(_skimage, "retina"), 300),
    "moon": (partial(_skimage, "moon"), 300),
    "cell": (partial(_skimage, "cell"), 200),
    "microaneurysms": (partial(_skimage, "microaneurysms"), 100),
    "page": (partial(_skimage, "page"), 300),
    "text": (partial(_skimage, "text"), 300),
    "horse": (_horse, 200),
}
TEST: dict[str, Callable[[], np.ndarray]] = {
    "camera": partial(_skimage, "camera"),
    "chelsea": partial(_skimage, "chelsea"),
    "coffee": partial(_skimage, "coffee"),
}


def load_photos(split: str) -> dict[str, np.ndarray]:
    """Whole pictures of one split.

    Args:    split: "train" (twenty pictures) or "test" (camera, chelsea, coffee: never trained on).
    Returns: name -> uint8 (H, W) if grey, (H, W, 3) if colour.
    Raises:  ValueError: an unknown split.
    Source:  skimage.data and sklearn.datasets; authors and licences stand in the READMEs of those packages.
    """
    if split == "train":
        return {name: load() for name, (load, _) in TRAIN.items()}
    if split == "test":
        return {name: load() for name, load in TEST.items()}
    raise ValueError(f"split must be 'train' or 'test', not {split!r}")


def photo_patches(split: str, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Square patches of the pictures of one split, in random order.

    Pictures are first shrunk by random factors from 1 to 0.5, which sharpens them and hides the traces of JPEG.

    Args:    split: as in `load_photos`; seed: of places, factors and order.
    Returns: x uint8 (N, 3, PATCH, PATCH), grey pictures as three equal channels; and the index of each one's picture.
    """
    rng = torch.Generator().manual_seed(seed)
    counts = {name: count for name, (_, count) in TRAIN.items()} if split == "train" else dict.fromkeys(TEST, 64)
    patches, origins = [], []
    for origin, (name, picture) in enumerate(load_photos(split).items()):
        shrunk = [_shrink(picture, factor) for factor in (1.0, 0.85, 0.7, 0.5)]
        shrunk = [smaller for smaller in shrunk if min(smaller.shape[:2]) >= PATCH]
        for _ in range(counts[name]):
            source = shrunk[int(torch.randint(len(shrunk), (), generator=rng))]
            top, left = (int(torch.randint(side - PATCH + 1, (), generator=rng)) for side in source.shape[:2])
            patches.append(source[top : top + PATCH, left : left + PATCH])  # (PATCH, PATCH, 3)
            origins.append(origin)
    order = torch.randperm(len(patches), generator=rng)
    x = torch.from_numpy(np.stack(patches)).permute(0, 3, 1, 2)[order].contiguous()
    return x, torch.tensor(origins)[order]


def _shrink(picture: np.ndarray, factor: float) -> np.ndarray:
    """(H, W) or (H, W, 3) -> (factor H, factor W, 3)."""
    image = Image.fromarray(picture).convert("RGB")
    if factor < 1:
        image = image.resize([round(side * factor) for side in image.size], Image.Resampling.LANCZOS)
    return np.asarray(image)
