"""Pure loss terms, each with its source: summed over features, one number a sample."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor


def squared_error(recon: Tensor, x: Tensor) -> Tensor:
    """||x - recon||^2 of each sample, summed over its pixels.

    The lecture's loss is one half of it, 1/2 ||x - recon||^2, which is -log N(x; recon, I) up to a constant. A factor
    moves no minimum; we leave it out, so that the loss is the error itself.

    Args:    recon, x: (N, ...) of one shape.
    Returns: (N,), each >= 0.
    Raises:  ValueError: the two shapes differ.
    Source:  NYU Deep Learning, week 7 (loss for real-valued inputs).
    """
    _same_shape(recon, x)
    return (recon.float() - x).square().flatten(1).sum(1)


def bernoulli_nll(logits: Tensor, x: Tensor) -> Tensor:
    """-log p(x) of each sample under independent Bernoulli pixels (binary cross-entropy), in nats.

    For grey x in [0, 1] this is the cross-entropy, no likelihood of a density; the literature reports both.

    Args:    logits: (N, ...) log-odds of ink; x: (N, ...) in [0, 1].
    Returns: (N,), each >= 0.
    Raises:  ValueError: the two shapes differ.
    Source:  Kingma & Welling 2014, appendix C.1, arXiv:1312.6114.
    """
    _same_shape(logits, x)
    return F.binary_cross_entropy_with_logits(logits.float(), x, reduction="none").flatten(1).sum(1)


def kl_standard_normal(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, exp(logvar)) || N(0, I)) of each sample, in nats.

    Args:    mu, logvar: (N, D) posterior mean and log-variance.
    Returns: (N,), each >= 0; the caller averages over N.
    Raises:  ValueError: the two shapes differ.
    Source:  Kingma & Welling 2014, appendix B, arXiv:1312.6114.
    """
    _same_shape(mu, logvar)
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar).sum(1)


def log_normal(z: Tensor, mu: Tensor, logvar: Tensor) -> Tensor:
    """log N(z; mu, exp(logvar)) summed over the last dimension, in nats.

    Args:    z, mu, logvar: (..., D), broadcast against each other.
    Returns: (...).
    """
    return -0.5 * (math.log(2 * math.pi) + logvar + (z - mu).square() * (-logvar).exp()).sum(-1)


def importance_bound(log_weights: Tensor) -> Tensor:
    """log (1/K) sum_k w_k of each sample, in nats: a bound on log p(x) that K tightens.

    Args:    log_weights: (K, N), log p(x, z_k) - log q(z_k | x).
    Returns: (N,).
    Source:  Burda et al. 2016, eq. 8, arXiv:1509.00519.
    """
    return torch.logsumexp(log_weights, 0) - math.log(log_weights.shape[0])


def cross_entropy(logits: Tensor, y: Tensor, smoothing: float = 0.0) -> Tensor:
    """-log p(y) of each sample under the softmax of the logits, in nats.

    Args:    logits: (N, classes); y: int64 (N,); smoothing: share of the target spread evenly over classes
             (Szegedy et al. 2016, arXiv:1512.00567, section 7).
    Returns: (N,).
    """
    return F.cross_entropy(logits.float(), y, reduction="none", label_smoothing=smoothing)


def absolute(h: Tensor) -> Tensor:
    """sum |h| of each sample: what asks for few active units.

    Times lambda it is -log p(h) of the Laplace prior p(h) = lambda / 2 exp(-lambda |h|), up to a constant: so a sparse
    autoencoder is a generative model, trained on the mode of its posterior.

    Args:    h: (N, D).
    Returns: (N,), each >= 0.
    Source:  Olshausen & Field 1996, doi:10.1038/381607a0; Goodfellow et al. 2016, eq. 14.4 to 14.8.
    """
    return h.float().abs().sum(1)


def rate_divergence(h: Tensor, target: float) -> Tensor:
    """sum_j KL(target || mean of h_j over the batch), in nats: every unit is to be on for few digits.

    Args:    h: (N, D) in [0, 1], read as probabilities of being on; target: the rate, in (0, 1).
    Returns: (), >= 0: of the batch, since a rate is no property of one sample.
    Source:  Ng 2011, CS294A lecture notes, "Sparse autoencoder", section 3.
    """
    rate = h.float().mean(0).clamp(1e-6, 1 - 1e-6)  # (D,); the logarithms stay finite
    return (target * (target / rate).log() + (1 - target) * ((1 - target) / (1 - rate)).log()).sum()


def contraction(h: Tensor, weight: Tensor) -> Tensor:
    """||dh/dx||_F^2 of each sample for h = sigmoid(W x + b): sum_j (h_j (1 - h_j))^2 ||W_j||^2, exactly.

    Args:    h: (N, D); weight: W, (D, pixels).
    Returns: (N,), each >= 0.
    Source:  Rifai et al. 2011, "Contractive auto-encoders", eq. 1 and section 5 (its closed form).
    """
    return (h * (1 - h)).float().square() @ weight.float().square().sum(1)


def contraction_estimate(encode: Callable[[Tensor], Tensor], x: Tensor, rng: torch.Generator, draws: int = 1) -> Tensor:
    """||dh/dx||_F^2 of each sample for any encoder, estimated: the mean of ||v^T dh/dx||^2 over random signs v.

    Unbiased: E[v v^T] = I, hence E ||v^T J||^2 = tr(J^T J). It costs one backward pass a draw, not one a unit, and one
    can differentiate it, to train with it.

    Args:    encode: x (N, ...) -> h (N, D), each sample by itself; x: (N, ...); rng: of the signs; draws: how many.
    Returns: (N,), each >= 0.
    Source:  Hutchinson 1990, doi:10.1080/03610919008812866; Rifai et al. 2011, eq. 1.
    """
    x = x.detach().requires_grad_()
    h = encode(x)  # (N, D)
    total = torch.zeros(len(x), device=x.device)
    for _ in range(draws):
        signs = torch.randint(0, 2, h.shape, generator=rng, device=rng.device).to(h) * 2 - 1
        (gradient,) = torch.autograd.grad(h, x, signs, create_graph=True)  # (N, ...)
        total = total + gradient.square().flatten(1).sum(1)
    return total / draws


def _same_shape(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape:
        raise ValueError(f"shapes differ: {tuple(a.shape)} and {tuple(b.shape)}")
