"""How good a reconstruction is: error, PSNR and SSIM of each picture, and the likelihood of a VAE.

Every function here gives one number a picture, (N,); the metric of a data set is the mean of these. So the
PSNR of a test set is the mean of the pictures' PSNRs, not the PSNR of their mean squared error (which weighs
bad pictures more and is up to half a decibel lower).
"""

import math
from typing import Protocol

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from aecore import contract

SSIM_WINDOW = 7  # pixels


def mse(x: Tensor, recon: Tensor) -> Tensor:
    """Mean squared error a pixel of each picture.

    Args:    x, recon: (N, C, H, W) in [0, 1].
    Returns: (N,), each >= 0.
    Raises:  ValueError: the two shapes differ, or a batch that is none (aecore.contract).
    """
    _check(x, recon)
    return (x - recon).square().flatten(1).mean(1)


def psnr(x: Tensor, recon: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each picture, 10 log10(1 / MSE), in dB; higher is better.

    Args:    x, recon: (N, C, H, W) in [0, 1], so that the peak is 1.
    Returns: (N,); inf where the two are equal.
    Raises:  ValueError: the two shapes differ.
    """
    return -10 * mse(x, recon).log10()


def psnr_missing(x: Tensor, recon: Tensor, mask: Tensor) -> Tensor:
    """PSNR of each picture over its missing pixels alone, in dB; higher is better.

    Args:    x, recon: (N, C, H, W) in [0, 1]; mask: (N, 1, H, W) or like x, 1 where a pixel is missing.
    Returns: (N,); inf where all missing pixels are exact, NaN where none is missing.
    Raises:  ValueError: the shapes of x and recon differ.
    """
    _check(x, recon)
    missing = contract.as_mask(mask, x).expand_as(x).flatten(1)
    error = ((x - recon).square().flatten(1) * missing).sum(1) / missing.sum(1)
    return -10 * error.log10()


def ssim(x: Tensor, recon: Tensor) -> Tensor:
    """Structural similarity of each picture; 1 for equal pictures, higher is better.

    Local means, variances (sample, n - 1) and covariance in a flat 7 x 7 window, averaged over all windows
    that lie wholly inside: the default of scikit-image's `structural_similarity` with data_range 1, not
    the Gaussian window of the paper's own code. Colour channels are averaged.

    Args:    x, recon: (N, C, H, W) in [0, 1], H and W at least 7.
    Returns: (N,), each <= 1.
    Raises:  ValueError: the two shapes differ, or a side is shorter than the window.
    Source:  Wang, Bovik, Sheikh & Simoncelli 2004, eq. 13, with K1 = 0.01 and K2 = 0.03.
    """
    _check(x, recon)
    if min(x.shape[-2:]) < SSIM_WINDOW:
        raise ValueError(f"SSIM needs at least {SSIM_WINDOW} x {SSIM_WINDOW} pixels, not {tuple(x.shape)}")

    def window_mean(t: Tensor) -> Tensor:
        return F.avg_pool2d(t, SSIM_WINDOW, stride=1)

    mean_x, mean_r = window_mean(x), window_mean(recon)
    unbiased = SSIM_WINDOW**2 / (SSIM_WINDOW**2 - 1)
    var_x = unbiased * (window_mean(x * x) - mean_x * mean_x)
    var_r = unbiased * (window_mean(recon * recon) - mean_r * mean_r)
    covariance = unbiased * (window_mean(x * recon) - mean_x * mean_r)
    c1, c2 = 0.01**2, 0.03**2
    luminance = (2 * mean_x * mean_r + c1) / (mean_x**2 + mean_r**2 + c1)
    structure = (2 * covariance + c2) / (var_x + var_r + c2)
    return (luminance * structure).flatten(1).mean(1)


class BernoulliVAE(Protocol):
    """What `importance_weighted_nll` asks of a model."""

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(N, C, H, W) -> mu, logvar, both (N, D)."""

    def decode_logits(self, z: Tensor) -> Tensor:
        """(N, D) -> (N, C, H, W), the logits of the pixels' probabilities."""


@torch.no_grad()
def importance_weighted_nll(model: BernoulliVAE, x: Tensor, samples: int, rng: Generator, chunk: int = 1024) -> Tensor:
    """Upper bound on -log p(x) of each picture, in nats; lower is better, tighter with more samples.

    -log 1/K sum_k p(x | z_k) p(z_k) / q(z_k | x), z_k ~ q(z | x), K = samples. One sample gives an unbiased
    estimate of the negative ELBO, thousands come close to -log p(x) itself. It is a likelihood only for
    binary x; grey x are taken as the cross-entropy takes them.

    Args:    model: in eval mode; its prior is N(0, I).
             x: (N, C, H, W) on the model's device.
             samples: K, at least 1.
             rng: the noise is drawn on its device: one on the model's device is fastest.
             chunk: pictures decoded at once. Memory grows with chunk, not with N or K; another chunk draws
             the noise in another order and so gives another estimate of the same bound.
    Returns: (N,) float64.
    Raises:  ValueError: samples or chunk below 1.
    Source:  Burda, Grosse & Salakhutdinov 2016, eq. 8, arXiv:1509.00519.
    """
    if samples < 1 or chunk < 1:
        raise ValueError(f"samples and chunk must be at least 1, not {samples} and {chunk}")
    contract.check_pictures(x)
    bounds = [_importance_weighted_nll(model, part, samples, rng, chunk) for part in x.split(chunk)]
    return torch.cat(bounds)


def _importance_weighted_nll(model: BernoulliVAE, x: Tensor, K: int, rng: Generator, chunk: int) -> Tensor:
    N = len(x)
    mu, logvar = model.posterior(x)  # (N, D)
    log_sum = torch.full((N,), -math.inf, dtype=torch.float64, device=x.device)
    at_once = max(1, chunk // max(1, N))
    for first in range(0, K, at_once):
        k = min(at_once, K - first)
        noise = torch.randn(k, *mu.shape, generator=rng, device=rng.device, dtype=mu.dtype).to(mu.device)
        z = mu + noise * (0.5 * logvar).exp()  # (k, N, D)
        logits = model.decode_logits(z.flatten(0, 1)).unflatten(0, (k, N))  # (k, N, C, H, W)
        cross_entropy = F.binary_cross_entropy_with_logits(logits, x.expand_as(logits), reduction="none")
        log_p_x_given_z = -cross_entropy.flatten(2).sum(2)  # (k, N)
        # The normal densities' 2 pi cancel between p(z) and q(z | x).
        log_p_z_over_q = 0.5 * (noise.square() - z.square() + logvar).sum(2)  # (k, N)
        log_w = (log_p_x_given_z + log_p_z_over_q).double()
        log_sum = torch.logaddexp(log_sum, log_w.logsumexp(0))
    return math.log(K) - log_sum


def _check(x: Tensor, recon: Tensor) -> None:
    if x.shape != recon.shape or x.ndim != 4:
        raise ValueError(f"both must be (N, C, H, W) alike, not {tuple(x.shape)} and {tuple(recon.shape)}")
    contract.check_pictures(x)
    contract.check_pictures(recon, name="recon")
