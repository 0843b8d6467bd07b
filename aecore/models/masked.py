"""The masked autoencoder: most patches of a picture are hidden, and guessed from the few that are seen."""

import zlib
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aecore import contract
from aecore.models import tokens
from aecore.models.family import Family


@dataclass(frozen=True)
class MaskedConfig:
    """Shape of a `Masked`.

    patch: pixels a side; width, depth: of the encoder, numbers a token and blocks; decoder_width, decoder_depth: of the
    decoder; heads: of attention, in both; hide: smallest and largest share of patches that training hides;
    normalised: whether each patch's pixels are compared after taking off their mean and dividing by their spread.
    """

    image_shape: tuple[int, int, int] = (1, 28, 28)
    patch: int = 4
    width: int = 72
    depth: int = 4
    decoder_width: int = 56
    decoder_depth: int = 2
    heads: int = 4
    hide: tuple[float, float] = (0.1, 0.95)
    normalised: bool = False


class Masked(nn.Module):
    """Patches become tokens; the encoder sees the visible ones alone, a light decoder guesses the hidden ones.

    Source: He et al. 2021, arXiv:2111.06377.
    """

    takes_label = False
    takes_mask = True

    def __init__(self, config: MaskedConfig):
        super().__init__()
        self.config = config
        channels, height, width = config.image_shape
        if height % config.patch or width % config.patch:
            raise ValueError(f"patches of {config.patch} pixels do not fill a picture of {height} x {width}")
        if config.width % config.heads or config.decoder_width % config.heads:
            raise ValueError(f"{config.width} and {config.decoder_width} numbers a token are no multiples of the heads")
        self.grid = height // config.patch, width // config.patch
        self.embed = nn.Conv2d(channels, config.width, config.patch, stride=config.patch)
        self.encoder = nn.ModuleList(tokens.Block(config.width, config.heads) for _ in range(config.depth))
        self.norm = nn.LayerNorm(config.width)
        self.enter = nn.Linear(config.width, config.decoder_width)
        self.mask_token = nn.Parameter(torch.zeros(config.decoder_width))
        self.decoder = nn.ModuleList(
            tokens.Block(config.decoder_width, config.heads) for _ in range(config.decoder_depth)
        )
        self.decoder_norm = nn.LayerNorm(config.decoder_width)
        self.leave = nn.Linear(config.decoder_width, channels * config.patch**2)
        # they begin as waves and learn
        self.positions = nn.Parameter(tokens.sine_positions(*self.grid, config.width))  # (T, width)
        self.decoder_positions = nn.Parameter(tokens.sine_positions(*self.grid, config.decoder_width))
        if not self.mask_token.is_meta:
            nn.init.normal_(self.mask_token, std=0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Conv2d) and not module.weight.is_meta:
                nn.init.xavier_uniform_(module.weight.data.flatten(1))  # a view: the patches' matrix as one of a layer
                nn.init.zeros_(module.bias)

    def encode(self, x: Tensor, seen: Tensor | None = None) -> Tensor:
        """What the encoder makes of a picture: the mean of its tokens, (N, C, H, W) -> (N, width).

        Args: seen: places of the patches that enter, (N, S), row by row; None for all.
        """
        contract.check_input(self, x)
        h = self._tokens(x)
        return self._encode(h if seen is None else _pick(h, seen)).mean(1)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Guess the missing pixels: x (N, C, H, W) in [0, 1], mask like x, 1 where missing -> recon like x.

        A patch is hidden as soon as one of its pixels is missing, in all of its colours. No mask, no change.
        """
        contract.check_input(self, x)
        if mask is None:
            return x
        mask = contract.as_mask(mask, x).expand_as(x)
        hidden = F.max_pool2d(mask[:, :1], self.config.patch).flatten(1)  # (N, T)
        h = self._encode(tokens.visible(self._tokens(x), hidden), hidden)
        guess = self._pixels(self._decode(self.enter(h), hidden))
        if self.config.normalised:  # as in the paper's pictures: mean and spread of each patch are the true ones
            mean, spread = _statistics(self.patches(x))
            guess = self._pixels(self.patches(guess) * spread + mean)
        return torch.where(mask > 0, guess.clamp(0, 1), x)

    def loss(self, x: Tensor, rng: torch.Generator | None = None) -> dict[str, Tensor]:
        """Hide patches at random, as many of every picture, and compare the guess there: squared error a pixel."""
        contract.check_input(self, x)
        seen, hidden = self.draw(len(x), rng, x.device)
        h = self._tokens(x)  # (N, T, D)
        h = self._encode(_pick(h, seen))  # the visible ones alone: (N, S, D)
        # back to their places, with empty ones between
        h = self.enter(h)
        every = torch.zeros(len(x), hidden.shape[1], h.shape[2], dtype=h.dtype, device=x.device)
        guess = self._decode(every.scatter(1, _wide(seen, h.shape[2]), h), hidden)  # (N, T, pixels)
        target = self.patches(x)
        if self.config.normalised:
            mean, spread = _statistics(target)
            target = (target - mean) / spread
        error = (guess.float() - target).square().mean(2)  # (N, T)
        error = (error * hidden).sum() / hidden.sum()
        return {"loss": error, "squared error": error}

    def draw(self, n: int, rng: torch.Generator | None, device: torch.device) -> tuple[Tensor, Tensor]:
        """Patches to hide in n pictures: places of the visible ones (N, S), and (N, T), 1 where hidden."""
        source, count = device if rng is None else rng.device, self.grid[0] * self.grid[1]
        low, high = (round(share * count) for share in self.config.hide)
        hide = max(low, 1) + _lot(rng) % (min(high, count - 1) + 1 - max(low, 1))
        order = torch.rand(n, count, generator=rng, device=source).argsort(1).to(device)
        seen = order[:, hide:]
        return seen, torch.ones(n, count, device=device).scatter(1, seen, 0)

    def patches(self, x: Tensor) -> Tensor:
        """Pixels patch by patch, (N, C, H, W) -> (N, T, C * patch^2)."""
        return F.pixel_unshuffle(x, self.config.patch).flatten(2).transpose(1, 2)

    def _tokens(self, x: Tensor) -> Tensor:
        return self.embed(x - 0.5).flatten(2).transpose(1, 2) + self.positions  # (N, T, width)

    def _encode(self, h: Tensor, hidden: Tensor | None = None) -> Tensor:
        for block in self.encoder:
            h = block(h, hidden)
        return self.norm(h)

    def _decode(self, h: Tensor, hidden: Tensor) -> Tensor:
        h = tokens.masked(h, hidden, self.mask_token) + self.decoder_positions
        for block in self.decoder:
            h = block(h)
        return self.leave(self.decoder_norm(h))  # (N, T, C * patch^2)

    def _pixels(self, patches: Tensor) -> Tensor:
        return F.pixel_shuffle(patches.transpose(1, 2).unflatten(2, self.grid), self.config.patch).float()


def _lot(rng: torch.Generator | None) -> int:
    """A number at random that the processor knows at once: for one from an accelerator all work would have to wait."""
    return int(torch.randint(2**31, ())) if rng is None else zlib.crc32(rng.get_state().numpy().tobytes())


def _wide(places: Tensor, width: int) -> Tensor:
    return places[:, :, None].expand(-1, -1, width)


def _pick(h: Tensor, places: Tensor) -> Tensor:
    """(N, T, D) and places (N, S) -> (N, S, D)."""
    return h.gather(1, _wide(places, h.shape[2]))


def _statistics(patches: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and spread of each patch's pixels; a patch of one grey has a spread of a thousandth."""
    return patches.mean(2, keepdim=True), (patches.var(2, keepdim=True) + 1e-6).sqrt()


FAMILY = Family(
    Masked, MaskedConfig, kind="dae", badge="MAE", headline=("psnr_hidden_75", "psnr_hidden_photos"), live=True
)
