"""Overlap and energy at period 2, against torch's own transposed convolution and numpy's FFT."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aecore.upsampling.checkerboard import overlap, period_two, side_after


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1])
def test_overlap_is_what_ones_make_of_ones(kernel, stride, padding):
    ones = torch.ones(1, 1, 4, 4)
    made = F.conv_transpose2d(ones, torch.ones(1, 1, kernel, kernel), stride=stride, padding=padding)[0, 0]
    assert made.shape[0] == side_after(4, kernel, stride, padding)
    assert torch.equal(overlap(4, kernel, stride, padding), made.long())


def test_overlap_is_even_inside_where_the_stride_divides_the_kernel():
    assert overlap(8, 4, 2, 1)[2:-2, 2:-2].unique().numel() == 1
    assert overlap(8, 3, 2, 1)[2:-2, 2:-2].unique().tolist() == [1, 2, 4]


def test_a_size_below_one_is_refused():
    with pytest.raises(ValueError, match="leave none"):
        side_after(1, 1, 1, 1)


def test_energy_at_period_two_is_that_of_numpys_fft():
    x = torch.rand(5, 2, 8, 12, generator=torch.Generator().manual_seed(0))
    power = np.abs(np.fft.fft2(x.numpy().astype(np.float64))) ** 2
    power[..., 0, 0] = 0
    lines = power[..., 4, :].sum(-1) + power[..., :, 6].sum(-1) - power[..., 4, 6]
    expected = (lines / power.sum((-2, -1))).mean(1)
    np.testing.assert_allclose(period_two(x).numpy(), expected, rtol=1e-10)


def test_a_checkerboard_is_all_at_period_two_and_a_slow_wave_is_not():
    row, column = torch.meshgrid(torch.arange(28), torch.arange(28), indexing="ij")
    board = ((row + column) % 2).double()[None, None]
    wave = torch.sin(2 * torch.pi * row / 7).double()[None, None]
    flat = torch.full((1, 1, 28, 28), 0.3)
    assert period_two(board) == pytest.approx(1) and period_two((row % 2).double()[None, None]) == pytest.approx(1)
    assert period_two(wave) == pytest.approx(0, abs=1e-12) and period_two(flat) == 0


def test_an_odd_side_is_refused():
    with pytest.raises(ValueError, match="even"):
        period_two(torch.zeros(1, 1, 27, 28))
