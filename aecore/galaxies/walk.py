"""From one galaxy to another through fifty numbers, and what a classifier sees on the way."""

import torch
from torch import Tensor

from aecore.data.galaxies import CLASSES, load_galaxies
from aecore.engine import get_engine
from aecore.galaxies.own import open_framed
from aecore.galaxies.table import NETWORK, SORTER
from aecore.latent.paths import lerp


def galaxy_walk(a: int | bytes | Tensor, b: int | bytes | Tensor, steps: int = 8) -> Tensor:
    """Pictures on the straight line between two codes: the two galaxies as they are redrawn, and what lies between.

    Args:    a, b: each the number of a test galaxy, from 0 on; a picture file, which is centred and scaled as the data
             are; or a picture (3, 128, 128) in [0, 1]; steps: pictures, at least 2.
    Returns: (steps, 3, 128, 128) in [0, 1].
    Raises:  ValueError: no such galaxy, another shape, or fewer steps. ImageError: no picture. CheckpointError.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, not {steps}")
    engine = get_engine()
    z = engine.encode(NETWORK, torch.cat([picture_of(a), picture_of(b)]))  # (2, D)
    return engine.decode(NETWORK, lerp(z[0], z[1], torch.linspace(0, 1, steps)))


def galaxy_kinds(x: Tensor) -> list[str]:
    """What the classifier sees in pictures (N, 3, 128, 128): a name of aecore.data.galaxies.CLASSES each."""
    engine = get_engine()
    with torch.inference_mode():
        answers = engine.model(SORTER).classify(x.to(engine.device)).argmax(1).tolist()
    return [CLASSES[place] for place in answers]


def picture_of(what: int | bytes | Tensor) -> Tensor:
    """(1, 3, 128, 128) of what `galaxy_walk` takes. Raises: as there."""
    if isinstance(what, bytes):
        return open_framed(what).x
    if isinstance(what, Tensor):
        return what if what.ndim == 4 else what[None]
    x, _ = load_galaxies("test")
    if not 0 <= what < len(x):
        raise ValueError(f"test galaxies have the numbers 0 to {len(x) - 1}, not {what}")
    return x[what : what + 1].float() / 255
