"""Is the pulse where it was, and how much of its waveform is there?"""

import torch
from torch import Tensor, nn

from aecore.data import signals

NEAR = 10  # samples, 2 % of a trace: the review's score
ALARM = 0.1  # mV: a trace without a pulse counts as right while all of the output stays below
CHUNK = 500


def place(trace: Tensor) -> Tensor:
    """Sample of the largest absolute value around 0: (N, 1, L) -> (N,)."""
    return trace.abs().flatten(1).argmax(1)


def located(places: Tensor, s: Tensor) -> Tensor:
    """Whether places (N,) lie less than NEAR samples from the largest value of the pulses s (N, 1, L): bool (N,)."""
    return (places - place(s)).abs() < NEAR


def output_snr(s: Tensor, recon: Tensor) -> Tensor:
    """10 log10(sum s^2 / sum (recon - s)^2) of each trace, dB (N,): 0 for giving back silence. s has a pulse."""
    error = (recon - s).square().flatten(1).sum(1)
    return 10 * (s.square().flatten(1).sum(1) / error.clamp(min=1e-20)).log10()


def apply(model: nn.Module, x: Tensor) -> Tensor:
    """What a network gives back of traces x (N, 1, L) around 0.5, in their own mV around 0, as the page runs it.

    The trace is brought to the level that the network learnt with (`config.level`), and what comes out goes back.
    """
    parts = []
    for part in x.split(CHUNK):
        x_level, gain, _ = signals.levelled(part, model.config.level)
        parts.append((model(x_level) - signals.MIDDLE) / gain)
    return torch.cat(parts)
