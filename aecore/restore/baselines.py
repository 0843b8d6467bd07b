"""Classical restoration methods to compare the models with, each tuned for each corruption and strength.

Nothing here learns from digits except the one number a method has, which benchmarks/classical.py chose on
training digits. Methods come from OpenCV and scikit-image; those two are imported on first use, since the
app must not wait for them at its start (`warm_up` does it ahead of time).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aecore import contract
from aecore.corruptions import blur_sd, cell_average, gaussian_rows, grid_cells

Picture = np.ndarray  # (H, W) float32 in [0, 1]


@dataclass(frozen=True)
class Baseline:
    """One classical method.

    `apply(picture, mask, strength, parameter)` restores one plane, (H, W) float32; mask is (H, W) bool or
    None. `told` says what the method knows beside the picture, for a fair comparison on the page ("" if
    nothing but the kind of corruption and its strength, for which its parameter was tuned).
    """

    name: str
    label: str
    apply: Callable[[Picture, np.ndarray | None, float, float], Picture]
    parameter: str
    source: str
    needs_mask: bool = False
    told: str = ""


def restore(name: str, x_noisy: Tensor, mask: Tensor | None, corruption: str, strength: float | Tensor) -> Tensor:
    """Restore damaged pictures by a classical method, with the parameter tuned for this corruption.

    Args:    name: a key of BASELINES, one of applicable(corruption).
             x_noisy: (N, C, H, W) float in [0, 1]; each channel is restored on its own.
             mask: like x_noisy, 1 where pixels were removed, or None. Methods that fill in need it.
             corruption: a key of CORRUPTIONS; strength: in [0, 1], one number or (N,).
    Returns: recon: like x_noisy, float32 in [0, 1].
    Raises:  ValueError: the method does not apply to this corruption, or needs a mask and got none.
    """
    if name not in TUNED.get(corruption, {}):
        raise ValueError(f"{name!r} does not apply to {corruption!r}: choose one of {applicable(corruption)}")
    contract.check_pictures(x_noisy, name="x_noisy")
    mask = None if mask is None else contract.as_mask(mask, x_noisy)
    tuned = TUNED[corruption][name]
    strengths = torch.as_tensor(strength, dtype=torch.float32).expand(len(x_noisy)).tolist()
    recon = torch.empty_like(x_noisy, dtype=torch.float32)
    with contract.trusted():
        for n, s in enumerate(strengths):
            known = None if mask is None else mask[n : n + 1]
            recon[n] = restore_with(name, x_noisy[n : n + 1], known, s, tuned[nearest_knot(s)])[0]
    return recon


def restore_with(name: str, x_noisy: Tensor, mask: Tensor | None, strength: float, parameter: float) -> Tensor:
    """`restore` with a parameter of your own instead of the tuned one; what it is says `Baseline.parameter`."""
    method = BASELINES[name]
    if method.needs_mask and mask is None:
        raise ValueError(f"{name!r} fills in removed pixels: it needs the mask")
    contract.check_pictures(x_noisy, name="x_noisy")
    mask = None if mask is None else contract.as_mask(mask, x_noisy)
    planes = x_noisy.detach().float().cpu().numpy()  # (N, C, H, W)
    removed = None if mask is None else mask.expand_as(x_noisy).cpu().numpy() > 0
    recon = np.empty_like(planes)
    for n, c in np.ndindex(planes.shape[:2]):
        hole = None if removed is None else removed[n, c]
        recon[n, c] = method.apply(planes[n, c], hole, strength, parameter)
    return torch.from_numpy(recon).clamp(0, 1).to(x_noisy.device)


def applicable(corruption: str) -> list[str]:
    """Names of the methods made for a corruption, best first (PSNR on training digits, default strength)."""
    if corruption not in TUNED:
        raise ValueError(f"unknown corruption {corruption!r}: choose one of {', '.join(TUNED)}")
    return list(TUNED[corruption])


def warm_up() -> None:
    """Import the libraries and run every method once, so that no visitor waits for it (about a second)."""
    picture = torch.zeros(1, 1, 28, 28)
    mask = torch.zeros_like(picture)
    picture[..., 10:18, 10:18], mask[..., 12:14, 12:14] = 1.0, 1.0
    for corruption, methods in TUNED.items():
        for name in methods:
            restore(name, picture, mask, corruption, 0.5)


def nearest_knot(strength: float) -> int:
    """Index into a row of TUNED of the strength nearest to this one."""
    return min(range(len(KNOTS)), key=lambda i: abs(KNOTS[i] - strength))


# Filters for noise: parameter 0 (or a window of 1) leaves the picture as it is.


def median(picture: Picture, mask: np.ndarray | None, strength: float, window: float) -> Picture:
    """Median of each pixel's square window; OpenCV's larger windows take 8 bits, so 8 bits for all."""
    import cv2

    return cv2.medianBlur(_to_bytes(picture), int(window)).astype(np.float32) / 255


def gaussian_filter(picture: Picture, mask: np.ndarray | None, strength: float, sd: float) -> Picture:
    """Gaussian average of each pixel's surroundings, sd in pixels."""
    import cv2

    return cv2.GaussianBlur(picture, (0, 0), sd, borderType=cv2.BORDER_REPLICATE) if sd else picture


def total_variation(picture: Picture, mask: np.ndarray | None, strength: float, weight: float) -> Picture:
    """The picture that is closest while its gradient's absolute sum is small."""
    from skimage.restoration import denoise_tv_chambolle

    return denoise_tv_chambolle(picture, weight) if weight else picture


def non_local_means(picture: Picture, mask: np.ndarray | None, strength: float, h: float) -> Picture:
    """Average of pixels whose 5 x 5 surroundings look alike, within 5 pixels."""
    from skimage.restoration import denoise_nl_means

    return denoise_nl_means(picture, patch_size=5, patch_distance=5, h=h) if h else picture


# Filling in: the mask is known, and what was not removed stays.


def telea(picture: Picture, mask: np.ndarray | None, strength: float, radius: float) -> Picture:
    """March inwards from the border of the hole, averaging what is known nearby."""
    import cv2

    return _opencv_inpaint(picture, mask, radius, cv2.INPAINT_TELEA)


def navier_stokes(picture: Picture, mask: np.ndarray | None, strength: float, radius: float) -> Picture:
    """Continue the lines of equal brightness into the hole, like a flowing liquid."""
    import cv2

    return _opencv_inpaint(picture, mask, radius, cv2.INPAINT_NS)


def biharmonic(picture: Picture, mask: np.ndarray | None, strength: float, _parameter: float) -> Picture:
    """The surface through the known pixels that bends least (a thin plate)."""
    if mask.all() or not mask.any():
        return picture
    from skimage.restoration import inpaint_biharmonic

    return inpaint_biharmonic(picture, mask)


def normalized_convolution(picture: Picture, mask: np.ndarray | None, strength: float, sd: float) -> Picture:
    """Gaussian average of the known pixels only, sd in pixels."""
    import cv2

    known = (~mask).astype(np.float32)
    weight = cv2.GaussianBlur(known, (0, 0), sd, borderType=cv2.BORDER_REPLICATE)
    total = cv2.GaussianBlur(picture * known, (0, 0), sd, borderType=cv2.BORDER_REPLICATE)
    return np.where(mask & (weight > 1e-6), total / np.maximum(weight, 1e-6), picture)


# Undoing a blur: its width is known, and it added no noise.


def unsharp(picture: Picture, mask: np.ndarray | None, strength: float, amount: float) -> Picture:
    """Add what a further blur of the same width would take away, `amount` times."""
    return picture + amount * (picture - _blur_again(picture, strength))


def richardson_lucy(picture: Picture, mask: np.ndarray | None, strength: float, steps: float) -> Picture:
    """Bayesian deconvolution step by step; brightness stays positive.

    Written out, since the blur's own small matrices make it exact at the border and ten times faster than
    scikit-image's convolutions, to which the tests hold it.
    """
    down, across = (_blur_matrix(strength, len(picture), size) for size in picture.shape)
    reached = down.T @ np.ones_like(picture) @ across  # how much of the blurred picture saw each pixel
    guess = np.full_like(picture, 0.5)
    for _ in range(int(steps)):
        ratio = picture / (down @ guess @ across.T + 1e-12)
        guess = guess * (down.T @ ratio @ across) / reached
    return guess


def wiener(picture: Picture, mask: np.ndarray | None, strength: float, balance: float) -> Picture:
    """Divide by the blur's spectrum, less where the blur left nothing."""
    from skimage.restoration import wiener as deconvolve

    padded, margin = _pad(picture)
    spread = _point_spread(strength, len(picture), padded)
    return _crop(deconvolve(padded, spread, balance, clip=False), margin)


# Enlarging: the coarse grid is known.


def bicubic(picture: Picture, mask: np.ndarray | None, strength: float, _parameter: float) -> Picture:
    """Cubic interpolation between the middles of the coarse cells."""
    import cv2

    return _enlarge(picture, strength, cv2.INTER_CUBIC)


def lanczos(picture: Picture, mask: np.ndarray | None, strength: float, _parameter: float) -> Picture:
    """Windowed-sinc interpolation between the middles of the coarse cells."""
    import cv2

    return _enlarge(picture, strength, cv2.INTER_LANCZOS4)


def back_projection(picture: Picture, mask: np.ndarray | None, strength: float, steps: float) -> Picture:
    """Bicubic, then corrected until its own coarse version is the given one."""
    import cv2

    down, across = (_cell_matrix(strength, size) for size in picture.shape)
    guess = bicubic(picture, mask, strength, 0)
    for _ in range(int(steps)):
        missing = picture - down @ guess @ across.T
        guess = (guess + _enlarge(missing, strength, cv2.INTER_CUBIC)).clip(0, 1)
    return guess


def _to_bytes(picture: Picture) -> np.ndarray:
    return (picture * 255 + 0.5).astype(np.uint8)


def _opencv_inpaint(picture: Picture, mask: np.ndarray, radius: float, flag: int) -> Picture:
    import cv2

    if mask.all():
        return picture
    filled = cv2.inpaint(_to_bytes(picture), mask.astype(np.uint8), radius, flag)
    return np.where(mask, filled.astype(np.float32) / 255, picture)


def _blur_again(picture: Picture, strength: float) -> Picture:
    sd = blur_sd(strength, picture.shape[0])
    return gaussian_filter(picture, None, strength, sd)


def _blur_matrix(strength: float, height: int, size: int) -> np.ndarray:
    return gaussian_rows(torch.tensor([[blur_sd(strength, height)]]), size)[0].numpy()


def _cell_matrix(strength: float, size: int) -> np.ndarray:
    return cell_average(grid_cells(torch.tensor([[strength]]), size), size)[0].numpy()


def _point_spread(strength: float, height: int, padded: Picture) -> np.ndarray:
    """The blur's kernel, (2r + 1, 2r + 1), cut at 4 sd or where it would outgrow the padded picture."""
    sd = max(blur_sd(strength, height), 1e-3)
    r = min(int(np.ceil(4 * sd)), (min(padded.shape) - 1) // 2)
    row = np.exp(-0.5 * (np.arange(-r, r + 1) / sd) ** 2)
    return np.outer(row, row) / row.sum() ** 2


def _pad(picture: Picture) -> tuple[Picture, int]:
    """The spectrum takes the picture as periodic: continue its border instead."""
    margin = max(1, picture.shape[0] // 4)
    return np.pad(picture, margin, mode="edge").astype(np.float64), margin


def _crop(padded: np.ndarray, margin: int) -> Picture:
    return padded[margin:-margin, margin:-margin]


def _enlarge(picture: Picture, strength: float, interpolation: int) -> Picture:
    """Take one pixel of each coarse cell and interpolate between them."""
    import cv2

    H, W = picture.shape
    rows, columns = (_middles(strength, size) for size in (H, W))
    return cv2.resize(np.ascontiguousarray(picture[rows][:, columns]), (W, H), interpolation=interpolation)


def _middles(strength: float, size: int) -> np.ndarray:
    """The pixel in the middle of each coarse cell."""
    cells = int(grid_cells(torch.tensor(strength), size))
    return ((np.arange(cells) + 0.5) * size / cells).astype(int)


BASELINES: dict[str, Baseline] = {
    b.name: b
    for b in (
        Baseline("median", "Median filter", median, "window, px", "Tukey 1977"),
        Baseline("gaussian_filter", "Gaussian filter", gaussian_filter, "sd, px", "textbook"),
        Baseline(
            "total_variation",
            "Total variation",
            total_variation,
            "weight",
            "Rudin, Osher & Fatemi 1992; Chambolle 2004",
        ),
        Baseline("non_local_means", "Non-local means", non_local_means, "h", "Buades, Coll & Morel 2005"),
        Baseline("telea", "Telea", telea, "radius, px", "Telea 2004", True, "the mask"),
        Baseline(
            "navier_stokes",
            "Navier-Stokes",
            navier_stokes,
            "radius, px",
            "Bertalmio, Bertozzi & Sapiro 2001",
            True,
            "the mask",
        ),
        Baseline("biharmonic", "Biharmonic", biharmonic, "none", "Damelin & Hoang 2018", True, "the mask"),
        Baseline(
            "normalized_convolution",
            "Normalized convolution",
            normalized_convolution,
            "sd, px",
            "Knutsson & Westin 1993",
            True,
            "the mask",
        ),
        Baseline("unsharp", "Unsharp mask", unsharp, "amount", "textbook", told="the blur's width"),
        Baseline(
            "richardson_lucy",
            "Richardson-Lucy",
            richardson_lucy,
            "steps",
            "Richardson 1972; Lucy 1974",
            told="the blur's width",
        ),
        Baseline("wiener", "Wiener deconvolution", wiener, "balance", "Wiener 1949", told="the blur's width"),
        Baseline("bicubic", "Bicubic", bicubic, "none", "Keys 1981", told="the coarse grid"),
        Baseline("lanczos", "Lanczos", lanczos, "none", "Duchon 1979", told="the coarse grid"),
        Baseline(
            "back_projection",
            "Iterative back-projection",
            back_projection,
            "steps",
            "Irani & Peleg 1991",
            told="the coarse grid",
        ),
    )
}

# One parameter for each strength of KNOTS, chosen on training digits by `python -m benchmarks.classical --tune`,
# which prints TUNED; methods stand best first, by PSNR at the corruption's default strength. A 0 leaves out what
# the method has no use for; Richardson-Lucy and back-projection stop at the most steps a page can wait for.
KNOTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
TUNED: dict[str, dict[str, tuple[float, ...]]] = {
    "gaussian": {
        "median": (1, 3, 3, 3, 3, 5, 5, 5, 5),
        "non_local_means": (0.1, 0.15, 0.15, 0.2, 0.2, 0.25, 0.25, 0.25, 0.3),
        "total_variation": (0.03, 0.06, 0.1, 0.15, 0.2, 0.2, 0.2, 0.3, 0.3),
        "gaussian_filter": (0.4, 0.6, 0.6, 0.8, 0.8, 1, 1, 1, 1),
    },
    "salt_pepper": {
        "median": (3, 3, 3, 5, 5, 7, 9, 9, 9),
        "non_local_means": (0.2, 0.25, 0.25, 0.3, 0.3, 0.4, 0.4, 0.6, 0.6),
        "gaussian_filter": (0.8, 0.8, 1, 1, 1.3, 1.3, 1.3, 1.7, 2.2),
        "total_variation": (0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.7, 0.7, 0.45),
    },
    "dropout": {
        "biharmonic": (0, 0, 0, 0, 0, 0, 0, 0, 0),
        "normalized_convolution": (0.4, 0.4, 0.5, 0.6, 0.6, 0.8, 0.8, 1, 1.7),
        "navier_stokes": (1, 1, 2, 2, 2, 2, 3, 3, 8),
        "telea": (2, 2, 2, 2, 2, 2, 2, 2, 2),
    },
    "speckle": {
        "gaussian_filter": (0, 0.4, 0.4, 0.4, 0.6, 0.6, 0.6, 0.6, 0.6),
        "total_variation": (0, 0.03, 0.03, 0.06, 0.06, 0.1, 0.1, 0.1, 0.1),
        "non_local_means": (0.05, 0.1, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15, 0.15),
    },
    "blur": {
        "wiener": (1e-07, 1e-07, 1e-06, 1e-05, 3e-05, 0.0001, 0.0001, 0.001, 0.001),
        "richardson_lucy": (100, 100, 100, 100, 100, 100, 100, 100, 100),
        "unsharp": (1, 3, 4, 4, 3, 3, 3, 3, 3),
    },
    "patch": {
        "navier_stokes": (1, 2, 2, 8, 8, 8, 8, 8, 1),
        "biharmonic": (0, 0, 0, 0, 0, 0, 0, 0, 0),
        "telea": (1, 2, 2, 8, 5, 2, 3, 3, 2),
    },
    "stripes": {
        "biharmonic": (0, 0, 0, 0, 0, 0, 0, 0, 0),
        "normalized_convolution": (3, 0.4, 0.8, 0.6, 1, 1, 1.3, 1.7, 2.2),
        "telea": (8, 2, 2, 2, 2, 2, 2, 5, 5),
        "navier_stokes": (8, 2, 2, 2, 3, 3, 3, 8, 8),
    },
    "low_resolution": {
        "back_projection": (30, 30, 30, 30, 30, 30, 30, 30, 30),
        "lanczos": (0, 0, 0, 0, 0, 0, 0, 0, 0),
        "bicubic": (0, 0, 0, 0, 0, 0, 0, 0, 0),
    },
}
