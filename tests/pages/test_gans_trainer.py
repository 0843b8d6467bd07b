"""The two players in JavaScript, run by node: after many steps their weights are torch's, in every game."""

from dataclasses import asdict, replace

import pytest
import torch

from aecore.gans import games, plane
from aecore.gans.games import GAMES, Game
from aecore.gans.plane import PlaneRecipe
from tests.node import run

TRAINER = "/pages/gans/trainer"
CAMEL = {"critic_lr": "criticLr", "critic_steps": "criticSteps"}
SMALL = PlaneRecipe(width=10, batch=24)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Small products are not worth a second thread, which waits for the first on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def in_javascript(recipe):
    return {CAMEL.get(name, name): value for name, value in asdict(recipe).items()}


def flat(network):
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


TRAIN = f"""async (load, recipe, steps) => {{
    const {{ Duel }} = await load("{TRAINER}/duel.js")
    const duel = new Duel(recipe)
    const losses = Array.from({{ length: steps }}, () => (duel.step(), {{ ...duel.losses }}))
    return {{ losses, generator: [...duel.generator.weights], critic: [...duel.critic.weights] }}
}}"""
PLAYED = {
    **{game: replace(SMALL, game=game) for game in GAMES},
    "with noise, three steps": replace(SMALL, game="wgan-gp", noise=0.1, critic_steps=3, strength=10.0, shape="grid"),
    "divergence, another power": replace(SMALL, game="wgan-div", strength=2.0, power=3.0, seed=5, critic_lr=1e-3),
}


@pytest.mark.parametrize("case", PLAYED)
def test_after_60_steps_the_weights_are_those_of_torch(case):
    recipe = PLAYED[case]
    steps = [*plane.train_plane(recipe, 60)]
    got = run(TRAIN, in_javascript(recipe), 60)
    assert [loss["critic"] for loss in got["losses"]] == pytest.approx([step.critic_loss for step in steps], abs=1e-6)
    generated = [step.generator_loss for step in steps]
    assert [loss["generator"] for loss in got["losses"]] == pytest.approx(generated, abs=1e-6)
    for name in ("generator", "critic"):
        expected = flat(getattr(steps[-1], name))
        assert (torch.tensor(got[name], dtype=torch.float64) - expected).abs().max() < 1e-6, name


PENALTY = f"""async (load, recipe, real, fake, weights) => {{
    const {{ Duel }} = await load("{TRAINER}/duel.js")
    const duel = new Duel(recipe)
    duel.critic.weights.set(weights)
    duel.both.set([...real, ...fake])
    duel.order.uniform = () => 0.3
    const paid = duel.penalise()
    return {{ paid, grads: [...duel.critic.grads] }}
}}"""


@pytest.mark.parametrize("game", ["wgan-gp", "wgan-div"])
def test_the_gradient_of_the_penalty_is_autograds(game):
    """It needs the critic's second derivative, by place and by weight."""
    recipe = replace(SMALL, game=game, strength=0.7, power=4.0)
    _, critic = plane.players(recipe)
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(2, recipe.batch, 2, generator=rng, dtype=torch.float64)
    share = torch.full((recipe.batch,), 0.3, dtype=torch.float64)
    norms = games.gradient_norms(lambda x: critic(x)[:, 0], games.between(real, fake, share))
    paid = games.penalty(Game(game, recipe.strength, recipe.power), norms)
    paid.backward()
    expected = [(p.grad if p.grad is not None else torch.zeros_like(p)).flatten() for p in critic.parameters()]
    points = (real.flatten().tolist(), fake.flatten().tolist())
    got = run(PENALTY, in_javascript(recipe), *points, flat(critic).tolist())
    assert got["paid"] == pytest.approx(float(paid.detach()))
    assert torch.allclose(torch.tensor(got["grads"], dtype=torch.float64), torch.cat(expected), rtol=1e-9, atol=1e-12)


def test_both_know_the_same_centres_and_count_alike():
    script = f"""async (load, shape, samples) => {{
        const {{ centres, modesOf }} = await load("{TRAINER}/data.js")
        const {{ shownNoise }} = await load("{TRAINER}/duel.js")
        const {{ modes, good }} = modesOf(Float64Array.from(samples), centres(shape))
        return {{ middles: [...centres(shape)], modes, good, noise: [...shownNoise(9)] }}
    }}"""
    for shape in plane.SHAPES:
        middles = plane.centres(shape)
        samples = middles[torch.arange(200) % 3] + 0.08 * plane.shown_noise(200)
        got = run(script, shape, samples.flatten().tolist())
        assert got["middles"] == pytest.approx(middles.flatten().tolist(), abs=1e-12)
        assert got["noise"] == pytest.approx(plane.shown_noise(9).flatten().tolist(), abs=1e-12)
        expected = plane.find(samples, middles)
        assert (got["modes"], got["good"]) == (expected.modes, pytest.approx(expected.good))
        assert 3 <= expected.modes < 6 and 0.4 < expected.good < 1


def test_a_mode_is_found_when_it_gets_a_quarter_of_its_share():
    middles = plane.centres("ring")
    few = torch.cat([middles[:1].expand(400 - 12, 2), middles[1:2].expand(12, 2)])  # 400 / 8 / 4 = 12.5
    assert plane.find(few, middles).modes == 1
    assert plane.find(torch.cat([few, middles[1:2]]), middles).modes == 2
    assert plane.find(few + 0.3, middles) == plane.Found(0, 0.0)
