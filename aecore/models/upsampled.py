"""One small autoencoder with four decoders, that enlarge their maps in four ways; all else is the same."""

from dataclasses import dataclass
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models import blocks
from aecore.models.family import Family


class Nearest(nn.Module):
    """Each number becomes a square of two by two, then a convolution."""

    remembers = False

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels_in, H, W) -> (N, channels_out, 2 H, 2 W)."""
        return self.conv(F.interpolate(x, scale_factor=2, mode="nearest"))


class Unpooling(nn.Module):
    """Each number goes back to where the maximum was, among zeros, then a convolution.

    With every place the upper left corner it computes what a transposed convolution 3x3/2 does.
    """

    remembers = True

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 3, padding=1)

    def forward(self, x: Tensor, places: Tensor | None = None) -> Tensor:
        """(N, channels_in, H, W) -> (N, channels_out, 2 H, 2 W); places: like x, or None for the upper left corners."""
        places = corners(x) if places is None else places
        return self.conv(F.max_unpool2d(x, places, 2))


class Transposed(nn.Module):
    """A transposed convolution with stride 2: each number paints a kernel, and kernels overlap."""

    remembers = False
    kernel, padding, more = 3, 1, 1

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        self.conv = nn.ConvTranspose2d(
            channels_in, channels_out, self.kernel, stride=2, padding=self.padding, output_padding=self.more
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels_in, H, W) -> (N, channels_out, 2 H, 2 W)."""
        return self.conv(x)


class TransposedEven(Transposed):
    """The same with a kernel of 4, which its stride divides: every pixel is covered equally often."""

    kernel, padding, more = 4, 1, 0


WAYS = {"nearest": Nearest, "unpooling": Unpooling, "transposed-3": Transposed, "transposed-4": TransposedEven}


@dataclass(frozen=True)
class UpsampledConfig:
    """Shape of an `Upsampled`.

    up: how the decoder enlarges; latent_dim: numbers in the code; widths: channels of the two stages, of which each
    halves the picture by maxima over two by two.
    """

    up: Literal["nearest", "unpooling", "transposed-3", "transposed-4"] = "nearest"
    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 16
    widths: tuple[int, int] = (12, 24)


class Upsampled(nn.Module):
    """x -> convolution, maximum, twice -> code -> up, twice -> recon, trained on the squared error.

    With `up="unpooling"` the decoder is told more than the code: where each maximum was, two bits for each number of
    the maps. `decode` of a code alone puts all of them into the upper left corners.

    Source: Zeiler et al. 2011, doi:10.1109/ICCV.2011.6126474 (unpooling); Odena et al. 2016,
            distill.pub/2016/deconv-checkerboard (nearest and convolution; kernels that the stride divides).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: UpsampledConfig):
        super().__init__()
        self.config = config
        channels, (small, large) = config.image_shape[0], config.widths
        height, width = blocks.grid(config.image_shape, config.widths)
        self.conv1 = nn.Conv2d(channels, small, 3, padding=1)
        self.conv2 = nn.Conv2d(small, large, 3, padding=1)
        self.squeeze = nn.Linear(large * height * width, config.latent_dim)
        self.spread = nn.Linear(config.latent_dim, large * height * width)
        self.map_shape = (large, height, width)
        self.up2 = WAYS[config.up](large, small)
        self.up1 = WAYS[config.up](small, channels)

    @property
    def takes_places(self) -> bool:
        """Whether the decoder is told where the maxima were."""
        return self.up1.remembers

    @property
    def places(self) -> int:
        """How many places of maxima, of two bits each, the encoder could hand on."""
        (small, _), (large, height, width) = self.config.widths, self.map_shape
        return height * width * (large + 4 * small)

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim)."""
        contract.check_input(self, x)
        h = F.max_pool2d(F.relu(self.conv1(x)), 2)  # (N, widths[0], H/2, W/2)
        h = F.max_pool2d(F.relu(self.conv2(h)), 2)  # (N, widths[1], H/4, W/4)
        return self.squeeze(h.flatten(1))

    def remember(self, x: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """x -> z, and the places of the maxima, of the first stage (N, widths[0], H/2, W/2) and of the second."""
        contract.check_input(self, x)
        h, places1 = F.max_pool2d(F.relu(self.conv1(x)), 2, return_indices=True)
        h, places2 = F.max_pool2d(F.relu(self.conv2(h)), 2, return_indices=True)
        return self.squeeze(h.flatten(1)), (places1, places2)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim) -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self.raw(z).clamp(0, 1)

    def raw(self, z: Tensor, places: tuple[Tensor, Tensor] | None = None) -> Tensor:
        """The picture before it is clipped to [0, 1]; places: of `remember`, for a decoder that is told them."""
        h = F.relu(self.spread(z).unflatten(1, self.map_shape))  # (N, widths[1], H/4, W/4)
        told = [(place,) for place in reversed(places)] if places else [(), ()]
        h = F.relu(self.up2(h, *told[0]))  # (N, widths[0], H/2, W/2)
        return self.up1(h, *told[1]).float()

    def through(self, x: Tensor) -> Tensor:
        """x -> the picture before it is clipped."""
        return self.raw(*self.remember(x)) if self.takes_places else self.raw(self.encode(x))

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.through(x).clamp(0, 1)

    def loss(self, x: Tensor, rng: object = None) -> dict[str, Tensor]:
        """Mean over the batch of the squared error summed over pixels."""
        error = losses.squared_error(self.through(x), x).mean()
        return {"loss": error, "squared error": error}


def corners(x: Tensor) -> Tensor:
    """The upper left corner of each two by two, as places of x (N, C, H, W) in what is twice as large.

    Of equal numbers the first counts as the maximum.
    """
    return F.max_pool2d(F.interpolate(x, scale_factor=2, mode="nearest"), 2, return_indices=True)[1]


FAMILY = Family(Upsampled, UpsampledConfig, kind="ae", headline=("mse",), live=True)
