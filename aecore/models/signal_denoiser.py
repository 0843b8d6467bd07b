"""Networks that take the noise off radio traces: the review's, and a one-dimensional U-Net for any of its noises."""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.data import signals
from aecore.models.family import Family


@dataclass(frozen=True)
class SignalDenoiserConfig:
    """Shape of a `SignalDenoiser`, and the traces that it learns from.

    body: "review" or "unet"; widths: channels of its stages; noise: one of signals.NOISES, or "any"; clipped: as in the
    review; snr: range of a pulse's; silent: share of traces without a pulse; level: RMS that traces are brought to
    before they go in (signals.levelled), 0 for as they are; relative: weigh each trace's error by its pulse's energy.
    """

    image_shape: tuple[int, int] = (1, signals.LENGTH)
    body: str = "unet"
    widths: tuple[int, ...] = (32, 48, 64, 64)
    noise: str = "any"
    clipped: bool = False
    snr: tuple[float, float] = (1.0, 6.0)
    silent: float = 0.1
    level: float = 0.1
    relative: bool = True


class Review(nn.Module):
    """The review's network: 500 numbers to 16 x 31 and back, 3 taps, four poolings, two skips, sigmoid.

    Its text does not say where the two skips lie; here they lead around the last two poolings.
    """

    def __init__(self, widths: tuple[int, ...]):
        super().__init__()
        a, b, c, d = widths
        self.down = nn.ModuleList([nn.Conv1d(i, o, 3, padding=1) for i, o in ((1, a), (a, b), (b, c), (c, d))])
        self.up = nn.ModuleList([
            nn.ConvTranspose1d(d, c, 2, 2), nn.ConvTranspose1d(c, b, 3, 2),
            nn.ConvTranspose1d(b, a, 2, 2), nn.ConvTranspose1d(a, 1, 2, 2),
        ])  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 500) -> (N, 1, 500) in [0, 1]."""
        first, second, third, code = self.down
        h = F.max_pool1d(F.relu(first(x)), 2)  # (N, 32, 250)
        half = F.max_pool1d(F.relu(second(h)), 2)  # (N, 64, 125)
        quarter = F.max_pool1d(F.relu(third(half)), 2)  # (N, 32, 62)
        z = F.max_pool1d(F.relu(code(quarter)), 2)  # (N, 16, 31)
        h = F.relu(self.up[0](z)) + quarter  # (N, 32, 62)
        h = F.relu(self.up[1](h)) + half  # (N, 64, 125)
        h = F.relu(self.up[2](h))  # (N, 32, 250)
        return torch.sigmoid(self.up[3](h))


class Residual1d(nn.Module):
    """x + conv(relu(conv(relu(x)))), the second convolution zero at first."""

    def __init__(self, channels: int, taps: int = 5):
        super().__init__()
        self.conv1 = nn.Conv1d(channels, channels, taps, padding=taps // 2)
        self.conv2 = nn.Conv1d(channels, channels, taps, padding=taps // 2)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, L) -> (N, C, L)."""
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class UNet1d(nn.Module):
    """500 numbers to 256 places and on by halves, and back, each scale handing its detail across."""

    def __init__(self, widths: tuple[int, ...]):
        super().__init__()
        pairs = list(pairwise(widths))
        self.enter = nn.Conv1d(1, widths[0], 9, stride=2, padding=10)
        self.before = nn.ModuleList([Residual1d(width) for width in widths])
        self.shrink = nn.ModuleList([nn.Conv1d(a, b, 5, stride=2, padding=2) for a, b in pairs])
        self.grow = nn.ModuleList([nn.Conv1d(b, a, 5, padding=2) for a, b in pairs])
        self.after = nn.ModuleList([Residual1d(width) for width in widths[:-1]])
        self.leave = nn.ConvTranspose1d(widths[0], 1, 12, stride=2, padding=11)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1, 500), mV times 10 -> the pulse alone, likewise."""
        h, skips = self.before[0](self.enter(x)), []  # (N, widths[0], 256)
        for shrink, before in zip(self.shrink, self.before[1:], strict=True):
            skips.append(h)
            h = before(shrink(F.relu(h)))
        for grow, after in zip(reversed(self.grow), reversed(self.after), strict=True):
            h = F.interpolate(F.relu(h), scale_factor=2, mode="nearest")
            h = after(grow(h) + skips.pop())
        return self.leave(F.relu(h))


class SignalDenoiser(nn.Module):
    """recon = f(x_noisy): the pulse alone, around 0.5.

    Trained on bare pulses to which it adds noise itself, new in every step.

    Source: "Revisiting Autoencoders" (body "review"); Ronneberger et al. 2015, arXiv:1505.04597 (body "unet"); Erdmann
            et al. 2019, arXiv:1901.04079 (a network that hears the pulse's waveform).
    Raises: ValueError: an unknown body or noise.
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: SignalDenoiserConfig):
        super().__init__()
        if config.body not in ("review", "unet") or config.noise not in (*signals.NOISES, "any"):
            raise ValueError(f"no body '{config.body}' with noise '{config.noise}'")
        self.config = config
        self.body = (Review if config.body == "review" else UNet1d)(config.widths)
        self.scaled = config.body == "unet"  # its body knows no 0.5

    def forward(self, x_noisy: Tensor) -> Tensor:
        """(N, 1, 500) around 0.5, of RMS `config.level` unless that is 0 -> recon, likewise."""
        contract.check_signals(self, x_noisy)
        if not self.scaled:
            return self.body(x_noisy)
        return self.body((x_noisy - signals.MIDDLE) * 10.0) / 10.0 + signals.MIDDLE

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Bury pulses x (N, 1, 500) (signals.from_bytes) in noise, ask for them: squared error, output SNR in dB."""
        contract.check_signals(self, x)
        rng = rng if rng is not None else torch.Generator(x.device).manual_seed(int(torch.randint(2**31, ())))
        s, x_noisy = self.corrupt(x, rng)
        error = (self(x_noisy).float() - signals.MIDDLE - s).square().sum((1, 2))  # (N,)
        energy = s.square().sum((1, 2))
        heard = energy > 0
        gain = -10 * ((error / energy.clamp(min=1e-9)).clamp(min=1e-9).log10() * heard).sum() / heard.sum().clamp(min=1)
        loss = error / (energy + 0.1) if self.config.relative else error / s.shape[-1]
        return {"loss": loss.mean(), "dB": gain}

    def corrupt(self, x: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Bare pulses -> s, mV times the gain, and x_noisy around 0.5: what goes in, and what should come out."""
        n, config = len(x), self.config
        device, here = x.device, rng.device
        snr = config.snr[0] + (config.snr[1] - config.snr[0]) * torch.rand(n, 1, 1, generator=rng, device=here)
        s = signals.from_bytes(x.to(here)) * snr
        s = s * (torch.rand(n, 1, 1, generator=rng, device=here) >= config.silent)
        if config.noise != "any":
            kinds = {config.noise: slice(0, n)}
        else:
            half, rest = n // 2, n - n // 4
            kinds = {"background": slice(0, half), "uniform": slice(half, rest), "cosine": slice(rest, n)}
        pairs = []
        for kind, part in kinds.items():
            s_part = s[part] * signals.RMS[kind]
            pairs.append((s_part, signals.received(kind, s_part, self._noise(kind, len(s_part), rng), config.clipped)))
        s, x_noisy = (torch.cat(parts).to(device) for parts in zip(*pairs, strict=True))
        x_noisy, gain, _ = signals.levelled(x_noisy, config.level)
        return s * gain, x_noisy

    def _noise(self, kind: str, n: int, rng: torch.Generator) -> Tensor:
        """One kind of noise; a network for any kind meets any colour, senders, and any phase."""
        if self.config.noise != "any":
            return signals.noise(kind, n, rng)
        colour, count, phase = torch.rand(3, n, 1, 1, generator=rng, device=rng.device)
        if kind == "cosine":
            return signals.cosine(n, rng, 2 * math.pi * phase)
        colour = (2 * colour - 0.5).clamp(0, 1)  # a quarter of them white, a quarter Galactic
        noise = signals.noise(kind, n, rng, colour)
        return noise + signals.carriers(n, (8 * count - 4).clamp(min=0).floor(), rng) if kind == "background" else noise


FAMILY = Family(SignalDenoiser, SignalDenoiserConfig, kind="dae", headline=("gain_background",), live=True)
