"""Heartbeats: real bytes give the strip back, near Shannon's bound; the wavelet is what it says."""

import numpy as np
import pytest
import torch

from aecore.compression import heartbeat, heartbeat_net, heartbeat_table
from aecore.compression.heartbeat import Learnt, Wavelet, decode, encode, prd, ratio, rounded
from aecore.compression.heartbeat_net import STRIDE, HeartbeatNet, read
from aecore.data.heartbeats import MINUTE, TEST, TRAIN, strips
from aecore.errors import CheckpointError


@pytest.fixture(scope="module", params=["learnt", "wavelet"])
def transform(request):
    return Learnt(read()) if request.param == "learnt" else Wavelet()


def test_nobody_is_on_both_sides():
    """201 and 202 are the same patient, by the database's own description."""
    assert not set(TRAIN) & set(TEST)
    assert set(strips()) == {*TRAIN, *TEST}
    assert not {201, 202} <= {*TRAIN, *TEST}


def test_prd_by_hand():
    x = np.array([1024.0, 1026.0, 1022.0, 1024.0])  # an offset, as recorders have it, must not make an error small
    assert prd(x, x) == 0
    assert prd(x, np.full(4, 1024.0)) == pytest.approx(100)
    assert prd(x, x + np.array([1, 0, 0, 0])) == pytest.approx(100 / 8**0.5)
    assert ratio(21600, 21600 * 11 // 8) == 1


def test_real_bytes_give_the_strip_back_at_shannons_bound(transform):
    x = strips()[TEST[0]]
    data = encode(transform, x, 1.0)
    recon = decode(transform, data, len(x), 1.0)
    assert heartbeat.bound(transform, x, 1.0) - 2 < len(data) < 1.01 * heartbeat.bound(transform, x, 1.0) + 8
    assert prd(x, recon) < 12
    finer = decode(transform, encode(transform, x, 0.5), len(x), 0.5)
    assert prd(x, finer) < prd(x, recon)


def test_the_wavelet_is_the_filter_bank_of_its_definition():
    """One level of bior4.4 (the CDF 9/7 of JPEG 2000) as circular convolutions with the published low-pass filter."""
    low = np.array([0.0378284555, -0.0238494650, -0.1106244044, 0.3774028556, 0.8526986790])  # Daubechies & Feauveau
    low = np.concatenate([low, low[-2::-1]])
    x = np.random.default_rng(0).normal(size=64)
    smooth = Wavelet(levels=1).analyse(x)[0]
    around = np.array([sum(low[k] * x[(n + k - 4) % 64] for k in range(9)) for n in range(64)])
    shifts = [np.abs(np.sort(around[start::2]) - np.sort(smooth)).max() for start in (0, 1)]
    assert min(shifts) < 1e-6
    assert Wavelet().synthesise(Wavelet().analyse(x), 64, 1.0) == pytest.approx(x)


def test_rounding_prefers_0():
    numbers = np.array([-1.76, -0.74, 0.0, 0.5, 0.76, 2.2])
    assert rounded(numbers, 1.0, 0.5).tolist() == [-2, -1, 0, 1, 1, 2]
    assert rounded(numbers, 1.0, 0.25).tolist() == [-2, 0, 0, 0, 1, 2]


def test_the_nets_bits_are_those_of_a_logistic_density():
    """The mass of each rounding interval, against its sum over a fine grid of the density."""
    net = HeartbeatNet()
    z = torch.tensor([[[-3.0, 0.0, 0.7, 5.0]]]).expand(1, heartbeat_net.CODE, 4)
    bits = net.bits(z, torch.tensor([1.5]))[0, 0].detach().numpy()
    grid = (np.arange(100_000) + 0.5) / 100_000 - 0.5
    for value, cost in zip((-3.0, 0.0, 0.7, 5.0), bits, strict=True):
        at = np.exp(-(value + 1.5 * grid))
        assert cost == pytest.approx(-np.log2(1.5 * (at / (1 + at) ** 2).mean()), rel=1e-3)


def test_the_net_learns_from_both_its_terms():
    net = HeartbeatNet()
    x = torch.randn(4, 1, 15 * STRIDE, generator=torch.Generator().manual_seed(0))
    assert net.decode(net.encode(x), torch.ones(4)).shape == x.shape
    net.loss(x, torch.Generator().manual_seed(1))["loss"].backward()
    assert all(weight.grad.abs().sum() > 0 for weight in net.parameters())


def test_a_missing_or_damaged_network_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat_net, "path", lambda: tmp_path / "heartbeat.safetensors")
    with pytest.raises(CheckpointError, match="missing or damaged"):
        read()
    (tmp_path / "heartbeat.safetensors").write_bytes(b"no network")
    with pytest.raises(CheckpointError, match="missing or damaged"):
        read()


def test_the_table_is_what_the_shipped_network_does(transform):
    """One person, one step, measured again."""
    name = "learnt" if isinstance(transform, Learnt) else "wavelet"
    point = next(point for point in heartbeat_table.load().curves[name].points if point.step == 2.0)
    x = strips()[TEST[1]]
    data = encode(transform, x, 2.0)
    assert len(data) == pytest.approx(point.size[1], rel=0.01)  # another machine's convolutions round otherwise
    assert prd(x, decode(transform, data, MINUTE, 2.0)) == pytest.approx(point.prd[1], rel=0.01)
