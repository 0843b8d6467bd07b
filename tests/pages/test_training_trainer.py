"""The Training page's trainer in JavaScript, run by node: after 50 steps the weights and losses are those of torch."""

from dataclasses import asdict, replace

import pytest
import torch

from aecore.draws import Draws
from aecore.learning import recirculation
from aecore.learning.objectives import BATCHES, LOSSES, LossNet, LossRecipe, train_digits
from aecore.learning.recirculation import METHODS, Nets
from tests.node import run

TRAINER = "/pages/training/trainer"
SHARED = "/ui/live/train"
BASE = LossRecipe(latent=3, width=12, batch=9, seed=5)
RECIPES = {loss: replace(BASE, loss=loss) for loss in LOSSES} | {
    "copies, noise, beta": replace(BASE, loss="grey", copies=3, noise=0.4, beta=2.5),
    "noise of an autoencoder": replace(BASE, noise=0.3, copies=2),
    "tanh": replace(BASE, loss="sigma-learned", activation="tanh", noise=0.25),
}
TRAIN = f"""async (load, digits, recipe, steps, kind) => {{
    const {{ learnerOf }} = await load("{TRAINER}/rounds.js")
    const {{ DOUBLE }} = await load("{SHARED}/products.js")
    const {{ single, SINGLE }} = await load("{SHARED}/single.js")
    const arithmetic = {{ double: DOUBLE, plain: SINGLE, simd: single(32e6) }}[kind]
    const learner = learnerOf(Uint8Array.from(digits), recipe, arithmetic)
    const terms = Array.from({{ length: steps }}, () => learner.step())
    const {{ encoder, decoder, logSigma }} = learner
    return [terms, [...encoder.weights, ...decoder.weights], logSigma.weights[0], arithmetic === SINGLE]
}}"""


def some_digits(count: int = 40) -> torch.Tensor:
    """Pictures with black borders, soft and hard pixels: (count, 784) uint8."""
    drawn = Draws(1, 0).uniform(count * 784).view(count, 784)
    return ((drawn * 2 - 0.7).clamp(0, 1) * 255).round().byte()


def in_torch(recipe: LossRecipe, digits: torch.Tensor, steps: int, dtype: torch.dtype):
    """Losses, weights in JavaScript's order, log sigma."""
    net = LossNet(recipe).to(dtype)
    terms = [*train_digits(digits.to(dtype) / 255, recipe, net, steps)]
    weights = torch.cat(
        [p.detach().flatten() for p in (*net.model.encoder.parameters(), *net.model.decoder.parameters())]
    )
    return terms, weights.double(), float(net.log_sigma.detach())


@pytest.mark.parametrize("name", RECIPES)
def test_after_50_steps_the_weights_are_those_of_torch(name):
    digits = some_digits()
    terms, weights, log_sigma = in_torch(RECIPES[name], digits, 50, torch.float64)
    got_terms, got_weights, got_sigma, _ = run(TRAIN, digits.flatten().tolist(), asdict(RECIPES[name]), 50, "double")
    for key in terms[0]:
        assert [step[key] for step in got_terms] == pytest.approx([step[key] for step in terms], abs=1e-4), key
    assert (torch.tensor(got_weights, dtype=torch.float64) - weights).abs().max() < 1e-4
    assert got_sigma == pytest.approx(log_sigma, abs=1e-4)


@pytest.mark.parametrize("kind", ["plain", "simd"])
def test_numbers_of_32_bits_learn_the_same(kind):
    recipe, digits = replace(BASE, loss="drawn", width=33, latent=2), some_digits()
    terms, weights, _ = in_torch(recipe, digits, 50, torch.float32)
    got_terms, got_weights, _, is_plain = run(TRAIN, digits.flatten().tolist(), asdict(recipe), 50, kind)
    assert is_plain == (kind == "plain")  # node has WebAssembly: what is tested is it
    assert [step["loss"] for step in got_terms] == pytest.approx([step["loss"] for step in terms], rel=1e-5)
    assert (torch.tensor(got_weights, dtype=torch.float64) - weights).abs().max() < 1e-4


@pytest.mark.parametrize("method", METHODS)
def test_sigmoid_units_learn_by_the_rule_of_the_engine(method):
    recipe, digits = replace(BASE, loss=method, lr=2e-3), some_digits()
    nets = Nets.as_in_the_browser(recipe.seed, recipe.width)
    x, order = digits.double() / 255, Draws(recipe.seed, BATCHES)
    rates, losses = torch.full((1, 1, 1), 250 * recipe.lr, dtype=torch.float64), []
    for _ in range(50):
        batch = x[order.below(len(x), recipe.batch)][None]
        losses.append(float(0.5 * (nets.visible(nets.hidden(batch)) - batch).square().sum() / recipe.batch))
        recirculation.descend(nets, batch, method, rates)
    weights = torch.cat([
        part.flatten() for part in (nets.encoder, nets.hidden_bias, nets.decoder, nets.visible_bias)
    ])  # fmt: skip
    got_terms, got_weights, _, _ = run(TRAIN, digits.flatten().tolist(), asdict(recipe), 50, "double")
    assert [step["loss"] for step in got_terms] == pytest.approx(losses, abs=1e-4)
    assert (torch.tensor(got_weights, dtype=torch.float64) - weights).abs().max() < 1e-4


def test_the_plane_of_larger_codes_is_their_first_two_principal_components():
    z = torch.randn(200, 6, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 5, 2, 1, 3, 1])
    plane = """async (load, codes, d) => {
        const { Plane2 } = await load("/pages/training/trainer/plane.js")
        const flat = new Plane2()
        const twice = [0, 1, 2].map(() => [...flat.of(Float32Array.from(codes), d)]) // it improves from look to look
        return twice[2]
    }"""
    got = torch.tensor(run(plane, z.flatten().tolist(), 6)).view(-1, 2)
    _, _, directions = torch.linalg.svd(z - z.mean(0))
    expected = (z - z.mean(0)) @ directions[:2].T
    signs = (got * expected).sum(0).sign()
    assert torch.allclose(got, expected * signs, atol=0.05)


BREAK = """async (load, digits, recipe, other) => {
    const { Run } = await load("/pages/training/board/worker.js")
    const { Curve } = await load("/pages/training/board/paint.js")
    const run = new Run()
    const shown = Uint8Array.from(digits).subarray(0, 784)
    run.digits({ x: Uint8Array.from(digits), y: [0], xTest: new Uint8Array(784 * 256), yTest: [0] })
    run.begin({ recipe })
    run.past.at = Infinity // no other state, however slow the machine is
    run.play({ playing: true })
    const sound = run.learner.encoder.weights.slice()
    run.train()
    const steps = run.learner.steps
    run.learner.encoder.weights[5] = NaN
    run.train()
    run.step() // nothing learns from what is no number
    const said = run.look({ shown })
    if (other) run.change({ recipe: { ...recipe, ...other } })
    else run.back()
    const same = run.learner.encoder.weights.every((weight, i) => weight === sound[i] || Boolean(other?.width))
    const backAt = run.learner.steps
    run.train()
    const { trail, broken } = run.look({ shown })
    const curve = new Curve(null)
    for (const step of [1, 5, 9]) curve.add({ step }, { step, loss: step === 9 ? Infinity : 1 })
    curve.mark(7, "lr", "rate 1", true)
    curve.mark(7, "batch", "batch 8", false)
    curve.mark(7, "lr", "rate 2", false)
    curve.cut(6)
    return { steps, said, same, backAt, trail, broken, curve: { ...curve, canvas: null } }
}"""


@pytest.mark.parametrize("other", [None, {"lr": 1e-3}, {"width": 9}])
def test_a_run_whose_loss_is_no_number_says_so_and_goes_back(other):
    done = run(BREAK, some_digits(4).flatten().tolist(), asdict(BASE), other)
    assert done["said"] == {"begun": 1, "steps": done["steps"] + 1, "broken": True, "back": 0}
    assert done["same"] and done["backAt"] == 0
    assert done["trail"]["loss"] > 0 and done["trail"]["step"] > 0 and not done.get("broken")
    curve = done["curve"]
    assert [point["step"] for point in curve["points"]] == [point["step"] for point in curve["held"]] == [1, 5]
    assert curve["marks"] == [{"step": 6, "changes": {"lr": "rate 2", "batch": "batch 8"}}] and curve["since"] == 6


def test_another_rule_begins_with_other_weights_but_its_curve_goes_on():
    change = """async (load, digits, recipe) => {
        const { Run } = await load("/pages/training/board/worker.js")
        const run = new Run()
        run.digits({ x: Uint8Array.from(digits), y: [0], xTest: new Uint8Array(784), yTest: [0] })
        run.begin({ recipe })
        for (let step = 0; step < 3; step++) run.step()
        run.change({ recipe: { ...recipe, loss: "recirculation" } })
        run.step()
        return run.learner.steps
    }"""
    assert run(change, some_digits(4).flatten().tolist(), asdict(BASE)) == 4
