"""Pictures of other shapes than a digit's, in a strip, a gallery and a picker: colours, a tall one, traces."""

import math
import sys
from pathlib import Path

import streamlit as st
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
from ui.input.picker import picker
from ui.output.gallery import Row, gallery
from ui.output.strip import Group, Tile, message, strip

LOW, HIGH = -2.0, 2.0  # of the traces


def colors() -> torch.Tensor:
    """A 3 x 64 x 64 picture: red grows to the right, green downwards, blue is a disc."""
    grow = torch.linspace(0, 1, 64)
    rows, columns = grow[:, None].expand(64, 64), grow[None].expand(64, 64)
    return torch.stack([columns, rows, ((rows - 0.5) ** 2 + (columns - 0.5) ** 2 < 0.1).float()])


def tall() -> torch.Tensor:
    """A 1 x 40 x 20 picture: ink grows downwards."""
    return torch.linspace(0, 1, 40)[None, :, None].expand(1, 40, 20)


def trace() -> torch.Tensor:
    """500 samples of a sine, two periods, from -1.5 to 1.5."""
    return 1.5 * torch.sin(4 * math.pi * torch.linspace(0, 1, 500))[None]


def darker(x: torch.Tensor, low: float = 0.0) -> torch.Tensor:
    """Halfway down to `low`."""
    return (x + low) / 2


if __name__ == "__main__":
    errors = st.toggle("Error maps")
    for name, x, low, high in (("colors", colors(), 0, 1), ("tall", tall(), 0, 1), ("trace", trace(), LOW, HIGH)):
        clean = Tile("clean", name.capitalize(), x, low=low, high=high)
        other = Tile("other", "Halfway down", darker(x, low), psnr=12.0, ssim=0.5, best=True, low=low, high=high)
        strip(message([Group("", [clean]), Group("Methods", [other])], errors=errors), f"strip_{name}")
    gallery(
        [
            Row("Colours", torch.stack([colors(), darker(colors())]), captions=["as it is", "darker"]),
            Row(
                "Traces",
                torch.stack([trace(), darker(trace(), LOW)]),
                captions=["as it is", "lower"],
                low=LOW,
                high=HIGH,
            ),
        ],
        "gallery",
        84,
    )
    picker("Choose one", [("colours", colors()), ("tall", tall()), ("a trace", trace() / 4 + 0.5)], 0, "picker", print)
