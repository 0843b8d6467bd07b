"""What became of a walk from one code to another."""

from collections.abc import Sequence

from aecore.restore.compare import on_tile
from ui.output.verdict.words import a_digit, listed


def followed(label: str, closest: str, psnr: float, still: float, margin: float, legible: tuple[int, int]) -> str:
    """Whether a code follows what was done to the pixels.

    Args: closest: the model that comes closest; psnr, still: dB of its pictures, and of leaving the digit as it is;
          margin: dB that it has to be ahead; legible: in how many of its pictures the judge still reads the digit, and
          of how many where it can be read in the pixels' own.
    """
    psnr, still, (read, total) = on_tile(psnr), on_tile(still), legible
    numbers = f"The {closest} comes closest to the true pictures, {psnr:.1f} dB on average, against {still:.1f} dB for"
    numbers += " leaving A as it is"
    if psnr <= still:
        return f"**The code does not follow: {label}.** {numbers}."
    if psnr <= still + margin:
        return f"**The code hardly follows: {label}.** {numbers}."
    if read < total:
        lost = f"but the judge still reads A's digit in {read} of {total}"
        return f"**The code follows only part of the way: {label}.** {numbers}; {lost}."
    return f"**The code follows: {label}.** {numbers}."


def strayed(fade: tuple[str, float, int] | None, models: Sequence[tuple[str, float]]) -> str:
    """How far the worst picture of each walk lies from real digits.

    Args: fade: label, distance in usual distances, and the digit that the judge reads halfway; models: label, distance.
    """
    rows = [(label, round(far, 1)) for label, far in [*([fade[:2]] if fade else []), *models]]
    told = ", ".join(f"{label} {far:.1f}" for label, far in rows)
    text = f"Farthest from real digits on the way (usual distance: 1): {told}."
    if fade is None or not models:
        return text
    (_, worst), *rest = rows
    nearest = min(far for _, far in rest)
    if nearest >= worst:
        return f"{text} For this pair the fade keeps as close as any: its two digits overlap."
    best = listed([label for label, far in rest if far == nearest])
    keeps = "keeps" if sum(far == nearest for _, far in rest) == 1 else "keep"
    text += f" {best} {keeps} closest; halfway through the fade the judge reads {a_digit(fade[2])}."
    astray = [label for label, far in rest if far >= worst]
    return f"{text} {listed(astray)} stray{'s' * (len(astray) == 1)} as far as the fade or farther." if astray else text


def halfway(ends: Sequence[int], rows: Sequence[tuple[str, int, float]], limit: float) -> str:
    """What became of a walk's middle; "" where every way shows one of its ends there.

    Args: ends: the digits that the judge reads at both ends; rows: label, digit that it reads halfway, distance from
          real digits; limit: beyond which a picture is no digit.
    """
    outside = [label for label, _, far in rows if far > limit]
    became = [f"{label} became {a_digit(read)}" for label, read, far in rows if far <= limit and read not in ends]
    are = "are" if len(outside) > 1 else "is"
    lost = f"{listed(outside)} {are} outside all that the judge has seen" if outside else ""
    return f"Halfway, {listed([*became, *([lost] if lost else [])])}." if became or lost else ""
