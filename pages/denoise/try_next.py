"""The Denoise page's bets, and its sources."""

from functools import partial

from aecore.restore.compare import Comparison, on_tile
from pages.denoise.controls import FIRST_MODELS
from pages.denoise.state import state
from ui.output.try_next import set_controls
from ui.output.verdict import a_digit, called, upper
from ui.teach import bets
from ui.teach.bets import Answer, Bet

DENOISER, COPIER = FIRST_MODELS
FILTER = "median"

SOURCES = (
    "Sources: [Vincent et al. 2008](https://doi.org/10.1145/1390156.1390294) and "
    "[2010](https://jmlr.org/papers/v11/vincent10a.html) (denoising autoencoders); NYU Deep Learning, week 7 "
    "(dropout on MNIST; the grey patch, there on faces); slides “Autoencoders (AEs)” (salt and pepper 40%); "
    "[LeCun et al. 1998](https://doi.org/10.1109/5.726791) (MNIST); Telea 2004 and Bertalmio et al. 2001 (inpainting)."
)


def _set(corruption: str, strength: float, filters: tuple[str, ...] = (FILTER,)) -> None:
    settings = {"corruption": corruption, "strength": strength, "models": [*FIRST_MODELS], "paste": False}
    set_controls({f"denoise_{name}": value for name, value in settings.items()})
    set_controls({f"denoise_filters_{corruption}": [*filters]})


def specks(comparison: Comparison) -> Answer | None:
    """Who is nearest to the clean digit; None where one of the three is not at hand."""
    entries = [comparison.method(name) for name in (DENOISER, COPIER, FILTER)]
    if None in entries:
        return None
    psnr = [on_tile(entry.psnr) for entry in entries]
    rest = ", ".join(f"{called(entry)} {number:.1f} dB" for entry, number in zip(entries, psnr, strict=True))
    return Answer(psnr.index(max(psnr)), f"{upper(rest)}. More is better.")


def leave_it(comparison: Comparison) -> Answer | None:
    """Whether the denoiser gains anything on a digit that is hardly damaged."""
    entry = comparison.method(DENOISER)
    if entry is None:
        return None
    before, after = on_tile(comparison.corrupted.psnr), on_tile(entry.psnr)
    return Answer(int(after <= before), f"The digit stands at {before:.1f} dB before and {after:.1f} dB after.")


def legible(comparison: Comparison) -> Answer | None:
    """Whether the judge reads the digit again in what the denoiser makes of hardly more than noise."""
    entry = comparison.method(DENOISER)
    if entry is None:
        return None
    right = entry.reads is not None and not comparison.misread(entry)
    read = "no digit" if entry.reads is None else a_digit(entry.reads)
    return Answer(int(not right), f"The judge reads {read} in it, {100 * entry.sure:.0f}% sure.")


BETS = (
    Bet(
        "Specks, black and white, on 10% of the pixels. Who repairs best?",
        ("The denoiser", "The network trained to copy", "The median filter"),
        partial(_set, "salt_pepper", 0.1),
        lambda results: specks(results.comparison),
        "denoise_strip",
    ),
    Bet(
        "Hardly any noise. Does the denoiser still help?",
        ("Yes", "No, it hurts"),
        partial(_set, "gaussian", 0.05),
        lambda results: leave_it(results.comparison),
        "denoise_strip",
    ),
    Bet(
        "So much noise that you see nothing. Does the judge read the right digit in what the denoiser makes of it?",
        ("Yes", "No"),
        partial(_set, "gaussian", 0.9),
        lambda results: legible(results.comparison),
        "denoise_strip",
    ),
)


def show() -> None:
    """Three bets and one line of sources."""
    bets.show("denoise", BETS, state, SOURCES)
