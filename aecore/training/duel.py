"""The loop in which two networks learn: a generator draws, and a critic tells its digits from real ones.

It is the other loop (run.py) with another step: progress, state and card are the same. A step is a batch of the critic;
every `critic_steps`-th the generator moves. The weights that are kept are the last ones: the loss of either network
says how the game stands, not how good the digits are, so no epoch can be chosen by it.
"""

import torch
from torch import Tensor

from aecore import contract, losses
from aecore.gans import games
from aecore.gans.games import Game
from aecore.jitter import shifted
from aecore.models import FAMILIES, blocks
from aecore.training.run import Run


class Duel(Run):
    """One training of a generator and its critic."""

    def prepare(self) -> None:
        """Build the critic, from the recipe's seed as the generator is."""
        config, lr = self.config, self.recipe.lr
        self.game = Game(config.game, config.strength, config.power)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.recipe.seed + 4)
            critic = FAMILIES[self.recipe.family].opponent(config)
        self.critic = critic.to(self.device, memory_format=torch.channels_last)
        self.networks["critic"] = self.critic
        betas = (config.beta1, config.beta2)
        self.optimizers = {
            "optimizer": self.adam(self.model, lr, betas),
            "critic_optimizer": self.adam(self.critic, config.critic_lr or lr, betas),
        }
        self.generated: dict[str, Tensor] = {}  # terms of the generator's last step

    def one_step(self) -> dict[str, Tensor]:
        """The critic learns from a batch, and in its turn the generator from the critic."""
        config = self.config
        x, y = self.next_batch()
        with contract.trusted():
            terms = self._criticise(x, y)
            if self.step % config.critic_steps == 0:
                for _ in range(config.generator_steps):
                    self.generated = self._generate(y)
                self.update_average()
        return {name: value.detach() for name, value in (terms | self.generated).items()}

    def _criticise(self, x: Tensor, y: Tensor) -> dict[str, Tensor]:
        with torch.no_grad():
            fake = self._seen(self._draw(y))
        x = self._seen(x)
        score, logits = self._judge(torch.cat([x, fake]))
        real_score, fake_score = score.chunk(2)
        loss = games.critic_loss(self.game, real_score, fake_score)
        if self.game.wasserstein:
            share = torch.rand(len(x), generator=self.rng, device=self.device)
            norms = games.gradient_norms(lambda at: self._judge(at)[0], games.between(x, fake, share))
            loss = loss + games.penalty(self.game, norms)
        if logits is not None:
            loss = loss + losses.cross_entropy(logits, torch.cat([y, y])).mean()
        self.descend("critic_optimizer", self.config.critic_lr or self.recipe.lr, self.critic, loss)
        return {"loss": loss, "gap": real_score.mean() - fake_score.mean()}

    def _generate(self, y: Tensor) -> dict[str, Tensor]:
        self.critic.requires_grad_(False)  # what it would learn from this is not wanted
        score, logits = self._judge(self._seen(self._draw(y)))
        loss = games.generator_loss(self.game, score)
        if logits is not None:
            loss = loss + losses.cross_entropy(logits, y).mean()
        self.descend("optimizer", self.recipe.lr, self.model, loss)
        self.critic.requires_grad_(True)
        return {"generator": loss}

    def _draw(self, y: Tensor) -> Tensor:
        z = blocks.gaussian((len(y), self.config.latent_dim), self.rng, self.x)
        return self.model.decode(z, y) if self.model.takes_label else self.model.decode(z)

    def _seen(self, x: Tensor) -> Tensor:
        return shifted(x, self.config.shift, self.rng) if self.config.shift else x

    def _judge(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        out = self.critic(x)
        return out if isinstance(out, tuple) else (out, None)
