"""The judge: a small convolutional classifier, for checking what others draw and for its features."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models.family import Family


@dataclass(frozen=True)
class JudgeConfig:
    """Shape of a `Judge`. widths: channels of the two stages; smoothing: label smoothing in training."""

    image_shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 10
    widths: tuple[int, int] = (32, 64)
    features: int = 128
    smoothing: float = 0.05


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
        logits = self(x)
        error = losses.cross_entropy(logits, y, self.config.smoothing).mean()
        return {"loss": error, "error rate": (logits.argmax(1) != y).float().mean()}


def _conv(fan_in: int, fan_out: int, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(fan_in, fan_out, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(fan_out),
        nn.ReLU(),
    ]


FAMILY = Family(Judge, JudgeConfig, kind="judge", badge="classifier", headline=("accuracy",), live=True)
