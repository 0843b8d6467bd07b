"""Many networks of one shape, each under its own loss, trained side by side: a step of all costs little more than one.

The same losses as `objectives.terms`, in products of stacked matrices; a test holds both together.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from aecore.learning.objectives import LOG_2PI, LossNet, LossRecipe


class SideBySide:
    """R networks 784-h-d-h-784 as stacked weights; an autoencoder is one whose code has no spread and no price.

    Args: nets: of equal latent and width; recipes: of each; lr, batch and seed are the caller's, and `copies` digits of
          a batch are the same, so that a step costs all nets as much.
    """

    def __init__(self, nets: Sequence[LossNet], recipes: Sequence[LossRecipe], device: torch.device):
        self.nets, self.recipes = nets, recipes
        latent = recipes[0].latent
        layers = [[module for module in net.modules() if isinstance(module, nn.Linear)] for net in nets]
        self.weights, self.biases = [], []
        for place in range(4):
            weights, biases = [], []
            for row in layers:
                weight, bias = row[place].weight.detach(), row[place].bias.detach()
                if place == 1 and len(weight) == latent:  # an autoencoder's code: rows for a spread that is not used
                    weight, bias = (torch.cat([tensor, torch.zeros_like(tensor)]) for tensor in (weight, bias))
                weights.append(weight.T)
                biases.append(bias)
            self.weights.append(torch.stack(weights).to(device).requires_grad_())  # (R, fan in, fan out)
            self.biases.append(torch.stack(biases)[:, None].to(device).requires_grad_())  # (R, 1, fan out)
        self.log_sigma = torch.zeros(len(nets), device=device, requires_grad=True)

        def per_net(of, shape: tuple[int, ...] = (-1, 1, 1)) -> Tensor:
            values = [float(of(net.loss, recipe)) for net, recipe in zip(nets, recipes, strict=True)]
            return torch.tensor(values, device=device).view(shape)

        self.beta = per_net(lambda loss, recipe: recipe.beta * loss.variational, (-1,))
        self.noise = per_net(lambda loss, recipe: recipe.noise)
        self.spread = per_net(lambda loss, recipe: loss.variational)
        self.threshold = per_net(lambda loss, recipe: loss.pixels == "threshold")
        self.drawn = per_net(lambda loss, recipe: loss.pixels == "drawn")
        self.bernoulli = per_net(lambda loss, recipe: loss.likelihood == "bernoulli", (-1,))
        self.learned = per_net(lambda loss, recipe: loss.learned, (-1,))
        self.copies = per_net(lambda loss, recipe: recipe.copies, (-1, 1)).long()

    def parameters(self) -> list[Tensor]:
        """All that is trained."""
        return [*self.weights, *self.biases, self.log_sigma]

    def losses(self, x: Tensor, batch: int, rng: torch.Generator) -> Tensor:
        """Of each net on its own batch of digits (N, 784), as `objectives.terms`. (R,)"""
        runs = len(self.nets)
        drawn = torch.randint(len(x), (runs, batch), generator=rng, device=x.device)
        rows = torch.arange(batch, device=x.device) // self.copies  # (R, batch)
        x = x[drawn.gather(1, rows)]  # (R, batch, 784)
        chance = torch.rand(x.shape, generator=rng, device=x.device)
        x = torch.where(self.threshold > 0, (x > 0.5).float(), torch.where(self.drawn > 0, (chance < x).float(), x))
        given = x + self.noise * torch.randn(x.shape, generator=rng, device=x.device)
        h = torch.relu(torch.baddbmm(self.biases[0], given, self.weights[0]))
        mu, logvar = torch.baddbmm(self.biases[1], h, self.weights[1]).chunk(2, 2)
        logvar = logvar.clamp(-12, 12)
        kl = 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(2).mean(1)  # (R,)
        epsilon = torch.randn(mu.shape, generator=rng, device=x.device)
        z = mu + self.spread * (0.5 * logvar).exp() * epsilon
        h = torch.relu(torch.baddbmm(self.biases[2], z, self.weights[2]))
        logits = torch.baddbmm(self.biases[3], h, self.weights[3])
        nats = (nn.functional.softplus(logits) - x * logits).sum(2).mean(1)
        half = 0.5 * (torch.sigmoid(logits) - x).square().sum(2).mean(1)
        log_sigma = self.log_sigma * self.learned
        gaussian = half * (-2 * log_sigma).exp() + x.shape[2] * (log_sigma + LOG_2PI / 2 * self.spread.view(-1))
        return torch.where(self.bernoulli > 0, nats, gaussian) + self.beta * kl

    @torch.no_grad()
    def write_back(self) -> Sequence[LossNet]:
        """The networks with what they have learned."""
        latent = self.recipes[0].latent
        for run, net in enumerate(self.nets):
            for place, layer in enumerate(module for module in net.modules() if isinstance(module, nn.Linear)):
                outs = latent if place == 1 and not net.loss.variational else layer.out_features
                layer.weight.copy_(self.weights[place][run].T[:outs])
                layer.bias.copy_(self.biases[place][run, 0, :outs])
            net.log_sigma.copy_(self.log_sigma[run] * self.learned[run])
        return self.nets


def train_side_by_side(many: SideBySide, x: Tensor, lr: float, batch: int, steps: int, rng: torch.Generator) -> None:
    """Adam with a rate that warms up and falls to zero on a half cosine; every net has its own batches."""
    optimizer = torch.optim.Adam(many.parameters(), lr=lr, fused=x.device.type == "cuda")
    for step in range(steps):
        progress = step / steps
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1.0, progress / 0.05) * 0.5 * (1 + math.cos(math.pi * progress))
        loss = many.losses(x, batch, rng).sum()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
