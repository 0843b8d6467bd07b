"""The engine of Autoencoder Lab: data, corruptions, models, training and inference; knows no screen."""

from importlib import import_module
from typing import TYPE_CHECKING

from aecore.checkpoints import load, names
from aecore.errors import AecoreError

if TYPE_CHECKING:
    from aecore.anomaly.normal import score as anomaly_scores
    from aecore.compression.container import compress, decompress
    from aecore.galaxies.walk import galaxy_walk
    from aecore.masking.guess import guess as guess_patches
    from aecore.pictures.denoise import denoise_image
    from aecore.restore.inpainting import inpaint
    from aecore.retrieval.base import search
    from aecore.signals.heard import denoise_signal

__version__ = "0.2.0"
__all__ = [
    "AecoreError",
    "anomaly_scores",
    "compress",
    "decompress",
    "denoise_image",
    "denoise_signal",
    "galaxy_walk",
    "guess_patches",
    "inpaint",
    "load",
    "names",
    "search",
]

# whose libraries take a second to import
_LATE = {
    "anomaly_scores": ("aecore.anomaly.normal", "score"),
    "compress": ("aecore.compression.container", "compress"),
    "decompress": ("aecore.compression.container", "decompress"),
    "galaxy_walk": ("aecore.galaxies.walk", "galaxy_walk"),
    "denoise_image": ("aecore.pictures.denoise", "denoise_image"),
    "denoise_signal": ("aecore.signals.heard", "denoise_signal"),
    "guess_patches": ("aecore.masking.guess", "guess"),
    "inpaint": ("aecore.restore.inpainting", "inpaint"),
    "search": ("aecore.retrieval.base", "search"),
}


def __getattr__(name: str) -> object:
    """`aecore.inpaint`, `aecore.search` and others whose libraries come late, imported on first use (PEP 562)."""
    if name not in _LATE:
        raise AttributeError(f"module 'aecore' has no attribute {name!r}")
    module, function = _LATE[name]
    return getattr(import_module(module), function)
