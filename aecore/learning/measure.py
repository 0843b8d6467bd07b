"""A trained network under every loss, on test digits, and what its errors look like."""

import torch
from torch import Tensor

from aecore import losses
from aecore.learning.objectives import LOG_2PI, LOSSES, Chance, LossNet, as_pixels

SURE = (0.1, 0.9)  # a pixel between them is grey
CHUNK = 2_500  # digits a forward pass


def best_sigma(net: LossNet, x: Tensor) -> float:
    """The sigma under which a net's errors on digits (N, 784) are likeliest: their root mean square."""
    return float((torch.sigmoid(net.logits(net.code(x)[0])) - x).square().mean().sqrt())


@torch.no_grad()
def measure(net: LossNet, x: Tensor, x_train: Tensor, rng: torch.Generator) -> dict[str, float]:
    """Means over test digits (N, 784) in [0, 1], through the code's mean unless it says "elbo".

    squared: half the squared error; grey, threshold: cross-entropy in nats, of grey pixels and of those cut at 0.5,
    which then are the input, too; sigma-1, sigma-best: -log p of a Gaussian, in nats, with sigma 1, and with `sigma`,
    that of the net's errors on x_train; blur: share of the net's pixels between SURE; own_blur: of the digits';
    a VAE's kl, and elbo_KEY: the negative ELBO under each likelihood, of one sample of the code.
    """
    sigma = best_sigma(net, x_train)
    chance = Chance.of_generator(rng)
    total: dict[str, float] = {}
    for chunk in x.split(CHUNK):
        for name, value in _rows(net, chunk, sigma, chance).items():
            total[name] = total.get(name, 0.0) + float(value) * len(chunk) / len(x)
    return total | {"sigma": sigma}


def _rows(net: LossNet, x: Tensor, sigma: float, chance: Chance) -> dict[str, Tensor]:
    cut = as_pixels(x, "threshold", chance)
    logits = net.logits(net.code(x)[0])
    p = torch.sigmoid(logits)
    half = 0.5 * (p - x).square().sum(1).mean()
    low, high = SURE

    def gaussian(error: Tensor, scale: float) -> Tensor:
        return error / scale**2 + x.shape[1] * (torch.tensor(scale).log() + LOG_2PI / 2)

    values = {
        "squared": half,
        "grey": losses.bernoulli_nll(logits, x).mean(),
        "threshold": losses.bernoulli_nll(net.logits(net.code(cut)[0]), cut).mean(),
        "sigma-1": gaussian(half, 1.0),
        "sigma-best": gaussian(half, sigma),
        "blur": ((p > low) & (p < high)).float().mean(),
        "own_blur": ((x > low) & (x < high)).float().mean(),
    }
    if not net.loss.variational:
        return values
    for key in ("grey", "threshold", "drawn", "sigma-1", "sigma-best"):
        given = as_pixels(x, LOSSES[key].pixels if key in LOSSES else "grey", chance)
        mu, logvar = net.code(given)
        kl = losses.kl_standard_normal(mu, logvar).mean()
        logits = net.logits(mu + (0.5 * logvar).exp() * chance.epsilon(mu.shape))
        if key.startswith("sigma"):
            half = 0.5 * (torch.sigmoid(logits) - given).square().sum(1).mean()
            values[f"elbo_{key}"] = kl + gaussian(half, 1.0 if key == "sigma-1" else sigma)
        else:
            values[f"elbo_{key}"] = kl + losses.bernoulli_nll(logits, given).mean()
        if key == "grey":
            values["kl"] = kl
    return values


def sampled(logits: Tensor, key: str, sigma: float, rng: torch.Generator) -> Tensor:
    """Pixels drawn from p(x | z) of a loss's likelihood: ink or none, or grey with noise of sigma. (N, 784)"""
    p = torch.sigmoid(logits)
    if LOSSES[key].likelihood == "bernoulli":
        return (torch.rand(p.shape, generator=rng, device=p.device) < p).to(p)
    return p + sigma * torch.randn(p.shape, generator=rng, device=p.device)


def nearest_right(z: Tensor, y: Tensor, z_test: Tensor, y_test: Tensor, k: int = 15) -> float:
    """Share of test codes whose k nearest codes have, by most votes, their class; of a tie, the smaller one."""
    nearest = torch.cdist(z_test, z).topk(k, largest=False).indices  # (M, k)
    votes = torch.nn.functional.one_hot(y[nearest], 10).sum(1)  # (M, 10)
    return float((votes.argmax(1) == y_test).float().mean())
