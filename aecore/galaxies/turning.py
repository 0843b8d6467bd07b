"""A walk whose truth is known: a galaxy that is turned, beside the straight line between the codes of its two ends."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import metrics
from aecore.jitter import turned
from aecore.models.vae import VAE

SPANS = (15, 30, 60, 90, 180)  # degrees from one end of the walk to the other


@dataclass(frozen=True)
class Halfway:
    """Errors against the truly turned picture, halfway along the walk, (N,) each: mean squared error a pixel.

    code: decoded from the middle of the straight line between the codes of the two ends; fade: the mean of the two
    pictures; known: the truth itself through the network, which nobody can expect to beat; still: not turned at all.
    """

    code: Tensor
    fade: Tensor
    known: Tensor
    still: Tensor


def halfway(model: VAE, x: Tensor, span: float) -> Halfway:
    """How well the middle of a walk by code is the galaxy turned by half of the span.

    Args:    x: (N, 3, H, W) in [0, 1]; span: degrees.
    """
    angle = torch.full((len(x),), math.radians(span), device=x.device)
    far, truth = turned(x, angle).clamp(0, 1), turned(x, angle / 2).clamp(0, 1)
    z = (model.encode(x) + model.encode(far)) / 2
    ways = {"code": model.decode(z), "fade": (x + far) / 2, "known": model(truth), "still": x}
    return Halfway(**{name: metrics.mse(truth, recon).cpu() for name, recon in ways.items()})
