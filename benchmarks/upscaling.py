"""What every way to enlarge a digit makes of all test digits, 7s and others apart; and the table that the page shows.

python -m benchmarks.upscaling           print a table for each size that the networks were trained on
python -m benchmarks.upscaling --save    and write it to results/upscaling.json
"""

import argparse

import torch

from aecore import records
from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.restore import upscaling
from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT, METHODS, TRUTH, Measured

OTHERS = tuple(digit for digit in range(10) if digit != LEFT_OUT)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/upscaling.json")
    parser.add_argument("--digits", type=int, default=10_000, help="how many test digits (all)")
    arguments = parser.parse_args()
    images, y = load_digits("test")
    x, y = images[: arguments.digits].float() / 255, y[: arguments.digits]
    engine, scores, misled = get_engine(), {}, {}
    for side in upscaling.sides(engine):
        with torch.inference_mode():
            scores[side], trust = upscaling.measure(engine, x, y, side, (TRUTH, *METHODS))
        misled[side] = upscaling.most_misled(trust, y)
        print(
            f"\nFrom {side} x {side} pixels, {len(x):,} test digits, of which {int((y == LEFT_OUT).sum()):,} are 7s\n"
        )
        print("| method | 7s read right, % | others, % | 7s PSNR, dB | others | 7s SSIM | others | fits, dB |")
        print("|---|---|---|---|---|---|---|---|")
        for name, score in scores[side].items():
            row = [f"{100 * score.agreement(classes):.1f}" for classes in ([LEFT_OUT], OTHERS)]
            if score.psnr:
                row += [f"{score.mean(score.psnr, classes):.2f}" for classes in ([LEFT_OUT], OTHERS)]
                row += [f"{score.mean(score.ssim, classes):.3f}" for classes in ([LEFT_OUT], OTHERS)]
                row += [f"{score.mean(score.fits):.1f}"]
            print(f"| {name} | {' | '.join(row)} |")
        mistaken = ", ".join(f"{k}: {n}" for k, n in scores[side][BIASED].mistakes(LEFT_OUT))
        print(f"\n7s from {BIASED} that are read as something else: {mistaken}")
    if arguments.save:
        sha256 = {name: engine.card(name).sha256 for name in (FULL, BIASED, "judge")}
        measured = Measured(scores, misled, sha256)
        print(f"saved {records.write_table(measured, upscaling.results_file()).name}")


if __name__ == "__main__":
    main()
