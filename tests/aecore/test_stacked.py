"""A stack learns layer after layer, or all at once, and is what its equations say."""

import pytest
import torch
import torch.nn.functional as F

from aecore.data import load_digits
from aecore.models import build
from aecore.recipes import Recipe
from aecore.training import fit

CONFIG = {"hidden": (20, 10), "latent_dim": 6}


def x_of(count):
    return load_digits("train")[0][:count].float() / 255


def gradients(model, progress):
    """Which layers learn."""
    model.progress = progress
    model.train().loss(x_of(8), torch.Generator().manual_seed(0))["loss"].backward()
    grown = [weight.grad is not None and bool(weight.grad.any()) for weight in model.weights]
    model.zero_grad(set_to_none=True)
    return grown


def test_layers_learn_one_after_the_other_then_all():
    model = build("stacked", CONFIG | {"greedy": 0.6})
    shares = (0.0, 0.19, 0.21, 0.39, 0.41, 0.59, 0.61, 1.0)
    learning = [gradients(model, share) for share in shares]
    one, two, three, whole = [True, False, False], [False, True, False], [False, False, True], [True] * 3
    assert learning == [one, one, two, two, three, three, whole, whole]


@pytest.mark.parametrize("code", ["sigmoid", "relu"])
def test_a_layer_of_it_is_an_autoencoder_of_the_code_below(code):
    model = build("stacked", CONFIG | {"code": code, "noise": 0.0}).train()
    model.progress = 0.5  # the second of three
    x, act = x_of(8), torch.sigmoid if code == "sigmoid" else F.relu
    (w1, w2, _), (b1, b2, _) = model.weights, model.biases
    h = act(x.flatten(1) @ w1.T + b1)
    recon = act(act(h @ w2.T + b2) @ w2 + model.output_biases[1])
    expected = -(h * recon.log() + (1 - h) * (1 - recon).log()) if code == "sigmoid" else (recon - h) ** 2
    torch.testing.assert_close(model.loss(x)["loss"], expected.sum(1).mean())


def test_through_some_layers_is_the_stack_of_those():
    deep, shallow = build("stacked", CONFIG), build("stacked", {"hidden": (20,), "latent_dim": 10})
    shallow.load_state_dict({key: deep.state_dict()[key] for key in shallow.state_dict()})
    torch.testing.assert_close(deep.through(x_of(3), 2), shallow(x_of(3)))
    torch.testing.assert_close(deep.through(x_of(3), 3), deep(x_of(3)))


@pytest.mark.parametrize(("code", "variance"), [("sigmoid", 2 / (784 + 500)), ("relu", 2 / 784)])
def test_first_weights_are_as_large_as_the_papers_say(code, variance):
    assert float(build("stacked", {"code": code}).weights[0].detach().var()) == pytest.approx(variance, rel=0.02)
    assert float(build("stacked", {"code": code, "init": "small"}).weights[0].detach().std()) == pytest.approx(
        0.01, rel=0.01
    )


def test_training_by_the_loop_lowers_every_layers_error():
    data = tuple(part[:512] for part in load_digits("train"))
    recipe = Recipe("", "", "stacked", CONFIG | {"noise": 0.1}, epochs=30, batch=64, lr=3e-3, validation=0)
    model = build("stacked", recipe.config)
    before = float((model(x_of(512)) - x_of(512)).square().mean())
    seen = {key for step in fit(model, data, recipe, report_every=1) for key in step.terms}
    assert {"layer 1", "layer 2", "layer 3"} <= seen and "all layers" not in seen
    error = [float((model.through(x_of(512), depth) - x_of(512)).square().mean()) for depth in (1, 3)]
    assert error[0] < error[1] < 0.6 * before


def test_shares_that_are_none_are_refused():
    with pytest.raises(ValueError, match="shares"):
        build("stacked", {"greedy": 1.5})
