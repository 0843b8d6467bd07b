"""The photo denoiser: fully convolutional, for pictures of any size, blind to how strong the noise is."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class PhotoDenoiserConfig:
    """Shape of a `PhotoDenoiser`.

    channels: of a picture; widths, blocks: of the U-Net; sigmas: range of the noise in training, in [0, 1] (60 of 255);
    grey: share of the training pictures that are made grey, with the same noise in all channels.
    """

    channels: int = 3
    widths: tuple[int, ...] = (64, 96)
    blocks: int = 2
    sigmas: tuple[float, float] = (0.0, 60 / 255)
    grey: float = 0.4

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Of a small picture, for which the list of layers is made; pictures of other sizes go in just as well."""
        return self.channels, 64, 64


class PhotoDenoiser(nn.Module):
    """recon = x_noisy - R(x_noisy): the network estimates the noise, the picture is what is left.

    Trained on E ||recon - x||^2 / (sigma + c): what can be reached grows about as sigma does, so a slight noise counts
    as much as a strong one. Half of the noisy pictures are clipped to [0, 1], as a picture file clips them.

    Source: Zhang et al. 2017, arXiv:1608.03981 (DnCNN: the residual, one network for all sigmas); Zhang et al. 2018,
            arXiv:1710.04026 (FFDNet: working at half size, four times less to compute).
    """

    takes_label = False
    takes_mask = False

    def __init__(self, config: PhotoDenoiserConfig):
        super().__init__()
        self.config = config
        self.multiple = 2 ** len(config.widths)
        self.body = blocks.UNet(config.channels, config.channels, config.widths, config.blocks)

    def forward(self, x_noisy: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1], any H and W -> recon like x_noisy, in [0, 1]."""
        contract.check_input(self, x_noisy, (self.config.channels, None, None))
        height, width = x_noisy.shape[-2:]
        padding = (0, -width % self.multiple, 0, -height % self.multiple)
        padded = F.pad(x_noisy, padding, mode="replicate") if any(padding) else x_noisy
        return (padded - self.noise(padded))[..., :height, :width].clamp(0, 1)

    def noise(self, x_noisy: Tensor) -> Tensor:
        """R: what the network takes for noise, like x_noisy; H and W multiples of `multiple`."""
        return self.body(x_noisy - 0.5).float()

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Turn, make grey, add noise, denoise: the squared error a pixel, over sigma; and the PSNR."""
        contract.check_input(self, x, (self.config.channels, None, None))
        x = self.vary(x, rng)
        x_noisy, sigma = self.corrupt(x, rng)
        error = (x_noisy - self.noise(x_noisy) - x).square().mean((1, 2, 3))  # (N,)
        relative = error / (sigma + 5 / 255)
        return {"loss": relative.mean(), "dB": -10 * error.clamp_min(1e-9).log10().mean()}

    def vary(self, x: Tensor, rng: torch.Generator | None) -> Tensor:
        """The batch mirrored and turned at random, and the first part of it made grey."""
        mirror, turn = (int(torch.randint(top, (), generator=rng, device=_device(x, rng))) for top in (2, 4))
        x = torch.rot90(x.flip(-1) if mirror else x, turn, (2, 3))
        n = round(self.config.grey * len(x))
        return torch.cat([x[:n].mean(1, keepdim=True).expand(-1, x.shape[1], -1, -1), x[n:]])

    def corrupt(self, x: Tensor, rng: torch.Generator | None) -> tuple[Tensor, Tensor]:
        """White noise of a random sigma a picture -> x_noisy like x, sigma (N,); grey pictures stay grey.

        Every other picture is clipped to [0, 1].
        """
        low, high = self.config.sigmas
        sigma = low + (high - low) * torch.rand(len(x), generator=rng, device=_device(x, rng)).to(x.device)
        noise = blocks.gaussian(x.shape, rng, x)
        n = round(self.config.grey * len(x))
        noise = torch.cat([noise[:n, :1].expand(-1, x.shape[1], -1, -1), noise[n:]])
        x_noisy = x + sigma.view(-1, 1, 1, 1) * noise
        clipped = (torch.arange(len(x), device=x.device) % 2 == 0).view(-1, 1, 1, 1)
        return torch.where(clipped, x_noisy.clamp(0, 1), x_noisy), sigma


def _device(x: Tensor, rng: torch.Generator | None) -> torch.device:
    return rng.device if rng is not None else x.device


FAMILY = Family(PhotoDenoiser, PhotoDenoiserConfig, kind="dae", headline=("psnr_photo_25",), restores=("photo",))
