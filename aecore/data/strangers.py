"""Pictures that are no digits, 28 x 28 like them: letters, clothes, faces, photographs, static. No downloads."""

import functools
import string
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from aecore.data.digits import packed_file, read_idx
from aecore.data.photos import load_photos
from aecore.errors import DataError

SIDE = 28
BOX = 20  # the longest side of MNIST's digits, and of our letters
CLOTHES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
LETTERS = string.ascii_uppercase
_FACE = (163, 62, 283, 182)  # left, top, right, bottom in scikit-image's "astronaut"
_SHOE = Path(__file__).with_name("shoe.png")
_PIECE = 112  # pixels of a photograph, a side, that become 28


@functools.cache
def letters() -> Tensor:
    """The capital letters as MNIST has its digits, white on black, centred by their mass: (26, 1, 28, 28).

    Source: the typeface Aileron by S. Sagano (CC0), which Pillow carries.
    """
    font = ImageFont.load_default(160)
    return torch.cat([_letter(letter, font) for letter in LETTERS])


def face() -> Tensor:
    """A face, (1, 1, 28, 28): E. Collins, astronaut.

    Source: a photograph by NASA (public domain), which scikit-image carries.
    """
    import skimage.data  # late: few pages need it

    picture = Image.fromarray(skimage.data.astronaut()).convert("L").crop(_FACE)
    return _tensor(picture.resize((SIDE, SIDE), Image.Resampling.BOX))


def shoe() -> Tensor:
    """A boot, (1, 1, 28, 28): a test picture of Fashion-MNIST.

    Raises: DataError: its file is missing or damaged.
    Source: H. Xiao, K. Rasul, R. Vollgraf, arXiv:1708.07747 (MIT licence, copyright 2017 Zalando SE).
    """
    try:
        return _tensor(Image.open(_SHOE))
    except OSError as error:
        raise DataError("The picture shoe.png is missing. Restore it from the project's repository.") from error


@functools.cache
def clothes() -> Tensor:
    """One picture of each class of Fashion-MNIST, (10, 1, 28, 28); CLOTHES names them. Raises: DataError.

    Source: Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747 (MIT, copyright 2017 Zalando SE); of the test set the first.
    """
    return torch.from_numpy(read_idx(packed_file("clothes-idx3-ubyte.gz")))[:, None].float() / 255


def faces() -> Tensor:
    """A hundred faces to measure with, not to show, (100, 1, 28, 28), from 25 x 25 pixels.

    Source: Labeled Faces in the Wild (Huang et al. 2007), of which scikit-image carries 100 cut-outs.
    """
    import skimage.data  # late: few pages need it

    pictures = torch.from_numpy(skimage.data.lfw_subset()[:100]).float()[:, None]  # the other 100 are no faces
    return F.interpolate(pictures, (SIDE, SIDE), mode="bilinear", align_corners=False)


def photo_pieces(count: int, seed: int = 0) -> Tensor:
    """Random squares of the photographs that nothing here was trained on, grey: (count, 1, 28, 28)."""
    rng = torch.Generator().manual_seed(seed)
    pictures = [Image.fromarray(picture).convert("L") for picture in load_photos("test").values()]
    pieces = []
    for number in range(count):
        picture = pictures[number % len(pictures)]
        left, top = (int(torch.randint(side - _PIECE + 1, (), generator=rng)) for side in picture.size)
        piece = picture.crop((left, top, left + _PIECE, top + _PIECE))
        pieces.append(_tensor(piece.resize((SIDE, SIDE), Image.Resampling.BOX)))
    return torch.cat(pieces)


def static(count: int, seed: int = 0) -> Tensor:
    """Random grey pixels, each of 256 levels as likely as the others: (count, 1, 28, 28)."""
    rng = torch.Generator().manual_seed(seed)
    return torch.randint(256, (count, 1, SIDE, SIDE), generator=rng).float() / 255


def _letter(letter: str, font: ImageFont.FreeTypeFont) -> Tensor:
    sheet = Image.new("L", (320, 320))
    ImageDraw.Draw(sheet).text((60, 60), letter, 255, font)
    glyph = sheet.crop(sheet.getbbox())
    scale = BOX / max(glyph.size)
    glyph = glyph.resize([max(1, round(side * scale)) for side in glyph.size], Image.Resampling.BOX)
    ink = np.asarray(glyph, np.float64)
    mass = [(ink.sum(1 - axis) * np.arange(ink.shape[axis])).sum() / ink.sum() for axis in (0, 1)]  # down, across
    top, left = (min(max(round(SIDE / 2 - at), 0), SIDE - n) for at, n in zip(mass, ink.shape, strict=True))
    picture = Image.new("L", (SIDE, SIDE))
    picture.paste(glyph, (left, top))
    return _tensor(picture)


def _tensor(picture: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(picture, np.float32) / 255)[None, None]
