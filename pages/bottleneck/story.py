"""The Bottleneck page's thread of prose, with the numbers of the pictures on its stage."""

from collections.abc import Sequence

from aecore.latent.capacity import NETWORK, PCA
from pages.bottleneck.measured import FLAT, decibel
from pages.bottleneck.stage import Column

SAME = 0.5  # dB; a smaller difference is none
COPY = 30.0  # dB; from here on static comes back as static


def through(columns: Sequence[Column], size: int) -> str:
    """What became of the digit and of the static at this size; "" where the network is not at hand."""
    psnr = {column.id: column.psnr(NETWORK, size) for column in columns}
    digit, static = psnr.get("digit"), psnr.get("static")
    if digit is None or static is None:
        return ""
    text = (
        f"A [[code]] of {size:,} number{'s' * (size > 1)} stands in for 784 pixels and brings this digit back at "
        f"{decibel(digit)} dB ([[PSNR]]). Static comes back at {decibel(static)} dB"
    )
    if static > COPY:
        text += ": a code this wide can copy what it has never seen. "
    elif static > FLAT:
        text += f", above the {FLAT} of a plain grey square: it shines through. "
    else:
        text += f", below the {FLAT} of a plain grey square: strokes of digits are all that this network can draw. "
    return text + _beside_pca(digit, columns[0].psnr(PCA, size))


def _beside_pca(digit: float, pca: float | None) -> str:
    if pca is None:
        return ""
    scores = f"[[PCA]], limited to straight lines, brings the digit back at {decibel(pca)} dB"
    if decibel(pca) == decibel(digit) or abs(digit - pca) < SAME:
        return f"{scores}: here curves gain nothing."
    return f"{scores}: here curves {'help' if digit > pca else 'hurt'}."
