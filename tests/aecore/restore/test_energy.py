"""The latent search: energies against torch.distributions, minima against closed forms, and the faster decoder."""

import itertools
import math

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal

from aecore.data import load_digits
from aecore.engine import get_engine
from aecore.models import build
from aecore.restore import energy, masks
from aecore.restore.energy import Descent, answers, descend, fast_decoder


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def x():
    return load_digits("test")[0][:3].float() / 255


@pytest.fixture(scope="module")
def small():
    model = build("vae", {"latent_dim": 4, "widths": (16,)}).eval().requires_grad_(False)
    for weight in model.decoder.parameters():
        weight.mul_(3)  # far enough from a constant decoder
    return model


class Affine(nn.Module):
    """A decoder whose logits are affine in z, so that E is convex and has one minimum."""

    def __init__(self, weight, bias):
        super().__init__()
        layer = nn.Linear(weight.shape[1], weight.shape[0])
        layer.weight, layer.bias = nn.Parameter(weight, False), nn.Parameter(bias, False)
        self.decoder = nn.Sequential(layer, nn.Unflatten(1, (1, 4, 4)))

    def decode_logits(self, z):
        return self.decoder(z)

    def posterior(self, x):
        mu = torch.zeros(len(x), self.decoder[0].in_features)
        return mu, torch.zeros_like(mu)


def test_the_energy_is_minus_the_log_joint_of_torch_distributions(small, x):
    z = torch.randn(3, 4, generator=seeded())
    black_and_white = (x > 0.5).float()
    mask = masks.make("patch", 3)
    known, prior, logits = energy.energy(small, z, black_and_white, mask)
    log_likelihood = (Bernoulli(logits=logits).log_prob(black_and_white) * (1 - mask)).flatten(1).sum(1)
    torch.testing.assert_close(known, -log_likelihood)
    torch.testing.assert_close(prior, -Normal(0.0, 1.0).log_prob(z).sum(1))
    assert torch.equal(logits, small.decode_logits(z))


def test_the_slope_is_autograds_of_the_energy(small, x):
    z = torch.randn(3, 4, generator=seeded()).requires_grad_()
    mask = masks.make("dropout", 3, rng=seeded())
    known, prior, _ = energy.energy(small, z, x, mask)
    (expected,) = torch.autograd.grad((known + prior).sum(), z)
    slope = energy._slope(small.decoder, z.detach(), x, mask, torch.float32)
    torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 6])
def test_the_fast_decoder_is_the_decoder(channels):
    config = {"image_shape": (channels, 20, 12), "latent_dim": 5, "body": "conv", "widths": (6, 8), "blocks": 1}
    model = build("vae", config).double()
    for weight in model.parameters():
        nn.init.normal_(weight, std=0.3)
    fast = fast_decoder(model.decoder)
    z = torch.randn(2, 5, generator=seeded()).double()
    torch.testing.assert_close(fast(z), model.decoder(z))
    kinds = {type(layer) for layer in fast}
    assert (
        nn.Upsample not in kinds and nn.ConvTranspose2d in kinds and all(not p.requires_grad for p in fast.parameters())
    )


def test_with_one_minimum_every_start_finds_it():
    """An affine decoder: Newton's method in double precision gives the minimum independently."""
    weight, bias = torch.randn(16, 3, generator=seeded()), torch.randn(16, generator=seeded(1))
    x, mask = torch.rand(1, 1, 4, 4, generator=seeded(2)), (torch.arange(16) % 3 == 0).float().view(1, 1, 4, 4)
    A, b, seen = weight.double(), bias.double(), (1 - mask).flatten().double()
    z = torch.zeros(3, dtype=torch.float64)
    for _ in range(30):
        p = torch.sigmoid(A @ z + b)
        slope = A.T @ (seen * (p - x.flatten().double())) + z
        z = z - torch.linalg.solve(A.T @ torch.diag(seen * p * (1 - p)) @ A + torch.eye(3), slope)
    *_, last = descend(Affine(weight, bias), x, mask, starts=6, steps=300, rng=seeded(3), variety=0.0)
    torch.testing.assert_close(last.z, z.float().expand(6, 3), atol=1e-3, rtol=0)


def test_where_nothing_is_known_the_search_is_the_prior():
    """All pixels missing: variety 1 leaves every draw where it was drawn, variety 0 brings all to the origin."""
    model = Affine(torch.randn(16, 2, generator=seeded()), torch.zeros(16))
    x, mask = torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
    first, *_, last = descend(model, x, mask, starts=400, steps=200, rng=seeded(1), variety=1.0)
    torch.testing.assert_close(last.z[100:], first.z[100:], atol=1e-3, rtol=0)
    assert last.z[:100].abs().max() < 1e-3  # the first quarter seeks the minimum
    drawn = last.z[100:]
    assert drawn.std(0).sub(1).abs().max() < 0.15 and drawn.mean(0).abs().max() < 0.2
    torch.testing.assert_close(last.energy, -Normal(0.0, 1.0).log_prob(last.z).sum(1))
    *_, last = descend(model, x, mask, starts=8, steps=300, rng=seeded(1), variety=0.0)
    assert last.z.abs().max() < 1e-3


def test_what_the_pixels_leave_open_keeps_the_priors_spread_and_the_rest_is_settled():
    weight = torch.zeros(16, 2)
    weight[:, 0] = 6.0  # the second number of the code changes no pixel
    model, x = Affine(weight, torch.zeros(16)), torch.full((1, 1, 4, 4), 0.9)
    *_, last = descend(model, x, torch.zeros(1, 1, 4, 4), starts=200, steps=400, rng=seeded(), variety=1.0)
    settled, open_ = last.z[50:].std(0)
    assert settled < 0.1 and 0.8 < open_ < 1.2


def test_the_descent_lowers_every_energy_and_reports_what_it_says(x):
    model = get_engine().model("vae-nyu")
    mask = masks.make("patch", 3)
    reports = list(descend(model, x, mask, starts=4, steps=60, rng=seeded(), every=25))
    assert [report.step for report in reports] == [0, 25, 50, 60] and {report.steps for report in reports} == {60}
    first, last = reports[0], reports[-1]
    assert (last.energy < first.energy).all()
    assert last.z.shape == (12, 20) and last.recon.shape == (12, 1, 28, 28) and last.energy.shape == (12,)
    rows = [t.repeat_interleave(4, 0) for t in (x, mask)]
    known, prior, logits = energy.energy(model, last.z, *rows)
    for got, expected in ((last.known, known), (last.prior, prior), (last.recon, logits.sigmoid())):
        torch.testing.assert_close(got, expected)


def test_what_stands_under_the_mask_does_not_matter(x):
    mask, model = masks.make("half", 3), get_engine().model("vae-nyu")
    ends = []
    for under in (0.0, 1.0):
        *_, last = descend(model, masks.hide(x, mask, under), mask, starts=2, steps=20, rng=seeded())
        ends.append(last.z)
    assert torch.equal(*ends)


def test_the_rounded_slope_of_the_convolutional_vae_ends_where_the_exact_one_does(x, monkeypatch):
    mask, model, ends = masks.make("patch", 1), get_engine().model("vae"), []
    for fast in (True, False):
        monkeypatch.setattr(energy, "has_fast_bfloat16", lambda device, fast=fast: fast)
        *_, last = descend(model, x[:1], mask, starts=2, steps=100, rng=seeded(), variety=0.0, every=100)
        ends.append(last.energy.min())
    assert abs(ends[0] - ends[1]) < 0.3  # nats, of about 60


def test_it_works_on_inference_tensors_and_leaves_no_trace(x):
    model = get_engine().model("vae-nyu")
    before = [p.clone() for p in model.parameters()]
    with torch.inference_mode():
        given = x[:1].clone()  # an inference tensor
        search = descend(model, given, masks.make("patch", 1), starts=2, steps=40, rng=seeded(), every=10)
        start = next(search)
        assert torch.is_inference_mode_enabled() and not torch.is_grad_enabled()
        third = next(itertools.islice(search, 2, None))
    assert third.energy.min() < start.energy.min()
    with torch.no_grad():
        next(search)
        assert not torch.is_grad_enabled()
    search.close()  # cancelled
    assert torch.is_grad_enabled()
    assert all(torch.equal(a, b) and b.grad is None for a, b in zip(before, model.parameters(), strict=True))


def test_the_same_rng_gives_the_same_search(x):
    model, mask = get_engine().model("vae-nyu"), masks.make("patch", 1)
    ends = [list(descend(model, x[:1], mask, starts=4, steps=30, rng=seeded(s)))[-1].z for s in (5, 5, 6)]
    assert torch.equal(ends[0], ends[1]) and not torch.equal(ends[0], ends[2])


@pytest.mark.parametrize("wrong", [{"starts": 0}, {"steps": 0}, {"every": 0}, {"variety": -1.0}])
def test_impossible_numbers_are_refused_at_once(small, x, wrong):
    with pytest.raises(ValueError, match="at least"):
        descend(small, x, masks.make("patch", 3), rng=seeded(), **wrong)


def test_a_mask_of_another_shape_is_refused(small, x):
    with pytest.raises(ValueError, match="mask"):
        descend(small, x, torch.zeros(1, 1, 28, 28), rng=seeded())


def _descent(energies, pictures):
    value = torch.tensor(energies)
    recon = torch.tensor(pictures).view(-1, 1, 1, 1).expand(-1, 1, 4, 4)
    return Descent(1, 1, torch.zeros(len(value), 8), recon, value, torch.zeros_like(value))


def test_answers_differ_are_plausible_and_keep_what_is_known():
    x, mask = torch.full((1, 1, 4, 4), 0.25), torch.zeros(1, 1, 4, 4)
    mask[..., :2, :] = 1
    search = _descent([3.0, 1.0, 1.2, 2.0, 50.0], [1.0, 0.0, 0.1, 0.5, 0.75])
    distinct = answers(search, x, mask)
    assert [(a.row, a.energy, a.starts) for a in distinct] == [(1, 1.0, 2), (3, 2.0, 1), (0, 3.0, 1)]  # 50 nats: never
    for a in distinct:
        assert (
            torch.equal(a.recon[..., 2:, :], x[..., 2:, :])
            and (a.recon[..., :2, :] == search.recon[a.row, 0, 0, 0]).all()
        )
        assert a.reads is None
    assert [a.row for a in answers(search, x, mask, most=1)] == [1]
    assert len(answers(search, x, mask, within=0.5)) == 1 and len(answers(search, x, mask, within=100.0)) == 4


def test_another_class_is_another_answer_and_goes_before_variants():
    x, mask = torch.zeros(1, 1, 4, 4), torch.ones(1, 1, 4, 4)
    search = _descent([1.0, 1.5, 2.0, 2.5], [0.0, 0.4, 0.05, 0.8])
    distinct = answers(search, x, mask, reads=torch.tensor([4, 4, 9, 4]), most=2)
    assert [(a.row, a.reads) for a in distinct] == [(0, 4), (2, 9)]


def test_the_prior_term_is_in_nats():
    _, prior, _ = energy.energy(
        Affine(torch.zeros(16, 3), torch.zeros(16)), torch.zeros(1, 3), *torch.zeros(2, 1, 1, 4, 4)
    )
    assert float(prior) == pytest.approx(1.5 * math.log(2 * math.pi))
