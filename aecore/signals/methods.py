"""Classical ways to hear a pulse: none is trained, and some are told what the noise is like.

Traces x are (N, 1, LENGTH) around signals.MIDDLE, answers are in mV around 0. Spectra have LENGTH // 2 + 1 numbers, one
for each of signals.frequencies().

Sources: Turin 1960, "An introduction to matched filters" (matched); Wiener 1949 (wiener); Donoho & Johnstone 1994,
"Ideal spatial adaptation by wavelet shrinkage" (wavelet); Erdmann et al. 2019, arXiv:1901.04079 (30 to 80 MHz).
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aecore.data import signals

FLOOR = 1e-4  # mV of white noise added to a noise that leaves frequencies out: nothing is divided by 0
WINDOW = 6  # samples: standard deviation of the bell under which those at the rail are counted
STUCK = 1e-6  # mV from the rail
MEAN_SLOPE = sum(signals.SLOPES) / 2


def raw(x: Tensor) -> Tensor:
    """The trace itself, without its mean."""
    return x - x.mean(-1, keepdim=True)


def through(x: Tensor, response: Tensor) -> Tensor:
    """A filter of zero phase: x times response (F,) at every frequency."""
    return torch.fft.irfft(torch.fft.rfft(raw(x).double()) * response, signals.LENGTH).float()


def band_pass() -> Tensor:
    """Response that leaves 30 to 80 MHz alone and nothing else."""
    f = signals.frequencies()
    return ((f >= signals.BAND[0]) & (f <= signals.BAND[1])).double()


def noise_power(kind: str, colour: float = 0.0) -> Tensor:
    """Mean |coefficient|^2 of a noise without its mean, mV^2 (F,): what a filter may be told."""
    f = signals.frequencies()
    power = torch.full_like(f, signals.RMS[kind] ** 2 * signals.LENGTH)
    if kind == "background":
        power = power * ((1 - colour) + colour * signals.galactic(f).square())
    elif kind == "cosine":
        wave = signals.cosine(1, torch.Generator())[0, 0].double()
        power = torch.fft.rfft(wave - wave.mean()).abs().square()
    return power + FLOOR**2 * signals.LENGTH


def pulse_power(peak: float, vary: bool = True) -> Tensor:
    """Mean |coefficient|^2 of pulses whose largest value is `peak` mV, (F,)."""
    s = signals.pulses(2000, torch.Generator().manual_seed(3), vary).double()
    return peak**2 * torch.fft.rfft(s[:, 0]).abs().square().mean(0)


def wiener(noise: Tensor, pulse: Tensor) -> Tensor:
    """Response S / (S + N): the best linear one, if it is told both powers (F,)."""
    return pulse / (pulse + noise)


def template(vary: bool = True) -> Tensor:
    """Amplitude of a pulse in the middle of those that occur, (F,), of largest value 1 mV at zero phase."""
    f = signals.frequencies()
    amplitude = signals.spectrum(f) * (torch.exp(-MEAN_SLOPE * (f - signals.BAND[0])) if vary else 1.0)
    return amplitude / torch.fft.irfft(amplitude + 0j, signals.LENGTH).abs().max()


def matched(x: Tensor, noise: Tensor, vary: bool = True) -> tuple[Tensor, Tensor]:
    """The matched filter, told the noise: how strong a pulse of any phase is at each sample, and the pulse drawn there.

    c(t) = sum X T* e^(i w t) / N / sum |T|^2 / N, over positive frequencies: its absolute value is the envelope, and
    |c| cos(w t + arg c) the template fitted by least squares where the envelope is largest.

    Args:    noise: its power (F,); vary: pulses of any phase; otherwise of the published shape, upright.
    Returns: envelope (for vary=False the amplitude of an upright pulse), recon; each (N, 1, LENGTH), mV.
    """
    t, n = template(vary), signals.LENGTH
    weight = t / noise
    norm = 2 * (t * weight).sum() / n
    spectrum = torch.fft.rfft(raw(x).double()) * weight  # (N, 1, F)
    both = torch.zeros(*spectrum.shape[:-1], n, dtype=spectrum.dtype)
    both[..., : spectrum.shape[-1]] = 2 * spectrum
    c = torch.fft.ifft(both) / norm  # (N, 1, LENGTH), complex: of positive frequencies alone
    strength = c.abs() if vary else c.real
    place = strength.argmax(-1, keepdim=True)  # (N, 1, 1)
    height = c.gather(-1, place)
    height = height if vary else height.real + 0j
    turn = torch.exp(-2j * math.pi * torch.arange(n // 2 + 1, dtype=torch.float64) / n * place)  # (N, 1, F)
    fitted = torch.zeros_like(both)
    fitted[..., : n // 2 + 1] = 2 * height * t * turn
    return strength.float(), torch.fft.ifft(fitted).real.float()


def wavelet(x: Tensor, name: str = "db6") -> Tensor:
    """Soft shrinkage by the universal threshold, the noise's sigma read off the finest wavelets."""
    import pywt  # late: half a second, and no page needs it

    coefficients = pywt.wavedec(raw(x).double().numpy(), name, mode="symmetric", axis=-1)
    sigma = np.median(np.abs(coefficients[-1]), axis=-1, keepdims=True) / 0.6745
    threshold = sigma * math.sqrt(2 * math.log(x.shape[-1]))
    shrunk = [coefficients[0]] + [np.sign(c) * np.maximum(np.abs(c) - threshold, 0) for c in coefficients[1:]]
    return torch.from_numpy(pywt.waverec(shrunk, name, mode="symmetric", axis=-1)[..., : x.shape[-1]]).float()


def planted(x: Tensor, kind: str, rng: torch.Generator, count: int = 4, among: int = 9) -> tuple[Tensor, Tensor]:
    """Traces with samples stuck at random rails though no pulse pushed them there, and each cluster's middle (N,).

    Args: x: of noise alone; count: samples that are stuck, among so many neighbours.
    """
    n = len(x)
    rails = torch.tensor(signals.RAILS[kind]) + signals.SHIFT.get(kind, 0.0) + signals.MIDDLE
    place = torch.randint(*signals.PLACES, (n,), generator=rng)
    beside = torch.rand(n, among, generator=rng).argsort(1)[:, :count] - among // 2  # (N, count), all different
    x = x.clone()
    x[torch.arange(n)[:, None], 0, place[:, None] + beside] = rails[torch.randint(2, (n, count), generator=rng)]
    return x, place


def at_rail(x: Tensor, kind: str) -> Tensor:
    """How many samples around each are stuck where the review clips, weighted by a bell of WINDOW samples: like x."""
    low, high = (rail + signals.SHIFT.get(kind, 0.0) + signals.MIDDLE for rail in signals.RAILS[kind])
    stuck = ((x - low).abs() < STUCK) | ((x - high).abs() < STUCK)
    reach = 4 * WINDOW
    bell = torch.exp(-0.5 * (torch.arange(-reach, reach + 1) / WINDOW).square())
    return F.conv1d(stuck.float(), (bell / bell.sum())[None, None], padding=reach)
