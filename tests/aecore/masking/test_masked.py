"""The masked autoencoder sees visible patches alone, and guesses hidden ones alone."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from aecore.models import build
from aecore.models.masked import Masked

SMALL = {"width": 12, "depth": 2, "decoder_width": 12, "decoder_depth": 1}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def x():
    return torch.rand(6, 1, 28, 28, generator=rng())


def masks(model: Masked, hidden: torch.Tensor) -> torch.Tensor:
    return F.interpolate(hidden.view(-1, 1, *model.grid), scale_factor=model.config.patch)


def test_what_is_hidden_does_not_enter_and_what_is_seen_stays(x):
    model = build("masked", SMALL).eval()
    _, hidden = model.draw(6, rng(), x.device)
    mask = masks(model, hidden)
    recon = model(x, mask)
    torch.testing.assert_close(model(torch.where(mask > 0, torch.rand_like(x), x), mask), recon)
    assert torch.equal(recon[mask == 0], x[mask == 0]) and not torch.equal(recon, x)
    one = mask.clone().view(6, 28, 28)[:, ::4, ::4].repeat_interleave(4, 1).repeat_interleave(4, 2)[:, None]
    assert torch.equal(one, mask)
    pixel = torch.zeros_like(mask)
    pixel[:, :, 5, 5] = 1  # one missing pixel hides its patch from the encoder, but only that pixel is replaced
    assert ((model(x, pixel) != x).sum((1, 2, 3)) <= 1).all()
    torch.testing.assert_close(model(x * (1 - pixel), pixel), model(x, pixel) * pixel + x * (1 - pixel))


def test_the_loss_is_the_error_of_the_guess(x):
    """Training leaves hidden tokens out, a guess keeps them and ignores them: both are the same function."""
    model = build("masked", SMALL).eval()
    with torch.no_grad():
        model.leave.weight.mul_(0.1)
        model.leave.bias.fill_(0.5)  # so that nothing is cut off at 0 or 1
    _, hidden = model.draw(6, rng(3), x.device)
    mask = masks(model, hidden)
    error = ((model(x, mask) - x).square() * mask).sum() / mask.sum()
    torch.testing.assert_close(model.loss(x, rng(3))["loss"], error)


def test_everything_may_be_hidden_or_nothing(x):
    model = build("masked", SMALL).eval()
    recon = model(x, torch.ones_like(x))
    assert torch.isfinite(recon).all() and torch.allclose(recon[0], recon[1])
    assert torch.equal(model(x, torch.zeros_like(x)), x) and torch.equal(model(x), x)


def test_as_many_patches_of_every_picture_are_hidden_and_never_all():
    model, counts = build("masked", SMALL), set()
    generator = rng()
    for _ in range(300):
        seen, hidden = model.draw(3, generator, torch.device("cpu"))
        assert (hidden.sum(1) == 49 - seen.shape[1]).all() and (hidden.gather(1, seen) == 0).all()
        counts.add(int(hidden[0].sum()))
    assert min(counts) >= round(0.1 * 49) and max(counts) == round(0.95 * 49) and len(counts) > 35


def test_normalised_patches_have_no_mean_and_one_spread(x):
    model = build("masked", SMALL | {"normalised": True}).eval()
    with torch.no_grad():
        nn.init.zeros_(model.leave.weight)  # it guesses 0 everywhere
    torch.testing.assert_close(float(model.loss(x, rng())["loss"].detach()), 15 / 16, atol=0.01, rtol=0)
    flat = torch.full_like(x, 0.3)
    assert model.loss(flat, rng())["loss"] < 1e-3
    recon = model(x, torch.ones_like(x))  # the paper's pictures: each patch has its true mean
    torch.testing.assert_close(F.avg_pool2d(recon, 4), F.avg_pool2d(x, 4))


def test_a_code_is_the_mean_of_the_tokens_that_enter(x):
    model = build("masked", SMALL).eval()
    every = torch.arange(49).expand(6, -1)
    torch.testing.assert_close(model.encode(x), model.encode(x, every.flip(1)))
    few = model.encode(x, every[:, :5])
    changed = x.clone()
    changed[:, :, 4:] = 0  # all but the first row of patches
    torch.testing.assert_close(model.encode(changed, every[:, :5]), few)
    assert not torch.allclose(model.encode(x), few)


def test_what_does_not_fit_is_refused():
    for config, says in (
        ({"patch": 5}, "do not fill"),
        ({"heads": 5}, "no multiples"),
        ({"width": 30, "decoder_width": 30, "heads": 5}, "multiple of 4"),
    ):
        with pytest.raises(ValueError, match=says):
            build("masked", config)
