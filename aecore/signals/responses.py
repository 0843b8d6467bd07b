"""What the first layer of a network lets through, frequency by frequency."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore.data import signals

FINE = 512  # points from 0 to half the sampling rate


def first_filters(model: nn.Module) -> Tensor:
    """Weights of a network's first convolution, (filters, taps)."""
    first = next(module for module in model.modules() if isinstance(module, nn.Conv1d))
    return first.weight.detach().cpu()[:, 0]


def frequencies() -> Tensor:
    """MHz of `response`'s points, (FINE + 1,)."""
    return torch.linspace(0, signals.RATE / 2, FINE + 1)


def response(filters: Tensor) -> Tensor:
    """|H(f)| of each filter, its largest value 1: (filters, taps) -> (filters, FINE + 1)."""
    size = torch.fft.rfft(filters.double(), 2 * FINE).abs()
    return size / size.amax(1, keepdim=True)


@dataclass(frozen=True)
class Shape:
    """inside: % of a filter's power that lies in 30 to 80 MHz (56 % if it lets everything through); wide: % of the
    frequencies that it lets through with at least half of its largest power. Means over the filters."""

    inside: float
    wide: float


def shape(filters: Tensor) -> Shape:
    """How much like a band-pass the filters are."""
    f, power = frequencies(), response(filters).square()
    inside = (f >= signals.BAND[0]) & (f <= signals.BAND[1])
    return Shape(
        100 * float((power[:, inside].sum(1) / power.sum(1)).mean()), 100 * float((power >= 0.5).double().mean())
    )
