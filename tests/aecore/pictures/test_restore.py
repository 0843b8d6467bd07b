"""A picture by any method: in pieces as in whole, and measured against the truth."""

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from aecore.checkpoints import names
from aecore.pictures import restore
from aecore.pictures.filters import FILTERS, filter_image
from aecore.pictures.noise import add_noise


@pytest.fixture
def clean():
    """Areas with steep edges between them, (540, 720) uint8."""
    return np.kron(np.random.default_rng(0).integers(60, 200, (9, 12)), np.ones((60, 60))).astype(np.uint8)


@pytest.fixture
def noisy(clean):
    return add_noise(clean, 20, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("method", ["median", "non_local_means"])
def test_a_large_picture_is_filtered_in_pieces_as_it_would_be_whole(monkeypatch, noisy, method):
    monkeypatch.setattr(restore, "SMALL", 1000)
    *shares, recon = restore.restore(method, noisy, 20.0)
    assert shares[-1] == 1.0 and shares == sorted(shares)
    assert np.abs(recon.astype(int) - filter_image(method, noisy, 20.0)).max() <= 1


@pytest.mark.parametrize("method", ["median", "photo"])
def test_a_window_is_as_in_the_whole_picture(noisy, method):
    if method not in [*FILTERS, *names()]:
        pytest.skip("no trained photo denoiser here")
    *_, recon = restore.restore(method, noisy, 20.0)
    for left, top, right, bottom in ((0, 0, 64, 64), (301, 233, 365, 297), (656, 476, 720, 540)):
        window = restore.restore_window(method, noisy, (left, top, right, bottom), 20.0)
        assert np.abs(window.astype(int) - recon[top:bottom, left:right]).max() <= 2


def test_the_sweep_measures_the_noisy_picture_and_every_method(clean):
    *shares, table = restore.sweep(clean[:96, :96], ["median"])
    assert shares == sorted(shares) and shares[-1] == 1.0 and table.shape == (2, len(restore.SIGMAS))
    sigma = restore.SIGMAS.index(25)
    noisy = add_noise(clean[:96, :96], 25, torch.Generator().manual_seed(0))
    for row, picture in zip(table, (noisy, filter_image("median", noisy, 25.0)), strict=True):
        assert row[sigma] == pytest.approx(peak_signal_noise_ratio(clean[:96, :96], picture), abs=1e-3)


def test_held_out_pictures_are_measured_one_by_one():
    *shares, table = restore.held_out(["median"])
    assert shares == sorted(shares) and shares[-1] == 1.0 and table.shape == (2, 3, 2)
    assert (table[0] > table[1]).all()  # more noise is worse
    assert (table[:, :, 1] > table[:, :, 0]).all()  # the median helps
