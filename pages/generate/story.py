"""The Generate page's thread of prose, with the numbers of what is written."""

import math

import torch

from aecore.engine import Engine
from aecore.errors import AecoreError
from aecore.latent.styles import STYLES, measure
from pages.generate import writer
from pages.generate.writer import Writing


def written(engine: Engine, now: Writing) -> str:
    """Which code writes the number, and what that measures; "" where nothing is written."""
    digits = sorted({int(digit) for digit in now.number})
    if not digits:
        return ""
    try:
        z = now.z(engine)
        x = engine.decode(now.model, z.repeat(len(digits), 1), torch.tensor(digits))
    except AecoreError:
        return ""
    slant, _, thickness = measure(x).mean(0).tolist()
    far, usual = float(z.norm()), math.sqrt(len(z))
    order = list(STYLES)
    return (
        f"One [[code]] of {len(z)} numbers writes every digit of {now.number}: it stores the hand only, since the "
        f"network is told the digit. This code lies {far:.1f} from the middle of the [[prior]]; draws lie at about "
        f"{usual:.1f}. "
        f"Measured on these digits, it leans by {writer.number(order[0], slant)}° with strokes "
        f"{writer.number(order[2], thickness)} px thick."
    )
