"""MNIST digits, packaged with the project; Fashion-MNIST and KMNIST through torchvision."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aecore.errors import DataError

DATASETS = ("mnist", "fashion", "kmnist")

_HERE = Path(__file__).parent
_PREFIX = {"train": "train", "test": "t10k"}
_SHA256 = {  # of the packaged files
    "clothes-idx3-ubyte.gz": "5884006451616bda7027f4ae9649a8d403b4fd55b82208baf3a53594244e5a8d",
    "galaxies.zip": "7fe331288a8679f69a2bea553a6d55df6c70942b127532e890b74c35630c92e2",
    "train-images-idx3-ubyte.gz": "71524e2cd1ad2968737f7f2f2ff69cbfc32df8ccddff51593f7cb2d4e0eb5b64",
    "train-labels-idx1-ubyte.gz": "fe03b8bd7915f70bf5aa08be480aa413fbd85afcaa58b35d230d335f284fd88e",
    "t10k-images-idx3-ubyte.gz": "5634745efa576a17e7d4cf5cd9d09123c75e6538e5114267c2d156edaf519341",
    "t10k-labels-idx1-ubyte.gz": "ae18e77e031ccde52407f794d123116439864147d33ac992975f85dd4dc42af6",
}


def load_digits(split: str, dataset: str = "mnist") -> tuple[Tensor, Tensor]:
    """All images and labels of one split.

    Args:    split: "train" (60,000) or "test" (10,000).
             dataset: "mnist" (packaged, no network), "fashion" or "kmnist" (downloaded once into a cache).
    Returns: images uint8 (N, 1, 28, 28), 0 background and 255 ink; labels int64 (N,).
    Raises:  ValueError: an unknown split or data set.
             DataError: a packaged file is missing or altered, or a download failed.
    Source:  LeCun, Cortes, Burges: the MNIST database; LeCun et al. 1998.
    """
    if split not in _PREFIX:
        raise ValueError(f"split must be 'train' or 'test', not {split!r}")
    if dataset not in DATASETS:
        raise ValueError(f"dataset must be one of {', '.join(DATASETS)}, not {dataset!r}")
    if dataset != "mnist":
        return _load_torchvision(split, dataset)
    prefix = _PREFIX[split]
    images = _read_idx(f"{prefix}-images-idx3-ubyte.gz")  # (N, 28, 28)
    labels = _read_idx(f"{prefix}-labels-idx1-ubyte.gz")  # (N,)
    return torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels).long()


def _read_idx(name: str) -> np.ndarray:
    return read_idx(packed_file(name))


def packed_file(name: str) -> bytes:
    """A packaged file as it is. Raises: DataError: it is missing, or not the one that was packaged."""
    path = _HERE / name
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise DataError(f"The data file {name} is missing. Restore it from the project's repository.") from error
    if hashlib.sha256(packed).hexdigest() != _SHA256[name]:
        raise DataError(f"The data file {name} was altered. Restore it from the project's repository.")
    return packed


def read_idx(packed: bytes) -> np.ndarray:
    """A gzipped IDX file of unsigned bytes, the format of MNIST: any shape, uint8.

    Raises: DataError: it is not such a file, or is cut short.
    """
    try:
        data = gzip.decompress(packed)
        if data[:3] != b"\0\0\x08":
            raise ValueError("another magic number")
        shape = np.frombuffer(data, ">u4", count=data[3], offset=4)  # byte 3 of the magic number counts dimensions
        pixels = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
        return pixels.reshape(shape).copy()
    except (OSError, EOFError, IndexError, ValueError, zlib.error) as error:
        raise DataError(f"This is no gzipped IDX file ({error}). Use one that MNIST's readers accept.") from error


def _load_torchvision(split: str, dataset: str) -> tuple[Tensor, Tensor]:
    from torchvision.datasets import KMNIST, FashionMNIST  # late: a second of import time

    cache = Path(os.environ.get("AECORE_CACHE", Path.home() / ".cache" / "aecore"))
    kind = {"fashion": FashionMNIST, "kmnist": KMNIST}[dataset]
    try:
        cache.mkdir(parents=True, exist_ok=True)
        data = kind(cache, train=split == "train", download=True)
    except (OSError, RuntimeError) as error:  # torchvision raises either for a failed download
        raise DataError(
            f"The data set '{dataset}' could not be downloaded into {cache}. "
            "Connect to the network once, or use --dataset mnist, which is packaged."
        ) from error
    return data.data.unsqueeze(1), data.targets.long()
