"""Home's thread of prose, with the numbers of the visitor's drawing."""

from aecore import metrics
from aecore.engine import Engine
from pages.home.codes import SIZES
from ui.input.digit import Chosen
from ui.serving import available


def squeezed(engine: Engine, digit: Chosen) -> str:
    """How well the drawing comes back from each code; "" where one of the networks is missing."""
    names = available(engine, *SIZES)
    if len(names) < len(SIZES):
        return ""
    psnr = [float(metrics.psnr(digit.x, engine.reconstruct(name, digit.x))) for name in SIZES]
    (most, *_, least), (best, *_, worst) = list(SIZES.values()), psnr
    whose = "Your digit" if digit.own else "This digit"
    return (
        f"{whose} has 784 pixels. Its [[code]] of {most} numbers brings it back at {best:.1f} dB ([[PSNR]]), that "
        f"of {least} at {worst:.1f} dB. What is lost on the way is what the network could not put into so few numbers; "
        "what stays is what it has learned about digits."
    )
