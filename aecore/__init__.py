"""The engine of Autoencoder Lab: data, corruptions, models, training and inference; knows no screen."""

from aecore.checkpoints import load, names
from aecore.errors import AecoreError

__all__ = ["AecoreError", "load", "names"]
