"""Radio traces of cosmic-ray air showers, simulated: a short pulse between 30 and 80 MHz under noise.

A trace has LENGTH samples at RATE MHz, in millivolts around 0; what networks get has 0.5 added, so that it lies in
[0, 1] but for the strongest pulses. A pulse's strength is its SNR, the largest |signal| over the noise's RMS (without
its mean).

Sources: the three noises: the review "Revisiting Autoencoders" (its notebook, SciEngCloud/autoencoder_demos); pulse,
band and interference: M. Erdmann, F. Schlueter, R. Smida, JINST 14 (2019) P04005, arXiv:1901.04079; the data that these
stand for: M. Erdmann, J. Glombitza, G. Kasieczka, U. Klemradt, "Deep Learning for Physics Research", World Scientific
2021, exercise 9.2; slopes of the spectrum: arXiv:2407.18662. SPECTRUM was read off a plot of the notebook.
"""

import functools
import math

import numpy as np
import torch
from torch import Tensor

LENGTH = 500  # samples of a trace
RATE = 180.0  # MHz: a sample lasts 5.6 ns, a trace 2.78 microseconds
BAND = (30, 80)  # MHz of a pulse
PLACES = (60, 440)  # samples between which a pulse lies
PEAK = 0.2  # mV of the review's pulses, SNR 2 in its background
SLOPES = (0.0, 0.03)  # 1 / MHz by which a pulse's spectrum falls in addition
MIDDLE = 0.5  # of what networks get
# relative amplitude from 30 to 80 MHz in steps of 1 MHz: a shower's pulse as an antenna hears it
SPECTRUM = (
    1.0, 1.0, 0.98, 0.963, 0.921, 0.853, 0.774, 0.719, 0.719, 0.712, 0.652, 0.584, 0.527, 0.516, 0.506, 0.482, 0.44,
    0.398, 0.354, 0.322, 0.303, 0.294, 0.297, 0.272, 0.269, 0.258, 0.252, 0.264, 0.272, 0.281, 0.288, 0.291, 0.286,
    0.286, 0.277, 0.276, 0.259, 0.255, 0.258, 0.256, 0.231, 0.212, 0.202, 0.187, 0.185, 0.18, 0.16, 0.15, 0.132, 0.117,
    0.111,
)  # fmt: skip

NOISES = ("background", "uniform", "cosine")
BOUND, SWING = 0.15, 0.25  # mV: of the uniform noise on both sides, of the cosine
# RMS without the mean, mV
RMS = {"background": 0.1, "uniform": BOUND / math.sqrt(3), "cosine": SWING / math.sqrt(2)}
RAILS = {"uniform": (-BOUND, BOUND), "cosine": (-0.3, 0.12)}  # mV where the review clips signal and noise together
SHIFT = {"cosine": 0.1}  # mV that it adds behind that
GALACTIC = (10.0, 90.0)  # MHz of Galactic noise
CARRIER = (0.02, 0.05)  # mV of a narrow-band sender
PULSES = {"pulse": False, "pulses": True}  # data set of bare pulses -> whether their shapes vary
SIZES = {"train": (40_000, 1), "test": (10_000, 2)}  # pulses and seed, as many as in the book


def pulses(n: int, rng: torch.Generator, vary: bool = True) -> Tensor:
    """n bare pulses whose largest absolute value is 1, float32 (n, 1, LENGTH), on the generator's device.

    Args: vary: of random sign, phase (0 to pi/2) and slope (SLOPES); otherwise all of the published shape.
    """

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, 1, generator=rng, device=rng.device, dtype=torch.float64)

    place = draw(*PLACES).round()
    if not vary:
        return shaped(place)
    return shaped(place, slope=draw(*SLOPES), phase=draw(0, math.pi / 2), sign=draw(-1, 1).sign())


def shaped(
    place: Tensor, slope: Tensor | float = 0.0, phase: Tensor | float = 0.0, sign: Tensor | float = 1.0
) -> Tensor:
    """Bare pulses of largest absolute value 1, float32 (n, 1, LENGTH).

    Args: place: sample of their middle, float64 (n, 1); slope: 1 / MHz; phase: radians, the same at all frequencies.
    """
    f = frequencies(place.device)  # (F,) MHz
    amplitude = spectrum(f) * torch.exp(-slope * (f - BAND[0]))
    turned = phase - 2 * math.pi * f / RATE * place  # (n, F)
    s = sign * torch.fft.irfft(torch.polar(amplitude.expand(len(place), -1), turned), LENGTH)
    return (s / s.abs().amax(1, keepdim=True)).float()[:, None]


def frequencies(device: torch.device | str = "cpu") -> Tensor:
    """MHz of a trace's Fourier coefficients, float64 (LENGTH // 2 + 1,)."""
    return torch.arange(LENGTH // 2 + 1, device=device, dtype=torch.float64) * (RATE / LENGTH)


def spectrum(f: Tensor) -> Tensor:
    """Amplitude of a pulse at f MHz, 0 outside BAND, the largest 1."""
    known = np.interp(f.cpu().numpy(), np.arange(BAND[0], BAND[1] + 1), SPECTRUM, left=0, right=0)
    return torch.as_tensor(known, device=f.device)


def galactic(f: Tensor) -> Tensor:
    """Amplitude of Galactic noise at f MHz behind a receiver of 10 to 90 MHz, for a mean square of 1 a sample."""
    inside = (f >= GALACTIC[0]) & (f < GALACTIC[1])
    amplitude = torch.where(inside, (f.clamp(min=1) / 55) ** -1.25 + 0.4, 0.0)
    both_sides = amplitude.square().sum() * 2 / LENGTH  # a real signal has each twice
    return amplitude / both_sides.sqrt()


def background(n: int, rng: torch.Generator, colour: Tensor | float = 0.0) -> Tensor:
    """Noise of 0.1 mV, (n, 1, LENGTH): white, or Galactic, or in between.

    Args: colour: share of the power that is Galactic, 0 to 1, one number or (n, 1, 1).
    """
    white, other = torch.randn(2, n, 1, LENGTH, generator=rng, device=rng.device)
    return mixed(white, other, colour)


def mixed(white: Tensor, other: Tensor, colour: Tensor | float) -> Tensor:
    """The background made of two standard normal draws (n, 1, LENGTH), of which the second becomes Galactic."""
    gain = galactic(frequencies(other.device)).to(other.dtype)
    coloured = torch.fft.irfft(torch.fft.rfft(other) * gain, LENGTH)
    share = torch.as_tensor(colour, device=other.device, dtype=other.dtype)
    return RMS["background"] * ((1 - share).sqrt() * white + share.sqrt() * coloured)


def uniform(n: int, rng: torch.Generator) -> Tensor:
    """The review's uniform noise, between -0.15 and 0.15 mV: (n, 1, LENGTH)."""
    return BOUND * (2 * torch.rand(n, 1, LENGTH, generator=rng, device=rng.device) - 1)


def cosine(n: int, rng: torch.Generator, phase: Tensor | float = 0.0) -> Tensor:
    """The review's cosine, the same in every trace unless its phase is: (n, 1, LENGTH)."""
    j = torch.arange(LENGTH, device=rng.device)
    return SWING * (torch.cos(math.pi * j / 10 + phase) - 0.5).expand(n, 1, LENGTH)


def noise(kind: str, n: int, rng: torch.Generator, colour: Tensor | float = 0.0) -> Tensor:
    """One of NOISES in mV, (n, 1, LENGTH); colour: as `background`, of which alone it is.

    Raises: ValueError: another kind.
    """
    if kind == "background":
        return background(n, rng, colour)
    if kind not in NOISES:
        raise ValueError(f"noise must be one of {', '.join(NOISES)}, not {kind!r}")
    return (uniform if kind == "uniform" else cosine)(n, rng)


def carriers(n: int, count: Tensor | int, rng: torch.Generator, most: int = 3) -> Tensor:
    """Narrow-band senders of random frequency (10 to 90 MHz), phase and strength (CARRIER), mV, (n, 1, LENGTH).

    Args: count: of them, up to `most`, one number or (n, 1, 1).
    """

    def draw(low: float, high: float) -> Tensor:
        return low + (high - low) * torch.rand(n, most, 1, generator=rng, device=rng.device)

    t = torch.arange(LENGTH, device=rng.device) / RATE
    waves = draw(*CARRIER) * torch.cos(2 * math.pi * draw(*GALACTIC) * t + draw(0, 2 * math.pi))  # (n, most, LENGTH)
    on = torch.arange(most, device=rng.device)[:, None] < torch.as_tensor(count, device=rng.device)
    return (waves * on).sum(1, keepdim=True)


def received(kind: str, s: Tensor, noises: Tensor, clipped: bool = False) -> Tensor:
    """What an antenna writes down, around MIDDLE: signal and noise in mV, clipped together as in the review or not."""
    x = s + noises
    if clipped and kind in RAILS:
        x = x.clamp(*RAILS[kind])
    return x + SHIFT.get(kind, 0.0) + MIDDLE


def levelled(x: Tensor, level: float) -> tuple[Tensor, Tensor, Tensor]:
    """Traces brought to an RMS of `level` around MIDDLE, their gain and their mean: (N, 1, L), (N, 1, 1), (N, 1, 1).

    With level 0 they stay as they are, gain 1. A silent trace has gain 1, too. `(y - MIDDLE) / gain` goes back.
    """
    if not level:
        one = torch.ones_like(x[..., :1])
        return x, one, MIDDLE * one
    mean = x.mean(-1, keepdim=True)
    rms = (x - mean).square().mean(-1, keepdim=True).sqrt()
    gain = torch.where(rms > 1e-9, level / rms.clamp(min=1e-9), 1.0)
    return MIDDLE + gain * (x - mean), gain, mean


def from_bytes(x: Tensor) -> Tensor:
    """Pulses as data sets hold them, (N, 1, LENGTH) in [0, 1], -> without mean, largest absolute value 1."""
    s = x - x.mean(-1, keepdim=True)
    return s / s.abs().amax(-1, keepdim=True).clamp(min=1e-9)


@functools.cache
def pulse_bytes(split: str, dataset: str) -> tuple[Tensor, Tensor]:
    """Bare pulses to train on: x uint8 (N, 1, LENGTH), 0 mV in the middle, and y zeros (N,).

    Args: split: "train" or "test"; dataset: one of PULSES.
    """
    n, seed = SIZES[split]
    rng = torch.Generator().manual_seed(seed)
    x = torch.cat([pulses(2000, rng, PULSES[dataset]) for _ in range(n // 2000)])
    return (127.5 + 127.5 * x).round().byte(), torch.zeros(n, dtype=torch.long)
