"""The engine of Autoencoder Lab: data, corruptions, models, training and inference; knows no screen."""

from importlib import import_module
from typing import TYPE_CHECKING

from aecore.checkpoints import load, names
from aecore.errors import AecoreError

if TYPE_CHECKING:
    from aecore.pictures.denoise import denoise_image
    from aecore.restore.inpainting import inpaint
    from aecore.retrieval.base import search

__version__ = "0.2.0"
__all__ = ["AecoreError", "denoise_image", "inpaint", "load", "names", "search"]

# whose libraries take a second to import
_LATE = {
    "denoise_image": "aecore.pictures.denoise",
    "inpaint": "aecore.restore.inpainting",
    "search": "aecore.retrieval.base",
}


def __getattr__(name: str) -> object:
    """`aecore.inpaint`, `aecore.denoise_image` and `aecore.search`, imported on first use (PEP 562)."""
    if name not in _LATE:
        raise AttributeError(f"module 'aecore' has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)
