"""Simulated traces are what is said of them: spectra and SNR by scipy.signal, the review's clipping, seeds."""

import math

import numpy as np
import pytest
import torch
from scipy import signal

from aecore.data import load, signals
from aecore.models import build

N = 400


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def density(x):
    """Power a MHz by Welch's method, mean over traces: f, power."""
    f, power = signal.welch(x[:, 0].numpy(), signals.RATE, nperseg=250)
    return f, power.mean(0)


@pytest.mark.parametrize("vary", [False, True])
def test_pulses_lie_between_30_and_80_mhz_and_their_largest_value_is_one(vary):
    s = signals.pulses(N, rng(), vary)
    assert torch.equal(s, signals.pulses(N, rng(), vary)) and s.shape == (N, 1, signals.LENGTH)
    torch.testing.assert_close(s.abs().amax(-1), torch.ones(N, 1))
    f, power = signal.periodogram(s[:, 0].numpy(), signals.RATE)
    inside = (f >= 30) & (f <= 80)
    assert power[:, ~inside].max() < 1e-9 * power[:, inside].max()
    place = s.abs().flatten(1).argmax(1)
    assert place.min() >= 60 - 4 and place.max() <= 440 + 4


def test_the_published_pulse_is_upright_and_as_its_plot_shows_it():
    s = signals.PEAK * signals.pulses(20, rng(), vary=False)[:, 0]
    for trace in s:
        place = int(trace.argmax())
        assert trace[place] == pytest.approx(0.2) and -0.15 < trace[place - 6 : place + 7].min() < -0.12
        torch.testing.assert_close(trace[place - 40 : place + 1].flip(0), trace[place : place + 41], rtol=0, atol=1e-6)


def test_a_pulse_has_the_measured_spectrum():
    s = signals.pulses(1, rng(), vary=False)[0, 0].double().numpy()
    size = np.abs(np.fft.rfft(s))
    f = np.fft.rfftfreq(signals.LENGTH, 1 / signals.RATE)
    expected = np.interp(f, np.arange(30, 81), signals.SPECTRUM, left=0, right=0)
    np.testing.assert_allclose(size / size.max(), expected / expected.max(), atol=1e-4)


@pytest.mark.parametrize("colour", [0.0, 0.5, 1.0])
def test_background_has_a_tenth_of_a_millivolt_and_its_colour(colour):
    x = signals.background(N, rng(1), colour)
    assert float(x.square().mean().sqrt()) == pytest.approx(0.1, rel=0.02)
    f, power = density(x)
    white = 0.01 / (signals.RATE / 2)
    shape = np.where((f >= 10) & (f < 90), (np.maximum(f, 1) / 55) ** -1.25 + 0.4, 0) ** 2
    shape *= 0.01 / (shape.sum() * (f[1] - f[0]))
    inside = (f > 15) & (f < 85)  # away from the edges, over which Welch's windows smear
    np.testing.assert_allclose(power[inside], ((1 - colour) * white + colour * shape)[inside], rtol=0.2)


def test_snr_is_the_largest_value_over_the_noise():
    for kind in signals.NOISES:
        noise = signals.noise(kind, N, rng(2))
        spread = float((noise - noise.mean(-1, keepdim=True)).square().mean().sqrt())
        assert spread == pytest.approx(signals.RMS[kind], rel=0.02), kind
    assert signals.PEAK / signals.RMS["background"] == pytest.approx(2)


def test_the_reviews_noises_are_its_formulas():
    s = signals.PEAK * signals.pulses(3, rng(), vary=False)
    j = torch.arange(signals.LENGTH)
    wave = 0.25 * (torch.cos(math.pi * j / 10) - 0.5)
    x = signals.received("cosine", s, signals.noise("cosine", 3, rng()), clipped=True)
    torch.testing.assert_close(x, (s + wave).clip(-0.3, 0.12) + 0.1 + 0.5)
    noise = signals.noise("uniform", 3, rng(4))
    assert noise.abs().max() <= 0.15 and noise.std() > 0.08
    x = signals.received("uniform", s, noise, clipped=True)
    torch.testing.assert_close(x, (s + noise).clip(-0.15, 0.15) + 0.5)
    assert ((x - 0.5).abs() > 0.15 - 1e-6).any() and x.min() >= 0 and x.max() <= 1
    silent = signals.received("uniform", torch.zeros(()), noise, clipped=True)
    torch.testing.assert_close(silent, noise + 0.5)  # the clipping touches nothing but pulses
    with pytest.raises(ValueError, match="background, uniform, cosine"):
        signals.noise("pink", 1, rng())


def test_carriers_are_single_lines():
    one = signals.carriers(50, 1, rng(5))
    size = np.abs(np.fft.rfft(one[:, 0].numpy() * np.hanning(signals.LENGTH)))
    top = size.argmax(1)
    near = np.stack([size[i, max(0, t - 3) : t + 4] for i, t in enumerate(top) if 4 < t < 246])
    assert (near**2).sum() > 0.99 * (size[(top > 4) & (top < 246)] ** 2).sum()
    assert signals.carriers(2, 0, rng()).abs().max() == 0
    assert (signals.carriers(50, 3, rng(5)).abs().amax(-1) > one.abs().amax(-1)).float().mean() > 0.9


def test_levelling_sets_the_rms_and_can_be_undone():
    x = 0.5 + torch.tensor([3.0, 0.01])[:, None, None] * torch.randn(2, 1, 500, generator=rng())
    level, gain, mean = signals.levelled(x, 0.1)
    torch.testing.assert_close((level - 0.5).square().mean(-1).sqrt(), torch.full((2, 1), 0.1))
    torch.testing.assert_close((level - 0.5) / gain + mean, x)
    same, gain, _ = signals.levelled(x, 0.0)
    assert torch.equal(same, x) and (gain == 1).all()
    assert torch.equal(signals.levelled(torch.full((1, 1, 500), 0.3), 0.1)[0], torch.full((1, 1, 500), 0.5))


def test_the_data_set_holds_pulses_as_bytes():
    x, y = load("test", "pulse")
    assert x.shape == (10_000, 1, 500) and x.dtype is torch.uint8 and len(y) == len(x)
    back = signals.from_bytes(x[:50].float() / 255)
    torch.testing.assert_close(
        back, signals.pulses(2000, torch.Generator().manual_seed(2), False)[:50], rtol=0, atol=6e-3
    )


@pytest.mark.parametrize(
    ("x", "says"),
    [
        (torch.rand(2, 1, 28, 28), "cut the signal to 500"),
        (torch.zeros(2, 1, 400), "cut the signal to 500"),
        (torch.full((2, 1, 500), 128.0), "levelled"),
        (torch.full((2, 1, 500), float("nan")), "finite"),
        (torch.zeros(2, 1, 500).double(), "float"),
    ],
)
def test_a_wrong_trace_is_refused_with_what_to_do(x, says):
    with pytest.raises(ValueError, match=says):
        build("signal_denoiser", {"widths": (4, 6)})(x)


def test_the_reviews_body_passes_through_16_by_31_numbers():
    model = build("signal_denoiser", {"body": "review", "widths": (32, 64, 32, 16), "level": 0.0})
    shapes = []
    model.body.up[0].register_forward_pre_hook(lambda _, given: shapes.append(tuple(given[0].shape)))
    recon = model(torch.rand(2, 1, 500, generator=rng()))
    assert shapes == [(2, 16, 31)] and recon.shape == (2, 1, 500) and recon.min() >= 0 and recon.max() <= 1
    with pytest.raises(ValueError, match="tower"):
        build("signal_denoiser", {"body": "tower"})


@pytest.mark.parametrize("noise", [*signals.NOISES, "any"])
def test_what_a_network_learns_from_is_a_pulse_of_the_asked_snr_in_the_asked_noise(noise):
    model = build(
        "signal_denoiser", {"widths": (4, 6), "noise": noise, "snr": (2.0, 2.0), "silent": 0.25, "level": 0.0}
    )
    s, x_noisy = model.corrupt(0.5 + 0.5 * signals.pulses(N, rng()), rng(7))
    heard = s.abs().amax((1, 2)) > 0
    assert 0.2 < 1 - float(heard.float().mean()) < 0.3
    left = x_noisy - s - 0.5
    spread = (left - left.mean(-1, keepdim=True)).square().mean((1, 2)).sqrt()
    ratio = s.abs().amax((1, 2))[heard] / spread[heard]
    assert float(ratio.median()) == pytest.approx(2.0, rel=0.1)
