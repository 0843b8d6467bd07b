"""How much noise a picture has, whether cleaning it helped, and noise to try it on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


def estimate_sigma(pixels: np.ndarray) -> float:
    """Standard deviation of white noise in a picture, in grey levels of 255, mean over channels.

    The median of |(a - b - c + d) / 2| over 2x2 cells, over 0.6745: edges are few and hardly move a median. Fine
    texture counts as noise; so does a picture's grain.

    Args:    pixels: as in `denoise`.
    Source:  Donoho & Johnstone 1994, "Ideal spatial adaptation by wavelet shrinkage" (Haar's finest diagonal).
    """
    height, width = (side - side % 2 for side in pixels.shape[:2])
    if not height or not width:
        return 0.0
    planes = [pixels] if pixels.ndim == 2 else [pixels[..., channel] for channel in range(pixels.shape[2])]
    return float(np.mean([_diagonal(plane[:height, :width]) for plane in planes])) / 0.6745


def _diagonal(plane: np.ndarray) -> float:
    """Of one channel, (H, W) with even sides: the median of |(a - b - c + d) / 2|, in grey levels of 255.

    Quarters of a channel are all that is copied, as 16-bit integers where that loses nothing: a large photo's copy as
    floats would be four times the photo.
    """
    wide, scale = (np.int16, 1.0) if plane.dtype == np.uint8 else (np.float32, 255.0)
    cells = plane[::2, ::2].astype(wide)  # (H/2, W/2)
    cells -= plane[1::2, ::2]
    cells -= plane[::2, 1::2]
    cells += plane[1::2, 1::2]
    return float(np.median(np.abs(cells, out=cells), overwrite_input=True)) * scale / 2


@dataclass(frozen=True)
class Verdict:
    """Whether cleaning a picture was worth it.

    sigma: estimated from the picture alone, and removed: standard deviation of what the network took away, in grey
    levels of 255; helps: whether that was noise; sentence: the same for people.
    """

    sigma: float
    removed: float
    helps: bool
    sentence: str


# Measured on twelve of the pictures of aecore/data/photos.py under noise of sigma 0 to 8: what the network removes is
# close to the noise's sigma. Below 2.5 it costs as many decibels as it brings; and where the estimate is over three
# times as high, most of it was texture (a lawn). With both rules only the lawn at sigma 5 loses, 0.1 dB.
LEAST, TEXTURE = 2.5, 3.0
_BAND = 16  # rows that are looked at together: what a large photo takes as floats is bounded


def judge_result(pixels: np.ndarray, recon: np.ndarray) -> Verdict:
    """Say honestly whether the network helped, from the picture and what became of it, without the truth.

    It did if it took away at least LEAST grey levels, and at least a third of what looks like noise.

    Args: pixels: as in `denoise`; recon: the same shape and type.
    """
    removed = (1.0 if pixels.dtype == np.uint8 else 255.0) * _spread(pixels, recon)
    sigma = estimate_sigma(pixels)
    if removed < LEAST:
        text = (
            "There is hardly any noise here that the network knows: it does not help, and may take fine texture away."
        )
    elif sigma > TEXTURE * removed:
        text = "What looks like noise here is mostly texture: the network does not help, and takes some of it away."
    else:
        text = f"The network found noise of about {removed:.0f} of 255 grey levels and removed it."
    return Verdict(sigma, removed, removed >= LEAST and sigma <= TEXTURE * removed, text)


def _spread(pixels: np.ndarray, recon: np.ndarray) -> float:
    """Standard deviation of the difference of two pictures of one shape, summed up in bands."""
    total = squares = 0.0
    for top in range(0, len(pixels), _BAND):
        difference = pixels[top : top + _BAND].astype(np.float64)
        difference -= recon[top : top + _BAND]
        total += difference.sum()
        squares += np.vdot(difference, difference)
    return float(np.sqrt(max(0.0, squares / pixels.size - (total / pixels.size) ** 2)))


def add_noise(pixels: np.ndarray, sigma: float, rng: torch.Generator) -> np.ndarray:
    """White Gaussian noise of sigma grey levels of 255; uint8 pixels stay uint8, clipped as a file would clip them."""
    noise = sigma * torch.randn(pixels.shape, generator=rng, device=rng.device).cpu().numpy()
    if pixels.dtype == np.uint8:
        return np.clip(np.rint(pixels + noise), 0, 255).astype(np.uint8)
    return (pixels + noise / 255).astype(pixels.dtype)
