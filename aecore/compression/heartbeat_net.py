"""A small convolutional code for heartbeats: sixteen numbers for every sixteen samples, most of which round to 0.

It is trained for every step of rounding at once. Rounding is replaced by uniform noise of the step's width, the bits by
those of a logistic density, and what is minimised is

    squared error + (2 ln 2 / 12) step^2 * bits,

the slope at which a rounded coefficient of a transform that keeps lengths trades error (step^2 / 12) for bits.

Source: Balle, Laparra & Simoncelli 2017, "End-to-end optimized image compression", arXiv:1611.01704 (noise for
rounding, bits in the loss); Yildirim, San Tan & Acharya 2018, "An efficient compression of ECG signals using deep
convolutional autoencoders" (the idea for heartbeats; they count the code's floats, not bits).
"""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from aecore import checkpoints, storage
from aecore.errors import CheckpointError

STEPS = (0.25, 6.0)  # of rounding, from the finest to the coarsest, in units of UNIT
UNIT = 20.0  # steps of the recorder: a tenth of a millivolt
STRIDE = 16  # samples that share one column of the code
WIDTHS, CODE = (32, 48, 64), 16
AGAIN = "python -m benchmarks.heartbeat --train --data FOLDER"


class HeartbeatNet(nn.Module):
    """x (N, 1, L) in UNITs -> z (N, CODE, L / STRIDE) -> recon (N, 1, L); L a multiple of STRIDE."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = WIDTHS
        self.encoder = nn.Sequential(
            nn.Conv1d(1, a, 9, 2, 4), nn.ReLU(), nn.Conv1d(a, b, 7, 2, 3), nn.ReLU(),
            nn.Conv1d(b, c, 5, 2, 2), nn.ReLU(), nn.Conv1d(c, CODE, 5, 2, 2),
        )  # fmt: skip
        self.decoder = nn.Sequential(  # one channel more: how coarse the step is
            nn.ConvTranspose1d(CODE + 1, c, 6, 2, 2), nn.ReLU(), nn.ConvTranspose1d(c, b, 6, 2, 2), nn.ReLU(),
            nn.ConvTranspose1d(b, a, 8, 2, 3), nn.ReLU(), nn.ConvTranspose1d(a, 1, 10, 2, 4),
        )  # fmt: skip
        self.spread = nn.Parameter(torch.zeros(CODE))  # log scale of each channel's logistic density

    def encode(self, x: Tensor) -> Tensor:
        """x (N, 1, L) -> z (N, CODE, L / STRIDE)."""
        return self.encoder(x)

    def decode(self, z: Tensor, step: Tensor) -> Tensor:
        """z (N, CODE, T), rounded to multiples of step (N,) -> recon (N, 1, STRIDE * T)."""
        coarse = step.log()[:, None, None].expand(-1, 1, z.shape[2])
        return self.decoder(torch.cat([z, coarse], 1))

    def bits(self, z: Tensor, step: Tensor) -> Tensor:
        """What each number of z costs with this step, by the logistic density: as z."""
        half, scale = step[:, None, None] / 2, self.spread.exp()[:, None]
        size = z.abs()  # the density is even: on this side nothing cancels
        share = torch.sigmoid((half - size) / scale) - torch.sigmoid((-half - size) / scale)
        return -share.clamp(min=1e-9).log2()

    def loss(self, x: Tensor, rng: torch.Generator) -> dict[str, Tensor]:
        """Squared error and bits a sample, at a random step for each: see above. x: (N, 1, L) in UNITs."""
        low, high = map(math.log, STEPS)
        step = (low + (high - low) * torch.rand(len(x), generator=rng)).exp()  # (N,)
        z = self.encode(x)
        noisy = z + step[:, None, None] * (torch.rand(z.shape, generator=rng) - 0.5)
        error = (self.decode(noisy, step) - x).square().mean((1, 2))
        bits = self.bits(noisy, step).sum((1, 2)) / x.shape[2]
        # in units of the step's own error: otherwise the coarse ones were all that counts
        loss = ((error + math.log(4) / 12 * step.square() * bits) / (step.square() / 12 + 0.02)).mean()
        return {"loss": loss, "squared error": error.mean(), "bits": bits.mean()}


def path() -> Path:
    """Where the trained network lives."""
    return checkpoints.folder() / "small" / "heartbeat.safetensors"


def write(net: HeartbeatNet) -> Path:
    """Save the trained network, in half precision."""
    path().parent.mkdir(parents=True, exist_ok=True)
    halves = {name: value.half().contiguous() for name, value in net.state_dict().items()}
    storage.write_whole(path(), save(halves, {"format": "1"}))
    return path()


def read() -> HeartbeatNet:
    """The trained network, in eval mode. Raises: CheckpointError: it is missing or damaged."""
    net = HeartbeatNet()
    try:
        state = {name: value.float() for name, value in load_file(path()).items()}
        net.load_state_dict(state)
        if not all(bool(value.isfinite().all()) for value in state.values()):
            raise ValueError("not finite")
    except (OSError, SafetensorError, RuntimeError, ValueError) as error:
        raise CheckpointError(
            f"The network {path().name} is missing or damaged. Restore it from the repository, or train it: {AGAIN}"
        ) from error
    return net.requires_grad_(False).eval()


def crops(x: Tensor, count: int, length: int, rng: torch.Generator) -> Tensor:
    """Random pieces of rows: x (N, L) -> (count, 1, length)."""
    row = torch.randint(len(x), (count,), generator=rng)
    begin = torch.randint(x.shape[1] - length + 1, (count,), generator=rng)
    return x[row[:, None], begin[:, None] + torch.arange(length)][:, None]


def pad(x: Tensor) -> Tensor:
    """x (N, 1, L) with its last value repeated up to a multiple of STRIDE."""
    return F.pad(x, (0, -x.shape[2] % STRIDE), mode="replicate")
