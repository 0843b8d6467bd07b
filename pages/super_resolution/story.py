"""The Super-resolution page's thread of prose, with the numbers of the digit on its stage."""

from aecore.restore.compare import Comparison, on_tile
from aecore.restore.upscaling import BIASED, FULL, LEFT_OUT, SIDE

AGREES = 30.0  # dB between the given pixels and an answer averaged to as few


def guessed(comparison: Comparison) -> str:
    """How far both networks are from the truth, and from what they were shown; "" where one is missing."""
    full, biased = comparison.method(FULL), comparison.method(BIASED)
    if full is None or biased is None:
        return ""
    left = comparison.given[0, 0].numel()
    text = (
        f"[[pixels left|{left} pixels]] are left of {SIDE**2}: countless pictures average to them. The network that "
        f"has seen every digit reaches {on_tile(full.psnr):.1f} dB ([[PSNR]]), the one that never saw a {LEFT_OUT} "
        f"reaches {on_tile(biased.psnr):.1f} dB. "
    )
    if min(full.fits, biased.fits) < AGREES:
        return text + "Not all of that fits the pixels that were given."
    return text + "Both fit the pixels that they were given; all the rest is what their training made likely."
