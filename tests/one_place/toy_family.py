"""A toy family: one convolution, which becomes `aecore/models/toy.py` in a copy of the house."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import losses
from aecore.models.family import Family


@dataclass(frozen=True)
class ToyConfig:
    """Shape of a `Toy`."""

    image_shape: tuple[int, int, int] = (1, 28, 28)
    reach: int = 3


class Toy(nn.Module):
    """Every pixel of each channel from its neighbours; pictures smaller than a digit are enlarged before."""

    takes_label = False
    takes_mask = False

    def __init__(self, config: ToyConfig):
        super().__init__()
        self.config = config
        self.body = nn.Conv2d(1, 1, config.reach, padding=config.reach // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, h, w) in [0, 1] -> recon in [0, 1], of the same size, but at least a digit's."""
        n, channels, height, _ = x.shape
        if height < self.config.image_shape[1]:
            x = F.interpolate(x, self.config.image_shape[1:])
        return self.body(x.flatten(0, 1)[:, None]).clamp(0, 1).unflatten(0, (n, channels))[:, :, 0]

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Squared error summed over pixels."""
        return {"loss": losses.squared_error(self.body(x), x).mean()}


FAMILY = Family(Toy, ToyConfig, kind="toy", headline=("psnr",), restores=("denoise", "inpaint", "upscale", "photo"))
