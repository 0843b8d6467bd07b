"""Hide patches of pictures, and let a masked autoencoder guess them: from a notebook, a shell or a page."""

from dataclasses import dataclass

import torch
from torch import Tensor

from aecore import contract
from aecore.engine import Engine, get_engine
from aecore.masking import patches

DIGITS, PHOTOS = "masked", "masked-photos"  # checkpoints


@dataclass(frozen=True)
class Guess:
    """Pictures with hidden patches. mask: (N, 1, H, W), 1 where hidden; recon: like x, the hidden pixels guessed."""

    mask: Tensor
    recon: Tensor


def guess(
    x: Tensor,
    share: float = 0.75,
    way: str = "random",
    rng: torch.Generator | None = None,
    engine: Engine | None = None,
) -> Guess:
    """Hide a share of the patches of each picture and guess them from the others.

    Args:    x: digits (N, 1, 28, 28) or crops of photographs (N, 3, 64, 64), in [0, 1]; share: from 0 to 1;
             way: "random" or "block"; rng: what is hidden, None for a fresh generator with seed 0.
    Raises:  ValueError: another shape, share or way. CheckpointError: the network is missing.
    """
    if way not in patches.WAYS or not 0 <= share <= 1:
        raise ValueError(f"patches are hidden by {' or '.join(patches.WAYS)}, a share from 0 to 1, not {way}, {share}")
    engine, name = engine or get_engine(), name_for(x)
    model = engine.model(name)
    contract.check_pictures(x, model.config.image_shape)
    hidden = patches.WAYS[way](len(x), model.grid, share, rng or torch.Generator().manual_seed(0))
    return fill(x, hidden, engine)


@torch.inference_mode()
def fill(x: Tensor, hidden: Tensor, engine: Engine) -> Guess:
    """The same where it is known which patches are hidden: (N, patches), 1 where hidden, row by row."""
    model = engine.model(name_for(x))
    mask = patches.as_mask(hidden.to(x.dtype), model.grid, model.config.patch)
    recon = model((x * (1 - mask)).to(engine.device), mask.expand_as(x).to(engine.device)).cpu()
    return Guess(mask, recon)


def name_for(x: Tensor) -> str:
    """The checkpoint for digits, or the one for crops of photographs."""
    return PHOTOS if isinstance(x, Tensor) and x.ndim == 4 and x.shape[1] == 3 else DIGITS
