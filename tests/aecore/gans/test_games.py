"""What two networks play for: the losses against their formulas, the penalties against autograd and known slopes."""

import pytest
import torch
import torch.nn.functional as F

from aecore.gans import games
from aecore.gans.games import GAMES, Game

REAL, FAKE = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([-3.0, 0.0, 1.5])


def test_the_critic_of_probabilities_pays_cross_entropy():
    expected = F.binary_cross_entropy_with_logits(REAL, torch.ones(3))
    expected += F.binary_cross_entropy_with_logits(FAKE, torch.zeros(3))
    for kind in ("minimax", "non-saturating"):
        torch.testing.assert_close(games.critic_loss(Game(kind), REAL, FAKE), expected)


def test_minimax_is_the_critics_loss_turned_round_and_non_saturating_is_not():
    d = torch.sigmoid(FAKE)
    torch.testing.assert_close(games.generator_loss(Game("minimax"), FAKE), (1 - d).log().mean())
    torch.testing.assert_close(games.generator_loss(Game("non-saturating"), FAKE), -d.log().mean())


@pytest.mark.parametrize("sure", [-8.0, -12.0])
def test_where_the_critic_is_sure_minimax_is_flat_and_non_saturating_is_steep(sure):
    slopes = {}
    for kind in ("minimax", "non-saturating"):
        score = torch.tensor([sure], requires_grad=True)
        games.generator_loss(Game(kind), score).backward()
        slopes[kind] = float(score.grad)
    assert abs(slopes["minimax"]) < 1e-3 and slopes["non-saturating"] == pytest.approx(-1, abs=1e-3)


@pytest.mark.parametrize("kind", ["wgan-gp", "wgan-div"])
def test_scores_of_a_wasserstein_critic_are_compared(kind):
    game = Game(kind, 2.0, 6.0)
    assert games.critic_loss(game, REAL, FAKE) == FAKE.mean() - REAL.mean()
    assert games.generator_loss(game, FAKE) == -FAKE.mean()


def test_the_norms_are_those_of_a_known_slope():
    weight = torch.tensor([3.0, -4.0])
    torch.testing.assert_close(games.gradient_norms(lambda x: x @ weight, torch.randn(5, 2)), torch.full((5,), 5.0))
    x = torch.randn(5, 3, 4)
    norms = games.gradient_norms(lambda x: x.square().sum((1, 2)), x)
    torch.testing.assert_close(norms, 2 * x.flatten(1).norm(dim=1))


def test_penalties_are_their_formulas():
    norms = torch.tensor([0.0, 1.0, 2.0])
    assert games.penalty(Game("wgan-gp", 10.0), norms) == pytest.approx(10 * 2 / 3)
    assert games.penalty(Game("wgan-div", 2.0, 6.0), norms) == pytest.approx(2 * 65 / 3)
    assert games.penalty(Game("minimax"), norms) == 0


@pytest.mark.parametrize("game", [Game("wgan-gp", 10.0), Game("wgan-div", 2.0, 6.0)], ids=lambda game: game.kind)
def test_the_penalty_can_be_descended(game):
    """Its gradient, which needs the second derivative, against finite differences."""
    rng = torch.Generator().manual_seed(0)
    x = torch.randn(4, 2, generator=rng, dtype=torch.float64)
    first = torch.randn(3, 2, generator=rng, dtype=torch.float64, requires_grad=True)
    last = torch.randn(3, generator=rng, dtype=torch.float64, requires_grad=True)

    def pay(first, last):
        return games.penalty(game, games.gradient_norms(lambda x: torch.tanh(x @ first.T) @ last, x))

    assert torch.autograd.gradcheck(pay, (first, last))


def test_between_is_on_the_line():
    real, fake = torch.zeros(3, 1, 2, 2), torch.ones(3, 1, 2, 2)
    share = torch.tensor([0.0, 0.25, 1.0])
    assert torch.equal(games.between(real, fake, share)[:, 0, 0, 0], share)


def test_a_game_that_is_none_is_refused():
    with pytest.raises(ValueError, match=", ".join(GAMES)):
        Game("chess")
