"""Words for what numbers say, for every page: a headline and a sentence. The facts are aecore.restore.compare's, or
what a page measured; every number is rounded before it is compared, so that no sentence contradicts what stands beside
it."""

import math
from collections.abc import Callable, Sequence

from aecore.referee import Refusal
from aecore.restore.compare import Comparison, Entry, Facts, on_tile
from aecore.restore.energy import Answer
from aecore.restore.upscaling import LEFT_OUT
from ui.output.strip import decibel

LEAST_GAIN = 0.3  # dB, below which cleaning a photo is no help
SLIGHT = 5.0  # grey levels of noise that may be called hardly any
EQUALLY = 1.0  # nats: odds of less than 3 to 1

SURE = 0.8  # the judge's probability, from which a sentence takes its reading for granted
_FEW = {2: "two", 8: "eight"}
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
    best = _and([label for label, far in rest if far == nearest])
    keeps = "keeps" if sum(far == nearest for _, far in rest) == 1 else "keep"
    text += f" {best} {keeps} closest; halfway through the fade the judge reads {a_digit(fade[2])}."
    astray = [label for label, far in rest if far >= worst]
    return f"{text} {_and(astray)} stray{'s' * (len(astray) == 1)} as far as the fade or farther." if astray else text


def halfway(ends: Sequence[int], rows: Sequence[tuple[str, int, float]], limit: float) -> str:
    """What became of a walk's middle; "" where every way shows one of its ends there.

    Args: ends: the digits that the judge reads at both ends; rows: label, digit that it reads halfway, distance from
          real digits; limit: beyond which a picture is no digit.
    """
    outside = [label for label, _, far in rows if far > limit]
    became = [f"{label} became {a_digit(read)}" for label, read, far in rows if far <= limit and read not in ends]
    lost = (
        f"{_and(outside)} {'are' if len(outside) > 1 else 'is'} outside all that the judge has seen" if outside else ""
    )
    return f"Halfway, {_and([*became, *([lost] if lost else [])])}." if became or lost else ""


def cleaned(sigma: float, noisy: float, scores: dict[str, float], label: Callable[[str], str], network: str) -> str:
    """Who cleans a photo best, by how much, over whom; a headline and a sentence as Markdown.

    Args: sigma: of the noise, in grey levels; noisy: PSNR in dB; scores: method -> PSNR in dB; network: ours.
    """
    noisy, scores = on_tile(noisy), {name: on_tile(psnr) for name, psnr in scores.items()}
    first, second = sorted(scores, key=lambda name: -scores[name])[:2]
    gain, lead = scores[first] - noisy, scores[first] - scores[second]
    if gain < LEAST_GAIN:
        return (
            "**Hardly any noise here**  \nNo method gains anything worth having: the picture is best left as it is."
            if sigma < SLIGHT
            else "**Leave it alone**  \nNo method gains anything worth having on this picture."
        )
    ahead = f"{lead:.1f} dB above" if lead else "level with"
    words = f"{gain:.1f} dB above the noisy picture, {ahead} {label(second).lower()}."
    if first != network and network in scores and (behind := scores[first] - scores[network]):
        helps = "is" if scores[network] - noisy >= LEAST_GAIN else "does not help here:"
        words += f" The network {helps} {behind:.1f} dB behind."
    return f"**{label(first)} {'leads' if lead else 'shares the lead'}**  \n{words}"


def filled_in(answers: Sequence[Answer], starts: int, truth: int | None) -> tuple[str, str]:
    """What the answers of a latent search say: a headline and a sentence, from their energies and the readings.

    Args: answers: lowest energy first; starts: how many searches there were; truth: what the judge reads in the whole.
    """
    best, classes = answers[0], list(dict.fromkeys(answer.reads for answer in answers if answer.reads is not None))
    right = ""
    if None not in (best.reads, truth):
        right = "right." if best.reads == truth else f"wrong: it was {a_digit(truth)}."
    if len(classes) > 1:
        other = next(answer for answer in answers if answer.reads not in (None, best.reads))
        names, gap = [a_digit(reads) for reads in classes], round(other.energy, 1) - round(best.energy, 1)
        head = f"{upper(', '.join(names[:-1]))} or {names[-1]}: "
        head += "two answers are equally good here." if gap < EQUALLY else "what is known does not decide."
        body = f"{upper(a_digit(best.reads))} costs {best.energy:.1f} nats, {a_digit(other.reads)} {gap:.1f} more."
        return head, f"{body} The lowest is {right}" if right else body
    if len(answers) > 1:
        alike, gap = "" if best.reads is None else f", all of them {best.reads}s", answers[-1].energy - best.energy
        body = f"Their energies lie within {gap:.1f} nats."
        return f"{len(answers)} ways to fill it{alike}.", f"{body} The lowest is {right}" if right else body
    head = f"One answer: {best.starts} of {starts} searches end at much the same picture."
    return head, f"It is {right}" if right else ""


def _and(names: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def code(truth: int | None, read: int | None, size: int, own: bool, sure: float) -> str:
    """What became of a digit behind a code of so many numbers, as the judge reads it; "" where nobody reads.

    sure: the judge's probability of what it reads; below SURE the sentence says so.
    """
    if truth is None or read is None:
        return ""
    few = f"{_FEW.get(size, size)} numbers are too few"
    if sure < SURE:
        return f"Barely legible, perhaps {a_digit(read)}: {few}."
    if read == truth:
        return f"Still {a_digit(truth)}."
    return f"{'Your' if own else 'The'} {truth} became {a_digit(read)}: {few}."


def a_digit(digit: int) -> str:
    """ "a 3", "an 8"."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def _read(entry: Entry) -> str:
    return a_digit(entry.reads)


def _apart(gap: float) -> str:
    """ "2.1 dB nearer to the truth", or how far behind."""
    if gap == 0:
        return "and no nearer to the truth"
    return f"{abs(gap):.1f} dB {'nearer to' if gap > 0 else 'farther from'} the truth"


def upper(text: str) -> str:
    """The text with a capital at its start, the rest as it is."""
    return text[:1].upper() + text[1:]
