"""Data sets, one file each."""

from aecore.data.digits import DATASETS, load_digits

__all__ = ["DATASETS", "load_digits"]
