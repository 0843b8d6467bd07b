"""Heartbeats: the data are whole, the noises what they say, the filters and scores against independent references."""

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from aecore.data import beats, load, quiet_strips
from aecore.data.heartbeats import TEST, TRAIN
from aecore.heartbeats import filters, scores, table
from aecore.models import build

RNG = torch.Generator().manual_seed(0)


def test_beats_are_of_the_published_people_and_peak_where_it_is_said():
    train, test = beats.beats("train"), beats.beats("test")
    assert set(train.kind) == {"N"} and set(test.kind) == set(beats.KINDS)
    assert not set(train.record) & set(test.record) and len(set(test.record)) == 22
    assert set(TRAIN) <= set(train.record) | {208, 203} and set(TEST) <= set(test.record)
    mean = train.x[train.record == 101].mean(0)[0]
    assert abs(int(mean.argmax()) - beats.PEAK) <= 2 and float(mean.max()) > 0.5
    assert test.of("S").shape == (int((test.kind == "S").sum()), 1, beats.LENGTH)


@pytest.mark.parametrize(("dataset", "length"), [("beats", beats.LENGTH), ("strips", quiet_strips.WINDOW)])
def test_recipes_get_bytes_from_which_the_millivolts_come_back(dataset, length):
    x, y = load("train", dataset)
    assert x.dtype == torch.uint8 and x.shape[1:] == (1, length) and len(x) == len(y)
    back = beats.to_millivolts(x.float() / 255)
    assert float(back.median().abs()) < 0.1 and 0.1 < float(back.std()) < 0.6
    some = torch.linspace(-3, 3, 7)
    torch.testing.assert_close(beats.to_millivolts(beats.to_unit(some)), some)


def test_noises_have_the_size_and_the_frequencies_that_they_say():
    slow, fast = quiet_strips.wander(3, 10_800, RNG), quiet_strips.muscle(3, 10_800, RNG)
    torch.testing.assert_close(slow.abs().amax(2), torch.ones(3, 1))
    torch.testing.assert_close(fast.square().mean(2), torch.ones(3, 1))
    power = np.abs(np.fft.rfft(np.stack([slow[:, 0].numpy(), fast[:, 0].numpy()]), axis=-1)) ** 2
    f = np.fft.rfftfreq(10_800, 1 / beats.RATE)
    assert power[0][:, f > 0.6].sum() < 0.02 * power[0].sum()
    assert power[1][:, f < 19].sum() < 1e-6 * power[1].sum()


def test_filters_let_through_what_they_should():
    t = np.arange(10_800) / beats.RATE
    wave = lambda hertz: np.sin(2 * np.pi * hertz * t)  # noqa: E731
    passed = lambda method, hertz: np.linalg.norm(method(wave(hertz))) / np.linalg.norm(wave(hertz))  # noqa: E731
    assert passed(filters.high_pass, 0.1) < 0.05 < 0.95 < passed(filters.high_pass, 60)
    assert passed(filters.band_pass, 0.1) < 0.05 and passed(filters.band_pass, 80) < 0.1 < 0.95 < passed(
        filters.band_pass, 5
    )
    assert passed(filters.wavelet, 0.1) < 0.1
    x = quiet_strips.reference(100)
    np.testing.assert_allclose(filters.wavelet(x, share=0.0, slow=False), x, atol=1e-8)


def test_gain_is_zero_for_the_noisy_strip_and_20_db_for_a_tenth_of_the_error():
    x, x_noisy = scores.noisy(100, "both")
    assert scores.gain(x, x_noisy, x_noisy) == pytest.approx(0)
    assert scores.gain(x, x_noisy, x + 0.1 * (x_noisy - x)) == pytest.approx(20)


def test_a_denoiser_runs_on_any_length_and_far_from_its_ends_as_on_a_window():
    model = build("heartbeat_denoiser", {}).eval()
    x = quiet_strips.reference(100)
    recon = scores.denoised(model, x[:5000])
    assert recon.shape == (5000,)
    with torch.inference_mode():
        unit = beats.to_unit(torch.from_numpy(x[: quiet_strips.WINDOW]).float())[None, None]
        alone = beats.to_millivolts(model(unit))[0, 0].numpy()
    np.testing.assert_allclose(recon[900:1100], alone[900:1100], atol=2e-3)


def test_training_gets_the_noise_that_the_config_says():
    model = build("heartbeat_denoiser", {"wander": (0.5, 0.5), "muscle": (0.0, 0.0), "louder": (1.0, 1.0)})
    x = torch.full((4, 1, quiet_strips.WINDOW), 0.5)
    quiet, noisy = model.corrupt(x, torch.Generator().manual_seed(1))
    assert torch.equal(quiet, x)
    torch.testing.assert_close((noisy - x).abs().amax(2) * beats.RANGE, torch.full((4, 1), 0.5))


def test_principal_components_are_scikit_learns():
    train, test = beats.beats("train").of("N")[:, 0].numpy(), beats.beats("test").x[:200]
    pca = PCA(scores.NUMBERS, svd_solver="full").fit(train.astype(np.float64))
    back = pca.inverse_transform(pca.transform(test[:, 0].numpy()))
    expected = np.square(test[:, 0].numpy() - back).mean(1)
    np.testing.assert_allclose(scores.principal_errors(test), expected, rtol=1e-3, atol=1e-7)


def test_pca_finds_ventricular_beats_and_not_premature_atrial_ones():
    test = beats.beats("test")
    shares = table.shares([scores.principal_errors(test.x)], test)
    assert shares["V"].value > 80 and shares["S"].value < 60
    assert all(one.low < one.value < one.high for one in shares.values())
