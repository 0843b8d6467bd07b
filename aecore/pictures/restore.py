"""A picture by any method, the network or a filter: whole, a window of it, and measured against the truth.

What takes seconds is a generator that yields the share done, and at last what it made.
"""

from collections.abc import Iterator

import numpy as np
import torch

from aecore import metrics
from aecore.data.photos import TEST
from aecore.pictures.denoise import MULTIPLE, OVERLAP, Box, denoise, network, tiles, to_tensor
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.io import as_photo
from aecore.pictures.noise import add_noise

SMALL = 700_000  # pixels: up to here filters take the whole picture at once
SIGMAS = (5, 10, 15, 20, 25, 30, 40, 50, 60)  # of `sweep`, in grey levels of 255
HELD_OUT = (25, 50)  # sigmas of `held_out`
_MARGIN = 24  # px around a window, so that its border is restored as in the whole picture


def restore(method: str, pixels: np.ndarray, sigma: float) -> Iterator[float | np.ndarray]:
    """A whole picture by one method, piece by piece; a filter is told sigma, the network is not.

    Args: method: a key of FILTERS, or the name of a network's checkpoint; pixels: as `aecore.pictures.denoise.denoise`
          takes them; sigma: of the noise, in grey levels of 255.
    """
    if method not in FILTERS:
        for step in denoise(pixels, model=network(method)):
            yield step.done / step.total
        yield step.recon
    elif pixels.shape[0] * pixels.shape[1] <= SMALL:
        yield filter_image(method, pixels, sigma)
    else:  # in pieces with a margin: a filter looks no further
        recon = np.empty_like(pixels)
        boxes = tiles(*pixels.shape[:2], 384)
        for done, box in enumerate(boxes, 1):
            left, top, right, bottom = box
            recon[top:bottom, left:right] = restore_window(method, pixels, box, sigma)
            yield done / len(boxes)
        yield recon


def restore_window(method: str, pixels: np.ndarray, box: Box, sigma: float) -> np.ndarray:
    """A window of a picture by one method, as it is in the whole picture restored, or within two grey levels of it."""
    left, top, right, bottom = box
    if method not in FILTERS:
        x0, y0 = (max(0, (at - OVERLAP) // MULTIPLE * MULTIPLE) for at in (left, top))
        *_, step = denoise(pixels[y0 : bottom + OVERLAP, x0 : right + OVERLAP], model=network(method))
        return step.recon[top - y0 : bottom - y0, left - x0 : right - x0]
    x0, y0 = max(0, left - _MARGIN), max(0, top - _MARGIN)
    around = filter_image(method, pixels[y0 : bottom + _MARGIN, x0 : right + _MARGIN], sigma)
    return around[top - y0 : bottom - y0, left - x0 : right - x0]


def sweep(clean: np.ndarray, methods: list[str]) -> Iterator[float | np.ndarray]:
    """PSNR in dB at SIGMAS of the noisy picture and of each method's result: (1 + methods, sigmas)."""
    rows = []
    for done, sigma in enumerate(SIGMAS):
        noisy = add_noise(clean, sigma, torch.Generator().manual_seed(0))
        results = [noisy]
        for method in methods:
            *_, recon = restore(method, noisy, sigma)
            results.append(recon)
        rows.append([psnr(clean, result) for result in results])
        yield (done + 1) / len(SIGMAS)
    yield np.array(rows).T


def held_out(methods: list[str]) -> Iterator[float | np.ndarray]:
    """PSNR in dB on TEST's pictures: (sigmas of HELD_OUT, pictures, 1 + methods), the noisy picture first."""
    rows, done = [], 0
    for sigma in HELD_OUT:
        for seed, load in enumerate(TEST.values()):
            clean = as_photo(load()).pixels
            noisy = add_noise(clean, sigma, torch.Generator().manual_seed(seed))
            row = [psnr(clean, noisy)]
            for method in methods:
                *_, recon = restore(method, noisy, sigma)
                row.append(psnr(clean, recon))
                done += 1
                yield done / (len(HELD_OUT) * len(TEST) * len(methods))
            rows.append(row)
    yield np.array(rows).reshape(len(HELD_OUT), len(TEST), 1 + len(methods))


def psnr(clean: np.ndarray, recon: np.ndarray) -> float:
    """In dB, 99 at most."""
    return min(99.0, float(metrics.psnr(to_tensor(clean), to_tensor(recon))))
