"""Galaxies out of nothing: the data at half the size, what they are worth, and who copies."""

import pytest
import torch
from scipy import ndimage

from aecore import checkpoints
from aecore.data import load
from aecore.data.galaxies import HALF
from aecore.galaxies import drawn, table
from aecore.gans import measures
from aecore.jitter import shifted, turned
from aecore.models import build

needs_models = pytest.mark.skipif(table.SORTER not in checkpoints.names(), reason="no trained models here")


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def half():
    return {split: load(split, HALF) for split in ("train", "test")}


def test_each_square_of_four_pixels_becomes_one(half):
    (x, y), (whole, labels) = half["test"], load("test", "galaxies")
    assert x.shape == (188, 3, 64, 64) and x.dtype == torch.uint8 and torch.equal(y, labels)
    four = whole[7].float().unfold(1, 2, 2).unfold(2, 2, 2)  # (3, 64, 64, 2, 2)
    assert (four.mean((-1, -2)) - x[7].float()).abs().max() <= 0.5


def test_shifts_are_scipys_and_let_gradients_through():
    x = torch.rand(3, 2, 16, 16, generator=rng()).requires_grad_()
    moved = shifted(x, 0.25, rng(1))
    moved.sum().backward()
    assert (x.grad != 0).any()
    moves = (torch.rand(3, 2, 1, generator=rng(1)) * 2 - 1)[..., 0] * 0.25 * 16  # pixels, x and y
    for one, other, (right, down) in zip(x.detach(), moved.detach(), moves.tolist(), strict=True):
        for plane, expected in zip(other, one, strict=True):
            same = ndimage.shift(expected.numpy(), (-down, -right), order=1, mode="reflect")
            torch.testing.assert_close(plane, torch.from_numpy(same), rtol=0, atol=1e-4)


def test_a_turned_or_mirrored_copy_is_found_out(half):
    training = half["train"][0][:20].float() / 255
    angle, mirror = torch.tensor([0.0, torch.pi / 4, torch.pi]), torch.tensor([1.0, 1.0, -1.0])
    copies = turned(training[3:6], angle, mirror)
    others = half["test"][0][:3].float() / 255
    assert drawn.nearest(copies, training).max() < 0.1 < 1 < drawn.nearest(others, training).min()


@needs_models
def test_real_galaxies_are_worth_more_than_noise_and_the_classifier_reads_them_small(half):
    held = drawn.reference(torch.device("cpu"), looked_up=40)
    assert held.right > 85  # at full size it is 91
    x_test, y_test = half["test"]
    real, _ = drawn.worth(held, x_test.float() / 255, y_test)
    assert real.frechet == pytest.approx(0, abs=0.01) and real.recall == 100 and real.agreement == held.right
    noise, distance = drawn.worth(held, torch.rand(40, 3, 64, 64, generator=rng()))
    assert noise.frechet > 10 and noise.agreement is None and noise.nearest == float(distance.median()) > held.unseen


def test_a_vae_draws_as_many_of_each_class_as_are_asked_for(half):
    model = build("gaussian_vae", {"latent_dim": 3, "widths": (4, 4, 4, 4)}).eval()
    asked = torch.tensor([0, 0, 1, 2, 3])
    ways = drawn.of_vae(model, asked, rng())
    assert {name: tuple(x.shape) for name, x in ways.items()} == dict.fromkeys(
        (drawn.PRIOR, drawn.BY_CLASS), (5, 3, 64, 64)
    )


@needs_models
@pytest.mark.skipif(drawn.DRAWER not in checkpoints.names(), reason="no trained generator here")
def test_what_was_measured_are_the_shipped_networks():
    from aecore.engine import get_engine

    told = drawn.load()
    assert not told.stale(get_engine()) and len(told.rows[drawn.GAN]) == drawn.SEEDS
    assert (checkpoints.folder() / f"{drawn.DRAWER}.safetensors").stat().st_size < 600_000


@pytest.mark.skipif(drawn.DRAWER not in checkpoints.names(), reason="no trained generator here")
def test_the_shipped_generator_draws_what_it_is_asked_for():
    model = checkpoints.load(drawn.DRAWER)
    y = torch.arange(4).repeat(12)
    sorter = drawn.Enlarging(checkpoints.load(table.SORTER))
    p = measures.read(sorter, drawn.drawn(model, y, rng(3)))[1]
    assert float((p.argmax(1) == y).float().mean()) > 0.6
