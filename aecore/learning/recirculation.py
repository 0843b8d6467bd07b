"""Recirculation: learning without back-propagation, from the difference that one round through the network makes.

The hidden units compare what they say to the input with what they say to its reconstruction; the visible ones the input
with the reconstruction. Each weight changes by what its two ends know. Beside it back-propagation on the same network.
All runs, (R, ...), are trained side by side: so many rates and seeds cost one training.

Source: Hinton & McClelland 1988, "Learning representations by recirculation", NIPS 1987.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore.draws import Draws
from aecore.learning.objectives import WEIGHTS

REGRESSION = 0.75  # lambda: so much of its first value a unit keeps when the second comes
METHODS = ("back-propagation", "recirculation")
ROUNDS = {
    "back-propagation": "Back-propagation, one layer",
    "recirculation": "Recirculation, one layer",
}  # what the Training page calls them


@dataclass
class Nets:
    """R networks 784-h-784 of sigmoid units. encoder: (R, h, 784); decoder: (R, 784, h); biases: (R, 1, ...)."""

    encoder: Tensor
    hidden_bias: Tensor
    decoder: Tensor
    visible_bias: Tensor

    @classmethod
    def fresh(cls, seeds: list[int], hidden: int, device: torch.device, pixels: int = 784) -> "Nets":
        """Weights uniform within sqrt(6 / (fan in + fan out)), the two directions independent; one net a seed."""
        drawn = []
        for seed in seeds:
            rng = torch.Generator().manual_seed(seed)
            drawn.append([torch.rand(shape, generator=rng) for shape in ((hidden, pixels), (pixels, hidden))])
        encoder, decoder = (torch.stack(tensors).to(device) for tensors in zip(*drawn, strict=True))
        return cls._within(encoder, decoder)

    @classmethod
    def as_in_the_browser(cls, seed: int, hidden: int, pixels: int = 784) -> "Nets":
        """One net, with the weights that the Training page's begins with, in double precision."""
        rng = Draws(seed, WEIGHTS)
        encoder, decoder = (
            rng.uniform(hidden * pixels).view(1, *shape) for shape in ((hidden, pixels), (pixels, hidden))
        )
        return cls._within(encoder, decoder)

    @classmethod
    def _within(cls, encoder: Tensor, decoder: Tensor) -> "Nets":
        """Of uniform numbers in [0, 1]: (R, h, 784), (R, 784, h)."""
        runs, hidden, pixels = encoder.shape
        edge = math.sqrt(6 / (pixels + hidden))
        biases = (encoder.new_zeros(runs, 1, size) for size in (hidden, pixels))
        return cls((2 * encoder - 1) * edge, next(biases), (2 * decoder - 1) * edge, next(biases))

    def hidden(self, x: Tensor) -> Tensor:  # (R, B, 784) -> (R, B, h)
        """What the hidden units say."""
        return torch.sigmoid(torch.baddbmm(self.hidden_bias, x, self.encoder.mT))

    def visible(self, h: Tensor) -> Tensor:  # (R, B, h) -> (R, B, 784)
        """What they paint."""
        return torch.sigmoid(torch.baddbmm(self.visible_bias, h, self.decoder.mT))


def recirculation(nets: Nets, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What one round tells: by how much to lower each weight, (encoder, hidden bias, decoder, visible bias).

    h = hidden(x); x' = lambda x + (1 - lambda) visible(h); h' = lambda h + (1 - lambda) hidden(x');
    decoder: (x' - x) h, encoder: (h' - h) x', means over the batch.
    """
    h = nets.hidden(x)
    x_next = torch.lerp(nets.visible(h), x, REGRESSION)
    h_next = torch.lerp(nets.hidden(x_next), h, REGRESSION)
    return _products(h_next - h, x_next, x_next - x, h)


def back_propagation(nets: Nets, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The gradient of half the squared error, a mean over the batch: as `recirculation`."""
    h = nets.hidden(x)
    recon = nets.visible(h)
    visible = (recon - x) * recon * (1 - recon)  # (R, B, 784)
    hidden = (visible @ nets.decoder) * h * (1 - h)  # (R, B, h)
    return _products(hidden, x, visible, h)


def _products(hidden: Tensor, x: Tensor, visible: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    count = x.shape[1]
    return (
        hidden.mT @ x / count,
        hidden.mean(1, keepdim=True),
        visible.mT @ h / count,
        visible.mean(1, keepdim=True),
    )


def train(nets: Nets, x: Tensor, method: str, rates: Tensor, steps: int, seed: int, batch: int = 100) -> Iterator[int]:
    """Plain gradient descent on digits (N, 784), in place; all runs see the same batches. rates: (R,), one a net."""
    rng = torch.Generator(x.device).manual_seed(seed)
    rates = rates.view(-1, 1, 1)
    for step in range(steps):
        places = torch.randint(len(x), (batch,), generator=rng, device=x.device)
        descend(nets, x[places].expand(len(rates), -1, -1), method, rates)
        yield step + 1


def descend(nets: Nets, x: Tensor, method: str, rates: Tensor) -> None:
    """One step on a batch of digits, (R, B, 784), in place. rates: (R, 1, 1)"""
    change = recirculation if method == "recirculation" else back_propagation
    for name, lower in zip(("encoder", "hidden_bias", "decoder", "visible_bias"), change(nets, x), strict=True):
        getattr(nets, name).sub_(rates * lower)


def half_squared(nets: Nets, x: Tensor) -> Tensor:
    """Half the squared error a digit of each run, (R,), on digits (N, 784)."""
    runs = len(nets.encoder)
    total = torch.zeros(runs, device=x.device)
    for chunk in x.split(1_000):
        rows = chunk.expand(runs, -1, -1)
        total += 0.5 * (nets.visible(nets.hidden(rows)) - rows).square().sum((1, 2))
    return total / len(x)


def agreement(nets: Nets, x: Tensor) -> Tensor:
    """Cosine of recirculation's change of the encoder with the gradient's, of each run, (R,): 1 is the same way."""
    rows = x.expand(len(nets.encoder), -1, -1)
    ours, theirs = (rule(nets, rows)[0].flatten(1) for rule in (recirculation, back_propagation))
    return torch.cosine_similarity(ours, theirs, dim=1)
