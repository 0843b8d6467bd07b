"""The Inpaint page's thread of prose, with the numbers of the hole on its stage."""

from aecore.restore.compare import Comparison, on_tile
from ui.output import verdict


def filled(comparison: Comparison) -> str:
    """What is missing, and how near the best of each sort comes; "" where nothing is missing."""
    network, smooth = comparison.best_of(False), comparison.best_of(True)
    gone = int(comparison.mask.sum())
    if not gone or network is None or smooth is None:
        return ""
    ink = float((comparison.clean.x * comparison.mask).sum() / comparison.clean.x.sum().clamp(min=1e-6))
    ours, theirs = on_tile(network.missing), on_tile(smooth.missing)
    text = (
        f"{gone} of {comparison.mask.numel()} pixels are missing, and {100 * ink:.0f}% of the ink with them. On these "
        f"pixels alone ([[PSNR missing]]) {verdict.filler(network)} reaches {ours:.1f} dB, {verdict.filler(smooth)} "
        f"{theirs:.1f} dB. "
    )
    if ours > theirs:
        return (
            text + "What a network puts there is no memory of this digit: it is what digits usually do at that place."
        )
    return text + "Here what surrounds the hole says enough: knowing digits does not help."
