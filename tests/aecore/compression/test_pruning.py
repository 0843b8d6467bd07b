"""Pruned weights stay 0 through training on; LAMP and k-means against their definitions and scikit-learn."""

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans

from aecore import checkpoints
from aecore.compression.pruning import Schedule, fit_masked, lamp, prune, sparsity_of, weights
from aecore.compression.sharing import fit_shared, k_means, share
from aecore.data import load_digits
from aecore.models import build


@pytest.fixture(scope="module")
def digits():
    x, y = load_digits("train")
    return x[:320], y[:320]


SHORT = Schedule(epochs=1.0, batch=64, held_out=64)


def small():
    return build("judge", {"damaged": 0.0, "widths": [4, 8], "features": 16})


def test_lamp_is_each_square_beside_those_that_are_no_smaller():
    """Eq. 1 of Lee et al. 2021 as a double loop."""
    weight = torch.tensor([[0.5, -2.0], [1.0, -0.1]])
    flat = weight.flatten().tolist()
    expected = [w * w / sum(v * v for v in flat if abs(v) >= abs(w)) for w in flat]
    assert lamp(weight).flatten().tolist() == pytest.approx(expected)


def test_the_least_important_go_and_no_layer_is_emptied():
    model = small()
    with torch.no_grad():
        weights(model)["head.weight"].mul_(1e-6)  # by plain magnitude this layer would be the first to go, whole
    masks = prune(model, 0.98)
    assert sparsity_of(masks) == pytest.approx(0.98, abs=1e-3)
    assert all(mask.any() for mask in masks.values())
    assert all(((weight != 0) == masks[name]).all() for name, weight in weights(model).items())


def test_pruned_weights_stay_0_while_the_others_learn(digits):
    model = small()
    masks = prune(model, 0.8)
    before = {name: weight.detach().clone() for name, weight in weights(model).items()}
    for _ in fit_masked(model, digits, masks, SHORT, torch.Generator().manual_seed(0)):
        pass
    for name, weight in weights(model).items():
        assert not weight[~masks[name]].any()
        assert (weight != before[name])[masks[name]].float().mean() > 0.9
    again = prune(model, 0.9)  # what was cut before is cut still
    assert all(not (again[name] & ~masks[name]).any() for name in masks)


def test_shared_values_learn_and_stay_shared(digits):
    model = small()
    masks = prune(model, 0.5)
    shared = share(model, masks, 3)
    before = {name: one.values.clone() for name, one in shared.items()}
    for _ in fit_shared(model, digits, shared, SHORT, torch.Generator().manual_seed(0)):
        pass
    for name, weight in weights(model).items():
        assert set(weight.unique().tolist()) <= {0.0, *shared[name].values.tolist()}
        assert len(shared[name].values) <= 8
        assert not weight[~masks[name]].any()
        assert (shared[name].values != before[name]).float().mean() > 0.8
        assert torch.equal(shared[name].values, shared[name].values.half().float())


def nll(model, x, y):
    return torch.nn.functional.cross_entropy(model.head(model.body(x)), y)  # all in double precision


def test_the_gradient_of_a_shared_value_is_the_sum_over_its_weights(digits):
    """Central differences of the loss, the value moved in all its places."""
    torch.set_default_dtype(torch.float64)
    try:
        model = small().eval()
        name, layer = next(iter(weights(model).items()))
        one = share(model, prune(model, 0.3), 2)[name]
        x, y = digits[0][:8].double() / 255, digits[1][:8]
        nll(model, x, y).backward()
        summed = layer.grad[one.index == 1].sum()
        ends = []
        for sign in (1, -1):
            with torch.no_grad():
                layer[one.index == 1] += sign * 1e-5
                ends.append(float(nll(model, x, y)))
                layer[one.index == 1] -= sign * 1e-5
        assert float(summed) == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-2, abs=1e-4)
    finally:
        torch.set_default_dtype(torch.float32)


def test_k_means_is_scikit_learns_from_the_same_start():
    weight = checkpoints.load("judge").body[9].weight.flatten().numpy()[::7]
    for k in (2, 4, 16):
        start = np.linspace(weight.min(), weight.max(), k)[:, None]
        reference = KMeans(k, init=start, n_init=1, max_iter=300, tol=0).fit(weight[:, None])
        centres, places = k_means(weight, k)
        inertia = float(((weight - centres[places]) ** 2).sum())
        assert inertia == pytest.approx(reference.inertia_, rel=1e-3)
        if len(centres) == k:
            assert centres == pytest.approx(np.sort(reference.cluster_centers_[:, 0]), abs=1e-3)


def test_what_makes_no_sense_is_refused():
    model = small()
    with pytest.raises(ValueError, match="sparsity"):
        prune(model, 1.0)
    with pytest.raises(ValueError, match="bits"):
        share(model, prune(model, 0.5), 8)
