"""Whole pictures cleaned of noise tile by tile, by the network `photo` (aecore/models/photo_denoiser.py)."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from aecore.errors import ImageError
from aecore.pictures.io import NO_PICTURE, as_photo, grey_and_tint, tinted

TILE, OVERLAP = 448, 64  # px; with 64 tiles are the same as the whole to the last bit, with 48 within 0.001
MULTIPLE = 16  # tiles begin on this grid: the network halves the picture, and a tile must be halved as the whole is
WORKERS = 4  # tiles in work at once at most: bounds memory on a machine of many cores

Box = tuple[int, int, int, int]  # left, top, right, bottom; right and bottom are exclusive
Model = Callable[[Tensor], Tensor]  # (1, 3, H, W) in [0, 1] -> the same

_EIGHT = "Pillow holds no colours of 16 bits, so this picture has 8; `python -m aecore denoise` writes all of them."


@dataclass(frozen=True)
class Step:
    """How far a picture is.

    done, total: tiles; seconds: since the start; recon: the whole picture like the pixels given, cleaned in `box`
    and all tiles before it, the same array every time.
    """

    done: int
    total: int
    seconds: float
    recon: np.ndarray
    box: Box


def denoise_image(
    picture: bytes | np.ndarray | Image.Image,
    *,
    progress: Callable[[float], None] | None = None,
    tile: int = TILE,
    overlap: int = OVERLAP,
    model: Model | None = None,
) -> Image.Image:
    """Clean any picture of noise whose strength nobody tells.

    Args:    picture: a file's content, an array or a Pillow picture, see `as_photo`; above 4 megapixels it is reduced.
             progress: called with the share done, in (0, 1]; tile, overlap, model: see `denoise`.
    Returns: a picture of the same size and mode as far as Pillow and PNG have it (see `read_photo`), upright, its
             alpha as it was; its `info` holds the colour profile and, as "notes", sentences on what is not as it was.
    Raises:  ImageError: no such picture. CheckpointError: the network is missing.
    """
    photo = as_photo(picture)
    step = None
    for step in denoise(photo.pixels, tile=tile, overlap=overlap, model=model):
        if progress is not None:
            progress(step.done / step.total)
    image = photo.image(step.recon)
    image.info["notes"] = photo.notes if image.mode == photo.mode else (*photo.notes, _EIGHT)
    return image


def denoise(
    pixels: np.ndarray, *, tile: int = TILE, overlap: int = OVERLAP, model: Model | None = None
) -> Iterator[Step]:
    """Clean a picture tile by tile; leaving the loop cancels.

    Each tile is computed with `overlap` more pixels on each side, of which nothing is kept. So its border sees
    what it would see in the whole picture, and there is no seam. Where torch itself uses one thread, tiles run
    beside each other on all cores; memory is bounded by the tiles in work and two copies of the picture.

    What is grey stays grey, also in three channels; a tint of up to 2 of 255, as lossy files have it, stays as it is.

    Args:    pixels: (H, W) grey or (H, W, 3); uint8, or float in [0, 1] (more is allowed: noise not clipped yet).
             tile, overlap: px, rounded up to multiples of 16; model: (1, 3, h, w) -> recon, `network()` unless given.
    Yields:  a `Step` a tile; the last one has the whole picture, of the type given.
    Raises:  ImageError: not such an array. CheckpointError: the network is missing.
    """
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or not pixels.size:
        raise ImageError(NO_PICTURE)
    if pixels.dtype != np.uint8 and pixels.dtype.kind != "f":
        raise ImageError(NO_PICTURE)
    model = model or network()
    height, width = pixels.shape[:2]
    boxes = tiles(height, width, tile)
    recon, (plain, tint) = pixels.copy(), grey_and_tint(pixels)
    start, done = time.perf_counter(), 0
    waiting: deque[tuple[Box, Future]] = deque()
    with ThreadPoolExecutor(_workers(), thread_name_prefix="tile") as pool:
        try:
            todo = iter(boxes)
            while True:
                while len(waiting) <= pool._max_workers and (box := next(todo, None)) is not None:
                    waiting.append((box, pool.submit(clean_tile, model, plain, box, overlap)))
                if not waiting:
                    return
                box, cleaned = waiting.popleft()
                left, top, right, bottom = box
                recon[top:bottom, left:right] = tinted(cleaned.result(), tint[top:bottom, left:right])
                done += 1
                yield Step(done, len(boxes), time.perf_counter() - start, recon, box)
        finally:
            for _, cleaned in waiting:
                cleaned.cancel()


def tiles(height: int, width: int, tile: int = TILE) -> list[Box]:
    """Boxes that cover a picture without overlap, row by row, each beginning on a multiple of 16."""
    tile = max(MULTIPLE, -(-tile // MULTIPLE) * MULTIPLE)
    tops, lefts = range(0, height, tile), range(0, width, tile)
    return [(x, y, min(x + tile, width), min(y + tile, height)) for y in tops for x in lefts]


def clean_tile(model: Model, pixels: np.ndarray, box: Box, overlap: int) -> np.ndarray:
    """One tile, computed with its surroundings and cut out of the result; like pixels[box]."""
    overlap = -(-overlap // MULTIPLE) * MULTIPLE
    left, top, right, bottom = box
    x0, y0 = max(0, left - overlap), max(0, top - overlap)
    around = to_tensor(pixels[y0 : bottom + overlap, x0 : right + overlap])
    # with the channels last convolutions take what they are given as it is: a third less time, and no copies
    recon = model(around.contiguous(memory_format=torch.channels_last))[0]  # (3, h, w)
    recon = recon[:, top - y0 : bottom - y0, left - x0 : right - x0]
    return from_tensor(recon, pixels)


def to_tensor(pixels: np.ndarray) -> Tensor:
    """(H, W) or (H, W, 3), uint8 or float -> (1, 3, H, W) float32; grey as three equal channels."""
    x = torch.from_numpy(pixels.astype(np.float32))
    if pixels.dtype == np.uint8:
        x /= 255
    return (x.expand(3, -1, -1) if x.ndim == 2 else x.permute(2, 0, 1)).unsqueeze(0).contiguous()


def from_tensor(x: Tensor, like: np.ndarray) -> np.ndarray:
    """(3, H, W) in [0, 1] -> as many channels, and of the type, as `like`."""
    pixels = x.mean(0) if like.ndim == 2 else x.permute(1, 2, 0)
    if like.dtype == np.uint8:
        return pixels.mul(255).round().clamp(0, 255).byte().numpy()
    return pixels.numpy().astype(like.dtype)


def network(name: str = "photo") -> Model:
    """A checkpoint whose family restores photos, as `denoise` takes it. Raises: CheckpointError."""
    from aecore.engine import get_engine

    engine = get_engine()
    engine.model(name)  # fails before the first tile
    return lambda x: engine.reconstruct(name, x)


def _workers() -> int:
    return max(1, min(WORKERS, (os.cpu_count() or 1) // torch.get_num_threads()))


def preview_box(height: int, width: int, side: int = 320, center: tuple[float, float] = (0.5, 0.5)) -> Box:
    """A window of at most side x side pixels around a point, inside the picture: what slow methods are shown on.

    Args: center: (x, y) as shares of width and height.
    """
    w, h = min(side, width), min(side, height)
    left = round(min(max(center[0] * width - w / 2, 0), width - w))
    top = round(min(max(center[1] * height - h / 2, 0), height - h))
    return left, top, left + w, top + h
