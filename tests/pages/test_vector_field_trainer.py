"""The trainer in JavaScript, run by node: the same weights as torch's, gradients as autograd's, the same numbers."""

from dataclasses import asdict

import pytest
import torch

from aecore.data.plane import CURVES, curve
from aecore.draws import Draws
from aecore.field import (
    KINDS,
    FieldNet,
    FieldRecipe,
    best_denoiser,
    field_loss,
    least_loss,
    measure_field,
    train_field,
)
from tests.node import run

TRAINER = "/pages/vector_field/trainer"
SHARED = "/ui/live/train"


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small products are not worth a second thread, which waits for the first on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def flat(model: FieldNet) -> torch.Tensor:
    """All weights in the order of the JavaScript: layer after layer, weight before bias."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def test_both_draw_the_same_numbers():
    script = f"""async (load) => {{
        const {{ Draws }} = await load("{SHARED}/draws.js")
        const [a, b, c] = [new Draws(7, 1), new Draws(4294967295, 3), new Draws(0, 0)]
        const list = (draw) => Array.from({{ length: 50 }}, draw)
        return [list(() => a.uniform()), list(() => b.normal()), list(() => c.below(300))]
    }}"""
    uniform, normal, below = run(script)
    assert uniform == Draws(7, 1).uniform(50).tolist()
    assert normal == pytest.approx(Draws(2**32 - 1, 3).normal(50).tolist(), abs=1e-12)
    assert below == Draws(0).below(300, 50).tolist()


@pytest.mark.parametrize("name", CURVES)
def test_both_have_the_same_curves(name):
    script = f"""async (load, name) => [...(await load("{TRAINER}/curves.js")).curve(name, 120)]"""
    assert run(script, name) == pytest.approx(curve(name, 120).flatten().tolist(), abs=1e-12)


TRAIN = f"""async (load, points, recipe, dim, steps) => {{
    const {{ Training }} = await load("{TRAINER}/training.js")
    const training = new Training(Float64Array.from(points), recipe, dim)
    const losses = Array.from({{ length: steps }}, () => training.step())
    const {{ network, average }} = training
    return {{ losses, weights: [...network.weights], average: [...average.weights], grads: [...network.grads] }}
}}"""
LINE = torch.tensor([[-0.8], [0.1], [0.3]], dtype=torch.float64)
RECIPES = {
    **{kind: (FieldRecipe(kind), curve("branches")) for kind in KINDS},
    "another seed and width": (FieldRecipe("denoising", 0.1, 1e-2, (17,), 33, 12), curve("spiral")),
    "three layers, contractive": (FieldRecipe("contractive", 0.3, 2e-3, (16, 1, 15), 10, 4), curve("moons")),
    "a line": (FieldRecipe("denoising", 0.15, widths=(32, 32)), LINE),
    "a line, contractive": (FieldRecipe("contractive", 0.15, widths=(32, 32)), LINE),
}


@pytest.mark.parametrize("case", RECIPES)
def test_after_100_steps_the_weights_are_those_of_torch(case):
    recipe, points = RECIPES[case]
    dim = points.shape[1]
    model = FieldNet(dim, recipe.widths, recipe.seed)
    steps = [*train_field(points, recipe, model, 100)]
    got = run(TRAIN, points.flatten().tolist(), asdict(recipe), dim, 100)
    assert got["losses"] == pytest.approx([step.loss for step in steps], abs=1e-6)
    for name, expected in (("weights", flat(model)), ("average", flat(steps[-1].average))):
        assert (torch.tensor(got[name], dtype=torch.float64) - expected).abs().max() < 1e-6, name  # the bar is 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_are_those_of_autograd(kind):
    recipe, points = FieldRecipe(kind, 0.25, widths=(9, 6), batch=20, seed=3), curve("moons")
    model = FieldNet(2, recipe.widths, recipe.seed)
    x = points[Draws(3, 1).below(len(points), 20)]
    field_loss(model, x, Draws(3, 2).normal(40).view(20, 2), recipe).mean().backward()
    expected = torch.cat(
        [(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in model.parameters()]
    )
    got = torch.tensor(run(TRAIN, points.flatten().tolist(), asdict(recipe), 2, 1)["grads"], dtype=torch.float64)
    assert torch.allclose(got, expected, rtol=1e-9, atol=1e-12)


def test_the_truth_and_the_numbers_are_those_of_torch():
    recipe, points = FieldRecipe(), curve("moons")
    model = FieldNet(2, recipe.widths, 5)
    script = f"""async (load, points, sizes, weights) => {{
        const {{ Network }} = await load("{SHARED}/network.js")
        const {{ bestDenoiser, leastLoss, measureField }} = await load("{TRAINER}/truth.js")
        const [data, network] = [Float64Array.from(points), new Network(sizes, Float64Array.from(weights))]
        const numbers = Object.values(measureField(network, data, 0.2, 3))
        return [[...bestDenoiser([0.3, 0.1, -2, 5], 0.2, data, 2)], numbers, leastLoss(0.2, data, 2, 3)]
    }}"""
    best, numbers, floor = run(script, points.flatten().tolist(), [2, 64, 64, 2], flat(model).tolist())
    x = torch.tensor([[0.3, 0.1], [-2, 5]], dtype=torch.float64)
    assert best == pytest.approx(best_denoiser(x, 0.2, points).flatten().tolist(), abs=1e-9)
    assert numbers == pytest.approx([*vars(measure_field(model, points, 0.2, 3)).values()], abs=1e-9)
    assert floor == pytest.approx(least_loss(0.2, points, 3), abs=1e-9)
