"""Scores of how odd a digit is, one number a picture, high for odd; none of them needs a label of the picture."""

import torch
from torch import Tensor, nn

from aecore import losses, neighbours

LEAST_INK = 1.0  # pixels: an empty page has none to divide by
NEIGHBOURS = 5
DRAWS = 4  # of the code, in pairs that mirror each other


def error(x: Tensor, recon: Tensor) -> Tensor:
    """||x - recon||^2, summed over pixels: what a model that knows the normal cannot redraw. (N, C, H, W) -> (N,)."""
    return losses.squared_error(recon, x)


def error_per_ink(x: Tensor, recon: Tensor) -> Tensor:
    """The same error divided by the picture's ink, sum x: a picture with little ink has little to get wrong. (N,)."""
    return error(x, recon) / x.flatten(1).sum(1).clamp(min=LEAST_INK)


def heat(x: Tensor, recon: Tensor) -> Tensor:
    """Where the error is: (x - recon)^2 pixel by pixel, as x; its sum is `error`."""
    return (x - recon).square()


def draws(latent_dim: int, seed: int = 0) -> Tensor:
    """The noise for `negative_elbo`: fixed, so that a picture has one score; (DRAWS, latent_dim), mean exactly 0."""
    half = torch.randn(DRAWS // 2, latent_dim, generator=torch.Generator().manual_seed(seed))
    return torch.cat([half, -half])


def negative_elbo(model: nn.Module, x: Tensor, noise: Tensor, y: Tensor | None = None) -> Tensor:
    """-ELBO = KL(q(z|x) || N(0, I)) - E_q[log p(x|z)] in nats, the mean over the noise: how unlikely a VAE finds x.

    Args:    model: a `VAE` or, with classes y (N,), a `CVAE`; x: (N, C, H, W); noise: (K, latent_dim), see `draws`.
    Returns: (N,).
    Source:  Kingma & Welling 2014, eq. 3, arXiv:1312.6114; mirrored draws: Owen 2013, Monte Carlo, section 8.2.
    """
    label = () if y is None else (y,)
    mu, logvar = model.posterior(x, *label)
    total = losses.kl_standard_normal(mu, logvar)
    for epsilon in noise.to(x.device):
        z = mu + (0.5 * logvar).exp() * epsilon  # (N, latent_dim)
        total = total + losses.bernoulli_nll(model.decode_logits(z, *label), x) / len(noise)
    return total


def nearest(x: Tensor, base: Tensor, k: int = NEIGHBOURS) -> Tensor:
    """Distance in pixels, ||x - b||, to the k-th nearest of a base, (N, ...) and (M, ...); (N,).

    Source: Ramaswamy et al. 2000, doi:10.1145/342009.335437 (the k-th neighbour's distance as a score).
    """
    distances, _ = neighbours.nearest(x, base, k)
    return distances[:, -1]


def doubt(probabilities: Tensor, digit: int | None = None) -> Tensor:
    """-log p in nats of the class that a judge must say, or, with None, of the one that it says.

    Args:    probabilities: (N, 10); Returns: (N,).
    Source:  Hendrycks & Gimpel 2017, arXiv:1610.02136 (the largest probability as a score).
    """
    p = probabilities.max(1).values if digit is None else probabilities[:, digit]
    return -p.clamp(min=1e-12).log()
