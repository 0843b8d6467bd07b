"""Families of models, one file each, and their registry."""

import json
from dataclasses import fields
from importlib import import_module
from typing import Any

import torch
from torch import nn

from aecore import records
from aecore.models.family import Family, Task

_FILES = (  # in this folder; each ends with its FAMILY
    "autoencoder",
    "constrained",
    "tied_matrix",
    "memoriser",
    "denoiser",
    "vae",
    "cvae",
    "judge",
    "inpainter",
    "masked",
    "upscaler",
    "photo_denoiser",
    "predictive",
    "hashing",
    "stacked",
    "one_class",
    "compressor",
    "heartbeat_denoiser",
    "beat_autoencoder",
    "gan",
    "acgan",
    "upsampled",
    "signal_denoiser",
    "gaussian_vae",
    "sorter",
)
FAMILIES: dict[str, Family] = {name: import_module(f"{__name__}.{name}").FAMILY for name in _FILES}


def configure(family: str, config: dict) -> Any:
    """The config of a family, defaults filled in.

    Args:    family: a key of FAMILIES; config: some of its fields (lists become tuples, so that JSON fits).
    Raises:  KeyError: an unknown family. TypeError: a field that the config does not have, or a value of another type.
    """
    kind = FAMILIES[family].config
    known = {field.name for field in fields(kind)}
    if unknown := set(config) - known:
        raise TypeError(f"{kind.__name__} has no field {', '.join(sorted(unknown))}")
    try:
        return records.read(kind, json.dumps(config))
    except ValueError as error:
        raise TypeError(f"{kind.__name__}: {error}") from error


def build(family: str, config: dict, seed: int = 0) -> nn.Module:
    """A fresh model of a family.

    Args:    family, config: as `configure`; seed: of the initial weights; the global seed is left alone.
    Raises:  as `configure`. ValueError: numbers that do not fit together.
    """
    settings = configure(family, config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return FAMILIES[family].model(settings)


__all__ = ["FAMILIES", "Family", "Task", "build", "configure"]
