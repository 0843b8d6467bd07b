"""Families of models, one file each, and their registry."""

from dataclasses import dataclass, fields

import torch
from torch import nn

from aecore.models.autoencoder import Autoencoder, AutoencoderConfig
from aecore.models.cvae import CVAE, CVAEConfig
from aecore.models.denoiser import Denoiser, DenoiserConfig
from aecore.models.inpainter import Inpainter, InpainterConfig
from aecore.models.judge import Judge, JudgeConfig
from aecore.models.photo_denoiser import PhotoDenoiser, PhotoDenoiserConfig
from aecore.models.upscaler import Upscaler, UpscalerConfig
from aecore.models.vae import VAE, VAEConfig


@dataclass(frozen=True)
class Family:
    """A kind of model: the class, and the dataclass that fixes its shape."""

    model: type[nn.Module]
    config: type


FAMILIES = {
    "autoencoder": Family(Autoencoder, AutoencoderConfig),
    "denoiser": Family(Denoiser, DenoiserConfig),
    "vae": Family(VAE, VAEConfig),
    "cvae": Family(CVAE, CVAEConfig),
    "judge": Family(Judge, JudgeConfig),
    "inpainter": Family(Inpainter, InpainterConfig),
    "upscaler": Family(Upscaler, UpscalerConfig),
    "photo_denoiser": Family(PhotoDenoiser, PhotoDenoiserConfig),
}


def build(family: str, config: dict, seed: int = 0) -> nn.Module:
    """A fresh model of a family.

    Args:    family: a key of FAMILIES; config: fields of its config (lists become tuples, so that JSON fits);
             seed: of the initial weights; the global seed is left alone.
    Raises:  KeyError: an unknown family. TypeError: a field that the config does not have.
    """
    kind = FAMILIES[family]
    known = {field.name for field in fields(kind.config)}
    if unknown := set(config) - known:
        raise TypeError(f"{kind.config.__name__} has no field {', '.join(sorted(unknown))}")
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in config.items()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return kind.model(kind.config(**frozen))


__all__ = ["FAMILIES", "Family", "build"]
