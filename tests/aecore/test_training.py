"""The training loop: it learns, repeats, cancels, survives interruption, and keeps the best weights."""

from dataclasses import replace

import pytest
import torch

from aecore import training
from aecore.data import load_digits
from aecore.jitter import jitter
from aecore.models import build
from aecore.recipes import Recipe
from tests.trainings import trained, weights

TINY = Recipe(
    "Tiny", "For tests.", "autoencoder", {"latent_dim": 8}, epochs=2, batch=50, lr=5e-3, validation=100, ema=0.9
)


@pytest.fixture(scope="module")
def data():
    x, y = load_digits("test")
    return x[:600], y[:600]


def test_it_learns_and_reports(data):
    model, steps = trained(data, TINY)
    assert [s.step for s in steps] == list(range(1, 21)) and steps[-1].steps == 20
    assert steps[0].epoch == 1 and steps[-1].epoch == 2
    assert steps[-1].validation < steps[9].validation < steps[0].terms["loss"]
    assert steps[-1].images_per_second > 0 and steps[-1].eta == pytest.approx(0)
    assert not model.training


def test_same_seed_same_weights(data):
    assert torch.equal(weights(trained(data, TINY)[0]), weights(trained(data, TINY)[0]))
    assert not torch.equal(weights(trained(data, TINY)[0]), weights(trained(data, replace(TINY, seed=1))[0]))


CONVOLVED = replace(TINY, config={"latent_dim": 4, "body": "conv", "widths": (4, 4)})  # whose weights lie another way


@pytest.mark.parametrize(("stop", "recipe"), [(3, TINY), (10, TINY), (14, TINY), (3, CONVOLVED)])
def test_a_cancelled_training_goes_on_where_it_stopped(data, tmp_path, stop, recipe):
    state = tmp_path / "state"
    trained(data, recipe, state, stop)
    model, steps = trained(data, recipe, state)
    assert steps[0].step == stop + 1
    assert torch.equal(weights(model), weights(trained(data, recipe)[0]))


def test_ctrl_c_saves_the_state(data, tmp_path):
    state, model = tmp_path / "state", build("autoencoder", TINY.config)
    run = training.fit(model, data, TINY, state, report_every=1)
    next(run)
    with pytest.raises(KeyboardInterrupt):
        run.throw(KeyboardInterrupt)
    assert state.exists() and not model.training


def test_all_but_what_follows_the_training_is_kept(data, tmp_path):
    state = tmp_path / "state"
    model, steps = trained(data, TINY, state)
    again, (step,) = trained(data, TINY, state)
    assert torch.equal(weights(again), weights(model)) and not again.training
    assert step.step == step.steps and step.seconds > 0 and step.images_per_second > 0
    assert step.terms == steps[-1].terms and step.validation == steps[-1].validation


def test_the_seconds_of_an_interrupted_run_are_counted(data, tmp_path):
    state = tmp_path / "state"
    first = trained(data, TINY, state, stop=5)[1]
    rest = trained(data, TINY, state)[1]
    assert [s.seconds for s in rest] == sorted(s.seconds for s in rest)
    assert 0 < first[-1].seconds <= rest[0].seconds


def test_a_state_of_another_recipe_is_not_taken_up(data, tmp_path):
    state = tmp_path / "state"
    trained(data, TINY, state, stop=5)
    other = {"lr": 1e-3}, {"config": {"latent_dim": 9}}, {"seed": 5}
    for change in other:
        assert trained(data, replace(TINY, **change), state, stop=1)[1][0].step == 1


def test_a_damaged_state_costs_the_progress_only(data, tmp_path):
    state = tmp_path / "state"
    state.write_bytes(b"\x10rubbish")
    assert trained(data, TINY, state)[1][0].step == 1


def test_leaving_early_keeps_the_best_weights(data):
    """A learning rate that ruins the model after the first epoch must not ruin what is kept."""
    recipe = replace(TINY, ema=0.0, epochs=3, schedule="constant", lr=5e-3)
    model = build(recipe.family, recipe.config, recipe.seed)
    run = training.fit(model, data, recipe, report_every=1)
    for step in run:
        if step.step == 10:
            best = weights(model).clone()
            for group in (f for f in model.parameters()):
                group.data.mul_(50)
    assert torch.equal(weights(model), best)


def test_the_last_epochs_may_have_another_objective(data, tmp_path):
    config = {"latent_dim": 3, "widths": (16,)}
    change = {"finish_epochs": 1, "finish_config": {"importance_samples": 4}}
    recipe = replace(TINY, family="vae", config=config, **change)
    model, steps = trained(data, recipe)
    _, plain_steps = trained(data, replace(TINY, family="vae", config=config))
    assert steps[9].terms == plain_steps[9].terms and steps[10].terms != plain_steps[10].terms
    assert all(s.terms["loss"] == pytest.approx(s.terms["reconstruction"] + s.terms["kl"]) for s in steps[:10])
    assert all(s.terms["loss"] < s.terms["reconstruction"] + s.terms["kl"] for s in steps[10:])
    assert model.config.importance_samples == 1
    for stop in (5, 15):  # an interruption before or during the finish changes nothing
        trained(data, recipe, tmp_path / "state", stop)
        assert torch.equal(weights(trained(data, recipe, tmp_path / "state")[0]), weights(model))


def test_diverging_is_an_error(data):
    recipe = replace(TINY, config={"latent_dim": 8, "output": "linear"}, lr=1e25, schedule="constant")
    with pytest.raises(FloatingPointError):
        trained(data, recipe)


@pytest.mark.parametrize("schedule", ["one-cycle", "gentle"])
def test_one_cycle_rises_then_falls(schedule):
    values = [training.rate(step / 100, schedule) for step in range(101)]
    peak = values.index(max(values))
    assert max(values) == pytest.approx(1, abs=0.01) and values[-1] == pytest.approx(0, abs=1e-6)
    assert values[:peak] == sorted(values[:peak]) and values[peak:] == sorted(values[peak:], reverse=True)
    with pytest.raises(ValueError, match="schedule"):
        training.rate(0.5, "cosine")


def test_gentle_is_torchs_one_cycle():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    steps = 1000
    one_cycle = torch.optim.lr_scheduler.OneCycleLR
    reference = one_cycle(optimizer, 1.0, steps + 1, cycle_momentum=False, final_div_factor=1e9)
    for step in range(steps):
        # torch counts the step before the peak to the rise: one step in a thousand
        assert training.rate(step / steps, "gentle") == pytest.approx(reference.get_last_lr()[0], abs=5e-3)
        optimizer.step()
        reference.step()


def test_jitter_moves_digits_a_little_and_repeats(data):
    x = data[0][:64].float() / 255
    moved = jitter(x, torch.Generator().manual_seed(0))
    assert torch.equal(moved, jitter(x, torch.Generator().manual_seed(0)))
    assert not torch.equal(moved, x) and moved.min() >= 0 and moved.max() <= 1
    assert float(moved.sum()) == pytest.approx(float(x.sum()), rel=0.1)


def test_fit_leaves_the_global_seed_alone(data):
    before = torch.get_rng_state()
    trained(data, TINY, stop=2)
    assert torch.equal(before, torch.get_rng_state())
