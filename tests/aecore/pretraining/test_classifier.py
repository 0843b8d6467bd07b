"""A classifier begins as its stack, learns all of its weights, and leaves the stack alone."""

import torch
import torch.nn.functional as F

from aecore.data import load_digits
from aecore.models import build
from aecore.pretraining import classifier
from aecore.pretraining.classifier import Classifier, Settings
from aecore.pretraining.labels import subset


def a_stack():
    return build("stacked", {"hidden": (30,), "latent_dim": 20}, seed=1)


def test_it_is_the_stack_and_a_linear_layer():
    stack = a_stack()
    model = Classifier(stack, torch.Generator().manual_seed(0))
    x = load_digits("test")[0][:5].float() / 255
    expected = F.linear(stack.encode(x), model.head, model.head_bias)
    torch.testing.assert_close(model(x.flatten(1)), expected)


def test_all_weights_learn_and_the_stack_stays():
    x, y = load_digits("train")
    places, stack = subset(y, 300, 0), a_stack()
    before = {key: tensor.clone() for key, tensor in stack.state_dict().items()}
    model = classifier.train(stack, x[places], y[places], Settings(steps=150, batch=50, lr=3e-3), seed=0)
    assert all(torch.equal(stack.state_dict()[key], tensor) for key, tensor in before.items())
    assert all(not torch.equal(mine, its) for mine, its in zip(model.weights, stack.weights, strict=True))
    x_test, y_test = load_digits("test")
    assert classifier.error(model, x_test[:1000], y_test[:1000]) < 30  # 90 by chance
    again = classifier.train(stack, x[places], y[places], Settings(steps=150, batch=50, lr=3e-3), seed=0)
    assert torch.equal(again.head, model.head)


def test_dropped_numbers_leave_sums_as_they_are():
    h = torch.ones(2000, 50)
    dropped = classifier._dropped(h, 0.4, torch.Generator().manual_seed(0))
    assert abs(float(dropped.mean()) - 1) < 0.01 and set(dropped.unique().tolist()) == {0.0, float(h[0, 0] / 0.6)}
