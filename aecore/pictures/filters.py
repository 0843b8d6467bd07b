"""Classical methods for whole pictures, to compare the network with; each is told how strong the noise is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from aecore.pictures.io import grey_and_tint, tinted
from aecore.pictures.noise import estimate_sigma

# parameter over sigma at two strengths, interpolated: chosen on training pictures by benchmarks/pictures.py --tune
_TUNED = {"non_local_means": ((25, 50), (0.6, 0.5)), "total_variation": ((25, 50), (0.7, 0.9))}


@dataclass(frozen=True)
class Filter:
    """One classical method for whole pictures: `apply(x, sigma)`.

    x: (H, W) or (H, W, 3) float32 in [0, 1]; sigma: of the noise, in grey levels of 255.
    """

    name: str
    label: str
    apply: Callable[[np.ndarray, float], np.ndarray]
    source: str


def filter_image(name: str, pixels: np.ndarray, sigma: float | None = None) -> np.ndarray:
    """Clean a picture by a classical method that is told how strong the noise is.

    Grey in three channels stays grey, as in `denoise`.

    Args:    name: a key of FILTERS; pixels: as in `denoise`; sigma: in grey levels of 255, estimated if None.
    Returns: like pixels.
    Raises:  ValueError: an unknown name.
    """
    if name not in FILTERS:
        raise ValueError(f"unknown filter {name!r}: choose one of {', '.join(FILTERS)}")
    sigma = estimate_sigma(pixels) if sigma is None else sigma
    plain, tint = grey_and_tint(pixels)
    x = plain.astype(np.float32) / 255 if pixels.dtype == np.uint8 else plain.astype(np.float32)
    recon = FILTERS[name].apply(x, sigma).clip(0, 1)
    recon = np.rint(recon * 255).astype(np.uint8) if pixels.dtype == np.uint8 else recon.astype(pixels.dtype)
    return tinted(recon, tint)


def non_local_means(x: np.ndarray, sigma: float) -> np.ndarray:
    """Average of pixels whose 7 x 7 surroundings look alike in all channels, within 6 pixels.

    The fast variant: the exact one is 0.1 to 0.3 dB better and some fifteen times slower (benchmarks/pictures.py).
    """
    from skimage.restoration import denoise_nl_means

    if sigma <= 0:
        return x
    s = sigma / 255
    h = s * float(np.interp(sigma, *_TUNED["non_local_means"]))
    return denoise_nl_means(x, patch_size=7, patch_distance=6, h=h, sigma=s, fast_mode=True, channel_axis=_channels(x))


def total_variation(x: np.ndarray, sigma: float) -> np.ndarray:
    """The picture that is closest while its gradient's absolute sum is small."""
    from skimage.restoration import denoise_tv_chambolle

    weight = sigma / 255 * float(np.interp(sigma, *_TUNED["total_variation"]))
    return denoise_tv_chambolle(x, weight, channel_axis=_channels(x)) if sigma > 0 else x


def median(x: np.ndarray, sigma: float) -> np.ndarray:
    """Median of each pixel's 3 x 3 window, 5 x 5 for strong noise; channel by channel."""
    import cv2

    return x if sigma < 1 else cv2.medianBlur(x, 3 if sigma < 15 else 5)


def _channels(x: np.ndarray) -> int | None:
    return None if x.ndim == 2 else -1


FILTERS: dict[str, Filter] = {
    f.name: f
    for f in (
        Filter("non_local_means", "Non-local means", non_local_means, "Buades, Coll & Morel 2005"),
        Filter("total_variation", "Total variation", total_variation, "Rudin, Osher & Fatemi 1992; Chambolle 2004"),
        Filter("median", "Median filter", median, "Tukey 1977"),
    )
}
