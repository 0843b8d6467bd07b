"""What became of a damaged digit: who restores it best, by how much, and why."""

import math

from aecore.guests import is_guest
from aecore.referee import Refusal
from aecore.restore.compare import Comparison, Entry, Facts
from aecore.restore.upscaling import LEFT_OUT
from ui.output.strip import decibel
from ui.output.verdict.words import a_digit, the, upper

_CLASSICAL = {  # what a method is called in a sentence, and what it does
    "median": ("the median filter", "takes the middle of each pixel and its neighbours"),
    "total_variation": ("total variation", "flattens"),
    "non_local_means": ("non-local means", "averages patches that look alike"),
    "telea": ("Telea", "carries the edge of the hole inwards"),
    "navier_stokes": ("Navier-Stokes", "continues the lines at the edge of the hole"),
    "gaussian_filter": ("the Gaussian filter", "averages neighbours"),
    "normalized_convolution": ("normalized convolution", "averages the known pixels nearby"),
    "unsharp": ("the unsharp mask", "exaggerates edges"),
    "richardson_lucy": ("Richardson-Lucy", "undoes the blur, digit or not"),
    "wiener": ("the Wiener filter", "undoes the blur, digit or not"),
    "bicubic": ("bicubic interpolation", "draws smooth curves between pixels"),
    "lanczos": ("Lanczos", "draws smooth curves between pixels"),
    "back_projection": ("back-projection", "agrees with the coarse pixels"),
    "biharmonic": ("the biharmonic fill", "bends a smooth sheet over the hole"),
}
_KINDS = {  # why a kind of model restores
    "dae": "it knows what digits look like",
    "ae": "its narrow code has no room for the damage",
    "vae": "it draws the likeliest digit that it can imagine",
}
_FILLS = _CLASSICAL | {  # the same of those that fill holes
    "dae": ("the blind denoiser", "was trained to undo damage"),
    "dae-pasted": ("the denoiser", "was trained to undo damage"),
    "vae-search": ("the latent search", "finds a digit that matches every known pixel"),
    "inpainter": ("the inpainter", "was trained on holes, and is told where they are"),
    "lecture": ("the lecture's denoiser", "was trained on dropped pixels"),
    "biharmonic": ("the biharmonic fill", "bends a smooth sheet through the known pixels"),
}


def refused(why: Refusal) -> tuple[str, str]:
    """What is said of a picture on which nobody is judged."""
    if why == "little ink":
        return "Not enough ink yet.", "Draw a whole digit."
    return "This does not look like a digit.", "So there is no verdict. See what becomes of it."


def noise(truth: int | None, after: int | None, own: bool) -> tuple[str, str] | None:
    """Whether a denoiser finds a digit again, as the judge reads it; None where nobody reads."""
    if truth is None or after is None:
        return None
    if after != truth:
        return f"Too much noise: the denoiser draws {a_digit(after)}, not {a_digit(truth)}.", ""
    return f"Trained to remove noise, a network finds {'your' if own else 'the'} {truth} again.", ""


def denoising(comparison: Comparison) -> tuple[str, str]:
    """Who restores a digit best, and why."""
    facts = comparison.facts
    if facts.outcome == "refused":
        return refused(comparison.refused)
    best, rival = facts.best, facts.rival
    if facts.outcome == "no method":
        return "Choose a method.", "Its answer appears beside the others."
    if facts.outcome == "undamaged":
        return "Nothing to restore yet.", "Raise the strength and watch what each method makes of it."
    if facts.outcome == "leave it":
        loss = f"every method loses, by {-facts.gain:.1f} dB or more" if facts.gain < 0 else "no method gains anything"
        return f"Leave it alone: {loss}.", "So little is damaged that redrawing the digit costs as much as it mends."
    fooled = f" Even so, it became {_read(best)}, says the judge: good numbers can hide an invention."
    more = (fooled if facts.misread else "") + _by_ssim(facts)
    if facts.outcome == "no rival":
        how = "restores it exactly" if math.isinf(facts.gain) else f"gains {facts.gain:.1f} dB over the damaged picture"
        return f"{upper(called(best))} {how}.", f"Add a method of the other kind to compare with.{more}"
    if facts.outcome == "tie":
        return (
            f"A tie at {decibel(best.psnr)} dB.",
            f"{upper(called(best))} and {called(rival)} are within half a decibel. Try another strength.{more}",
        )
    head = _beats(called(best), called(rival), facts.gain)
    if best.kind == "classical":
        _, does = _CLASSICAL.get(best.id, ("", "knows pixels"))
        return head, f"It {does}; {called(rival)} redraws the whole digit and loses detail.{more}"
    why = upper(_KINDS.get(best.kind, "it knows what digits look like"))
    return head, f"{why}.{_misread(comparison, called(rival))}{more}"


def inpainting(comparison: Comparison) -> tuple[str, str]:
    """Who fills a hole best, and why."""
    facts = comparison.facts
    if facts.outcome == "refused":
        return refused(comparison.refused)
    best, rival = facts.best, facts.rival
    if facts.outcome == "undamaged":
        return "Nothing is missing.", "Paint over a part of the digit, or choose a mask above."
    if facts.outcome == "no method":
        return "No method is at hand.", "What is missing stands below."
    if facts.outcome == "nothing left":
        return "Everything is missing.", "No pixel is left to go by: uncover some, and watch the answers follow."
    if facts.outcome == "background":
        return "Only background is missing.", "Every method can fill that: cover some ink."
    name, does = _FILLS.get(best.id, (the(best.label), "was trained to fill holes"))
    guess = f" But the judge reads {_read(best)} in it, not {_read(comparison.clean)}: to fill this hole is to guess."
    more = (guess if facts.misread else "") + _by_ssim(facts)
    if facts.outcome == "no rival":
        return f"{upper(name)} comes closest.", f"It {does}.{more}"
    other = filler(rival)
    if facts.outcome == "tie":
        text = f"{upper(name)} and {other} are within half a decibel on the missing pixels.{more}"
        return f"A tie at {decibel(best.missing)} dB.", text
    head = _beats(name, other, facts.gain)
    if best.kind == "classical":
        return head, f"Here its neighbours say what is in the hole: it {does}.{more}"
    return head, f"It {does}.{_misread(comparison, other)}{more}"


def upscaling(comparison: Comparison) -> tuple[str, str]:
    """What two networks draw between a few pixels, one of which never saw a 7."""
    bias, best, truth = comparison.bias, comparison.best, comparison.clean.reads
    full, biased, classical, gap = bias.full, bias.biased, bias.classical, bias.gap
    if bias.outcome == "refused":
        return refused(comparison.refused)
    by_ssim = _by_ssim(comparison.facts)
    if bias.outcome == "untold":
        return (
            f"{upper(called(best))} leads with {decibel(best.psnr)} dB.",
            f"The networks that should stand beside the classical methods are not all here.{by_ssim}",
        )
    pixels = f"{comparison.given[0, 0].numel()} pixels"
    if bias.outcome == "lost":
        return (
            f"Without {LEFT_OUT}s in training, this {LEFT_OUT} becomes {_read(biased)}.",
            f"With them, it stays a {LEFT_OUT}.",
        )
    if bias.outcome == "survives":
        return (
            f"Still a {LEFT_OUT} without {LEFT_OUT}s in training, {_apart(-gap)}.",
            "Here the strokes of other digits are enough to draw it.",
        )
    if bias.outcome == "illegible":
        return (
            f"Too little is left: {called(full)} draws {_read(full)}, not {a_digit(truth)}.",
            f"That is what the judge reads in it. Between these {pixels} the networks can only guess.",
        )
    control = f"{upper(called(biased))} {_beside(gap)}"
    if truth is not None:
        control += f": this is {a_digit(truth)}, and both were trained on those. Try a {LEFT_OUT}"
    if bias.gain > 0:
        why = f"Interpolation only draws smooth curves between {pixels}; a network knows how strokes go on. "
        return _beats(called(full), called(classical), bias.gain), f"{why}{control}.{by_ssim}"
    if bias.gain < 0:
        return _beats(called(classical), called(full), -bias.gain), f"{control}.{by_ssim}"
    return (
        f"A tie at {decibel(full.psnr)} dB.",
        f"{upper(called(full))} does no better than {called(classical)}. {control}.{by_ssim}",
    )


def _beats(winner: str, loser: str, gain: float) -> str:
    """Who leads whom, by the difference of the numbers on their tiles."""
    winner = upper(winner)
    return f"{winner} restores it exactly." if math.isinf(gain) else f"{winner} beats {loser} by {gain:.1f} dB."


def _by_ssim(facts: Facts) -> str:
    """That another measure names another winner, where it does."""
    other = facts.by_ssim
    if other is None:
        return ""
    return f" By SSIM {called(other)} leads, {other.ssim:.2f} against {facts.best.ssim:.2f}."


def called(entry: Entry) -> str:
    """The name within a sentence of a method that restores or enlarges: "the denoiser", "total variation"."""
    return within(entry.id, entry.label)


def within(method: str, title: str) -> str:
    """The same of a method by its id; title: what it is called where it is none of the classical ones."""
    if is_guest(method):
        return "your network"
    return _CLASSICAL[method][0] if method in _CLASSICAL else the(title)


def filler(entry: Entry) -> str:
    """The same of a method that fills holes: "the latent search", "Telea"."""
    return _FILLS[entry.id][0] if entry.id in _FILLS else the(entry.label)


def _misread(comparison: Comparison, rival: str) -> str:
    """That the judge reads another digit in what the best of the others made, where it does."""
    facts = comparison.facts
    if not facts.rival_misread:
        return ""
    return f" In the answer of {rival} the judge reads {_read(facts.rival)}, not {_read(comparison.clean)}."


def _beside(gap: float) -> str:
    """How a second network stands beside the first, which leads it by `gap` dB."""
    if gap == 0:
        return "does as well"
    return f"stays {gap:.1f} dB behind" if gap > 0 else f"comes out {-gap:.1f} dB ahead of it"


def _read(entry: Entry) -> str:
    return a_digit(entry.reads)


def _apart(gap: float) -> str:
    """ "2.1 dB nearer to the truth", or how far behind."""
    if gap == 0:
        return "and no nearer to the truth"
    return f"{abs(gap):.1f} dB {'nearer to' if gap > 0 else 'farther from'} the truth"
