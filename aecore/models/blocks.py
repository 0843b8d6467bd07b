"""Bodies that families share: multilayer perceptrons and residual convolutions, as encoders and decoders."""

from itertools import pairwise
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ACTIVATIONS = {"identity": nn.Identity, "relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class Residual(nn.Module):
    """x + conv(relu(conv(relu(x)))): two 3x3 convolutions around which the picture may pass unchanged.

    The second convolution starts at zero, so that a deep stack starts as the identity and needs no
    normalisation (cf. He et al. 2016, arXiv:1603.05027; Zhang et al. 2019, arXiv:1901.09321).
    """

    def __init__(self, channels: int):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W)."""
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class UNet(nn.Module):
    """Pictures to pictures of the same size: down by scales, up again, each scale handing its detail across.

    The picture is first folded to half size (four pixels become channels), so that no convolution runs at full size.

    Args:   channels_in, channels_out: of the pictures; widths: channels a scale, from half size down;
            blocks: residuals a scale, down and again up.
    Source: Ronneberger et al. 2015, arXiv:1505.04597; folding: Shi et al. 2016, arXiv:1609.05158.
    """

    def __init__(self, channels_in: int, channels_out: int, widths: tuple[int, ...], blocks: int):
        super().__init__()
        self.enter = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(4 * channels_in, widths[0], 3, padding=1))
        self.before = nn.ModuleList([nn.Sequential(*[Residual(w) for _ in range(blocks)]) for w in widths])
        self.shrink = nn.ModuleList([nn.Conv2d(a, b, 3, stride=2, padding=1) for a, b in pairwise(widths)])
        self.grow = nn.ModuleList([nn.Conv2d(b, a, 3, padding=1) for a, b in pairwise(widths)])
        self.after = nn.ModuleList([nn.Sequential(*[Residual(w) for _ in range(blocks)]) for w in widths[:-1]])
        self.leave = nn.Sequential(nn.ReLU(), nn.Conv2d(widths[0], 4 * channels_out, 3, padding=1), nn.PixelShuffle(2))

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels_in, H, W) -> (N, channels_out, H, W); H and W multiples of 2 ** len(widths)."""
        h, skips = self.before[0](self.enter(x)), []  # (N, widths[0], H/2, W/2)
        for shrink, before in zip(self.shrink, self.before[1:], strict=True):
            skips.append(h)
            h = before(shrink(F.relu(h)))
        for grow, after in zip(reversed(self.grow), reversed(self.after), strict=True):
            h = F.interpolate(F.relu(h), scale_factor=2, mode="nearest")
            h = after(grow(h) + skips.pop())
        return self.leave(h)


def mlp_encoder(shape: tuple[int, int, int], widths: tuple[int, ...], blocks: int, features: int) -> nn.Module:
    """(N, *shape) -> (N, features) through fully connected ReLU layers of the given widths.

    Args: blocks: not used by this body; it is there so that both bodies are called alike.
    """
    sizes = (prod(shape), *widths)
    layers: list[nn.Module] = [nn.Flatten()]
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], features))


def mlp_decoder(shape: tuple[int, int, int], widths: tuple[int, ...], blocks: int, features: int) -> nn.Module:
    """(N, features) -> (N, *shape): the mirror image of `mlp_encoder`."""
    sizes = (features, *reversed(widths))
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], prod(shape)), nn.Unflatten(1, shape))


def activate(body: nn.Sequential, activation: str) -> None:
    """Give a fully connected body other hidden units than ReLU, one of ACTIVATIONS."""
    for place, layer in enumerate(body):
        if isinstance(layer, nn.ReLU):
            body[place] = ACTIVATIONS[activation]()


def conv_encoder(shape: tuple[int, int, int], widths: tuple[int, ...], blocks: int, features: int) -> nn.Module:
    """(N, *shape) -> (N, features): each width is a stage that halves the picture, then `blocks` residuals.

    Raises: ValueError: height or width cannot be halved once a stage.
    """
    height, width = grid(shape, widths)
    return nn.Sequential(
        *down(shape[0], widths, blocks),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(widths[-1] * height * width, features),
    )


def conv_decoder(shape: tuple[int, int, int], widths: tuple[int, ...], blocks: int, features: int) -> nn.Module:
    """(N, features) -> (N, *shape): the mirror image of `conv_encoder`."""
    height, width = grid(shape, widths)
    return nn.Sequential(
        nn.Linear(features, widths[-1] * height * width),
        nn.Unflatten(1, (widths[-1], height, width)),
        *up(shape[0], widths, blocks),
    )


def down(channels: int, widths: tuple[int, ...], blocks: int) -> list[nn.Module]:
    """Stages of a strided 3x3 convolution and residuals: (N, channels, H, W) -> (N, widths[-1], H/2^s, W/2^s)."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip((channels, *widths), widths, strict=False):
        if layers:
            layers.append(nn.ReLU())
        layers.append(nn.Conv2d(fan_in, fan_out, 3, stride=2, padding=1))
        layers += [Residual(fan_out) for _ in range(blocks)]
    return layers


def up(channels: int, widths: tuple[int, ...], blocks: int) -> list[nn.Module]:
    """The mirror of `down`: residuals, nearest-neighbour upsampling, convolution.

    Nearest neighbour and convolution instead of a transposed convolution: every output pixel is covered by
    the kernel equally often, hence no checkerboard (Odena et al. 2016, distill.pub/2016/deconv-checkerboard).
    """
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip(reversed(widths), (*reversed(widths[:-1]), None), strict=False):
        layers += [Residual(fan_in) for _ in range(blocks)]
        layers += [nn.ReLU(), nn.Upsample(scale_factor=2, mode="nearest")]
        if fan_out is not None:
            layers.append(nn.Conv2d(fan_in, fan_out, 3, padding=1))
        else:  # at full size a wide layer would cost more than all the others together
            layers.append(nn.Conv2d(fan_in, channels, 3, padding=1))
    return layers


def grid(shape: tuple[int, int, int], widths: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of the smallest stage.

    Raises: ValueError: no stage, or height or width cannot be halved once a stage.
    """
    step = 2 ** len(widths)
    if not widths or shape[1] % step or shape[2] % step:
        raise ValueError(f"{len(widths)} halvings do not fit a picture of {shape[1]} x {shape[2]}")
    return shape[1] // step, shape[2] // step


def one_hot_planes(y: Tensor, classes: int, like: Tensor) -> Tensor:
    """The label as constant planes, (N,) -> (N, classes, H, W), so that a convolution can see it."""
    hot = F.one_hot(y, classes).to(like.dtype)  # (N, classes)
    return hot[:, :, None, None].expand(-1, -1, *like.shape[2:])


def gaussian(shape: torch.Size | tuple[int, ...], rng: torch.Generator | None, like: Tensor) -> Tensor:
    """Standard normal noise drawn on rng's device, then moved: the same rng gives the same noise everywhere."""
    device = rng.device if rng is not None else like.device
    return torch.randn(shape, generator=rng, device=device).to(like.device, non_blocking=True)


ENCODERS = {"mlp": mlp_encoder, "conv": conv_encoder}
DECODERS = {"mlp": mlp_decoder, "conv": conv_decoder}
