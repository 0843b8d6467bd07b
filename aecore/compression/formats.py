"""Pictures of 28 x 28 as JPEG, WebP and PNG: what formats that were made for anything make of them.

data = write(x, "webp", 50)             # x (1, 28, 28)
print(len(data), len(data) - empty("webp", 50), psnr(x, read(data)))
"""

import functools
import io

import numpy as np
import torch
from PIL import Image
from torch import Tensor

JPEG, WEBP, PNG = "jpeg", "webp", "png"
QUALITIES = {
    JPEG: (1, 3, 6, 10, 15, 20, 30, 40, 50, 60, 70, 80, 87, 93),
    WEBP: (0, 2, 5, 10, 20, 30, 40, 50, 60, 70, 78, 85, 91, 96),
    PNG: (100,),  # it loses nothing
}
NAMES = {JPEG: "JPEG", WEBP: "WebP", PNG: "PNG"}


def write(x: Tensor, form: str, quality: int) -> bytes:
    """A picture as a file, by Pillow with the settings that make it smallest.

    Args: x: (1, 28, 28) in [0, 1]; form: JPEG, WEBP or PNG; quality: of the encoder, 0 to 100.
    """
    picture = Image.fromarray(x[0].mul(255).round().byte().numpy())
    buffer = io.BytesIO()
    if form == WEBP:
        picture.save(buffer, "WEBP", quality=quality, method=6)
    elif form == JPEG:
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
    else:
        picture.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def read(data: bytes) -> Tensor:
    """What a file of `write` shows: (1, 28, 28) in [0, 1]."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "WEBP", "PNG"]) as picture:
        return torch.from_numpy(np.array(picture.convert("L"), np.float32))[None] / 255


@functools.cache
def empty(form: str, quality: int) -> int:
    """Bytes of a black picture's file: the head that every file has, and hardly more."""
    return len(write(torch.zeros(1, 28, 28), form, quality))
