"""The Compress page's thread of prose, with the numbers of the picture on its stage."""

from aecore.compression.codes import STEPS
from pages.compress.rate import RAW, Result


def coded(result: Result, usual: float | None) -> str:
    """What was rounded, what it costs, and what is left."""
    numbers, size = len(result.symbols), len(result.data)
    silent = sum(symbol == 0 for symbol in result.symbols)
    text = (
        f"{RAW} pixels became {numbers} numbers, each rounded to a multiple of its step"
        + (f"; {silent} of them are 0. " if silent else ". ")
        + f"By how often each multiple occurs in training digits, [[entropy coding]] needs {result.ideal:.1f} bits; "
        f"the {size} bytes are {8 * size}. "
    )
    if usual is not None:
        gap = result.psnr - usual
        word = "about as well as" if abs(gap) < 1.5 else "better than" if gap > 0 else "worse than"
        text += (
            f"At step {STEPS[result.settings.level]:.2f} your picture comes back {word} a usual digit ({usual:.1f} dB)."
        )
    return text
