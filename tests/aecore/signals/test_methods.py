"""Filters and scores against scipy.signal, PyWavelets and plain sums."""

import numpy as np
import pytest
import pywt
import torch
from scipy import signal

from aecore.data import signals
from aecore.signals import methods, responses, scores

N = 60


@pytest.fixture(scope="module")
def traces():
    rng = torch.Generator().manual_seed(0)
    s = 0.4 * signals.pulses(N, rng)
    return s, signals.received("background", s, signals.noise("background", N, rng))


def test_a_filter_is_circular_convolution_with_its_impulse_response(traces):
    _, x = traces
    taps = np.fft.irfft(methods.band_pass().numpy(), signals.LENGTH)
    trace = methods.raw(x)[0, 0].double().numpy()
    expected = signal.convolve(np.tile(trace, 3), taps)[500:1000]
    np.testing.assert_allclose(methods.through(x, methods.band_pass())[0, 0], expected, atol=1e-6)


def test_band_pass_leaves_pulses_alone_and_removes_the_reviews_cosine(traces):
    s, _ = traces
    x = signals.received("cosine", s, signals.noise("cosine", N, torch.Generator()))
    torch.testing.assert_close(methods.through(x, methods.band_pass()), s, rtol=0, atol=1e-5)


def test_the_matched_filter_in_white_noise_is_correlation_with_the_pulse(traces):
    _, x = traces
    strength, recon = methods.matched(x, methods.noise_power("background"), vary=False)
    template = np.fft.irfft(methods.template(False).numpy(), signals.LENGTH)  # its middle at sample 0
    for trace, height, drawn in zip(methods.raw(x)[:5, 0].double().numpy(), strength[:5, 0], recon[:5, 0], strict=True):
        expected = np.array([np.dot(trace, np.roll(template, place)) for place in range(500)]) / np.dot(
            template, template
        )
        np.testing.assert_allclose(height, expected, atol=1e-6)
        place = expected.argmax()
        np.testing.assert_allclose(drawn, expected[place] * np.roll(template, place), atol=1e-6)


def test_its_envelope_is_that_of_the_analytic_signal(traces):
    _, x = traces
    strength, recon = methods.matched(x, methods.noise_power("background"))
    template = np.fft.irfft(methods.template().numpy(), signals.LENGTH)
    upright = np.fft.irfft(np.fft.rfft(methods.raw(x)[0, 0].double()) * np.conj(np.fft.rfft(template)), 500)
    expected = np.abs(signal.hilbert(upright)) / np.dot(template, template)
    np.testing.assert_allclose(strength[0, 0], expected, atol=1e-6)
    both = np.stack([np.roll(part, expected.argmax()) for part in (template, np.imag(signal.hilbert(template)))])
    fitted = np.linalg.lstsq(both.T, methods.raw(x)[0, 0].double().numpy(), rcond=None)[0] @ both
    np.testing.assert_allclose(recon[0, 0], fitted, atol=1e-5)


def test_a_clean_pulse_in_the_middle_of_the_family_is_found_and_redrawn():
    amplitude = methods.template()
    s = torch.roll(torch.fft.irfft(amplitude + 0j, 500), 200).float()[None, None]
    for kind in signals.NOISES:
        strength, recon = methods.matched(s + 0.5, methods.noise_power(kind))
        assert int(strength.argmax()) == 200
        torch.testing.assert_close(recon, s, rtol=0, atol=1e-4)


def test_wiener_is_the_best_of_all_scalings_a_frequency(traces):
    s, x = traces
    noise, pulse = methods.noise_power("background"), methods.pulse_power(0.4)
    best = methods.wiener(noise, pulse)
    error = [float((methods.through(x, best * scale) - s).square().mean()) for scale in (0.7, 1.0, 1.4)]
    assert error[1] < error[0] and error[1] < error[2]
    np.testing.assert_allclose(
        pulse, (np.abs(np.fft.rfft(s[:, 0].double())) ** 2).mean(0), rtol=0, atol=0.35 * pulse.max()
    )


def test_noise_powers_are_what_periodograms_say():
    for kind, colour in (("background", 0.0), ("background", 1.0), ("uniform", 0.0), ("cosine", 0.0)):
        x = methods.raw(signals.noise(kind, 600, torch.Generator().manual_seed(3), colour))[:, 0].double()
        measured = torch.fft.rfft(x).abs().square().mean(0)[1:-1]
        told = methods.noise_power(kind, colour)[1:-1]
        torch.testing.assert_close(measured, told, rtol=0.3, atol=0.02)


def test_wavelets_shrink_as_pywavelets_does_one_by_one(traces):
    _, x = traces
    trace = methods.raw(x)[3, 0].double().numpy()
    parts = pywt.wavedec(trace, "db6", mode="symmetric")
    threshold = np.median(np.abs(parts[-1])) / 0.6745 * np.sqrt(2 * np.log(500))
    parts[1:] = [pywt.threshold(part, threshold, "soft") for part in parts[1:]]
    np.testing.assert_allclose(methods.wavelet(x)[3, 0], pywt.waverec(parts, "db6", mode="symmetric"), atol=1e-6)


def test_samples_at_the_rail_are_where_the_pulse_is():
    rng = torch.Generator().manual_seed(4)
    s = signals.PEAK * signals.pulses(300, rng, vary=False)
    noise = signals.noise("uniform", 300, rng)
    clipped = methods.at_rail(signals.received("uniform", s, noise, clipped=True), "uniform")
    assert scores.located(clipped.flatten(1).argmax(1), s).float().mean() > 0.75
    silent = methods.at_rail(signals.received("uniform", 0 * s, noise, clipped=True), "uniform")
    assert silent.mean() < 0.01 * clipped.mean()  # noise alone meets a rail only where rounding has it so
    stuck = ((s + noise).abs().flatten(1) >= signals.BOUND).float()
    bell = signal.windows.gaussian(49, 6)
    expected = [signal.convolve(row, bell / bell.sum(), mode="same") for row in stuck[:20].double().numpy()]
    near = np.abs(clipped[:20, 0].numpy() - np.array(expected)) < 1e-5
    assert near.mean() > 0.97  # where a sample lies on the rail by rounding alone, a bell stands around it


def test_planted_samples_are_at_the_rail_around_their_place():
    x = signals.received(
        "uniform", torch.zeros(()), signals.noise("uniform", 50, torch.Generator().manual_seed(1)), True
    )
    stuck, place = methods.planted(x, "uniform", torch.Generator().manual_seed(2))
    where = ((stuck - 0.5).abs() - signals.BOUND).abs() < 1e-6
    changed = (stuck != x)[:, 0].nonzero()
    assert (where.sum((1, 2)) >= 4).all() and len(changed) >= 4 * 50 - 2
    assert (changed[:, 1] - place[changed[:, 0]]).abs().max() <= 4


def test_scores():
    s = torch.zeros(3, 1, 500)
    s[:, 0, 100] = -0.3
    recon = 0.5 * s
    assert scores.place(recon).tolist() == [100] * 3
    assert scores.located(torch.tensor([91, 110, 109]), s).tolist() == [True, False, True]
    torch.testing.assert_close(scores.output_snr(s, recon), torch.full((3,), 20 * np.log10(2), dtype=torch.float32))
    torch.testing.assert_close(scores.output_snr(s, torch.zeros_like(s)), torch.zeros(3))


def test_responses_are_scipys():
    filters = torch.randn(4, 9, generator=torch.Generator().manual_seed(1))
    f = responses.frequencies().numpy()
    for taps, ours in zip(filters.double().numpy(), responses.response(filters), strict=True):
        size = np.abs(signal.freqz(taps, worN=f, fs=signals.RATE)[1])
        np.testing.assert_allclose(ours, size / size.max(), atol=1e-6)
    shape = responses.shape(torch.tensor([[0.0, 1.0, 0.0]]))
    assert shape.inside == pytest.approx(100 * 50 / 90, abs=0.5) and shape.wide == 100
