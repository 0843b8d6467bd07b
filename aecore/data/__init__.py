"""Data sets, one file each."""

from torch import Tensor

from aecore.data.digits import DATASETS, load_digits
from aecore.data.photos import load_photos, photo_patches


def load(split: str, dataset: str) -> tuple[Tensor, Tensor]:
    """What a recipe trains on: x uint8 (N, C, H, W) and y int64 (N,).

    Args:   split: "train" or "test"; dataset: one of DATASETS, or "photos" for patches of photographs.
    Raises: as `load_digits`.
    """
    return photo_patches(split) if dataset == "photos" else load_digits(split, dataset)


__all__ = ["DATASETS", "load", "load_digits", "load_photos", "photo_patches"]
