"""Bits against independent references: Python's own integers, brute force, scipy's Procrustes."""

import numpy as np
import pytest
import torch
from scipy.linalg import orthogonal_procrustes

from aecore.latent.linear import principal_axes
from aecore.retrieval import bits


def some_bits(n: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, width, generator=torch.Generator().manual_seed(seed)) < 0.5


@pytest.mark.parametrize("width", [8, 16, 24, 32, 64, 96])
def test_packed_bits_come_back_and_differ_where_pythons_integers_do(width):
    made = some_bits(40, width)
    codes = bits.pack(made)
    assert codes.shape == (40, width // 8) and torch.equal(bits.unpack(codes), made)
    numbers = [int("".join(str(int(bit)) for bit in row), 2) for row in made]
    assert [int.from_bytes(code.tobytes()) for code in codes] == numbers
    assert bits.hamming(codes[3], codes).tolist() == [(number ^ numbers[3]).bit_count() for number in numbers]
    assert bits.hamming(codes[3], np.repeat(codes, 2, 1)[:, ::2]).tolist() == bits.hamming(codes[3], codes).tolist()


def test_other_numbers_of_bits_are_refused():
    with pytest.raises(ValueError, match="a multiple of 8, not"):
        bits.pack(some_bits(2, 12))


def test_the_nearest_come_first_and_of_equal_ones_the_first_in_the_base():
    distance = np.random.default_rng(0).integers(0, 9, 500)
    for k in (1, 10, 499, 500, 900):
        assert bits.nearest(distance, k).tolist() == sorted(range(500), key=lambda i: (distance[i], i))[:k]


def test_itq_turns_and_every_turn_is_a_procrustes_problem():
    rng = torch.Generator().manual_seed(0)
    v = torch.randn(300, 6, generator=rng, dtype=torch.float64) * torch.tensor([5, 4, 3, 2, 1, 0.5])
    last = bits.itq(v, steps=9)
    torch.testing.assert_close(last.t() @ last, torch.eye(6, dtype=torch.float64))
    corners = torch.where(v @ last > 0, 1.0, -1.0).double()
    expected, _ = orthogonal_procrustes(v.numpy(), corners.numpy())
    np.testing.assert_allclose(bits.itq(v, steps=10).numpy(), expected, atol=1e-10)

    def loss(steps):
        turned = v @ bits.itq(v, steps=steps)
        return float((turned.sign() - turned).square().sum())

    losses = [loss(steps) for steps in (0, 1, 5, 50)]
    assert losses == sorted(losses, reverse=True) and losses[-1] < losses[0]


def test_planes_tell_by_the_angle():
    x = torch.rand(400, 1, 2, 2, generator=torch.Generator().manual_seed(1))
    planes = bits.random_planes(torch.full((4,), 0.5), 2000, seed=3)
    made = planes.bits(x[:2])
    a, b = x[:2].flatten(1) - 0.5
    angle = torch.acos(a @ b / a.norm() / b.norm())
    assert float((made[0] != made[1]).float().mean()) == pytest.approx(float(angle) / np.pi, abs=0.04)
    turned = bits.itq_planes(principal_axes((x * 255).round().byte()), x, 2)
    shares = turned.bits(x).float().mean(0)
    assert shares.shape == (2,) and bool(((shares > 0.3) & (shares < 0.7)).all())
