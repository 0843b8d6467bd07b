"""Whole pictures: the photo denoiser against classical methods, and pages of digits before and after.

python -m benchmarks.pictures            PSNR on camera, chelsea and coffee, a 4 megapixel picture, damaged pages
python -m benchmarks.pictures --tune     choose the rivals' parameters on training pictures and print TUNED
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
import torch
from PIL import Image
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

from aecore.data.photos import load_photos
from aecore.engine import Engine, get_engine
from aecore.errors import AecoreError, ImageError
from aecore.intake.files import Digit, digits_from_gray
from aecore.pictures import pages as digit_pages
from aecore.pictures.denoise import Model, denoise, denoise_image
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.noise import add_noise
from aecore.pictures.sample_pages import DAMAGES, SamplePage, sample_page
from benchmarks.intake import overlap

SIGMAS = (25, 50)
BAR = 1.0  # dB that the network must be ahead of the best non-local means
Method = Callable[..., np.ndarray]  # (picture (H, W) or (H, W, 3) float32, sigma in [0, 1], *parameters) -> like it


def _channels(x: np.ndarray) -> int | None:
    return None if x.ndim == 2 else -1


def nlm_exact(x: np.ndarray, sigma: float, patch: int, reach: int, h: float) -> np.ndarray:
    """scikit-image's non-local means as published: patches weighed by a Gaussian. The strongest, and slow."""
    return denoise_nl_means(x, patch, reach, h=h * sigma, sigma=sigma, fast_mode=False, channel_axis=_channels(x))


def nlm_fast(x: np.ndarray, sigma: float, patch: int, reach: int, h: float) -> np.ndarray:
    """scikit-image's fast variant, which the page shows."""
    return denoise_nl_means(x, patch, reach, h=h * sigma, sigma=sigma, fast_mode=True, channel_axis=_channels(x))


def nlm_opencv(x: np.ndarray, sigma: float, patch: int, reach: int, h: float) -> np.ndarray:
    """OpenCV's, on all channels at once. (Its variant for colour, which splits off brightness, was weaker.)"""
    return cv2.fastNlMeansDenoising(_bytes(x), None, h * 255 * sigma, patch, 2 * reach + 1).astype(np.float32) / 255


def total_variation(x: np.ndarray, sigma: float, weight: float) -> np.ndarray:
    """Chambolle's total variation."""
    return denoise_tv_chambolle(x, weight * sigma, channel_axis=_channels(x))


def median(x: np.ndarray, sigma: float, window: int) -> np.ndarray:
    """A median a channel."""
    return cv2.medianBlur(_bytes(x), window).astype(np.float32) / 255


def _bytes(x: np.ndarray) -> np.ndarray:
    return np.rint(x.clip(0, 1) * 255).astype(np.uint8)


METHODS: dict[str, tuple[str, Method]] = {
    "nlm_exact": ("Non-local means, scikit-image, exact", nlm_exact),
    "nlm_fast": ("Non-local means, scikit-image, fast", nlm_fast),
    "nlm_opencv": ("Non-local means, OpenCV", nlm_opencv),
    "total_variation": ("Total variation", total_variation),
    "median": ("Median filter", median),
}
GRID = {
    "nlm_exact": [(7, 6, h) for h in (0.5, 0.6, 0.7, 0.8, 0.9)] + [(7, 11, 0.7)],
    "nlm_fast": [(p, 6, h) for p in (5, 7) for h in (0.4, 0.5, 0.6, 0.7)] + [(7, 11, 0.5)],
    "nlm_opencv": [(p, 10, h) for p in (3, 5, 7) for h in (0.7, 0.8, 0.9, 1.0)],
    "total_variation": [(w,) for w in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)],
    "median": [(w,) for w in (3, 5)],
}
# (sigma, clipped) -> best parameters by mean PSNR over crops of training pictures, from --tune
TUNED: dict[tuple[int, bool], dict[str, tuple]] = {
    (25, True): {
        "nlm_exact": (7, 6, 0.8),
        "nlm_fast": (7, 6, 0.6),
        "nlm_opencv": (5, 10, 0.9),
        "total_variation": (0.7,),
        "median": (3,),
    },
    (50, True): {
        "nlm_exact": (7, 6, 0.6),
        "nlm_fast": (7, 6, 0.4),
        "nlm_opencv": (5, 10, 0.8),
        "total_variation": (0.9,),
        "median": (5,),
    },
    (25, False): {
        "nlm_exact": (7, 6, 0.9),
        "nlm_fast": (5, 6, 0.6),
        "nlm_opencv": (5, 10, 0.9),
        "total_variation": (0.7,),
        "median": (3,),
    },
    (50, False): {
        "nlm_exact": (7, 6, 0.7),
        "nlm_fast": (7, 6, 0.5),
        "nlm_opencv": (5, 10, 0.8),
        "total_variation": (0.9,),
        "median": (5,),
    },
}
CROPS = ("astronaut", "rocket", "china", "flower", "coins", "brick", "motorcycle_left", "moon")


def noisy(pixels: np.ndarray, sigma: int, clipped: bool, seed: int) -> np.ndarray:
    """A picture in [0, 1] under white noise; clipped: as an 8-bit file would hold it."""
    x = pixels.astype(np.float32) / 255
    x_noisy = add_noise(x, sigma, torch.Generator().manual_seed(seed))
    return (_bytes(x_noisy) / np.float32(255)) if clipped else x_noisy


def decibels(pixels: np.ndarray, recon: np.ndarray) -> float:
    """PSNR over all pixels and channels, recon clipped to [0, 1]."""
    return float(-10 * np.log10(np.mean((pixels / 255 - np.clip(recon, 0, 1).astype(np.float64)) ** 2)))


def tune(side: int) -> None:
    """Print TUNED."""
    pictures = load_photos("train")
    crops = {}
    for name in CROPS:
        height, width = pictures[name].shape[:2]
        top, left = (height - side) // 2, (width - side) // 2
        crops[name] = pictures[name][top : top + side, left : left + side]
    print("TUNED: dict[tuple[int, bool], dict[str, tuple]] = {")
    for clipped in (True, False):
        for sigma in SIGMAS:
            damaged = {name: noisy(crop, sigma, clipped, seed) for seed, (name, crop) in enumerate(crops.items())}
            print(f"    ({sigma}, {clipped}): {{")
            for key, (_, method) in METHODS.items():
                scores = [
                    (np.mean([decibels(crops[n], method(x, sigma / 255, *p)) for n, x in damaged.items()]), p)
                    for p in GRID[key]
                ]
                print(f'        "{key}": {max(scores)[1]},', flush=True)
            print("    },")
    print("}")


def table(engine: Engine) -> None:
    """PSNR on the held-out pictures: the network, its rivals, and how far it is ahead of the best non-local means."""
    pictures = load_photos("test")
    model = lambda x: engine.reconstruct("photo", x)  # noqa: E731
    for clipped in (True, False):
        for sigma in SIGMAS:
            kind = "clipped to 8 bits, as a file holds it" if clipped else "not clipped, as papers do"
            print(f"\n### sigma {sigma} of 255, {kind}\n\n| method | {' | '.join(pictures)} | mean | s |")
            print(f"|---|{'---|' * (len(pictures) + 2)}")
            damaged = {name: noisy(p, sigma, clipped, seed) for seed, (name, p) in enumerate(pictures.items())}
            means = {"input": _row("the noisy picture", pictures, damaged, lambda x: x)}
            means["photo"] = _row("**photo**, told nothing", pictures, damaged, lambda x: _denoise(x, model))
            for key, parameters in TUNED[sigma, clipped].items():
                label, method = METHODS[key]
                label = f"{label} {parameters}"
                means[key] = _row(
                    label, pictures, damaged, lambda x, m=method, p=parameters, s=sigma: m(x, s / 255, *p)
                )
            rival = max((key for key in means if key.startswith("nlm")), key=means.get)
            ahead = means["photo"] - means[rival]
            verdict = "reached" if ahead >= BAR else "MISSED"
            print(f"\nphoto is {ahead:.2f} dB ahead of {METHODS[rival][0]} (wanted: {BAR:.1f}): {verdict}")


def _denoise(x: np.ndarray, model: Model) -> np.ndarray:
    return list(denoise(x, model=model))[-1].recon


def _row(label: str, pictures: dict, damaged: dict, method: Callable[[np.ndarray], np.ndarray]) -> float:
    start = time.perf_counter()
    scores = [decibels(pictures[name], method(x)) for name, x in damaged.items()]
    seconds = time.perf_counter() - start
    print(f"| {label} | {' | '.join(f'{s:.2f}' for s in scores)} | {np.mean(scores):.2f} | {seconds:.1f} |", flush=True)
    return float(np.mean(scores))


def large() -> None:
    """Seconds and peak memory for 4 megapixels in colour, each method in a process of its own."""
    print(
        "\n### A picture of 2000 x 2000 pixels, in colour\n\n| method | s | MB above the bare process |\n|---|---|---|"
    )
    for name in ("photo", *FILTERS):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.pictures", "--one", name], capture_output=True, text=True, check=True
        )
        print(done.stdout.strip(), flush=True)


def one(name: str) -> None:
    """A row of `large`."""
    tile = np.tile(load_photos("test")["coffee"], (5, 4, 1))[:2000, :2000]
    noisy_tile = add_noise(tile, 25, torch.Generator().manual_seed(0))
    small = noisy_tile[:64, :64]
    work = denoise_image if name == "photo" else lambda pixels: filter_image(name, pixels, 25)
    work(small)  # imports and weights
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    work(noisy_tile)
    seconds = time.perf_counter() - start
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"| {name} | {seconds:.1f} | {megabytes:.0f} |")


def pages(engine: Engine, count: int) -> None:
    """Digits on rendered pages that the judge reads right: in the damaged photo, and in the restored one."""
    print("\n### Pages of 18 test digits\n\n| damage | found, before | read, before | found, after | read, after |")
    print("|---|---|---|---|---|")
    for damage, strength in DAMAGES.items():
        totals, digits = np.zeros((2, 2), int), 0
        for seed in range(count):
            page = sample_page(
                torch.Generator().manual_seed(seed), damage=damage, strength=strength, chalk=seed % 4 == 3
            )
            digits += len(page.y)
            totals[0] += read(page.damaged, page, engine)
            try:
                after = digit_pages.restore_page(page.damaged, clean_paper=True, engine=engine).after
            except ImageError:
                continue
            totals[1] += read(after, page, engine)
        shares = " | ".join(f"{share:.1%}" for share in (totals / digits).ravel())
        print(f"| {damage} {strength} | {shares} |", flush=True)


def read(pixels: np.ndarray, page: SamplePage, engine: Engine) -> tuple[int, int]:
    """How many of a page's digits are found, by themselves and in place, and how many of them the judge reads right."""
    try:
        digits: list[Digit] = digits_from_gray(np.asarray(Image.fromarray(pixels).convert("L"), np.float32))
    except ImageError:
        return 0, 0
    boxed = right = 0
    for box, y in zip(page.boxes, page.y.tolist(), strict=True):
        best = max(digits, key=lambda digit: overlap(digit.box, box))
        if overlap(best.box, box) > 0.5:
            boxed += 1
            right += int(engine.classify(best.x).argmax()) == y
    return boxed, right


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tune", action="store_true", help="choose the rivals' parameters and print TUNED")
    parser.add_argument("--side", type=int, default=128, help="of the training crops for --tune")
    parser.add_argument("--pages", type=int, default=20, help="how many pages a damage")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    if arguments.tune:
        return tune(arguments.side)
    if arguments.one:
        return one(arguments.one)
    engine = get_engine()
    try:
        engine.model("photo")
        table(engine)
        large()
    except AecoreError as error:
        print(error)
    pages(engine, arguments.pages)


if __name__ == "__main__":
    main()
