"""Time to the textbook's quality: the textbook recipe as an ordinary user writes it against ours, in one run.

    python -m benchmarks.training [--epochs 20]

The textbook (OpenGenus, "Autoencoder"): 784-32-784, ReLU and sigmoid, squared error, Adam 1e-3, batch 20, 20
epochs, torchvision's MNIST with ToTensor behind a DataLoader. Its final test MSE is the bar; ours is timed from
building the model until its test MSE is at the bar for the first time, tried every 50 steps with the clock stopped.
"""

import argparse
import gzip
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

from aecore import data as packaged
from aecore.data import load_digits
from aecore.models import build
from aecore.recipes import RECIPES
from aecore.training import fit

REPEATS = 3


class TextbookAutoencoder(nn.Module):
    """The article's network, as written there."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(784, 32)
        self.decoder = nn.Linear(32, 784)

    def forward(self, x):
        """(B, 784) -> (B, 784)."""
        return torch.sigmoid(self.decoder(torch.relu(self.encoder(x))))


def textbook(folder: Path, epochs: int, x_test: torch.Tensor) -> tuple[float, float]:
    """Seconds of training and final test MSE of the textbook recipe."""
    train = datasets.MNIST(folder, train=True, download=False, transform=transforms.ToTensor())
    loader = DataLoader(train, batch_size=20, shuffle=True)
    torch.manual_seed(0)
    model = TextbookAutoencoder()
    criterion, optimizer = nn.MSELoss(), torch.optim.Adam(model.parameters(), lr=1e-3)
    started = time.perf_counter()
    for epoch in range(epochs):
        for images, _ in loader:
            images = images.view(images.size(0), -1)
            optimizer.zero_grad()
            loss = criterion(model(images), images)
            loss.backward()
            optimizer.step()
        print(f"  textbook: epoch {epoch + 1}/{epochs}, {time.perf_counter() - started:.0f} s", flush=True)
    seconds = time.perf_counter() - started
    with torch.inference_mode():
        recon = model(x_test.flatten(1))
    return seconds, float((recon - x_test.flatten(1)).square().mean())


def ours(bar: float, x_test: torch.Tensor, seed: int) -> tuple[float, float]:
    """Seconds until our recipe, cut to four epochs, reaches the bar on the test digits; and its MSE there."""
    recipe = replace(RECIPES["ae-linear-32"], epochs=4, seed=seed)
    clock = -time.perf_counter()
    data = load_digits("train")
    model = build(recipe.family, recipe.config, recipe.seed)
    for _ in fit(model, data, recipe, report_every=50):
        clock += time.perf_counter()
        model.eval()
        with torch.inference_mode():
            error = float((model(x_test) - x_test).square().mean())
        model.train()
        if error <= bar:
            return clock, error
        clock -= time.perf_counter()
    return float("nan"), error


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--epochs", type=int, default=20, help="of the textbook recipe")
    epochs = options.parse_args().epochs
    x_test = load_digits("test")[0].float() / 255
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for path in Path(packaged.__file__).parent.glob("*.gz"):  # so that torchvision needs no network
            (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
        seconds, bar = textbook(Path(folder), epochs, x_test)
    runs = sorted(ours(bar, x_test, seed) for seed in range(REPEATS))
    clock, error = runs[len(runs) // 2]
    print(f"\n{'recipe':12} {'seconds':>9} {'test MSE':>10}")
    print(f"{'textbook':12} {seconds:9.2f} {bar:10.5f}")
    print(f"{'ours':12} {clock:9.2f} {error:10.5f}   median of {REPEATS}: {', '.join(f'{s:.2f} s' for s, _ in runs)}")
    print(f"ratio        {seconds / clock:9.1f} times faster to the textbook's final test MSE (asked: 40)")


if __name__ == "__main__":
    main()
