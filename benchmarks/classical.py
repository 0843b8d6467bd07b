"""What classical methods reach on MNIST: PSNR and SSIM on test digits, and the tuning behind it.

python -m benchmarks.classical           table on 500 test digits, parameters from aecore/restore/baselines.py
python -m benchmarks.classical --tune    choose the parameters on training digits and print TUNED
"""

import argparse
import time

import torch

from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.data import load_digits
from aecore.metrics import psnr, ssim
from aecore.restore.baselines import BASELINES, KNOTS, TUNED, nearest_knot, restore_with, warm_up

NOISE = ("median", "gaussian_filter", "total_variation", "non_local_means")
METHODS = {  # what is worth trying for each corruption
    "gaussian": NOISE,
    "salt_pepper": NOISE,
    "dropout": ("biharmonic", "navier_stokes", "telea", "normalized_convolution"),
    "speckle": NOISE[1:],  # black pixels stay right: a median's best window is none at all
    "blur": ("wiener", "richardson_lucy", "unsharp"),
    "patch": ("biharmonic", "navier_stokes", "telea"),
    "stripes": ("biharmonic", "navier_stokes", "telea", "normalized_convolution"),
    "low_resolution": ("back_projection", "lanczos", "bicubic"),
}
GRID = {  # parameters to choose from; slow iterations stop where a page can still wait for them
    "median": (1, 3, 5, 7, 9),
    "gaussian_filter": (0, 0.4, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2),
    "total_variation": (0, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.45, 0.7),
    "non_local_means": (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6),
    "telea": (1, 2, 3, 5, 8),
    "navier_stokes": (1, 2, 3, 5, 8),
    "biharmonic": (0,),
    "normalized_convolution": (0.4, 0.5, 0.6, 0.8, 1.0, 1.3, 1.7, 2.2, 3.0),
    "unsharp": (0, 0.5, 1, 1.5, 2, 3, 4, 6, 8),
    "richardson_lucy": (10, 30, 100),
    "wiener": (1e-7, 1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 1e-2),
    "bicubic": (0,),
    "lanczos": (0,),
    "back_projection": (1, 3, 10, 30),
}


def tune(digits: int) -> None:
    """Print KNOTS and TUNED: the best parameter by mean PSNR over the first training digits."""
    x = load_digits("train")[0][:digits].float() / 255
    print("TUNED: dict[str, dict[str, tuple[float, ...]]] = {")
    for corruption, names in METHODS.items():
        at_default = nearest_knot(CORRUPTIONS[corruption].default)
        best = {name: [] for name in names}  # (decibels, parameter) for each knot
        for strength in KNOTS:
            x_noisy, mask = corrupt(corruption, x, strength, torch.Generator().manual_seed(0))
            for name in names:
                scores = [
                    (float(psnr(x, restore_with(name, x_noisy, mask, strength, parameter)).mean()), parameter)
                    for parameter in GRID[name]
                ]
                best[name].append(max(scores))
        print(f'    "{corruption}": {{')
        for name in sorted(names, key=lambda n: -best[n][at_default][0]):
            row = ", ".join(f"{parameter:g}" for _, parameter in best[name])
            print(f'        "{name}": ({row}),')
        print("    },", flush=True)
    print("}")


def table(digits: int) -> None:
    """Print one markdown row a method: PSNR, SSIM, parameter and time a digit at the default strength."""
    warm_up()
    x = load_digits("test")[0][:digits].float() / 255
    print(f"{digits} test digits; PSNR and SSIM are means over digits; one thread\n")
    print("| corruption | method | PSNR, dB | SSIM | parameter | ms a digit |\n|---|---|---|---|---|---|")
    for corruption, methods in TUNED.items():
        c = CORRUPTIONS[corruption]
        x_noisy, mask = corrupt(corruption, x, c.default, torch.Generator().manual_seed(0))
        title = f"{c.label}, {c.describe(c.default)}"
        print(f"| {title} | input | {psnr(x, x_noisy).mean():.1f} | {ssim(x, x_noisy).mean():.2f} | | |")
        for name, tuned in methods.items():
            parameter = tuned[nearest_knot(c.default)]
            start = time.perf_counter()
            recon = restore_with(name, x_noisy, mask, c.default, parameter)
            milliseconds = 1000 * (time.perf_counter() - start) / len(x)
            told = f"{BASELINES[name].parameter} {parameter:g}" if BASELINES[name].parameter != "none" else ""
            quality = f"{psnr(x, recon).mean():.1f} | {ssim(x, recon).mean():.2f}"
            print(f"| | {BASELINES[name].label} | {quality} | {told} | {milliseconds:.2f} |", flush=True)


def main() -> None:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tune", action="store_true", help="choose parameters and print TUNED")
    parser.add_argument("--digits", type=int, help="how many (64 for tuning, 500 for the table)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tune(arguments.digits or 64) if arguments.tune else table(arguments.digits or 500)


if __name__ == "__main__":
    main()
