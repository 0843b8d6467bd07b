"""The Masked page's thread of prose, with the numbers of the picture on its board."""

from statistics import fmean

from aecore.masking import patches
from aecore.masking.crops import Crop
from aecore.masking.table import BIHARMONIC, MASKED, Measured, percent
from pages.masked.board import Shown


def told(shown: Shown, measured: Measured | None) -> str:
    """How good the guess is, beside what was measured, and what the encoder is spared."""
    count = len(shown.settings.hidden)
    if not count:
        return "Nothing is hidden, so there is nothing to guess. Click some patches away."
    total = shown.guess.mask[0, 0].numel() // 16
    text = (
        f"{total - count} of {total} patches enter the encoder as [[token|tokens]]; the other {count} are left out, "
        f"not blackened. A decoder puts the same [[mask token]] in each of their places and guesses the pixels. "
        f"Here it reaches {psnr(shown):.1f} dB [[PSNR]] on the hidden pixels."
    )
    if measured is None:
        return text
    share = percent(min(patches.SHARES, key=lambda share: abs(share - count / total)))
    own, smooth = (fmean(measured.fill[name][shown.settings.way][share].psnr) for name in (MASKED, BIHARMONIC))
    way = "in one block" if shown.settings.way == "block" else "at random"
    return text + (
        f" Over {measured.digits:,} digits with {share}% hidden {way} it reaches {own:.1f}; [[biharmonic]] filling, "
        f"which has never seen a digit, {smooth:.1f}."
    )


def psnr(shown: Shown) -> float:
    """PSNR of the hidden pixels, in dB."""
    mask = shown.guess.mask
    return min(patches.pooled_psnr(patches.errors(shown.guess.recon, shown.x, mask), mask, shown.x.shape[1]), 60.0)


def photographed(shown: Shown, crop: Crop, measured: Measured) -> str:
    """The same for a crop, and whether the network knows the photograph."""
    text = "It never saw this photograph. " if crop.new else "It learned from this photograph, so it has an advantage. "
    if not shown.settings.hidden:
        return text + "Nothing is hidden."
    new, smooth = (measured.photos[name]["75"] for name in (MASKED, BIHARMONIC))
    behind = [f"{share}%" for share, own in measured.photos[MASKED].items() if own < measured.photos[BIHARMONIC][share]]
    less = f" It is behind with {' and '.join(behind)} hidden." if behind else ""
    return text + (
        f"Here it reaches {psnr(shown):.1f} dB [[PSNR]] on the hidden pixels. With 75% hidden, over {measured.crops} "
        f"crops of photographs it never saw: {new:.1f} dB, {smooth:.1f} by [[biharmonic]] filling.{less} It learned "
        "from only twenty photographs."
    )
