"""The autoencoder with four decoders: what they have in common, and what its docstrings claim of unpooling."""

import pytest
import torch
import torch.nn.functional as F

from aecore.models import build
from aecore.models.upsampled import WAYS, Transposed, Unpooling, corners
from aecore.upsampling.checkerboard import period_two

X = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("up", WAYS)
def test_all_but_the_way_up_is_the_same(up):
    model = build("upsampled", {"up": up}).eval()
    other = build("upsampled", {}).eval()
    assert torch.equal(model.encode(X), other.encode(X))
    assert model(X).shape == X.shape
    own = model.state_dict()
    assert {key: value.shape for key, value in own.items() if not key.startswith("up")} == {
        key: value.shape for key, value in other.state_dict().items() if not key.startswith("up")
    }


def test_with_all_places_in_the_corner_unpooling_is_a_transposed_convolution():
    unpooling, transposed = Unpooling(5, 3), Transposed(5, 3)
    with torch.no_grad():
        transposed.conv.weight.copy_(unpooling.conv.weight.transpose(0, 1).flip(2, 3))
        transposed.conv.bias.copy_(unpooling.conv.bias)
    x = torch.randn(2, 5, 7, 7, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(unpooling(x), transposed(x))


def test_corners_are_the_upper_left_ones():
    places = corners(torch.rand(1, 1, 2, 3))
    assert places.flatten().tolist() == [0, 2, 4, 12, 14, 16]


def test_places_bring_each_maximum_back_and_strange_ones_do_not():
    model = build("upsampled", {"up": "unpooling"}).eval()
    z, places = model.remember(X)
    assert torch.equal(z, model.encode(X)) and torch.equal(model.through(X), model.raw(z, places))
    h = F.relu(model.conv1(X))
    pooled = F.max_pool2d(h, 2)
    assert torch.equal(F.max_pool2d(F.max_unpool2d(pooled, places[0], 2), 2), pooled)
    assert not torch.allclose(model.raw(z, places), model.raw(z, tuple(place.roll(1, 0) for place in places)))
    assert torch.equal(model.decode(z), model.raw(z).clamp(0, 1))
    assert model.places == sum(place[0].numel() for place in places)


def test_nearest_has_next_to_no_energy_at_period_two_before_training_and_transposed_ones_have_most():
    share = {up: float(period_two(build("upsampled", {"up": up}).through(X).detach()).mean()) for up in WAYS}
    assert share["nearest"] < 0.05 < 0.2 < min(share["transposed-3"], share["transposed-4"])
