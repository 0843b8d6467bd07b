"""Every family keeps the contract: shapes, ranges, determinism, and losses that mean what they say."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment

from aecore import losses
from aecore.corruptions import CORRUPTIONS
from aecore.models import FAMILIES, blocks, build
from aecore.models.inpainter import HOLES
from aecore.recipes import RECIPES

SMALL = {
    "autoencoder": {"latent_dim": 5, "body": "conv", "widths": (4, 8)},
    "denoiser": {"widths": (4, 8), "blocks": 1},
    "vae": {"latent_dim": 5, "body": "conv", "widths": (4, 8)},
    "cvae": {"latent_dim": 5, "widths": (4, 8)},
    "constrained": {"latent_dim": 9, "constraint": "contractive", "strength": 0.1},
    "predictive": {"latent_dim": 12},
    "tied_matrix": {"latent_dim": 5, "hidden": 4},
    "memoriser": {"widths": (8,), "stairs": 16, "hidden": 8},
    "one_class": {"latent_dim": 5},
    "hashing": {"latent_dim": 16, "lengths": (8,), "widths": (4, 8)},
    "stacked": {"hidden": (12, 9), "latent_dim": 5},
    "compressor": {"latent_dim": 7, "channels": 4},
    "gaussian_vae": {"image_shape": (1, 28, 28), "latent_dim": 5, "widths": (4, 8)},
}
CLASSIFIERS = {"sorter": {"image_shape": (1, 28, 28), "classes": 10, "widths": (4, 8)}}
IMAGE_NETS = {
    "masked": {"width": 12, "depth": 1, "decoder_width": 12, "decoder_depth": 1},
    "inpainter": {"widths": (4, 8), "blocks": 1},
    "upscaler": {"widths": (4, 8), "blocks": 1},
    "photo_denoiser": {"widths": (4, 8), "blocks": 1},
}
GENERATORS = {
    "gan": {"latent_dim": 5, "widths": (4, 8), "critic_widths": (4, 8)},
    "acgan": {"latent_dim": 5, "widths": (4, 8), "critic_widths": (4, 8)},
}
ALONE = [name for name in FAMILIES if not FAMILIES[name].opponent]  # have a loss of their own
SIGNAL_NETS = {
    "signal_denoiser": {"widths": (4, 6)},
    "heartbeat_denoiser": {"image_shape": (1, 500), "widths": (4, 6)},
    "beat_autoencoder": {"image_shape": (1, 500), "latent_dim": 5, "widths": (8,)},
}
GREY = {"photo_denoiser": IMAGE_NETS["photo_denoiser"] | {"channels": 1}}
CONFIGS = SMALL | IMAGE_NETS | GENERATORS | CLASSIFIERS | SIGNAL_NETS | GREY


def given(model, n):
    return (torch.arange(n) % 10,) if model.takes_label else ()


@pytest.fixture
def x(request):
    """Digits, or signals for a family of those."""
    family = getattr(request.node, "callspec", None) and request.node.callspec.params.get("family")
    shape = (1, 500) if family in SIGNAL_NETS else (1, 28, 28)
    return torch.rand(6, *shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("family", SMALL)
def test_encode_decode_forward(family, x):
    model = build(family, SMALL[family])
    y = given(model, len(x))
    z = model.encode(x, *y)
    recon = model.decode(z, *y)
    assert z.ndim == 2 and len(z) == 6
    assert recon.shape == x.shape and recon.min() >= 0 and recon.max() <= 1
    torch.testing.assert_close(recon, model(x, *y))


@pytest.mark.parametrize("family", SMALL)
def test_sizes_come_from_the_config(family):
    model = build(family, SMALL[family] | {"image_shape": (3, 16, 32)})
    x = torch.rand(2, 3, 16, 32)
    assert model(x, *given(model, 2)).shape == x.shape


@pytest.mark.parametrize("family", ALONE)
def test_same_seed_same_weights_and_same_rng_same_loss(family, x):
    config = CONFIGS.get(family, {})
    one, two, other = build(family, config, 1).eval(), build(family, config, 1).eval(), build(family, config, 2).eval()
    y = given(one, len(x))

    def loss(model):
        return model.loss(x, *y, torch.Generator().manual_seed(3))["loss"]

    assert loss(one) == loss(two) != loss(other)


@pytest.mark.parametrize("family", FAMILIES)
def test_building_leaves_the_global_seed_alone(family):
    before = torch.get_rng_state()
    build(family, CONFIGS.get(family, {}))
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("family", ALONE)
def test_every_parameter_learns(family, x):
    model = build(family, CONFIGS.get(family, {}))
    with torch.no_grad():  # residuals start at zero, which holds back the gradient of their first half
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    model.loss(x, *given(model, len(x)), torch.Generator().manual_seed(0))["loss"].backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.parameters())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_typo_is_a_type_error(family):
    with pytest.raises(TypeError, match="latent_dims"):
        build(family, {"latent_dims": 3})


def test_a_picture_that_cannot_be_halved_is_refused():
    with pytest.raises(ValueError, match="halvings"):
        build("vae", {"body": "conv", "widths": (4, 8, 16), "image_shape": (1, 28, 28)})


def test_vae_loss_is_the_negative_elbo(x):
    model = build("vae", SMALL["vae"])
    terms = model.loss(x, torch.Generator().manual_seed(0))
    mu, logvar = model.posterior(x)
    z = model.reparameterize(mu, logvar, torch.Generator().manual_seed(0))
    pixels = torch.distributions.Bernoulli(logits=model.decode_logits(z), validate_args=False)
    q = torch.distributions.Normal(mu, (0.5 * logvar).exp())
    kl = torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(1)
    elbo = pixels.log_prob(x).sum((1, 2, 3)) - kl
    torch.testing.assert_close(terms["loss"], -elbo.mean())
    torch.testing.assert_close(terms["loss"], terms["reconstruction"] + terms["kl"])


CONSTRAINTS = {"": 0.0, "dropout": 0.5, "salt_pepper": 0.4, "l1": 0.1, "rate": 1.0, "k": 3.0, "contractive": 0.1}


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_a_constraint_of_strength_0_is_the_control(constraint, x):
    """The same seed gives the same weights, and nothing else tells the two apart."""
    config = {"latent_dim": 9, "constraint": constraint}
    control = build("constrained", {"latent_dim": 9})
    with torch.no_grad():
        control.weight.mul_(20)  # so that units differ
    without, held = build("constrained", config), build("constrained", config | {"strength": CONSTRAINTS[constraint]})
    for model in (without, held):
        assert not torch.equal(model.weight, control.weight)
        model.load_state_dict(control.state_dict())

    def loss(model):
        return model.loss(x, torch.Generator().manual_seed(0))["loss"]

    torch.testing.assert_close(loss(without), loss(control))
    assert (loss(held) == loss(control)) == (constraint == "")


def test_k_units_are_on_and_they_are_the_largest(x):
    model, free = (build("constrained", {"latent_dim": 9, "constraint": "k", "strength": k}) for k in (3.0, 0.0))
    h, every = model.encode(x), free.encode(x)
    assert ((h > 0).sum(1) == 3).all() and (every > 0).all()
    torch.testing.assert_close(h.sum(1), every.sort(1).values[:, -3:].sum(1))
    assert torch.isin(h[h > 0], every).all()


def test_tied_weights_are_one_matrix(x):
    tied, untied = build("constrained", {"latent_dim": 9}), build("constrained", {"latent_dim": 9, "tied": False})
    torch.testing.assert_close(tied(x), untied(x))  # untied ones start from the same numbers
    h = tied.encode(x)
    expected = torch.sigmoid(F.linear(h, tied.weight.T, tied.output_bias)).reshape(x.shape)
    torch.testing.assert_close(tied.decode(h), expected)
    assert sum(p.numel() for p in untied.parameters()) - sum(p.numel() for p in tied.parameters()) == 9 * 784


@pytest.mark.parametrize(
    "config",
    [
        {"constraint": "contractive", "code": "relu"},
        {"constraint": "rate", "code": "tanh"},
        {"error": "cross-entropy", "output": "linear"},
        {"constraint": "k", "strength": 501.0},
    ],
)
def test_a_constraint_that_does_not_fit_its_network_is_refused(config):
    with pytest.raises(ValueError, match=r"sigmoid|units"):
        build("constrained", config)


def test_importance_samples_tighten_the_bound(x):
    one = build("vae", SMALL["vae"]).eval()
    many = build("vae", SMALL["vae"] | {"importance_samples": 50}).eval()
    elbo = torch.stack([one.loss(x, torch.Generator().manual_seed(seed))["loss"] for seed in range(50)]).mean()
    bound = many.loss(x, torch.Generator().manual_seed(0))["loss"]
    assert bound < elbo


def test_dynamic_binarisation_shows_the_network_zeros_and_ones(x):
    model, seen = build("vae", SMALL["vae"] | {"binarize": True}), []
    model.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model.loss(x, torch.Generator().manual_seed(1))
    assert set(seen[0].unique().tolist()) == {0.0, 1.0}
    assert abs(float(seen[0].mean() - x.mean())) < 0.02


def test_tanh_model_hides_its_range(x):
    model = build("autoencoder", {"latent_dim": 8, "code": "tanh", "output": "tanh"})
    seen = []
    model.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    loss = model.loss(x)["loss"]
    torch.testing.assert_close(seen[0], 2 * x - 1)
    # twice the range is four times the squared error
    torch.testing.assert_close(loss, 4 * losses.squared_error(model(x), x).mean())


def test_lecture_denoiser_sees_what_dropout_would_show_it(x):
    model = build("autoencoder", {"latent_dim": 8, "output": "tanh", "input_dropout": 0.5})
    mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    seen = []
    model.encoder.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    model(x * (1 - mask), mask)
    torch.testing.assert_close(seen[0], torch.where(mask > 0, torch.zeros(()), 2 * (2 * x - 1)))


def test_denoiser_is_trained_on_every_corruption(x):
    model = build("denoiser", SMALL["denoiser"])
    kinds = len(model.config.trained_on)
    clean = x.repeat(kinds, 1, 1, 1)
    x_noisy = model.corrupt(clean, torch.Generator().manual_seed(0))
    changed = (x_noisy - clean).abs().flatten(1).sum(1).reshape(kinds, len(x)).sum(1)
    assert set(CORRUPTIONS) == set(model.config.trained_on)
    assert bool((changed > 0).all()) and x_noisy.min() >= 0 and x_noisy.max() <= 1


def test_denoiser_is_scored_on_the_clean_digit(x):
    model = build("denoiser", SMALL["denoiser"]).eval()
    x_noisy = model.corrupt(x, torch.Generator().manual_seed(1))
    expected = losses.squared_error(model._decode_raw(model.encode(x_noisy)), x).mean()
    torch.testing.assert_close(model.loss(x, torch.Generator().manual_seed(1))["loss"], expected)


def test_conditional_model_uses_the_class(x):
    model = build("cvae", SMALL["cvae"])
    z = torch.zeros(2, 5)
    a, b = model.decode(z, torch.tensor([3, 8]))
    assert not torch.equal(a, b)
    assert not torch.equal(model.encode(x, torch.full((6,), 3)), model.encode(x, torch.full((6,), 8)))


def shaken(family, **config):
    """An untrained network whose zero-initialised layers do something."""
    model = build(family, IMAGE_NETS[family] | config).eval()
    rng = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=rng))
    return model


def test_inpainter_keeps_known_pixels_and_looks_at_nothing_else(x):
    model = shaken("inpainter")
    mask = model.holes(x, torch.Generator().manual_seed(0))
    other = torch.where(mask > 0, torch.rand_like(x), x)  # what lies under the mask must not matter
    recon = model(x, mask)
    assert torch.equal(recon[mask == 0], x[mask == 0])
    torch.testing.assert_close(recon, model(other, mask))
    assert (recon[mask > 0] != x[mask > 0]).any() and recon.min() >= 0 and recon.max() <= 1
    assert torch.equal(model(x), x)


def test_inpainter_loss_counts_missing_pixels_only(x):
    model = shaken("inpainter")
    mask = model.holes(x, torch.Generator().manual_seed(5))
    raw = model._fill(x, mask)
    expected = sum(((raw[n] - x[n])[mask[n] > 0] ** 2).sum() for n in range(len(x))) / len(x)
    torch.testing.assert_close(model.loss(x, torch.Generator().manual_seed(5))["loss"], expected)


@pytest.mark.parametrize(("kind", "least", "most"), [
    ("dropout", 0.05, 0.95), ("patch", 0.01, 0.55), ("stripes", 0.0, 0.9), ("half", 0.2, 0.7), ("strokes", 0.01, 0.6),
])  # fmt: skip
def test_holes_are_holes_of_many_sizes(kind, least, most):
    x = torch.zeros(200, 1, 28, 28)
    mask = HOLES[kind](x, torch.Generator().manual_seed(0))
    assert mask.shape == x.shape and set(mask.unique().tolist()) == {0.0, 1.0}
    share = mask.mean((1, 2, 3))
    assert share.min() >= least and share.max() <= most and share.std() > 0.03
    assert torch.equal(mask, HOLES[kind](x, torch.Generator().manual_seed(0)))


def test_half_covers_all_four_sides():
    mask = HOLES["half"](torch.zeros(100, 1, 28, 28), torch.Generator().manual_seed(0))[:, 0]
    sides = {(bool(m[0].all()), bool(m[-1].all()), bool(m[:, 0].all()), bool(m[:, -1].all())) for m in mask}
    assert len(sides) == 4 and all(sum(covered) == 1 for covered in sides)


@pytest.mark.parametrize("side", [7, 14])
def test_upscaler_starts_from_the_cells(side):
    model = build("upscaler", IMAGE_NETS["upscaler"]).eval()
    with torch.no_grad():
        for parameter in model.body.leave.parameters():
            parameter.zero_()  # a network that adds nothing
    low = torch.rand(3, 1, side, side, generator=torch.Generator().manual_seed(0))
    cells = np.kron(low.numpy(), np.ones((1, 1, 28 // side, 28 // side), np.float32))
    torch.testing.assert_close(model(low), torch.from_numpy(cells))


def test_upscaler_refuses_a_size_that_does_not_divide():
    with pytest.raises(ValueError, match="do not divide"):
        shaken("upscaler")(torch.rand(1, 1, 9, 9))


@pytest.mark.parametrize("size", [(64, 64), (33, 50), (5, 3)])
def test_photo_denoiser_takes_any_size(size):
    model = shaken("photo_denoiser")
    x = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    recon = model(x)
    assert recon.shape == x.shape and recon.min() >= 0 and recon.max() <= 1


def test_photo_denoiser_moves_with_the_picture():
    """Fully convolutional: away from the border, shifting the input by a fold shifts the output."""
    model = shaken("photo_denoiser")
    x = torch.rand(1, 3, 96, 96, generator=torch.Generator().manual_seed(0))
    shifted = model(x.roll(4, -1))[..., 40:60, 40:60]
    torch.testing.assert_close(shifted, model(x)[..., 40:60, 36:56], atol=1e-5, rtol=1e-4)


def test_photo_noise_has_the_drawn_sigma_and_grey_stays_grey():
    model = build("photo_denoiser", IMAGE_NETS["photo_denoiser"])
    x = model.vary(torch.full((20, 3, 64, 64), 0.5), torch.Generator().manual_seed(0))
    x_noisy, sigma = model.corrupt(x, torch.Generator().manual_seed(0))
    assert sigma.max() <= 60 / 255 and sigma.std() > 0.03
    torch.testing.assert_close((x_noisy - x).std((1, 2, 3)), sigma, rtol=0.06, atol=1e-3)
    grey = round(model.config.grey * 20)
    assert (x_noisy[:grey].std(1) < 1e-6).all() and (x_noisy[grey:].std(1).mean((1, 2)) > sigma[grey:] / 2).all()
    assert x_noisy[::2].min() >= 0 and x_noisy[::2].max() <= 1


def test_unet_is_as_large_as_what_goes_in():
    net = blocks.UNet(2, 5, (4, 6, 8), 1)
    assert net(torch.rand(3, 2, 24, 40)).shape == (3, 5, 24, 40)


def test_every_recipe_builds():
    for recipe in RECIPES.values():
        with torch.device("meta"):
            build(recipe.family, recipe.config)


@pytest.mark.parametrize("size", [3, 784, 900])
def test_one_matrix_leads_there_and_back_and_begins_as_a_copier(size, x):
    model = build("tied_matrix", {"latent_dim": size, "hidden": 0})
    weight, flat = model.weight.detach(), x.flatten(1)
    one = weight @ weight.t() if size <= 784 else weight.t() @ weight
    torch.testing.assert_close(one, torch.eye(len(one)), rtol=0, atol=1e-4)
    recon = flat @ weight.t() @ weight  # the biases begin at zero
    torch.testing.assert_close(model(x).flatten(1), recon.clamp(0, 1), rtol=0, atol=1e-4)
    torch.testing.assert_close(model.loss(x)["loss"], (recon - flat).square().sum(1).mean(), rtol=1e-3, atol=1e-3)
    bent = build("tied_matrix", {"latent_dim": size, "hidden": 4})  # what is bent begins at zero
    torch.testing.assert_close(bent(x), model(x), rtol=0, atol=1e-4)


@pytest.mark.parametrize("config", [{"latent_dim": 0}, {"hidden": -1}])
def test_a_matrix_of_no_size_is_refused(config):
    with pytest.raises(ValueError, match="latent_dim"):
        build("tied_matrix", config)


def test_the_spread_of_a_memoriser_is_the_cheapest_way_to_even_places(x):
    model = build("memoriser", SMALL["memoriser"])
    terms, z = model.loss(x), model.encode(x).detach()
    cost = (z - torch.linspace(-1, 1, len(x))).square().numpy()  # (digit, place)
    pairs = linear_sum_assignment(cost)
    assert float(terms["spread"].detach()) == pytest.approx(cost[pairs].mean(), rel=1e-4)
    error = losses.squared_error(model(x), x).mean()
    torch.testing.assert_close(terms["loss"], error + model.config.spread * terms["spread"])
    with pytest.raises(ValueError, match="one number"):
        build("memoriser", {"latent_dim": 2})
