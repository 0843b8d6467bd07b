"""The inpainter: a denoiser that is told which pixels are missing, and fills in those alone."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract, corruptions, losses
from aecore.models import blocks
from aecore.models.family import Family


@dataclass(frozen=True)
class InpainterConfig:
    """Shape of an `Inpainter`.

    widths: channels a scale, from half size down; blocks: residuals a scale on the way down and again on the way up;
    trained_on: kinds of holes (keys of HOLES), mixed in equal parts.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    widths: tuple[int, ...] = (32, 72)
    blocks: int = 2
    trained_on: tuple[str, ...] = ("dropout", "patch", "stripes", "half", "strokes")


class Inpainter(nn.Module):
    """recon = x where it is known, u(x, mask) where it is missing; trained on the squared error of the missing pixels.

    A U-Net: its skips hand known pixels to their neighbours at full sharpness, its coarse scale sees the whole digit.
    There is no code and hence no `encode`: nothing here is squeezed, what forces it to know digits is the hole.

    Source: Pathak et al. 2016, arXiv:1604.07379 (context encoders); Ronneberger et al. 2015, arXiv:1505.04597 (U-Net).
    """

    takes_label = False
    takes_mask = True

    def __init__(self, config: InpainterConfig):
        super().__init__()
        self.config = config
        channels = config.image_shape[0]
        blocks.grid(config.image_shape, config.widths)  # a picture that cannot be halved is refused here
        self.body = blocks.UNet(2 * channels, channels, config.widths, config.blocks)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Fill in: x (N, C, H, W) in [0, 1], mask like x, 1 where missing -> recon like x; no mask, no change."""
        contract.check_input(self, x)
        if mask is None:
            return x
        mask = contract.as_mask(mask, x).expand_as(x)
        return torch.where(mask > 0, self._fill(x, mask).clamp(0, 1), x)

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Punch a hole into each picture, fill it, compare inside it: squared error summed over missing pixels."""
        contract.check_input(self, x)
        mask = self.holes(x, rng)
        error = losses.squared_error(self._fill(x, mask) * mask, x * mask).mean()
        return {"loss": error, "squared error": error}

    def holes(self, x: Tensor, rng: torch.Generator | None) -> Tensor:
        """Masks like x in equal parts of each kind in the config, (N, C, H, W), 1 where a pixel goes missing."""
        parts = x.tensor_split(len(self.config.trained_on))
        return torch.cat([HOLES[kind](part, rng) for kind, part in zip(self.config.trained_on, parts, strict=True)])

    def _fill(self, x: Tensor, mask: Tensor) -> Tensor:
        return self.body(torch.cat([(x - 0.5) * (1 - mask), mask], 1)).float()


def dropout(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """Single pixels, 10 to 90% of them."""
    return corruptions.corrupt("dropout", x, _uniform(x, rng, 0.1, 0.9), rng)[1]


def patch(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """A square of 15 to 70% of the picture's side, anywhere."""
    center = torch.stack([_uniform(x, rng, 0.1, 0.9), _uniform(x, rng, 0.1, 0.9)], 1)
    return corruptions.corrupt("patch", x, _uniform(x, rng, 0.15, 0.7), rng, center=center)[1]


def stripes(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """Bands of rows, 10 to 80% of them."""
    return corruptions.corrupt("stripes", x, _uniform(x, rng, 0.1, 0.8), rng)[1]


def half(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """All beyond a straight line across the picture, at one of four sides, 25 to 65% of it."""
    height, width = x.shape[-2:]
    share = _uniform(x, rng, 0.25, 0.65).view(-1, 1, 1)
    down = (torch.arange(height, device=x.device).view(1, -1, 1) + 0.5) / height
    across = (torch.arange(width, device=x.device).view(1, 1, -1) + 0.5) / width
    side = (_uniform(x, rng, 0, 4).floor().long() % 4).view(-1, 1, 1)
    place = torch.where(side < 2, down, across)  # (N, H, W)
    place = torch.where(side % 2 == 0, place, 1 - place)
    return (place < share).to(x.dtype)[:, None].expand_as(x)


def strokes(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """What a hand paints: a bent line of three segments and 2 to 8 pixels' width (of 28)."""
    height, width = x.shape[-2:]
    corners = torch.stack([_uniform(x, rng, 0.1, 0.9) for _ in range(8)], 1).view(-1, 4, 2)  # (N, 4, 2) as x, y
    radius = _uniform(x, rng, 1 / 28, 4 / 28).view(-1, 1, 1)
    down = (torch.arange(height, device=x.device).view(1, -1, 1) + 0.5) / height
    across = (torch.arange(width, device=x.device).view(1, 1, -1) + 0.5) / width
    nearest = torch.full((len(x), height, width), torch.inf, device=x.device)
    for begin, end in zip(corners[:, :-1].unbind(1), corners[:, 1:].unbind(1), strict=True):
        way = end - begin  # (N, 2)
        dx, dy = across - begin[:, 0].view(-1, 1, 1), down - begin[:, 1].view(-1, 1, 1)
        wx, wy = way[:, 0].view(-1, 1, 1), way[:, 1].view(-1, 1, 1)
        t = ((dx * wx + dy * wy) / (wx * wx + wy * wy).clamp_min(1e-9)).clamp(0, 1)
        nearest = torch.minimum(nearest, torch.hypot(dx - t * wx, dy - t * wy))
    return (nearest < radius).to(x.dtype)[:, None].expand_as(x)


def tiles(x: Tensor, rng: torch.Generator | None) -> Tensor:
    """Squares of 4 x 4 pixels on a grid, 10 to 95% of them: what a masked autoencoder of digits is shown."""
    n, _, height, width = x.shape
    order = torch.rand(n, height // 4, width // 4, generator=rng, device=x.device if rng is None else rng.device)
    hide = (_uniform(x, rng, 0.1, 0.95) * order[0].numel()).round()  # (N,)
    rank = order.to(x.device).flatten(1).argsort(1).argsort(1).view(order.shape)
    squares = (rank < hide.view(-1, 1, 1)).to(x.dtype)
    return squares.repeat_interleave(4, 1).repeat_interleave(4, 2)[:, None].expand_as(x)


HOLES = {"dropout": dropout, "patch": patch, "stripes": stripes, "half": half, "strokes": strokes, "tiles": tiles}


def _uniform(x: Tensor, rng: torch.Generator | None, low: float, high: float) -> Tensor:
    device = rng.device if rng is not None else x.device
    return (low + (high - low) * torch.rand(len(x), generator=rng, device=device)).to(x.device)  # (N,)


FAMILY = Family(
    Inpainter, InpainterConfig, kind="dae", headline=("psnr_missing_patch",), restores=("inpaint",), live=True
)
