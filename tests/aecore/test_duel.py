"""The loop of two players: it learns, repeats, goes on where it was stopped, and plays by its config."""

from dataclasses import replace

import pytest
import torch

from aecore.data import load_digits
from aecore.gans.recipes import COLLAPSING, GANS
from aecore.models import build
from aecore.recipe import Recipe
from aecore.training.duel import Duel
from tests.trainings import trained, weights

SMALL = {"latent_dim": 4, "widths": (4, 4), "critic_widths": (4, 6)}
TINY = Recipe("Tiny", "For tests.", "gan", SMALL, epochs=2, batch=20, lr=2e-3, validation=0, ema=0.9)
GP = {**SMALL, "game": "wgan-gp", "strength": 10.0, "critic_steps": 2}
PLAYED = {
    "gan": TINY,
    "acgan": replace(TINY, family="acgan"),
    "wgan-gp": replace(TINY, config=GP),
    "wgan-div": replace(TINY, config={**SMALL, "game": "wgan-div", "strength": 2.0, "power": 6.0}),
}


@pytest.fixture(scope="module")
def data():
    x, y = load_digits("test")
    return x[:100], y[:100]


@pytest.mark.parametrize("game", PLAYED)
def test_both_learn_and_report(game, data):
    recipe = PLAYED[game]
    model, steps = trained(data, recipe)
    assert [step.step for step in steps] == list(range(1, 11))
    assert set(steps[-1].terms) == {"loss", "gap", "generator"}
    assert not torch.equal(weights(model), weights(build(recipe.family, recipe.config, recipe.seed)))
    assert torch.equal(weights(model), weights(trained(data, recipe)[0])) and not model.training


@pytest.mark.parametrize("game", ["acgan", "wgan-gp"])
def test_a_cancelled_training_goes_on_where_it_stopped(game, data, tmp_path):
    state = tmp_path / "state"
    trained(data, PLAYED[game], state, stop=4)
    model, steps = trained(data, PLAYED[game], state)
    assert steps[0].step == 5
    assert torch.equal(weights(model), weights(trained(data, PLAYED[game])[0]))


@pytest.mark.parametrize("name", [*GANS, *COLLAPSING])
def test_each_learns_by_its_own_rate_and_as_often_as_its_recipe_says(name, data):
    recipe = GANS.get(name) or COLLAPSING[name]
    recipe = replace(recipe, config={**recipe.config, **SMALL}, batch=20, epochs=2)
    duel = Duel(build(recipe.family, recipe.config), data, recipe, None)
    moves, descend = [], duel.descend
    duel.descend = lambda optimizer, lr, *rest: (moves.append((optimizer, lr)), descend(optimizer, lr, *rest))
    list(duel.steps_until_done(1))
    config = duel.config
    turns = -(-10 // config.critic_steps) * config.generator_steps
    assert moves.count(("optimizer", recipe.lr)) == turns
    assert moves.count(("critic_optimizer", config.critic_lr or recipe.lr)) == 10
    assert all(parameter.requires_grad for parameter in duel.critic.parameters())


def test_the_critic_learns_to_tell_them_apart(data):
    recipe = replace(TINY, epochs=30, config={**SMALL, "critic_lr": 2e-3}, lr=1e-9, schedule="constant")
    *_, last = trained(data, recipe)[1]
    assert last.terms["gap"] > 1


def test_no_checkpoint_holds_the_critic(data):
    model, _ = trained(data, replace(TINY, epochs=1))
    assert not any("score" in name for name in model.state_dict())
