"""Networks that are no checkpoints of the lab: one that a visitor trained or brings as a file, while they stay.

guest = read(data)                    # the bytes of a .safetensors file
get_engine().welcome(guest)           # from now on the engine runs it by its name, until nobody holds the guest
"""

from dataclasses import dataclass

import torch
from torch import nn

from aecore import checkpoints
from aecore.checkpoints import Card
from aecore.contract import trusted
from aecore.errors import CheckpointError
from aecore.models import FAMILIES

MOST_BYTES = 4 * 2**20  # of a file: the largest network of the lab that restores digits has 3.2 MB
MOST_NUMBERS = 1_000_000  # which a file may also hold in less than four bytes each: bounds what a digit costs
SHAPE = (1, 28, 28)
PREFIX = "yours-"  # of the names of guests
_PICKLES = (b"PK", b"\x80")  # how torch.save's files begin, the new ones and the old ones
_REMEDY = "Choose a .safetensors file that you downloaded on the Training page."


@dataclass(frozen=True, eq=False)
class Guest:
    """One network. name: by its content, so that equal networks have equal names; card: what the lab itself says of it,
    nothing that the file says in words; model: in eval mode; data: a checkpoint file, its layers listed."""

    name: str
    card: Card
    model: nn.Module
    data: bytes


def is_guest(name: str) -> bool:
    """Whether this is the name of one."""
    return name.startswith(PREFIX)


def read(data: bytes, title: str = "Yours") -> Guest:
    """A network out of the bytes of a checkpoint; never more is trusted than its numbers and its shape.

    Args:   title: what to call it.
    Raises: CheckpointError: too large, a pickle, damaged or altered, numbers that are not finite, or a network that
            takes no digit or gives none back.
    """
    if len(data) > MOST_BYTES:
        raise CheckpointError(f"This file is too large: {MOST_BYTES // 2**20} MB at most. {_REMEDY}")
    if data.startswith(_PICKLES) and data[8:9] != b"{":  # where the header of a .safetensors file begins
        raise CheckpointError(f"This is a pickle, which could run any program, so the lab opens none. {_REMEDY}")
    try:
        model = checkpoints.loads(data)
    except CheckpointError as error:
        raise CheckpointError(f"This file {error.what}. {_REMEDY}") from error
    _check(model)
    family = FAMILIES[model.card.family]
    numbers = sum(parameter.numel() for parameter in model.parameters())
    latent = getattr(model.config, "latent_dim", None)
    code = f", {latent:,} in its code" if latent else ""
    card = Card(
        name=PREFIX + checkpoints.digest(checkpoints.packed(model.state_dict()))[:16],
        title=title,
        summary=f"{family.badge_of(model.card.config)}, {numbers:,} numbers{code}.",
        family=model.card.family,
        config=model.card.config,
        recipe={},
        parameters=numbers,
    )
    file = checkpoints.dumps(model, card)
    model = checkpoints.loads(file)
    return Guest(model.card.name, model.card, model, file)


def _check(model: nn.Module) -> None:
    """Whether it makes a digit of a digit. Raises: CheckpointError."""
    family = FAMILIES[model.card.family]
    shape = tuple(getattr(model.config, "image_shape", SHAPE))
    if "denoise" not in family.restores or shape != SHAPE or model.takes_label:
        raise CheckpointError(
            f"This network ({model.card.family}) does not give a digit back: it is of another family. {_REMEDY}"
        )
    if sum(tensor.numel() for tensor in model.state_dict().values()) > MOST_NUMBERS:
        raise CheckpointError(f"This network is too large: {MOST_NUMBERS:,} numbers at most. {_REMEDY}")
    with torch.inference_mode(), trusted():
        recon = model(torch.rand(2, *SHAPE, generator=torch.Generator().manual_seed(0)))
    if recon.shape != (2, *SHAPE) or not bool(recon.isfinite().all()):
        raise CheckpointError(f"This network's numbers are so large that it computes nothing finite. {_REMEDY}")
