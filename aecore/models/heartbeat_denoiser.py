"""A small one-dimensional U-Net that takes baseline wander and muscle noise off heartbeats."""

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.data import quiet_strips
from aecore.data.beats import RANGE
from aecore.models.family import Family


@dataclass(frozen=True)
class HeartbeatDenoiserConfig:
    """Shape of a `HeartbeatDenoiser`, and the noise that it learns from.

    widths: channels a scale, each of half the samples of the one before; taps: of a convolution; wander, muscle: ranges
    of the largest value and of the RMS, millivolts; louder: range of factors that the beats themselves are drawn with.
    """

    image_shape: tuple[int, int] = (1, quiet_strips.WINDOW)
    widths: tuple[int, ...] = (12, 16, 24, 32, 32, 32, 32)
    taps: int = 5
    wander: tuple[float, float] = quiet_strips.LEVELS["wander"]
    muscle: tuple[float, float] = quiet_strips.LEVELS["muscle"]
    louder: tuple[float, float] = (0.5, 1.5)


class HeartbeatDenoiser(nn.Module):
    """recon = f(x_noisy): the beats alone, around 0.5.

    Trained on quiet strips, to which it adds noise itself, new in every step. Convolutions and skips alone, so that it
    runs on any length.

    Source: Vincent et al. 2008 (denoising); Ronneberger et al. 2015, arXiv:1505.04597 (skips).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: HeartbeatDenoiserConfig):
        super().__init__()
        self.config = config
        widths, taps = config.widths, config.taps
        pairs = list(pairwise((1, *widths)))
        self.shrink = nn.ModuleList([nn.Conv1d(a, b, taps, stride=2, padding=taps // 2) for a, b in pairs])
        self.grow = nn.ModuleList([nn.Conv1d(2 * b, a, taps, padding=taps // 2) for a, b in pairs[1:]])
        self.leave = nn.ConvTranspose1d(2 * widths[0], 1, 8, stride=2, padding=3)

    def forward(self, x_noisy: Tensor) -> Tensor:
        """(N, 1, L) around 0.5, RANGE millivolts from 0 to 1, L a multiple of 2^scales -> recon, likewise."""
        contract.check_signals(self, x_noisy)
        return self.raw(x_noisy)

    def raw(self, x_noisy: Tensor) -> Tensor:
        """The same for any length."""
        h, skips = (x_noisy - 0.5) * RANGE, []
        for shrink in self.shrink:
            h = F.relu(shrink(h))
            skips.append(h)
        for grow in reversed(self.grow):
            h = F.relu(grow(torch.cat([h, skips.pop()], 1)))
            h = F.interpolate(h, scale_factor=2, mode="nearest")
        return self.leave(torch.cat([h, skips.pop()], 1)) / RANGE + 0.5

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Add noise to quiet strips (N, 1, L), ask for them: mean squared error in mV^2, and the gain in dB."""
        x, x_noisy = self.corrupt(x, rng)
        error = (self.raw(x_noisy).float() - x).square().mean((1, 2)) * RANGE**2  # (N,)
        before = (x_noisy - x).square().mean((1, 2)) * RANGE**2
        gain = 10 * (before.clamp(min=1e-9) / error.clamp(min=1e-9)).log10()
        return {"loss": (error / (before + 1e-3)).mean(), "dB": gain.mean()}

    def corrupt(self, x: Tensor, rng: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """Beats, some louder, and the same under noise: both (N, 1, L) around 0.5."""
        rng = rng if rng is not None else torch.Generator(x.device).manual_seed(int(torch.randint(2**31, ())))
        n, length = len(x), x.shape[2]

        def draw(low: float, high: float) -> Tensor:
            return low + (high - low) * torch.rand(n, 1, 1, generator=rng, device=rng.device)

        config = self.config
        slow = draw(*config.wander) * quiet_strips.wander(n, length, rng)
        fast = draw(*config.muscle) * quiet_strips.muscle(n, length, rng)
        x = 0.5 + (x - 0.5) * draw(*config.louder).to(x.device)
        return x, x + (slow + fast).to(x.device) / RANGE


FAMILY = Family(HeartbeatDenoiser, HeartbeatDenoiserConfig, kind="dae", headline=("gain_both",), live=True)
