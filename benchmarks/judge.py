"""The judge as a referee: how often it is right, whether it knows how often, and whether it refuses what is no digit.

python -m benchmarks.judge                              by corruption and strength, smears, false alarms, strangers
python -m benchmarks.judge --against old.safetensors     another judge beside it
python -m benchmarks.judge --data FOLDER                strangers from FOLDER/notmnist and FOLDER/fashion_mnist, too

Calibration error as in aecore.evaluation. A smear is what Telea and biharmonic inpainting make of a hole; "surely
wrong" counts answers that are wrong and at least 90 % sure. Strangers: taps, dashes, scribbles and zigzags as a hand
draws them, letters, pieces of photographs, static. Bars: 99.3 % of the clean test digits read right; calibration error
1 % on clean digits and 2 % on damaged ones; at most 1 % of the 10,000 test digits refused, none of 300 drawn by a pen.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from aecore import checkpoints, referee
from aecore.corruptions import CORRUPTIONS, corrupt
from aecore.data import load_digits, strangers
from aecore.data.digits import read_idx
from aecore.engine import get_engine
from aecore.evaluation import calibration_error
from aecore.intake.files import digit_from_strokes
from aecore.restore import inpainting, masks
from benchmarks import handwriting

STRENGTHS = (0.25, 0.5, 0.8, 1.0)
SMEARS = ("telea", "biharmonic", "inpainter")
DIGITS, SMEARED, STRANGE = 2_000, 300, 1_000  # of each measurement
SURE = 0.9


def read(judge: nn.Module, x: Tensor) -> Tensor:
    """Probabilities (N, 10)."""
    with torch.inference_mode():
        return torch.cat([judge.classify(part) for part in x.split(500)])


def numbers(p: Tensor, y: Tensor) -> str:
    """Percent read right, calibration error, most frequent answer, surely wrong."""
    sure, reads = p.max(1)
    right = reads == y
    most = int(torch.bincount(reads, minlength=10).max())
    wrong = float(((sure >= SURE) & ~right).float().mean())
    cells = (float(right.float().mean()), calibration_error(p, y) / 100, most / len(y), wrong)
    return " | ".join(f"{100 * share:.1f}" for share in cells)


def draw(strokes: list[np.ndarray], pen: float = 0.08) -> Tensor:
    """Strokes (N, 2) in the unit square, as the pad and the intake make a digit of them: (1, 1, 28, 28)."""
    import cv2

    sheet = np.zeros((280, 280), np.uint8)
    for stroke in strokes:
        points = np.round(280 * np.atleast_2d(stroke)).astype(np.int32)[:, None]
        cv2.polylines(sheet, [points], False, 255, round(280 * pen), cv2.LINE_AA)
        cv2.circle(sheet, tuple(map(int, points[0, 0])), round(140 * pen), 255, -1, cv2.LINE_AA)
    return digit_from_strokes(sheet).x


def tap(rng: np.random.Generator) -> Tensor:
    """A dot, or a pen that hardly moved."""
    return draw(
        [rng.uniform(0.2, 0.8, 2) + rng.normal(0, 0.005, (rng.integers(1, 4), 2))], rng.choice([0.05, 0.08, 0.12])
    )


def dash(rng: np.random.Generator) -> Tensor:
    """A short straight line."""
    turn, half = rng.uniform(0, np.pi), rng.uniform(0.03, 0.08)
    step = half * np.array([np.cos(turn), np.sin(turn)])
    middle = rng.uniform(0.3, 0.7, 2)
    return draw([np.stack([middle - step, middle + step])])


def scribble(rng: np.random.Generator) -> Tensor:
    """A round scrawl through 8 to 24 random places."""
    places = rng.uniform(0.15, 0.85, (rng.integers(8, 25), 2))
    t = np.linspace(0, len(places) - 1, 12 * len(places))
    line = np.stack([np.interp(t, np.arange(len(places)), axis) for axis in places.T])
    return draw([np.stack([np.convolve(axis, np.ones(9) / 9, "valid") for axis in line], 1)])


def zigzag(rng: np.random.Generator) -> Tensor:
    """Up and down, four to eight times."""
    n = rng.integers(4, 9)
    return draw(
        [np.stack([np.linspace(0.15, 0.85, n), np.where(np.arange(n) % 2, 0.25, 0.75) + rng.normal(0, 0.03, n)], 1)]
    )


def hand(label: int, rng: np.random.Generator) -> Tensor:
    """A digit as somebody writes it with a pen."""
    strokes = handwriting.write(label, rng)
    low, high = (edge(np.concatenate(strokes), 0) for edge in (np.min, np.max))
    return draw([0.7 * (stroke - low) / max(high - low) + 0.15 for stroke in strokes], rng.choice([0.05, 0.08, 0.1]))


def drawn(kind: Callable[[np.random.Generator], Tensor], count: int, seed: int = 0) -> Tensor:
    """Some of a kind, (count, 1, 28, 28)."""
    rng = np.random.default_rng(seed)
    return torch.cat([kind(rng) for _ in range(count)])


def strange(data: Path | None) -> dict[str, Tensor]:
    """What is no digit, by kind."""
    kinds = {
        "taps": drawn(tap, 100), "dashes": drawn(dash, 100), "scribbles": drawn(scribble, 200),
        "zigzags": drawn(zigzag, 100), "letters": strangers.letters(), "photographs": strangers.photo_pieces(300),
        "static": strangers.static(300),
    }  # fmt: skip
    for folder in ("notmnist", "fashion_mnist") if data else ():
        images = read_idx((data / folder / "t10k-images-idx3-ubyte.gz").read_bytes())[:STRANGE]
        kinds[folder] = torch.from_numpy(images.copy()).float()[:, None] / 255
    return kinds


def save_limits() -> Path:
    """Measure the referee's limits by the networks at hand, and write the table that it reads."""
    engine = get_engine()
    limits = {
        measure.__name__: {"value": referee.measured_limit(engine, measure), "sha256": referee.sha256(engine, measure)}
        for measure in (referee.distance, referee.loss)
    }
    path = referee.results_file()
    path.write_text(json.dumps(limits, indent=1) + "\n", encoding="utf-8")
    return path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--against", type=Path, help="another judge's checkpoint")
    parser.add_argument("--data", type=Path, help="folder of other data sets")
    arguments = parser.parse_args()
    judges = {"judge": checkpoints.load("judge")}
    if arguments.against:
        judges[arguments.against.stem] = checkpoints.load(arguments.against)
    images, labels = load_digits("test")
    x, y = images[:DIGITS].float() / 255, labels[:DIGITS]
    heads = " | ".join(f"{name}: right | calibration error | one answer | surely wrong" for name in judges)
    print(f"Percent of {DIGITS:,} test digits\n\n| | {heads} |\n|---{'|---' * 4 * len(judges)}|")

    def row(what: str, pictures: Tensor, y: Tensor) -> None:
        print(f"| {what} | {' | '.join(numbers(read(judge, pictures), y) for judge in judges.values())} |", flush=True)

    row("clean", x, y)
    for name, corruption in CORRUPTIONS.items():
        for strength in STRENGTHS:
            x_noisy, _ = corrupt(name, x, strength, torch.Generator().manual_seed(3))
            row(f"{corruption.label.lower()}, {corruption.describe(strength)}", x_noisy, y)
    for kind, hole in masks.MASKS.items():
        part = x[:SMEARED]
        mask = masks.make(kind, part, 0.5, torch.Generator().manual_seed(1))
        given = masks.hide(part, mask, hole.fill)
        for method in SMEARS:
            row(
                f"{hole.label.lower()}, filled by {method}",
                inpainting.inpaint(given, mask, method, kind=kind),
                y[:SMEARED],
            )

    save_limits()
    engine, rng = get_engine(), np.random.default_rng(0)
    refused = [why is not None for part in images.split(1_000) for why in referee.refusals(engine, part.float() / 255)]
    print(f"\nRefused of {len(images):,} test digits: {100 * np.mean(refused):.2f} % (at most 1 %)")
    hands = referee.refusals(engine, torch.cat([hand(i % 10, rng) for i in range(300)]))
    print(f"Refused of {len(hands)} digits drawn with a pen: {sum(why is not None for why in hands)}")
    print("\n| no digits | how many | refused, % | too little ink, % |\n|---|---|---|---|")
    for kind, pictures in strange(arguments.data).items():
        why = referee.refusals(engine, pictures)
        shares = (100 * np.mean([one is not None for one in why]), 100 * np.mean([one == "little ink" for one in why]))
        print(f"| {kind} | {len(why):,} | {shares[0]:.0f} | {shares[1]:.0f} |")


if __name__ == "__main__":
    main()
