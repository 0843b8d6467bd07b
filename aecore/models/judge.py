"""The judge: a small convolutional classifier, for checking what others draw and for its features."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, corruptions, losses
from aecore.models.family import Family

_SPREADS = 28  # rounds in which known pixels spread into a hole of training: as far as a classical fill carries them


@dataclass(frozen=True)
class JudgeConfig:
    """Shape of a `Judge`, and what it is trained on.

    widths: channels of the two stages; damaged: share of every batch that it sees damaged, in equal parts by each of
    `corruptions`, every digit with a strength of its own; smeared: share of the holes among them (where a mask is
    known) that are filled from their edge, as the classical methods do it; smoothing: label smoothing.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 10
    widths: tuple[int, int] = (32, 64)
    features: int = 128
    damaged: float = 0.0
    corruptions: tuple[str, ...] = tuple(corruptions.CORRUPTIONS)
    smeared: float = 0.5
    smoothing: float = 0.0


class Judge(nn.Module):
    """Convolution, convolution, halve; twice; then one hidden layer whose output are the features.

    Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition" (its LeNet-5, with
            today's batch normalisation, Ioffe & Szegedy 2015, arXiv:1502.03167).
    """

    takes_label = True
    takes_mask = False

    def __init__(self, config: JudgeConfig):
        super().__init__()
        self.config = config
        channels, height, width = config.image_shape
        a, b = config.widths
        self.body = nn.Sequential(
            *_conv(channels, a, stride=2),
            *_conv(a, a),
            *_conv(a, b, stride=2),
            *_conv(b, b),
            *_conv(b, b),
            nn.Flatten(),
            nn.Linear(b * (height // 4) * (width // 4), config.features),
            nn.ReLU(),
        )
        self.head = nn.Linear(config.features, config.classes)

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> (N, features): a space in which distances mean likeness."""
        contract.check_input(self, x)
        return self.body(x)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> (N, classes) logits."""
        return self.head(self.features(x)).float()

    def classify(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> (N, classes) probabilities."""
        return self(x).softmax(1)

    def loss(self, x: Tensor, y: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Cross-entropy in nats, averaged over the batch, and the share of wrong answers."""
        contract.check_input(self, x)
        contract.check_labels(y, len(x), self.config.classes)
        whole = len(x) - round(self.config.damaged * len(x))
        logits = self(torch.cat([x[:whole], self.damage(x[whole:], rng)]))
        error = losses.cross_entropy(logits, y, self.config.smoothing).mean()
        return {"loss": error, "error rate": (logits.argmax(1) != y).float().mean()}

    def damage(self, x: Tensor, rng: torch.Generator | None = None) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the same digits, each with one damage of the config at a strength of its own."""
        device = rng.device if rng is not None else x.device
        parts = []
        for name, part in zip(self.config.corruptions, x.tensor_split(len(self.config.corruptions)), strict=True):
            strength = torch.rand(len(part), generator=rng, device=device).to(x.device)
            center = torch.rand(len(part), 2, generator=rng, device=device).to(x.device)
            x_noisy, mask = corruptions.corrupt(name, part, strength, rng, center)
            if mask is not None:
                filled = round(self.config.smeared * len(part))
                x_noisy = torch.cat([spread(x_noisy[:filled], mask[:filled]), x_noisy[filled:]])
            parts.append(x_noisy)
        return torch.cat(parts)

    @torch.no_grad()
    def calibrate(self, x: Tensor, y: Tensor, rng: torch.Generator | None = None) -> float:
        """Divide the logits by the temperature that suits held-out digits best, clean and damaged alike.

        The last layer is scaled, so that whoever runs the network needs not know of it.

        Args:    x: (N, C, H, W) in [0, 1] that the network has not learnt from; y: (N,).
        Returns: the temperature; above 1 the network was too sure.
        Source:  Guo et al. 2017, "On calibration of modern neural networks", arXiv:1706.04599, section 4.2.
        """
        logits = self(torch.cat([x, self.damage(x, rng)]))
        y, t = torch.cat([y, y]), torch.logspace(-1, 1, 401, device=logits.device)  # steps of 1.2%
        nll = torch.stack([losses.cross_entropy(logits / value, y).mean() for value in t])
        temperature = float(t[nll.argmin()])
        self.head.weight /= temperature
        self.head.bias /= temperature
        return temperature


def spread(x: Tensor, mask: Tensor) -> Tensor:
    """Fill holes from their edge: each missing pixel becomes the mean of its neighbours, over and over.

    Args: x: (N, C, H, W) in [0, 1]; mask: like x, 1 where a pixel is missing. Source: Bertalmio et al. 2000, "Image
    inpainting", in its simplest form, isotropic diffusion.
    """
    weight, recon = 1 - mask, x * (1 - mask)
    for _ in range(_SPREADS):
        weight_around, around = (F.avg_pool2d(plane, 3, 1, 1) for plane in (weight, recon))  # (N, C, H, W)
        reached = (weight_around > 0).to(x.dtype)
        recon = torch.lerp(recon, around / weight_around.clamp(min=1e-6), mask)
        weight = torch.maximum(weight, reached)
    return recon.clamp(0, 1)


def _conv(fan_in: int, fan_out: int, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(fan_in, fan_out, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(fan_out),
        nn.ReLU(),
    ]


FAMILY = Family(Judge, JudgeConfig, kind="judge", badge="classifier", headline=("accuracy",), live=True)
