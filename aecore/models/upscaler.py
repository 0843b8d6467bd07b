"""The upscaler: from 4 x 4, 7 x 7 or 14 x 14 pixels to 28 x 28, by one small network that adds what is likely."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class UpscalerConfig:
    """Shape of an `Upscaler`.

    image_shape: of what comes out; factors: how many times smaller, a side, the inputs of the training are;
    widths, blocks: of the U-Net.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    factors: tuple[int, ...] = (2, 4, 7)
    widths: tuple[int, ...] = (24, 40)
    blocks: int = 1


class Upscaler(nn.Module):
    """recon = e(x_low) + r(e(x_low)): the cells enlarged by nearest neighbour, and the detail that a network adds.

    It is trained on E ||recon - x||^2, so it answers with the mean of all digits that agree with what it sees, as far
    as its training set knew them: what was never shown there is not in its answers either.

    Source: NYU Deep Learning, week 7 (super-resolution, and its warning about biased training sets);
            Kim et al. 2016, arXiv:1511.04587 (learning the residual).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: UpscalerConfig):
        super().__init__()
        self.config = config
        blocks.grid(config.image_shape, config.widths)
        self.body = blocks.UNet(config.image_shape[0], config.image_shape[0], config.widths, config.blocks)

    def forward(self, x_low: Tensor) -> Tensor:
        """(N, C, h, w) in [0, 1], of a size that divides image_shape -> recon (N, C, H, W) in [0, 1].

        Raises: ValueError: another size.
        """
        contract.check_input(self, x_low, (self.config.image_shape[0], None, None))
        return self._enlarge(x_low).clamp(0, 1)

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Shrink x by each factor in equal parts, enlarge it again: squared error summed over pixels."""
        contract.check_input(self, x)
        parts = x.tensor_split(len(self.config.factors))
        low = [F.avg_pool2d(part, factor) for part, factor in zip(parts, self.config.factors, strict=True)]
        error = losses.squared_error(torch.cat([self._enlarge(x_low) for x_low in low]), x).mean()
        return {"loss": error, "squared error": error}

    def _enlarge(self, x_low: Tensor) -> Tensor:
        height, width = self.config.image_shape[1:]
        if height % x_low.shape[2] or width % x_low.shape[3]:
            sides = ", ".join(f"{height // factor} x {width // factor}" for factor in self.config.factors)
            raise ValueError(f"{tuple(x_low.shape[2:])} pixels do not divide {height} x {width}: use {sides}")
        cells = F.interpolate(x_low, size=(height, width), mode="nearest")  # (N, C, H, W)
        return cells + self.body(cells - 0.5).float()


FAMILY = Family(
    Upscaler, UpscalerConfig, kind="upscaler", badge="DAE", headline=("psnr_7",), restores=("upscale",), live=True
)
