"""The Masked page's thread of prose, with the numbers of the picture on its board."""

from aecore.masking import patches
from aecore.masking.crops import Crop
from aecore.masking.table import BIHARMONIC, MASKED, Measured
from aecore.restore import baselines
from pages.masked.board import Shown

LEVEL = 0.3  # dB; a smaller difference is none


def told(shown: Shown) -> str:
    """How good the guess is, beside the smoothest one, and what the encoder is spared."""
    count = len(shown.settings.hidden)
    if not count:
        return "Nothing is hidden, so there is nothing to guess. Click some patches away."
    total = shown.guess.mask[0, 0].numel() // 16
    text = (
        f"{total - count} of {total} patches enter the encoder as [[token|tokens]]; the other {count} are left out, "
        f"not blackened. A decoder puts the same [[mask token]] in each of their places and guesses the pixels. "
    )
    return text + beside_smooth(shown, "digit")


def beside_smooth(shown: Shown, what: str) -> str:
    """The guess beside the smoothest surface through the visible pixels."""
    own, smooth = psnrs(shown)
    text = (
        f"Here it reaches {own:.1f} dB [[PSNR]] on the hidden pixels; [[biharmonic]] filling, which has never seen a "
        f"{what}, reaches "
    )
    if own - smooth > LEVEL:
        return text + f"{smooth:.1f}."
    if smooth - own > LEVEL:
        return text + f"{smooth:.1f}: **more**."
    return text + f"{smooth:.1f}, about the same."


def psnrs(shown: Shown) -> tuple[float, float]:
    """PSNR of the hidden pixels in dB: the network's, and biharmonic filling's."""
    mask, channels = shown.guess.mask, shown.x.shape[1]
    smooth = baselines.restore_with(BIHARMONIC, shown.x * (1 - mask), mask, 0.5, 0)
    errors = (patches.errors(recon, shown.x, mask) for recon in (shown.guess.recon, smooth))
    return tuple(min(patches.pooled_psnr(error, mask, channels), 60.0) for error in errors)


def photographed(shown: Shown, crop: Crop, measured: Measured) -> str:
    """The same for a crop, and whether the network knows the photograph."""
    known = (
        "It never saw this photograph. " if crop.new else "It learned from this photograph, so it has an advantage. "
    )
    if not shown.settings.hidden:
        return known + "Nothing is hidden."
    text = known + beside_smooth(shown, "photograph")
    new, smooth = (measured.photos[name]["75"] for name in (MASKED, BIHARMONIC))
    behind = [f"{share}%" for share, own in measured.photos[MASKED].items() if own < measured.photos[BIHARMONIC][share]]
    less = f" It is behind with {' and '.join(behind)} hidden." if behind else ""
    return text + (
        f" With 75% hidden, over {measured.crops} crops of photographs it never saw: {new:.1f} dB, {smooth:.1f} by "
        f"biharmonic filling.{less} It learned from only twenty photographs."
    )
