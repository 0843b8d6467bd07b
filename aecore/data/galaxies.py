"""Galaxies of the Sloan Digital Sky Survey, packaged with the project: 940 colour pictures of four kinds."""

import csv
import io
import zipfile
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from aecore.data.digits import packed_file
from aecore.errors import DataError

CLASSES = ("barred_spiral", "elliptical", "spiral", "edge_on")  # y is the place here
TITLES = dict(zip(CLASSES, ("barred spiral", "elliptical", "spiral", "edge-on"), strict=True))  # as people say
SIDE = 128  # pixels
HALF = "galaxies-64"  # the same at half the size, as a data set
CREDIT = "Sloan Digital Sky Survey"
STRETCH = 1.4  # the sky is dark: pictures are shown this much brighter, never computed with
_FILE = "galaxies.zip"
_SPLITS = ("train", "test")


@dataclass(frozen=True)
class Galaxy:
    """One picture.

    name: its number in SDSS DR7 or in the Galaxy Zoo 2 challenge; kind: of CLASSES; direction: in which its arms turn,
    "clockwise", "anticlockwise" or ""; webp: the picture as a file.
    """

    name: str
    kind: str
    direction: str
    webp: bytes


@cache
def galaxies(split: str) -> tuple[Galaxy, ...]:
    """All galaxies of one split, in random order that is always the same.

    Args:    split: "train" (752) or "test" (188).
    Raises:  ValueError: an unknown split. DataError: the packaged file is missing or altered.
    Source:  SDSS data release 7; labels: Galaxy Zoo, Lintott et al. 2011, MNRAS 410, 166; Willett et al. 2013, MNRAS
             435, 2835; the bars were marked by eye. See README.md here.
    """
    if split not in _SPLITS:
        raise ValueError(f"split must be 'train' or 'test', not {split!r}")
    try:
        with zipfile.ZipFile(io.BytesIO(packed_file(_FILE))) as archive:
            rows = csv.DictReader(io.StringIO(archive.read("labels.csv").decode()))
            return tuple(
                Galaxy(row["name"], row["class"], row["direction"], archive.read(f"{row['name']}.webp"))
                for row in rows
                if row["split"] == split
            )
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise DataError(f"The data file {_FILE} is damaged. Restore it from the project's repository.") from error


def load_galaxies(split: str) -> tuple[Tensor, Tensor]:
    """Pictures and classes of one split, in the order of `galaxies`.

    Returns: x uint8 (N, 3, SIDE, SIDE), 0 dark; y int64 (N,), places in CLASSES.
    Raises:  as `galaxies`.
    """
    x = np.stack([np.asarray(Image.open(io.BytesIO(one.webp), formats=["WEBP"])) for one in galaxies(split)])
    y = torch.tensor([CLASSES.index(one.kind) for one in galaxies(split)])
    return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(), y


def load_half_galaxies(split: str) -> tuple[Tensor, Tensor]:
    """The same, each square of 2 x 2 pixels averaged: x uint8 (N, 3, SIDE / 2, SIDE / 2). Raises: as `galaxies`."""
    x, y = load_galaxies(split)
    return F.avg_pool2d(x.float(), 2).round().byte(), y
