"""The Upsampling page's thread of prose."""

from aecore.upsampling.checkerboard import overlap, side_after
from pages.upsampling.decoders import CORNERS, OTHER, Enlarged
from pages.upsampling.grid import SIDE, Settings
from ui.output.verdict import a_digit


def sizes(settings: Settings) -> str:
    """What the grid computes, with its numbers."""
    kernel, stride, padding = settings.kernel, settings.stride, settings.padding
    if settings.way != "transposed":
        text = {
            "nearest": f"Nearest repeats each of the 16 numbers in a square of {stride} x {stride}",
            "bilinear": f"Bilinear mixes up to four of the 16 numbers, and gives {stride} times as many per side",
            "unpooling": "Unpooling needs the places of the four maxima, two bits each",
        }[settings.way]
        return f"{text}. It learns nothing itself: a [[convolution]] after it does."
    counts = overlap(SIDE, kernel, stride, padding)
    side = side_after(SIDE, kernel, stride, padding)
    divides = f"{stride} divides {kernel}" if kernel % stride == 0 else f"{stride} does not divide {kernel}"
    return (
        f"A [[transposed convolution]] with kernel {kernel} and stride {stride} turns 4 x 4 into {side} x {side}, and "
        f"covers each cell {_times(int(counts.min()), int(counts.max()))}. Since {divides}, the overlap inside is "
        f"{'even' if kernel % stride == 0 else 'uneven'}."
    )


def _times(fewest: int, most: int) -> str:
    """As "once", "1 to 4 times"."""
    if fewest < most:
        return f"{fewest} to {most} times"
    return "once" if most == 1 else f"{most} times"


def digit(now: Enlarged) -> str:
    """What four trained decoders made of the digit."""
    best = min(now.errors, key=now.errors.get)
    names = {"up-nearest": "Nearest", "up-unpooling": "Unpooling"}
    text = (
        f"Your digit has {now.own:.2%} of its energy at [[period 2]]; the trained decoders' pictures have "
        f"{min(now.shares.values()):.2%} to {max(now.shares.values()):.2%}. "
    )
    if now.places == OTHER and now.redrawn is not None:
        return text + (
            f"Unpooling got your digit's code but the places of {a_digit(now.other_reads)}, and the judge reads "
            f"{a_digit(now.redrawn)}: {_whose(now)}."
        )
    if now.places == CORNERS:
        return (
            text
            + "With all places in one corner, unpooling is a transposed convolution, but it was never trained as one."
        )
    return text + (
        f"{names.get(best, 'A transposed convolution')} has the smallest error, {now.errors[best]:.4f} a pixel. "
        "But unpooling is told more than the code: where each maximum was."
    )


def _whose(now: Enlarged) -> str:
    if now.redrawn == now.other_reads:
        return "here the places draw the digit, and the code hardly matters"
    if now.redrawn == now.reads:
        return "here the code still wins, but look at the picture"
    return "that is neither of them"
