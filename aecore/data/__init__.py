"""Data sets, one file each."""

from torch import Tensor

from aecore.data.beats import beat_bytes
from aecore.data.digits import DATASETS, load_digits
from aecore.data.galaxies import HALF, load_galaxies, load_half_galaxies
from aecore.data.photos import load_photos, photo_patches
from aecore.data.quiet_strips import strip_bytes
from aecore.data.signals import PULSES, pulse_bytes
from aecore.data.textures import TEXTURES, texture_patches

GALAXIES = {"galaxies": load_galaxies, HALF: load_half_galaxies}
HEARTBEATS = {"beats": beat_bytes, "strips": strip_bytes}


def load(split: str, dataset: str) -> tuple[Tensor, Tensor]:
    """What a recipe trains on: x uint8 (N, C, H, W), signals (N, C, L), and y int64 (N,).

    Args:   split: "train" or "test"; dataset: one of DATASETS, "photos" for patches of photographs, or one of GALAXIES,
            HEARTBEATS, TEXTURES or PULSES.
    Raises: as `load_digits`.
    """
    if dataset in PULSES:
        return pulse_bytes(split, dataset)
    if dataset in GALAXIES:
        return GALAXIES[dataset](split)
    if dataset in HEARTBEATS:
        return HEARTBEATS[dataset](split)
    if dataset in TEXTURES:
        return texture_patches(split, dataset)
    return photo_patches(split) if dataset == "photos" else load_digits(split, dataset)


__all__ = ["DATASETS", "PULSES", "TEXTURES", "load", "load_digits", "load_galaxies", "load_photos", "photo_patches"]
