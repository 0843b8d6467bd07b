"""An autoencoder whose code is meant to be rounded and stored: noise stands for the rounding, and bits have a price."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract, losses
from aecore.models.family import Family

LIKELY = 1e-9  # the least probability of a symbol: its logarithm stays finite


@dataclass(frozen=True)
class CompressorConfig:
    """Shape of a `Compressor`.

    latent_dim: numbers of the code; channels: of the convolutions; finest, coarsest: the steps between which it is
    trained to be rounded; price: of a squared error of one step's square, in nats.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 128
    channels: int = 32
    finest: float = 0.25
    coarsest: float = 3.0
    price: float = 16.0


class Touch(nn.Module):
    """x + c(x), c a few convolutions at half the size: what a matrix cannot do, done to its input or its output."""

    def __init__(self, colours: int, channels: int):
        super().__init__()
        self.down = nn.Conv2d(colours, channels, 3, stride=2, padding=1)
        self.middle = nn.Conv2d(channels, channels, 3, padding=1)
        self.up = nn.Conv2d(channels, colours, 3, padding=1)
        nn.init.zeros_(self.up.weight)  # training begins with the matrices alone

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, C, H, W), H and W even."""
        t = F.relu(self.middle(F.relu(self.down(x))))  # (N, channels, H / 2, W / 2)
        return x + self.up(F.interpolate(t, scale_factor=2.0, mode="nearest"))


class Compressor(nn.Module):
    """One matrix there and one back, as PCA has, and convolutions before the one and behind the other.

    z = f(x); stored is k = round(z / s) for a step s; recon = g(s k).

    Rounding has no slope to learn by. In training z + s u, u uniform in [-1/2, 1/2], stands for s k: it is as far off,
    and its density, a logistic one a number, blurred by s, is the share of the symbol that it stands for. So the bits
    that a range coder will need are known to the loss,

        price ||x - recon||^2 / s^2 - sum_j ln p_j(z_j + s u_j; s),

    and numbers that do not pay for themselves fall silent. Each training digit has an s of its own, drawn at random:
    one network for all rates. That the error counts by 1 / s^2 is what equal slopes ask for: at a fine step the error
    falls by s^2 / 12 a number.

    Source: Balle, Laparra & Simoncelli 2017, arXiv:1611.01704, eq. 9-14 (uniform noise, rate); Choi, El-Khamy & Lee
            2019, arXiv:1909.04802 (one network for several steps).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: CompressorConfig):
        super().__init__()
        if not 0 < config.finest <= config.coarsest:
            raise ValueError(f"steps must be positive, the finest first, not {config.finest}, {config.coarsest}")
        self.config = config
        shape, size = config.image_shape, config.latent_dim
        if shape[1] % 2 or shape[2] % 2:
            raise ValueError(f"height and width must be even, not {shape[1]} x {shape[2]}")
        pixels = math.prod(shape)
        self.encoder = nn.Sequential(Touch(shape[0], config.channels), nn.Flatten(), nn.Linear(pixels, size))
        self.decoder = nn.Sequential(nn.Linear(size, pixels), nn.Unflatten(1, shape), Touch(shape[0], config.channels))
        self.centre = nn.Parameter(torch.zeros(size))  # of each number's logistic density
        self.log_width = nn.Parameter(torch.zeros(size))

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> z (N, latent_dim), not rounded."""
        contract.check_input(self, x)
        return self.encoder(x)

    def decode(self, z: Tensor) -> Tensor:
        """z (N, latent_dim), rounded or not -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return self.decoder(z).clamp(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct without rounding: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Means over the batch: what is minimised, the bits of a digit, and the squared error summed over pixels."""
        z = self.encode(x).float()
        device = rng.device if rng is not None else x.device
        low, high = math.log(self.config.finest), math.log(self.config.coarsest)
        share = torch.rand(len(x), 1, generator=rng, device=device).to(x.device)
        step = (low + (high - low) * share).exp()  # (N, 1)
        u = torch.rand(z.shape, generator=rng, device=device).to(x.device) - 0.5
        z = z + step * u
        nats = self._nats(z, step)  # (N,)
        error = losses.squared_error(self.decoder(z), x)  # (N,)
        total = (self.config.price * error / step[:, 0].square() + nats).mean()
        return {"loss": total, "bits": nats.mean() / math.log(2), "squared error": error.mean()}

    def _nats(self, z: Tensor, step: Tensor) -> Tensor:
        """What a symbol at each z costs, -ln of its share of the logistic density, summed over the code; (N,)."""
        width = self.log_width.exp()
        upper, lower = ((z - self.centre + half * step) / width for half in (0.5, -0.5))
        sign = -torch.sign(upper + lower)  # the difference of two numbers near 1 is taken on the other side
        share = (torch.sigmoid(sign * upper) - torch.sigmoid(sign * lower)).abs()
        return -share.clamp(min=LIKELY).log().sum(1)


FAMILY = Family(Compressor, CompressorConfig, kind="ae", headline=("psnr_400_bits", "mse"), live=True)
