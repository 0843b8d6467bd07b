"""A small convolutional classifier of pictures of any size, trained also on blurred ones."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class SorterConfig:
    """Shape of a `Sorter`.

    widths: channels of the stages, each of which halves the picture; blurred: share of every batch that it sees
    blurred, as what an autoencoder decodes is; smoothing: label smoothing.
    """

    image_shape: tuple[int, int, int] = (3, 128, 128)
    classes: int = 4
    widths: tuple[int, ...] = (16, 32, 48, 64)
    blurred: float = 0.5
    smoothing: float = 0.0


class Sorter(nn.Module):
    """Strided convolutions, the mean over all places, one matrix.

    Source: Lin et al. 2014, "Network in network", section 3.2 (the mean over places), arXiv:1312.4400.
    """

    takes_label = True
    takes_mask = False

    def __init__(self, config: SorterConfig):
        super().__init__()
        self.config = config
        height, width = blocks.grid(config.image_shape, config.widths)
        layers: list[nn.Module] = []
        for fan_in, fan_out in zip((config.image_shape[0], *config.widths), config.widths, strict=False):
            layers += [
                nn.Conv2d(fan_in, fan_out, 3, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(fan_out),
                nn.ReLU(),
            ]
        self.body = nn.Sequential(*layers, nn.AvgPool2d((height, width)), nn.Flatten())
        self.head = nn.Linear(config.widths[-1], config.classes)

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> (N, widths[-1]): how much of each pattern there is."""
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
        whole = len(x) - round(self.config.blurred * len(x))
        if self.training:
            x = torch.cat([x[:whole], blur(x[whole:], rng)])
        logits = self(x)
        error = losses.cross_entropy(logits, y, self.config.smoothing).mean()
        return {"loss": error, "error rate": (logits.argmax(1) != y).float().mean()}


def blur(x: Tensor, rng: torch.Generator | None = None) -> Tensor:
    """Each picture reduced by 2 or 4 and smoothly enlarged again, or a mixture of it and itself: (N, C, H, W)."""
    device = rng.device if rng is not None else x.device
    two, four = (
        F.interpolate(F.avg_pool2d(x, factor), scale_factor=float(factor), mode="bilinear") for factor in (2, 4)
    )
    share = torch.rand(2, len(x), 1, 1, 1, generator=rng, device=device).to(x)
    return torch.lerp(x, torch.lerp(two, four, share[0]), share[1])


FAMILY = Family(Sorter, SorterConfig, kind="judge", badge="classifier", headline=("accuracy",), live=True)
