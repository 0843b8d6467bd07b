"""What became of a damaged digit: who restores it best, by how much, and why."""

import math

from aecore.referee import Refusal
from aecore.restore.compare import Comparison, Entry, Facts
from aecore.restore.upscaling import LEFT_OUT
from ui.output.strip import decibel
from ui.output.verdict.words import a_digit, upper

_CLASSICAL = {  # what a method is called in a sentence, and what it does: "the median filter only ..."
    "median": ("the median filter", "votes among neighbours"),
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
    "dae": "it was trained to undo damage, so it knows what digits look like",
    "ae": "its narrow code has room for digits but not for the damage",
    "vae": "it answers with the likeliest digit that it can imagine",
}
_FILLS = _CLASSICAL | {  # the same of those that fill holes
    "dae": ("the blind denoiser", "was trained to undo damage, so it knows how digits go on"),
    "dae-pasted": ("the denoiser", "was trained to undo damage, so it knows how digits go on"),
    "vae-search": ("the latent search", "looks for the digit of its manifold that matches everything that is known"),
    "inpainter": (
        "the inpainter",
        "was trained on holes and is told where they are, so it fills them with what digits do there",
    ),
    "lecture": ("the lecture's denoiser", "was trained on dropped pixels, so it knows how digits go on between them"),
    "biharmonic": ("the biharmonic fill", "bends a smooth sheet through the known pixels"),
}


def refused(why: Refusal) -> tuple[str, str]:
    """What is said of a picture on which nobody is judged."""
    if why == "little ink":
        return "Not enough ink yet.", "Draw a whole digit."
    return "This does not look like a digit.", "Nobody reads it, and nobody wins. See what becomes of it."


def noise(truth: int | None, after: int | None, own: bool) -> tuple[str, str] | None:
    """Whether a denoiser finds a digit again, as the judge reads it; None where nobody reads."""
    if truth is None or after is None:
        return None
    if after != truth:
        return f"Too much noise: the denoiser draws {a_digit(after)}, not {a_digit(truth)}.", ""
    return f"Trained on noise, a network finds {'your' if own else 'the'} {truth} again.", ""


def denoising(comparison: Comparison) -> tuple[str, str]:
    """Who restores a digit best, and why."""
    facts = comparison.facts
    if facts.outcome == "refused":
        return refused(comparison.refused)
    best, rival = facts.best, facts.rival
    if facts.outcome == "no method":
        return "Choose a method.", "Then its reconstruction stands here beside the others."
    if facts.outcome == "undamaged":
        return "Nothing to restore yet.", "Raise the strength and watch what each method makes of it."
    if facts.outcome == "leave it":
        loss = f"every method loses, by {-facts.gain:.1f} dB or more" if facts.gain < 0 else "no method gains anything"
        return f"Leave it alone: {loss}.", "So little is damaged that redrawing the digit costs as much as it mends."
    fooled = f" Even so, it became {_read(best)}, says the judge: good numbers can hide an invention."
    more = (fooled if facts.misread else "") + _by_ssim(facts)
    if facts.outcome == "no rival":
        how = "restores it exactly" if math.isinf(facts.gain) else f"gains {facts.gain:.1f} dB over the damaged picture"
        return f"{best.label} {how}.", f"Add a method of the other kind to compare with.{more}"
    if facts.outcome == "tie":
        return (
            f"A tie at {decibel(best.psnr)} dB.",
            f"{best.label} and {rival.label} come out within half a decibel: change the strength to part them.{more}",
        )
    name, does = _CLASSICAL.get((best if best.kind == "classical" else rival).id, ("", "knows pixels"))
    if best.kind == "classical":
        why = f"It {does}; {rival.label} redraws the whole digit and loses detail."
        return _beats(best.label, rival.label, facts.gain), why + more
    truth = _read(comparison.clean)
    why = upper(_KINDS.get(best.kind, "it learned what digits look like"))
    misread = f", and the judge reads {_read(rival)} in it instead of {truth}" if facts.rival_misread else ""
    name = name or rival.label
    return _beats(best.label, name, facts.gain), f"{why}; {name} only {does}{misread}.{more}"


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
    name, does = _FILLS.get(best.id, (best.label, "was trained to fill holes"))
    guess = f" But the judge reads {_read(best)} in it, not {_read(comparison.clean)}: to fill this hole is to guess."
    more = (guess if facts.misread else "") + _by_ssim(facts)
    if facts.outcome == "no rival":
        return f"{upper(name)} comes closest.", f"It {does}.{more}"
    other, other_does = _FILLS.get(rival.id, (rival.label, "was trained to fill holes"))
    if facts.outcome == "tie":
        text = f"{upper(name)} and {other} come out within half a decibel on the missing pixels.{more}"
        return f"A tie at {decibel(best.missing)} dB.", text
    head = _beats(upper(name), other, facts.gain)
    if best.kind == "classical":
        return head, f"Here its neighbours say what is in the hole: it {does}.{more}"
    truth = _read(comparison.clean)
    misread = f", and the judge reads {_read(rival)} in that instead of {truth}" if facts.rival_misread else ""
    return head, f"It {does}; {other} only {other_does}{misread}.{more}"


def upscaling(comparison: Comparison) -> tuple[str, str]:
    """What two networks draw between a few pixels, one of which never saw a 7."""
    bias, best, truth = comparison.bias, comparison.best, comparison.clean.reads
    full, biased, classical, gap = bias.full, bias.biased, bias.classical, bias.gap
    if bias.outcome == "refused":
        return refused(comparison.refused)
    by_ssim = _by_ssim(comparison.facts)
    if bias.outcome == "untold":
        return (
            f"{best.label} leads with {decibel(best.psnr)} dB.",
            f"The networks that should stand beside the classical methods are not all here.{by_ssim}",
        )
    pixels = f"{comparison.given[0, 0].numel()} pixels"
    if bias.outcome == "lost":
        return (
            f"Without {LEFT_OUT}s in training, this {LEFT_OUT} becomes {_read(biased)}.",
            f"Same {pixels}, same network: trained on all digits, it draws a {LEFT_OUT}, {_apart(gap)}. "
            "What a training set lacks is drawn as something else.",
        )
    if bias.outcome == "survives":
        return (
            f"Still a {LEFT_OUT} without {LEFT_OUT}s in training, {_apart(-gap)}.",
            "Here the strokes of other digits are enough to draw it. Below: how often they are not, and for which "
            f"{LEFT_OUT}s.",
        )
    if bias.outcome == "illegible":
        return (
            f"Too little is left: {full.label} draws {_read(full)}, not {a_digit(truth)}.",
            f"That is what the judge reads in it. Between these {pixels} the networks can only guess.",
        )
    control = f"{biased.label} {_beside(gap)}"
    if truth is not None:
        control += f": this is {a_digit(truth)}, and both were trained on those. Try a {LEFT_OUT}"
    if bias.gain > 0:
        why = f"Interpolation only draws smooth curves between {pixels}; a network knows how strokes go on. "
        return _beats(full.label, classical.label, bias.gain), f"{why}{control}.{by_ssim}"
    if bias.gain < 0:
        return _beats(classical.label, full.label, -bias.gain), f"{control}.{by_ssim}"
    return (
        f"A tie at {decibel(full.psnr)} dB.",
        f"{full.label} does no better than {classical.label}. {control}.{by_ssim}",
    )


def _beats(winner: str, loser: str, gain: float) -> str:
    """Who leads whom, by the difference of the numbers on their tiles."""
    return f"{winner} restores it exactly." if math.isinf(gain) else f"{winner} beats {loser} by {gain:.1f} dB."


def _by_ssim(facts: Facts) -> str:
    """That another measure names another winner, where it does."""
    other = facts.by_ssim
    if other is None:
        return ""
    return f" By SSIM {other.label} leads, {other.ssim:.2f} against {facts.best.ssim:.2f}."


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
