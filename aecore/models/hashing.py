"""Semantic hashing: an autoencoder whose code is bits, so that digits can be looked up by them."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aecore import contract, losses
from aecore.jitter import jitter
from aecore.models import blocks
from aecore.models.family import Family

QUIET, LOUD = 0.2, 0.8  # shares of the training between which the noise grows from none to all


@dataclass(frozen=True)
class HashingConfig:
    """Shape of a `Hashing`.

    latent_dim: bits; lengths: shorter codes that it can be cut to, each its first so many bits; widths, blocks: of the
    convolutions (aecore.models.blocks); steepness: of the tanh that saturates, 0 for none: then the code is numbers in
    training, too, the control; noise: its standard deviation on the code before the tanh, in units of the code's own;
    moved: whether training shows the encoder each digit a little turned, scaled and shifted, and asks for it unmoved.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    latent_dim: int = 64
    lengths: tuple[int, ...] = (16, 32)
    widths: tuple[int, ...] = (16, 32)
    blocks: int = 0
    steepness: float = 2.0
    noise: float = 0.5
    moved: bool = True


class Hashing(nn.Module):
    """a = normalised f(x), bits = a > 0, recon = g(2 bits - 1); in training h = tanh(k (a + noise)) stands for them.

    The noise drives h to the flat ends of the tanh, where it does no harm, until cutting at 0 loses little. It has to
    come late and slowly: at the start, with nothing yet to lose, the network escapes it by switching units off for all
    digits. For the same reason each unit is normalised over the batch: it is on for about half of the digits.

    Each training digit is decoded from its first 16, 32 or all bits, drawn at random, so that the beginning of a code
    is a code.

    progress: share of the training that is done, which `aecore.training.fit` sets; 1 is all noise.

    Source: Salakhutdinov & Hinton 2009, doi:10.1016/j.ijar.2008.11.006, section 3 (noise before the logistic code
            units); Rippel et al. 2014, arXiv:1402.0915 (codes cut at random lengths); Vincent et al. 2008 (a damaged
            input, an undamaged target).
    """

    takes_mask = False
    takes_label = False

    def __init__(self, config: HashingConfig):
        super().__init__()
        if not all(0 < length < config.latent_dim for length in config.lengths):
            raise ValueError(f"lengths must be less than the {config.latent_dim} bits, not {config.lengths}")
        self.config = config
        self.progress = 1.0
        shape, bits = config.image_shape, config.latent_dim
        self.encoder = blocks.conv_encoder(shape, config.widths, config.blocks, bits)
        self.normalise = nn.BatchNorm1d(bits, momentum=0.02, affine=False)
        self.decoder = blocks.conv_decoder(shape, config.widths, config.blocks, bits)

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> a (N, latent_dim): bit j is on where a_j > 0, the surer the farther from 0."""
        contract.check_input(self, x)
        return self.normalise(self.encoder(x))

    def encode(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [0, 1] -> the bits, as -1 and 1, (N, latent_dim)."""
        return 2 * (self.features(x) > 0).to(x.dtype) - 1

    def decode(self, z: Tensor) -> Tensor:
        """Bits as -1 and 1, (N, latent_dim), 0 for those that are not known -> recon (N, C, H, W) in [0, 1]."""
        contract.check_codes(self, z)
        return torch.sigmoid(self.decoder(z))

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruct from the bits: (N, C, H, W) in [0, 1] -> (N, C, H, W) in [0, 1]."""
        return self.decode(self.encode(x))

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Mean over the batch of the cross-entropy summed over pixels; in eval mode from the bits that are searched."""
        contract.check_input(self, x)
        a = self.features(jitter(x, rng) if self.config.moved else x).float()
        h = self._noisy(a, rng)
        lengths = torch.tensor([*self.config.lengths, self.config.latent_dim])
        drawn = torch.randint(len(lengths), (len(x), 1), generator=rng, device=rng.device if rng else None)
        shown = torch.arange(self.config.latent_dim) < lengths[drawn.cpu()]  # (N, latent_dim)
        error = losses.bernoulli_nll(self.decoder(h * shown.to(h)), x).mean()
        return {"loss": error, "cross-entropy": error}

    def _noisy(self, a: Tensor, rng: torch.Generator | None) -> Tensor:
        """What is decoded in training."""
        config = self.config
        if not config.steepness:
            return a
        if not self.training:
            return 2 * (a > 0).to(a.dtype) - 1
        noise = config.noise * min(1.0, max(0.0, (self.progress - QUIET) / (LOUD - QUIET)))
        return torch.tanh(config.steepness * (a + noise * blocks.gaussian(a.shape, rng, a)))


FAMILY = Family(Hashing, HashingConfig, kind="ae", headline=("precision_64", "mse"), live=True)
